"""When people die: a yearly hazard by age, sex and deprivation."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.health import Health
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline


def draw_deaths(people: People, health: Health, timeline: Timeline, parameters: Parameters, streams: Streams) -> Ints:
    """Return each person's day of death in the window, NEVER where there is none (as if nobody left the Place)."""
    rng = streams("deaths")
    start = people.start(timeline)
    age = (start - people.birth) / YEAR
    yearly = np.exp(-11.15 + 0.102 * age + 0.06 * (5.5 - people.decile)) * np.where(people.sex == 0, 1.25, 0.85)
    day = start + np.ceil(rng.exponential(1 / np.minimum(yearly, 0.7)) * YEAR)
    return np.where(day <= timeline.last, day, NEVER).astype(np.int32)
