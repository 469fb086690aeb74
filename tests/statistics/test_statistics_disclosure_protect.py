"""Columns of counts go in, what may be shown comes out; and a mistake is named where it is."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from doorstep.errors import DataError, UsageError
from doorstep.statistics.disclosure import (
    BELOW_6,
    HES,
    Cube,
    Hierarchy,
    Line,
    Link,
    Range,
    SmallNumbers,
    Table,
    Version,
    equal,
    join,
    percentages,
    protect,
    ranges,
    rounded_ranges,
    same_numbers,
    steady,
    suppress,
)
from doorstep.statistics.disclosure.integer import Rule, WholeNumbers

Counts = dict[tuple[str, ...], int]
AREA = ["N"] * 3 + ["S"] * 3 + ["Place"] * 3
SEX = ["F", "M", "all"] * 3
COUNTS = [3, 10, 13, 8, 12, 20, 11, 22, 33]
HIERARCHIES = (
    Hierarchy.nested("area", {"N": "Place", "S": "Place"}),
    Hierarchy.with_total("sex", ["F", "M"], total="all"),
)


def _protect(counts: Any = COUNTS, **more: Any) -> Any:
    return protect(counts, {"area": AREA, "sex": SEX}, HIERARCHIES, **more)


def test_a_small_number_takes_three_others_with_it_in_a_two_by_two_table() -> None:
    found = _protect()
    assert found.shown == ("*", "*", 13, "*", "*", 20, 11, 22, 33)
    assert found.reasons == ("primary", "secondary", "", "secondary", "secondary", "", "", "", "")
    assert (found.loss.cells, found.loss.total, found.loss.weighted) == (3, 10 + 8 + 12, 3.0)
    assert found.exposed == ()


def test_columns_may_be_arrays_or_columns_of_a_frame() -> None:
    frame = pd.DataFrame({"n": COUNTS, "area": AREA, "sex": SEX})
    found = protect(frame["n"], {"area": frame["area"], "sex": frame["sex"]}, HIERARCHIES)
    assert found.shown == _protect(np.array(COUNTS, dtype=float)).shown == _protect().shown


def test_what_readers_want_most_is_hidden_last() -> None:
    weights = [1.0] * 9
    weights[1] = 50.0
    assert _protect(weights=weights).reasons[1] == ""


def test_an_age_without_a_hierarchy_is_not_added_up() -> None:
    assert protect([3, 10], {"age": ["0-4", "5+"]}).shown == ("*", 10)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([3, 10, 13, 8, 12, 20, 11, 22, 34], "Place × all is 34"),
        ([3, 10, 13, 8, 12, 20, 11, 22, 33.5], "a count of 33.5"),
        ([3, 10, 13, 8, 12, 20, 11, 22, -1], "a count of -1"),
        ([3, 10, 13, 8, 12, 20, 11, 22, float("nan")], "a count of nan"),
        (COUNTS[:-1], "8 counts, 9 rows"),
    ],
)
def test_faults_in_the_counts_are_named_where_they_are(counts: list[float], told: str) -> None:
    with pytest.raises(DataError, match=told):
        _protect(counts)


def test_faults_in_the_labels_are_named() -> None:
    with pytest.raises(DataError, match="no cell E × F"):
        protect([1, *COUNTS], {"area": ["E", *AREA], "sex": ["F", *SEX]}, HIERARCHIES)
    with pytest.raises(DataError, match="two rows"):
        protect([3, *COUNTS], {"area": ["N", *AREA], "sex": ["F", *SEX]}, HIERARCHIES)
    with pytest.raises(DataError, match="no row for N × F"):
        protect(COUNTS[1:], {"area": AREA[1:], "sex": SEX[1:]}, HIERARCHIES)
    with pytest.raises(DataError, match="no dimension 'age'"):
        protect([1], {"area": ["N"]}, [Hierarchy.with_total("age", ["a"])])
    with pytest.raises(DataError, match="different lengths"):
        protect([1], {"area": ["N"], "sex": []})
    with pytest.raises(DataError, match="rounds"):
        _protect(rule=HES)


def test_an_absent_row_may_be_known_to_be_nought_and_is_then_no_hiding_place() -> None:
    # With S absent, N and the total are the same number: hiding one alone would tell it.
    found = protect([3, 3], {"area": ["N", "Place"]}, HIERARCHIES[:1], absent_is_nought=True)
    assert found.shown == ("*", "*")
    assert found.exposed == ()


def test_hierarchies_that_make_no_sense_cannot_be_built() -> None:
    with pytest.raises(DataError, match="made up of itself"):
        Hierarchy("area", ("x",), {"A": ("B",), "B": ("A",)})
    with pytest.raises(DataError, match="overlap"):
        Hierarchy("area", ("x", "y"), {"A": ("x", "y"), "B": ("A", "x")})
    with pytest.raises(DataError, match="twice"):
        Hierarchy("area", ("x", "x"), {})
    with pytest.raises(DataError, match="there is no 'z'"):
        Hierarchy("area", ("x",), {"A": ("z",)})


def test_nested_levels_know_their_leaves_and_their_top() -> None:
    area = Hierarchy.nested("area", {"E1": "N", "E2": "N", "E3": "S", "N": "P", "S": "P"}, total="ICB")
    assert area.leaves == ("E1", "E2", "E3")
    assert area.beneath("ICB") == ("E1", "E2", "E3")
    assert area.roots == ("ICB",)


def test_a_small_difference_of_nested_areas_is_protected_though_no_one_prints_it() -> None:
    areas = Hierarchy.areas("area", {"N": ["E1", "E2"], "PCN": ["E1"], "S": ["E3"]})
    counts: Counts = {("N",): 30, ("PCN",): 27, ("S",): 40}
    cube = Cube("c", (areas,), counts, beneath={("E1",): 27, ("E2",): 3, ("E3",): 40})
    found = suppress(join([cube]))
    assert found.primary == frozenset()
    assert {cube.coordinates[cell] for cell in found.extra} == {("PCN",)}  # the smaller of the two that give it away


def test_a_repeated_denominator_is_hidden_everywhere_or_nowhere() -> None:
    by_age = Line("by age", (20, 3, 17), 0, ((1, 2),))
    again = Line("again", (17, 17), 0, ((1,),))
    table = Table((by_age, again), (equal(("by age", 2), ("again", 1)),))
    hidden = suppress(table).hidden
    assert (("by age", 2) in hidden) == (("again", 1) in hidden)
    assert ("by age", 0) in hidden or {("again", 0), ("again", 1), ("by age", 2)} <= hidden


def test_tables_that_share_a_dimension_share_its_numbers() -> None:
    mine: Counts = dict(zip(zip(AREA, SEX, strict=True), COUNTS, strict=True))
    one = Cube("one", HIERARCHIES, mine)
    age = Hierarchy.with_total("age", ["young", "old"])
    values: Counts = {("N", "young"): 6, ("N", "old"): 7, ("S", "young"): 9, ("S", "old"): 11}
    totals: Counts = {
        ("N", "All"): 13,
        ("S", "All"): 20,
        ("Place", "young"): 15,
        ("Place", "old"): 18,
        ("Place", "All"): 33,
    }
    other = Cube("other", (HIERARCHIES[0], age), values | totals)
    assert len(same_numbers(one, other)) == 3  # N, S and the Place
    wrong = Cube("other", (HIERARCHIES[0], age), values | totals | {("N", "old"): 8, ("N", "All"): 14} | WRONG)
    with pytest.raises(DataError, match="N × all is 13"):
        same_numbers(one, wrong)


WRONG: Counts = {("Place", "old"): 19, ("Place", "All"): 34}


def test_a_stock_that_changes_little_hides_its_neighbouring_months() -> None:
    month = Hierarchy.side_by_side("month", ["Jan", "Feb"])
    cube = Cube("c", (month,), {("Jan",): 8, ("Feb",): 4})
    assert suppress(join([cube])).extra == frozenset()
    assert suppress(join([cube], steady(cube, "month", 5))).extra == {cube.places["Jan",]}
    with pytest.raises(DataError, match="changed by more than 3"):
        steady(cube, "month", 3)


def test_a_number_printed_before_cannot_be_taken_back() -> None:
    line = Line("a", (20, 3, 9, 8), 0, ((1, 2, 3),))
    found = suppress(Table((line,)), earlier=[Version(Table((line,)), frozenset({("a", 2), ("a", 3)}))])
    assert [e.cell for e in found.exposed] == [("a", 1)]
    assert not found.is_proved
    assert found.exposed[0].range == Range(3, 3)


def test_both_days_are_protected_where_the_true_numbers_of_the_first_are_known() -> None:
    then, now = Line("a", (30, 5, 10, 15), 0, ((1, 2, 3),)), Line("a", (31, 6, 10, 15), 0, ((1, 2, 3),))
    before = Version(Table((then,)), frozenset({("a", 1), ("a", 2)}), is_true=True)
    found = suppress(Table((now,)), earlier=[before])
    # Printing 6 and 10 today would tell that 30 - 10 - 15 was hidden before.
    assert {("a", 1), ("a", 2)} <= found.hidden
    assert found.exposed == ()


def test_lines_may_have_rules_of_their_own() -> None:
    lines = (Line("a", (7,), 0), Line("b", (7,), 0))
    found = suppress(Table(lines), {"a": BELOW_6, "b": SmallNumbers(9)})
    assert found.hidden == {("b", 0)}
    with pytest.raises(DataError, match="b: a line has no rule"):
        suppress(Table(lines), {"a": BELOW_6})


def test_every_asks_for_protection_of_what_is_hidden_beside_the_small() -> None:
    table = Table((Line("a", (400, 3, 200, 197), 0, ((1, 2, 3),)),))
    found = suppress(table, every=True)
    assert all(told.holds(0) and told.holds(5) for told in ranges(table, found.hidden).values())


def test_exact_totals_undo_rounding() -> None:
    table = Table((Line("a", (24, 8, 8, 8), 0, ((1, 2, 3),)),))
    beside_exact = rounded_ranges(table, HES, exact=[("a", 0)])
    assert [(r.claimed, r.left, r.keeps_its_claim) for r in beside_exact] == [(Range(8, 12), Range(8, 8), False)] * 3
    all_rounded = rounded_ranges(table, HES)
    assert [r.left for r in all_rounded] == [Range(24, 27), *[Range(8, 11)] * 3]  # 23 to 27, and three of at least 8


def test_rules_that_hide_nothing_and_weights_of_nought_are_refused() -> None:
    with pytest.raises(UsageError):
        SmallNumbers(0, nought_shown=True)
    with pytest.raises(UsageError):
        SmallNumbers(5, base=0)
    with pytest.raises(DataError, match="weight"):
        _protect(weights=[0.0] * 9)
    with pytest.raises(DataError, match="as many of each"):
        percentages([1], [1, 2], HES)


def test_a_hidden_nought_alone_is_not_pinned_even_by_a_rule_that_hides_noughts_only() -> None:
    table = Table((Line("a", (12, 0, 5, 7), 0, ((1, 2, 3),)),))
    found = suppress(table, SmallNumbers(0))
    assert len(found.extra) == 1
    assert ranges(table, found.hidden)["a", 1].holds(1)


def test_a_range_that_time_did_not_settle_says_how_far_it_may_reach() -> None:
    rules = (Rule((("x", 2), ("y", 4), ("z", 1)), 5, 5), Rule((("z", 1),), 0, 1))
    assert WholeNumbers(rules, {}).range("x") == Range(0, 2)
    unsure = Range(3, 7, gap=2)
    assert not unsure.is_proved
    assert not Range(3, 3, gap=1).is_exact


def test_a_link_that_the_true_numbers_break_is_named() -> None:
    lines = (Line("days", (3,), 0), Line("stays", (4,), 0))
    with pytest.raises(DataError, match="rule between lines"):
        suppress(Table(lines, (Link(((("days", 0), 1), (("stays", 0), -1))),)))


def test_no_solver_is_loaded_before_something_is_protected() -> None:
    code = (
        "import sys; from doorstep.statistics.disclosure import Cube, Hierarchy, hes_rule; hes_rule([1, 9]); "
        "print(sorted(set(sys.modules) & {'highspy', 'numpy', 'scipy', 'pandas'}))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_a_total_that_nobody_declared_is_refused() -> None:
    with pytest.raises(DataError, match="'all' is the sum of the others of 'sex'"):
        protect([3, 10, 13], {"sex": ["F", "M", "all"]})
    by_chance = Hierarchy.side_by_side("sex", ["F", "M", "X"])
    assert protect([3, 10, 13], {"sex": ["F", "M", "X"]}, [by_chance]).shown == ("*", 10, 13)
    assert protect([0, 0, 0], {"sex": ["F", "M", "all"]}).shown == protect([0, 0, 0], {"sex": ["F", "M", "X"]}).shown
