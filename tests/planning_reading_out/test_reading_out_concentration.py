"""The concentration of use: checked by hand on tiny tables, and by what must hold of any table."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.planning.reading_out.concentration import POINTS, Point, curve, gini, slices
from doorstep.statistics.disclosure import BELOW_6, SmallNumbers

ALL_SHOWN = SmallNumbers(1, nought_shown=True)  # hides one, and nothing else: what is left is arithmetic
TABLES = st.dictionaries(st.integers(0, 60), st.integers(1, 400), min_size=1, max_size=12)


def test_a_hundred_people_of_whom_ten_have_everything() -> None:
    found = curve({0: 90, 10: 10}, people=ALL_SHOWN, use=SmallNumbers(1, nought_shown=True))
    # the first 2 of 100 have 20 of 100, the first 5 half, the first 10 all of it
    assert {p.percent_of_people: p.percent_of_use for p in found} == {
        2: 20.0, 5: 50.0, 7: 70.0, 10: 100.0, 20: 100.0, 30: 100.0, 50: 100.0, 100: 100.0,
    }  # fmt: skip


def test_people_of_one_level_are_split_evenly_between_points() -> None:
    # 200 people: 1 in 100 is two of the three who have 6, so 12 of 18 + 47 = 65
    first = next(iter(slices({6: 3, 1: 47, 0: 150})))
    assert (float(first.people), float(first.use), first.most) == (2, 12, 6)


def test_a_slice_of_few_people_is_read_with_the_next() -> None:
    # 100 people: 1, 2 and 5 in 100 are fewer than six people each, 2 to 7 are five more than 5
    found = curve({0: 50, 20: 50}, people=BELOW_6)
    assert [p.percent_of_people for p in found] == [7, 20, 30, 50, 100]


def test_a_slice_of_which_one_person_has_more_than_half_is_read_with_the_next() -> None:
    # 1,000 people, one with 500 days: alone above half until 501 other days are beside them
    found = curve({500: 1, 10: 99, 0: 900}, people=BELOW_6)
    # 1,490 days in all; the first 70 people have 500 + 69 * 10, shown to the nearest five
    assert found[0] == Point(7, 1190, round(100 * 1190 / 1490, 1))


def test_use_of_one_to_seven_is_not_shown() -> None:
    assert curve({1: 7, 0: 993}, people=BELOW_6) == ()
    assert [p.use for p in curve({1: 8, 0: 992}, people=BELOW_6)] == [10, 10, 10, 10, 10, 10, 10, 10, 10]


def test_without_use_there_is_no_curve_and_no_index() -> None:
    assert curve({0: 1000}, people=BELOW_6) == ()
    assert gini({0: 1000}) is None


@pytest.mark.parametrize(
    ("people", "index"),
    [
        ({5: 10}, 0.0),  # everybody the same
        ({0: 99, 1: 1}, 0.99),  # one has all: 1 - 1/n
        ({0: 1, 1: 1}, 0.5),
        ({1: 2, 3: 2}, 0.25),  # mean difference 2 for 8 of 16 ordered pairs = 1; 1 / (2 * mean 2)
    ],
)
def test_gini_index_by_hand(people: dict[int, int], index: float) -> None:
    assert gini(people) == pytest.approx(index)


@given(TABLES)
def test_gini_is_half_the_relative_mean_difference(people: dict[int, int]) -> None:
    n, total = sum(people.values()), sum(a * k for a, k in people.items())
    differences = sum(abs(a - b) * k * m for a, k in people.items() for b, m in people.items())
    expected = None if not total else differences / (2 * n * total)
    found = gini(people)
    assert found == pytest.approx(expected, abs=1e-9) if expected is not None else found is None


@given(TABLES)
def test_slices_add_up_to_everybody_and_all_use(people: dict[int, int]) -> None:
    found = list(slices(people))
    assert [s.percent for s in found] == list(POINTS)
    assert sum((s.people for s in found), Fraction(0)) == sum(people.values())
    assert sum((s.use for s in found), Fraction(0)) == sum(a * k for a, k in people.items())


@given(TABLES)
def test_a_curve_never_falls_and_never_lies_below_equality(people: dict[int, int]) -> None:
    found = curve(people, people=BELOW_6)
    shares = [p.percent_of_use for p in found]
    assert shares == sorted(shares)
    # shown use is rounded to five, so shares may be off by that much of the total
    slack = 100 * 5 / max(1, sum(a * k for a, k in people.items())) + 0.1
    assert all(p.percent_of_use >= p.percent_of_people - slack for p in found)


@given(TABLES)
def test_between_printed_points_no_slice_is_small(people: dict[int, int]) -> None:
    everybody = sum(people.values())
    points = [0, *(p.percent_of_people for p in curve(people, people=BELOW_6))]
    for before, after in itertools.pairwise(points):
        assert Fraction(after - before, 100) * everybody > 5
