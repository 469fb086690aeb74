"""Lists that drift: people who come to growing practices or leave shrinking ones, and people who leave unnoticed."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.people import People
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline
from doorstep.synthetic.worlds.model import Lists

GROWING, SHRINKING = 0, 1


def drift(people: People, lists: Lists, group: Ints, timeline: Timeline, rng: np.random.Generator) -> Ints:
    """Let lists grow and shrink, in place; return the day from which each person is gone unnoticed (NEVER: not).

    `group` is each practice's. Of those on a growing list on the first day, so many have come in the window instead
    that the list grows by `a_year`: q = 1 - (1 + a_year)^-years; of those on a shrinking one, so many leave in it:
    q = 1 - (1 - a_year)^years.
    """
    years = (timeline.last - timeline.first + 1) / YEAR
    theirs = group[people.practice]
    here = (people.registered_from < timeline.first) & (people.registered_to >= timeline.first)
    grows = here & (theirs == GROWING) & (rng.random(people.n) < 1 - (1 + lists.a_year) ** -years)
    shrinks = here & (theirs == SHRINKING) & (rng.random(people.n) < 1 - (1 - lists.a_year) ** years)
    _come_later(people, np.flatnonzero(grows), timeline, rng)
    _leave(people, np.flatnonzero(shrinks), timeline, rng)
    return _ghosts(people, lists.ghosts_a_year * years, timeline, rng)


def _come_later(people: People, who: Ints, timeline: Timeline, rng: np.random.Generator) -> None:
    """Let people come on some day of the window before anything else happens to them; what came before is forgotten."""
    changes = (people.registered_to, people.moved_on, people.practice_2_from)
    until = np.minimum.reduce([days[who] for days in changes])
    until = np.minimum(until, timeline.last) - 1
    span = np.maximum(until - timeline.first, 1)
    people.registered_from[who] = timeline.first + (rng.random(len(who)) * span).astype(np.int32)


def _leave(people: People, who: Ints, timeline: Timeline, rng: np.random.Generator) -> None:
    """Let people leave on some day of the window; moves that would have come later do not happen."""
    day = timeline.first + (rng.random(len(who)) * (timeline.last - timeline.first)).astype(np.int32)
    people.registered_to[who] = np.minimum(people.registered_to[who], day)
    last = people.registered_to[who]
    unmoved = who[people.moved_on[who] >= last]
    people.moved_on[unmoved], people.lsoa_2[unmoved] = NEVER, -1
    unchanged = who[people.practice_2_from[who] >= last]
    people.practice_2[unchanged], people.practice_2_from[unchanged] = -1, NEVER
    people.doubly_registered[unchanged] = False


def _ghosts(people: People, share: float, timeline: Timeline, rng: np.random.Generator) -> Ints:
    """Choose adults who leave unnoticed, of those whose registration stays open to the end."""
    stay: Bools = (people.registered_to == NEVER) & (people.age_on(timeline.first) >= 18)
    who = np.flatnonzero(stay & (rng.random(people.n) < share))
    since = np.maximum(people.registered_from[who], timeline.first)
    gone = np.full(people.n, NEVER, np.int32)
    gone[who] = since + 1 + (rng.random(len(who)) * (timeline.last - since)).astype(np.int32)
    return gone
