"""Small samples of made-up people with their health and deaths, each drawn once and looked at by many tests."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.health import Health, make_health
from doorstep.synthetic.mortality import draw_deaths
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People, make_people, settle, shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR, Timeline

TIMELINE = Timeline.ending("2026-09", 24)
SEED = 11


class Drawn(NamedTuple):
    """The people of one part, with their health."""

    people: People
    health: Health

    @property
    def here(self) -> Ints:
        """Those registered and alive on the last day."""
        people = self.people
        return np.flatnonzero((people.registered_from <= TIMELINE.last) & (people.registered_to > TIMELINE.last))

    @property
    def age(self) -> Floats:
        """Exact ages on the last day."""
        return np.asarray((TIMELINE.last - self.people.birth) / YEAR)


@cache
def ground(system: str) -> Ground:
    return Ground.of_system(system)


@cache
def sample(system: str, people: int, *without: str) -> tuple[Drawn, ...]:
    """Parts of a made-up system, some mechanisms left out."""
    parameters = Parameters(system=system, people=people, seed=SEED, without=without)
    place = ground(system)
    return tuple(drawn(place, parameters, number) for number in range(len(shares(place, TIMELINE, parameters))))


def drawn(place: Ground, parameters: Parameters, number: int) -> Drawn:
    """One part, drawn on its own."""
    streams = Streams(parameters.seed)
    share = shares(place, TIMELINE, parameters)[number]
    own = streams.part(number)
    people = make_people(place, TIMELINE, parameters, streams, share)
    health = make_health(people, TIMELINE, parameters, own)
    settle(people, draw_deaths(people, health, TIMELINE, parameters, own))
    health.forget(people.stop(TIMELINE))
    return Drawn(people, health)


class Flat(NamedTuple):
    """What margins are measured by, of those registered and alive on the last day, all parts together."""

    age: Floats
    sex: Ints
    decile: Ints
    conditions: Ints
    frailty: Ints


def flat(parts: tuple[Drawn, ...]) -> Flat:
    columns = [
        (one.age, one.people.sex, one.people.decile, one.health.count, one.health.frailty, one.here) for one in parts
    ]
    return Flat(*(np.concatenate([c[i][c[5]] for c in columns]) for i in range(5)))
