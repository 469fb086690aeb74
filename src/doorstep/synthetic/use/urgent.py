"""Emergency admissions and other attendances at emergency departments, month by month.

Each person has a store of hazard to run through, exponential with mean 1; when it is used up the event happens and a
new store is drawn. Within a month the hazard is even, so this is an exact Poisson process whose rate may depend on what
has happened already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.use.constants import Singles, assumed
from doorstep.synthetic.use.days import Months
from doorstep.synthetic.use.hazards import Hazards

MOST_RECENT = np.float32(2)  # recent events count no further: without a bound, use would feed on itself


@dataclass(frozen=True)
class Urgent:
    """Events of one kind: person and day; the hazard that led to them, by month and person, where it was asked for."""

    person: Ints
    day: Ints
    expected: Singles | None = None


class _Process:
    """One kind of event through the months.

    `planted` is a factor that a world has put on each person's hazard: what an event adds to the months after it is
    that of a person without the factor, so that the factor multiplies the events by itself and no more.
    """

    def __init__(
        self,
        n: int,
        recent: float,
        a_month: float,
        months: Months,
        rng: np.random.Generator,
        planted: Singles | None = None,
    ) -> None:
        self.weight = np.ones(n, np.float32) if planted is None else 1 / planted
        self.recent, self.a_month, self.months, self.rng = np.float32(recent), np.float32(a_month), months, rng
        self.left = rng.standard_exponential(n, dtype=np.float32)
        self.state = np.zeros(n, np.float32)
        self.found: list[tuple[Ints, Ints]] = []

    def run(self, month: int, base: Singles) -> tuple[Ints, Singles]:
        """Go through one month; return who had events (once for each) and the hazard at the month's beginning."""
        hazard = base * (1 + self.recent * np.minimum(self.state, MOST_RECENT))
        self.left -= hazard
        hit = np.flatnonzero(self.left <= 0)
        part = 1 + self.left[hit] / hazard[hit]
        rate, people = hazard[hit], []
        while len(hit):
            people.append(hit)
            self.found.append((hit, self.months.days(month, part)))
            rate = np.minimum(
                rate + self.recent * self.weight[hit] * base[hit], base[hit] * (1 + self.recent * MOST_RECENT)
            )
            self.left[hit] = self.rng.standard_exponential(len(hit), dtype=np.float32) - (1 - part) * rate
            again = self.left[hit] <= 0
            hit, rate = hit[again], rate[again]
            part = 1 + self.left[hit] / rate
        self.state *= self.a_month
        who = np.concatenate(people) if people else hit
        return who, hazard

    def add(self, people: Ints) -> None:
        """Let what has just happened raise the months that follow."""
        np.add.at(self.state, people, self.a_month * self.weight[people])

    def events(self) -> tuple[Ints, Ints]:
        """Return persons and days of all events."""
        none: Ints = np.zeros(0, np.int32)
        persons, days = zip(*self.found, strict=True) if self.found else ((none,), (none,))
        return np.concatenate(persons).astype(np.int32), np.concatenate(days).astype(np.int32)


def run_months(
    hazards: Hazards, attendance_months: Months, rng: np.random.Generator, *, keep: bool = False
) -> tuple[Urgent, Urgent]:
    """Draw emergency admissions, and attendances that lead to none; `keep` returns the hazards too (for fitting)."""
    lives, constants = hazards.lives, hazards.setting.fitted
    at_work = lives.parameters.has("recent_use")
    stays, visits = assumed()["emergency_admission"], assumed()["emergency_attendance"]
    months, planted = hazards.months, hazards.planted
    admitted = _Process(lives.n, constants.emergency_recent * at_work, stays["recent_a_month"], months, rng, planted)
    attended = _Process(lives.n, visits["recent"] * at_work, visits["recent_a_month"], attendance_months, rng)
    kept: tuple[list[Singles], list[Singles]] = ([], [])
    for month in range(months.n):
        admission, attendance = hazards.of(month)
        who, hazard = admitted.run(month, admission * np.float32(months.years[month]))
        also, other = attended.run(month, attendance * np.float32(attendance_months.years[month]))
        admitted.add(who)
        attended.add(np.concatenate([who, also]))
        if keep:
            kept[0].append(hazard)
            kept[1].append(other)
    expected = [np.stack(rows) if keep else None for rows in kept]
    return Urgent(*admitted.events(), expected[0]), Urgent(*attended.events(), expected[1])
