"""The two icons of a chart: what it is doing (variation), and whether it will meet its target (assurance)."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from doorstep.statistics.choices import unknown_choice
from doorstep.statistics.spc.rules import SpecialCause


class Direction(StrEnum):
    """Which way is better."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        unknown_choice("which way is better", value, cls)


class PointType(StrEnum):
    """What a point's special cause means, given which way is better."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "special_cause_improvement"
    CONCERN = "special_cause_concern"
    NEUTRAL_HIGH = "special_cause_neutral_high"
    NEUTRAL_LOW = "special_cause_neutral_low"
    MISSING = "missing"


class Variation(StrEnum):
    """The variation icon: that of the latest point with a value."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT_HIGH = "improvement_high"
    IMPROVEMENT_LOW = "improvement_low"
    CONCERN_HIGH = "concern_high"
    CONCERN_LOW = "concern_low"
    NEUTRAL_HIGH = "neutral_high"
    NEUTRAL_LOW = "neutral_low"
    TOO_FEW_POINTS = "too_few_points"
    """It would be an improvement, were the limits not provisional."""


class Assurance(StrEnum):
    """The assurance icon: where the target lies from the latest limits."""

    NONE = ""
    """No target, or no direction that is better."""
    INCONSISTENT = "inconsistent"
    CONSISTENT_PASS = "consistent_pass"  # noqa: S105
    CONSISTENT_FAIL = "consistent_fail"
    TOO_FEW_POINTS = "too_few_points"
    """It would be a consistent pass, were the limits not provisional."""


def point_type(cause: SpecialCause, better: Direction) -> PointType:
    """Return what a special cause means."""
    if cause is SpecialCause.MISSING:
        return PointType.MISSING
    if not cause.direction:
        return PointType.COMMON_CAUSE
    high = cause.direction > 0
    if better is Direction.NEUTRAL:
        return PointType.NEUTRAL_HIGH if high else PointType.NEUTRAL_LOW
    return PointType.IMPROVEMENT if high == (better is Direction.INCREASE) else PointType.CONCERN


def variation(cause: SpecialCause, better: Direction, provisional: bool) -> Variation:
    """Return the variation icon of a latest point; an improvement on provisional limits is not shown as one."""
    kind = point_type(cause, better)
    if kind in (PointType.COMMON_CAUSE, PointType.MISSING):
        return Variation.COMMON_CAUSE
    if kind is PointType.IMPROVEMENT and provisional:
        return Variation.TOO_FEW_POINTS
    side = "high" if cause.direction > 0 else "low"
    name = {PointType.IMPROVEMENT: "improvement", PointType.CONCERN: "concern"}.get(kind, "neutral")
    return Variation(f"{name}_{side}")


def assurance(lower: float, upper: float, target: float | None, better: Direction, provisional: bool) -> Assurance:
    """Return the assurance icon: a target beyond the limits is always, or never, met; a target on a limit may be.

    Blank limits say nothing, so that the target is met inconsistently as far as anyone knows.
    """
    if target is None or better is Direction.NEUTRAL:
        return Assurance.NONE
    if not (target < lower or target > upper):
        return Assurance.INCONSISTENT
    always_above = target < lower
    if always_above != (better is Direction.INCREASE):
        return Assurance.CONSISTENT_FAIL
    return Assurance.TOO_FEW_POINTS if provisional else Assurance.CONSISTENT_PASS
