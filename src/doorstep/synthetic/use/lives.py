"""Who is there when, how old, how ill and how frail: what every kind of care needs to know of the people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.health import Health
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline
from doorstep.synthetic.use.constants import OLDEST

MOST_CONDITIONS = 6  # beyond these, use rises no further


@dataclass(frozen=True)
class Lives:
    """The people with their illness, and the days on which each is there.

    `dies` is the day of death though it come after the window or after the person has left: use rises before it.
    `unmeasured` multiplies each person's emergency use by a factor that no extract holds; `barrier` is the share of the
    care needed that a person seeks. None stands for 1.
    """

    people: People
    health: Health
    timeline: Timeline
    parameters: Parameters
    start: Ints
    stop: Ints
    age: Ints
    dies: Ints
    unmeasured: Floats | None = None
    barrier: Floats | None = None

    @classmethod
    def of(
        cls,
        people: People,
        health: Health,
        timeline: Timeline,
        parameters: Parameters,
        dies: Ints | None = None,
        unmeasured: Floats | None = None,
        barrier: Floats | None = None,
    ) -> Lives:
        """Put the lives together; without `dies` nobody dies but in the window."""
        return cls(
            people,
            health,
            timeline,
            parameters,
            people.start(timeline),
            people.stop(timeline),
            people.age_on(timeline.middle),
            people.died if dies is None else dies,
            unmeasured,
            barrier,
        )

    @property
    def n(self) -> int:
        """How many people there are."""
        return self.people.n

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The first day of each year of the window, on which frailty and illness are looked at."""
        return tuple(range(self.timeline.first, self.timeline.last + 1, 365))

    def year_of(self, day: int) -> int:
        """Which of `years` a day belongs to; what lies before the window belongs to the first."""
        return min(max((day - self.timeline.first) // 365, 0), len(self.years) - 1)

    @cached_property
    def frailty(self) -> npt.NDArray[np.int8]:
        """`frailty[y, p]`: 0 fit, 1 mild, 2 moderate, 3 severe at the beginning of year y."""
        return np.stack([self.health.frailty_band(day) for day in self.years]).astype(np.int8)

    @cached_property
    def conditions(self) -> npt.NDArray[np.int8]:
        """`conditions[y, p]`: long-term conditions at the beginning of year y."""
        return np.stack([self.health.count_at(day) for day in self.years]).astype(np.int8)

    def ages(self, person: Ints, day: Ints | int) -> Ints:
        """Whole ages of some people on a day each, from 0 to the oldest age of a table."""
        return np.clip((day - self.people.birth[person]) / np.float32(YEAR), 0, OLDEST).astype(np.int32)

    def there(self, person: Ints, day: Ints) -> Bools:
        """Mark events that fall within their person's time in the Place."""
        return np.asarray((day >= self.start[person]) & (day <= self.stop[person]))

    @cached_property
    def care_home(self) -> Bools:
        """Who lives in a care home by the end of the window."""
        return np.asarray(self.people.care_home_from < NEVER)
