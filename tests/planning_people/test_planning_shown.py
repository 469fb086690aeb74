"""Counts that leave planning: what is hidden, and that it cannot be worked out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import DataError
from doorstep.planning.shown import Breakdown, Shown, shown


def test_a_small_part_takes_its_smallest_neighbour_with_it() -> None:
    found = shown({"a": Breakdown(62, {"by x": {"one": 2, "two": 20, "three": 40}})})
    assert found["a"] == {"total": {"total": 62}, "by x": {"one": "*", "two": "*", "three": 40}}


def test_two_small_parts_that_leave_room_for_each_other_need_no_third() -> None:
    found = shown({"a": Breakdown(49, {"by x": {"one": 4, "two": 5, "three": 40}})})
    assert found["a"]["by x"] == {"one": "*", "two": "*", "three": 40}
    tight = shown({"a": Breakdown(43, {"by x": {"one": 1, "two": 2, "three": 40}})})
    assert tight["a"]["by x"] == {"one": "*", "two": "*", "three": "*"}


def test_a_number_shown_elsewhere_is_hidden_there_too() -> None:
    found = shown(
        {
            "group": Breakdown(500, {"by cohort": {"in": 60, "out": 440}}),
            "cohort": Breakdown(
                64, {"by group": {"in": 60, "out": 4}}, {("by group", "in"): ("group", "by cohort", "in")}
            ),
        }
    )
    assert found["group"] == {"total": {"total": 500}, "by cohort": {"in": "*", "out": "*"}}
    assert found["cohort"] == {"total": {"total": 64}, "by group": {"in": "*", "out": "*"}}


def test_nothing_small_nothing_hidden() -> None:
    assert shown({"a": Breakdown(12, {"x": {"p": 6, "q": 6}})})["a"]["x"] == {"p": 6, "q": 6}


def test_parts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(DataError):
        shown({"a": Breakdown(13, {"x": {"p": 6, "q": 6}})})


def possible(total: Shown, parts: list[Shown], biggest: int) -> list[set[int]]:
    """Return, by trying every way, what each hidden part can be for a reader of the rest."""
    hidden = [p == "*" for p in parts]
    rest = sum(p for p in parts if isinstance(p, int))
    sums = {total - rest} if isinstance(total, int) else set(range(biggest + 1))
    if sum(hidden) == 1:
        return [sums if is_hidden else set() for is_hidden in hidden]
    return [set(range(max(sums) + 1)) if is_hidden else set() for is_hidden in hidden]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 15), min_size=1, max_size=5))
def test_every_small_part_could_be_nought_or_five(counts: list[int]) -> None:
    found = shown({"a": Breakdown(sum(counts), {"x": {str(i): n for i, n in enumerate(counts)}})})["a"]
    parts = list(found["x"].values())
    reachable = possible(found["total"]["total"], parts, 20)
    for count, part, values in zip(counts, parts, reachable, strict=True):
        if count < 6:
            assert part == "*" and {0, 5} <= values
        else:
            assert part in (count, "*")
