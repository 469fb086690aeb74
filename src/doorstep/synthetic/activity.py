"""How often things happen to whom: rates by age, deprivation and conditions, and the days they fall on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.health import Health
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.timeline import Timeline, weight_of_days


@dataclass(frozen=True)
class Lives:
    """What every kind of activity needs to know of the people: who is there when, how old, and how ill."""

    people: People
    health: Health
    timeline: Timeline
    parameters: Parameters
    start: Ints
    stop: Ints
    age: Ints
    burden: Floats

    @classmethod
    def of(cls, people: People, health: Health, timeline: Timeline, parameters: Parameters) -> Lives:
        """Put the lives together; `burden` is 1 on average among the living and higher in the last year of life."""
        ill = np.exp(0.25 * np.minimum(health.count, 7) + 0.3 * people.need + 0.035 * (5.5 - people.decile))
        ill = ill * np.where(people.died <= timeline.last, 1.8, 1.0)
        return cls(
            people,
            health,
            timeline,
            parameters,
            people.start(timeline),
            people.stop(timeline),
            people.age_on(timeline.middle),
            ill / ill.mean(),
        )


def rates_by_age(age: Ints, knots: dict[int, float]) -> Floats:
    """Return relative rates, in straight lines between the ages of `knots`."""
    return np.interp(age, list(knots), list(knots.values()))


def happen(
    lives: Lives,
    rate: Floats,
    a_year: float,
    rng: np.random.Generator,
    *,
    week: tuple[float, ...],
    winter: float,
) -> tuple[Ints, Ints]:
    """Draw persons and days: a Poisson number for each person, on days of the person's time in the Place.

    `rate` is relative; it is scaled so that the whole Place has `a_year` for each person-year.
    """
    weight = weight_of_days(lives.timeline, week, winter)
    opens = weight[np.maximum(lives.start - lives.timeline.first, 0)]
    closes = weight[np.maximum(lives.stop - lives.timeline.first + 1, 0)]
    years = np.maximum(closes - opens, 0)
    expected = rate * years * (a_year * years.sum() / max((rate * years).sum(), 1e-12))
    person = np.repeat(np.arange(lives.people.n), rng.poisson(expected))
    u = opens[person] + rng.random(len(person)) * years[person]
    day = lives.timeline.first + np.searchsorted(weight, u, side="right") - 1
    return person.astype(np.int32), np.clip(day, lives.start[person], lives.stop[person]).astype(np.int32)
