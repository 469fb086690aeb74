"""Planted worlds among some tens of thousands of people of Sefton, each made once; nothing is written."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
from made_place import real_ground

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import Part, joined_parts, make_part
from doorstep.synthetic.people import shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline, day_of, first_of, months_of
from doorstep.synthetic.worlds import World

SEED = 5
TIMELINE = Timeline.ending("2026-09", 24)


def world_with(name: str, **changed: Any) -> World:
    return dataclasses.replace(World.named(name), **changed)


@cache
def drawn(world: World | None, people: int = 60_000) -> Part:
    parameters = Parameters("Sefton", people=people, seed=SEED, world=world)
    ground, streams = real_ground(), Streams(SEED)
    found = shares(ground, TIMELINE, parameters)
    return joined_parts([make_part(ground, TIMELINE, parameters, streams, share) for share in found])


def named(name: str, people: int = 60_000) -> Part:
    return drawn(World.named(name), people)


def by_person(part: Part, column: str) -> Any:
    """A column of what is known of each person, in order of person; `looked` is the day of being looked at."""
    facts = part.facts["effects"]
    order = np.argsort(facts.person, kind="stable")
    return (facts.day if column == "looked" else facts.columns[column])[order]


def month_of_window(day: Ints) -> Ints:
    """The month of the window, from 1, in which days lie."""
    months: Ints = months_of(day) - months_of(np.array([TIMELINE.first]))[0] + 1
    return months


def opening_of(month: int) -> int:
    """The first day of a month of the window."""
    return day_of(first_of(int(months_of(np.array([TIMELINE.first]))[0]) + month - 1))


def rate_ratio(count: Ints, days: Ints, served: Bools, weight: Floats) -> tuple[float, float]:
    """The weighted ratio of rates of the served to the others, and the standard error of its logarithm.

    The error of each weighted rate is by the delta method over people: sum of w^2 (count - rate * days)^2.
    """
    rates, variance = [], 0.0
    for some in (served, ~served):
        w, c, d = weight[some], count[some].astype(float), days[some].astype(float)
        rate = (w * c).sum() / (w * d).sum()
        rates.append(rate)
        variance += (w**2 * (c - rate * d) ** 2).sum() / (w * c).sum() ** 2
    return rates[0] / rates[1], float(np.sqrt(variance))
