"""What a set of made-up returns is made from: months, Places, levels, and what is planted among the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.errors import UsageError
from doorstep.reference import places
from doorstep.returns import METRICS
from doorstep.returns.layout import LOOKUP_MONTHS, months_from

LAST = date(2027, 9, 1)  # with 21 months: from the first month that the template has


@dataclass(frozen=True)
class TrueChange:
    """One true change: from the window's month `month` on (the first is 1), `ratio` of the events of `metric` happen.

    A metric that is counted from others (bed days, arrivals by ambulance) cannot be changed by itself.
    """

    metric: str = "O2b"
    month: int = 15
    ratio: float = 0.75

    def __post_init__(self) -> None:
        if self.metric not in METRICS or self.metric == "O3" or self.metric.startswith("O4"):
            raise UsageError(
                f"{self.metric!r} cannot be changed by itself",
                expected=f"one of {', '.join(m for m in METRICS if m != 'O3' and not m.startswith('O4'))}",
            )
        if self.month < 1 or not 0 <= self.ratio <= 1:
            raise UsageError(f"month {self.month}, ratio {self.ratio}", expected="a month from 1, a ratio from 0 to 1")


@dataclass(frozen=True)
class Parameters:
    """Everything that decides the figures.

    `last` is the last of so many `months` (first day); `places` the first so many of the list of Places. `level`
    multiplies every rate, `dispersion` every variation between Places and between months. What is planted is left out
    by None, and where the window is too short to show it. `reselects_until` is the last month in which one Place
    chooses its people anew; `wider_rule_from` the month from which another's rule is wider; `joined_late` the number
    of months that a third one has; `hiding_more` for how many last months two large Places hide more numbers than the
    guide asks, so that none can be worked out (seconds a file). Raises UsageError where a value makes no sense.
    """

    seed: int = 1
    months: int = 21
    last: date = LAST
    places: int = 43
    level: float = 1.0
    dispersion: float = 1.0
    change: TrueChange | None = TrueChange()
    reselects_until: int | None = 12
    wider_rule_from: int | None = 10
    joined_late: int | None = 9
    hiding_more: int = 6

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise UsageError(f"the seed is {self.seed}", expected="0 or more", where="--seed")
        if not 1 <= self.places <= len(places.all_places()):
            raise UsageError(f"{self.places} Places", expected=f"1 to {len(places.all_places())}", where="--places")
        if self.last not in LOOKUP_MONTHS:
            raise UsageError(
                f"the last month is {self.last}",
                expected=f"the first day of a month from {LOOKUP_MONTHS[0]:%B %Y} to {LOOKUP_MONTHS[-1]:%B %Y}",
                where="--last",
            )
        most = LOOKUP_MONTHS.index(self.last) + 1
        if not 1 <= self.months <= most:
            raise UsageError(
                f"{self.months} months up to {self.last:%B %Y}",
                expected=f"1 to {most}: the template begins with {LOOKUP_MONTHS[0]:%B %Y}",
                where="--months",
            )
        for name, value in (("level", self.level), ("dispersion", self.dispersion)):
            if not 0 <= value <= 10:
                raise UsageError(f"{name} is {value}", expected="a number from 0 to 10")

    @property
    def window(self) -> tuple[date, ...]:
        """The months, oldest first."""
        first = LOOKUP_MONTHS.index(self.last) + 1 - self.months
        return months_from(LOOKUP_MONTHS[first], self.months)
