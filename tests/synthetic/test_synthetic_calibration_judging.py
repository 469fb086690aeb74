"""When a number made is near enough to a published one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.synthetic.calibration.judging import Verdict, against_published, within

NUMBERS = st.floats(0.01, 1e6)


def _judged(made: float, se: float, target: float, is_target: bool = True) -> Verdict:
    return against_published("check", "all", made, se, target, is_target=is_target, why="why", source="source")


@pytest.mark.parametrize(
    ("made", "se", "holds"),
    [
        (0.109, 0.0, True),  # within a tenth
        (0.111, 0.0, False),
        (0.111, 0.004, True),  # within three standard errors, 0.012
        (0.113, 0.004, False),
        (0.089, 0.001, False),  # a tenth is more than three small errors, and not enough
    ],
)
def test_the_larger_of_a_tenth_and_three_standard_errors(made: float, se: float, holds: bool) -> None:
    assert _judged(made, se, 0.1).holds is holds


@given(made=NUMBERS, se=st.floats(0, 1e3), target=NUMBERS)
def test_holding_is_not_being_outside_the_room(made: float, se: float, target: float) -> None:
    verdict = _judged(made, se, target)
    assert verdict.holds == (verdict.miss <= 0) == (not verdict.fails)


@given(made=NUMBERS, se=st.floats(0, 1e3), target=NUMBERS)
def test_context_never_fails(made: float, se: float, target: float) -> None:
    assert not _judged(made, se, target, is_target=False).fails


def test_bounds_that_we_state_have_no_slack() -> None:
    assert within("check", "all", 1.0, 5.0, 1.0, 2.0, "why").holds
    assert not within("check", "all", 0.999, 5.0, 1.0, 2.0, "why").holds
