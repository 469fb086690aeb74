"""Compares what was made with what is published, and says whether it is near enough."""

from __future__ import annotations

from dataclasses import dataclass

RELATIVE = 0.10
STANDARD_ERRORS = 3.0


@dataclass(frozen=True)
class Verdict:
    """One number made beside one published, or within stated bounds.

    `target` is the published figure (None where `low` and `high` are bounds that we state); `is_target` is False for
    context: shown, not judged. `why` says why it is a target, why it is only context, or where the bounds come from;
    `source` who published it, of whom.
    """

    check: str
    group: str
    made: float
    se: float
    target: float | None
    low: float
    high: float
    is_target: bool
    why: str
    source: str = ""

    @property
    def holds(self) -> bool:
        """Whether the number made lies where it should."""
        return self.low <= self.made <= self.high

    @property
    def fails(self) -> bool:
        """Whether it is judged and does not hold."""
        return self.is_target and not self.holds

    @property
    def miss(self) -> float:
        """How far outside its room the number lies, in halves of the room's width; 0 or less inside."""
        half = max(self.high - self.low, 1e-12) / 2
        return max(self.low - self.made, self.made - self.high) / half


def against_published(
    check: str, group: str, made: float, se: float, target: float, *, is_target: bool, why: str, source: str
) -> Verdict:
    """Judge against a published figure: within the larger of 10% of it and three standard errors."""
    room = max(RELATIVE * abs(target), STANDARD_ERRORS * se)
    return Verdict(check, group, made, se, target, target - room, target + room, is_target, why, source)


def within(
    check: str, group: str, made: float, se: float, low: float, high: float, why: str, *, is_target: bool = True
) -> Verdict:
    """Judge against bounds that we state."""
    return Verdict(check, group, made, se, None, low, high, is_target, why)
