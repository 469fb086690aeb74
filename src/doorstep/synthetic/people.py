"""The made-up people: age, sex, ethnicity, home, practice, and when they came, moved, left or died.

On the first day of the window the people are those of the published tables: practice by LSOA, and the ages, ethnic
groups and sexes of each LSOA. Then they come, go, move, are born and die. Nobody here exists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.synthetic import identifiers
from doorstep.synthetic.arrays import Bools, Bytes, Ints
from doorstep.synthetic.births import newborn
from doorstep.synthetic.carers import cared_for, carer_hours
from doorstep.synthetic.ground import CATEGORIES, Ground
from doorstep.synthetic.homes import Share, cells, shares
from doorstep.synthetic.households import Persons, Ties, care_homes, numbered, tie
from doorstep.synthetic.moves import entered, mobility_of, moves, stays
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.roll import People, joined_people, settle
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline
from doorstep.synthetic.traits import blocks, categories, days_old, traits

__all__ = ["People", "Share", "chosen", "joined_people", "make_people", "person_keys", "settle", "shares"]

THIN = 200  # people to an area: with fewer, households form across neighbouring areas
BLOCK = 250  # people among whom they then form
N_VISITORS = 997  # keys of people from elsewhere
SEXES = ("1", "2")
NOT_STATED = ("", "Z", "99")  # what a record holds where ethnicity is not known


def make_people(ground: Ground, timeline: Timeline, parameters: Parameters, streams: Streams, share: Share) -> People:
    """Draw the people of one part as they would be if nobody died; `settle` then lets them die."""
    own = streams.part(share.number)
    rng = own("people")
    here = _housed(ground, parameters, streams, share, rng)
    people = _registered(here, ground, timeline, parameters, rng)
    people = joined_people([people, newborn(people, share.newborn.n, ground, timeline, rng)], one_part=True)
    _give_care(people, ground, timeline, rng)
    _go_wrong(people, ground, timeline, parameters, own("faults of people"))
    return people


@dataclass
class _Housed:
    """People who were alive when they were first registered: homes, traits and ties, in order of home."""

    is_new: Bools
    lsoa: Ints
    practice: Ints
    group: Ints
    age: Ints
    old: Ints
    sex: Ints
    in_home: Bools
    ties: Ties


def _housed(
    ground: Ground, parameters: Parameters, streams: Streams, share: Share, rng: np.random.Generator
) -> _Housed:
    cell = [
        cells(run, ground.edges[name], streams(f"homes of {name}").random())
        for name, run in (("settled", share.settled), ("newcomers", share.newcomers))
    ]
    drawn = [
        traits(ground.residents, ground.cell_lsoa[c], bool(new), parameters.has("raking"), rng)
        for new, c in enumerate(cell)
    ]
    group, age, sex = (np.concatenate(both) for both in zip(*drawn, strict=True))
    at = np.concatenate(cell)
    lsoa, practice, is_new = ground.cell_lsoa[at], ground.cell_practice[at], np.arange(len(at)) >= len(cell[0])
    is_thin = share.settled.total < THIN * len(ground.lsoas)
    block = np.concatenate([blocks(lsoa[~is_new], BLOCK if is_thin else 1), blocks(lsoa[is_new], BLOCK)])
    block[is_new] += block[~is_new].max(initial=-1) + 1
    likelier = np.where(is_new, 0.0, ground.residents.care_homes[lsoa])
    persons = Persons(
        block, group, age, days_old(age, rng), sex, ground.decile[lsoa], care_homes(lsoa, age, sex, likelier, rng)
    )
    ties = tie(persons, rng)
    moves_in = is_new | is_thin  # such people live where the head of the household has a place
    lsoa = np.where(moves_in, lsoa[ties.head], lsoa)
    place = (rng.random(len(at)) + persons.single)[ties.head] / 2  # care homes before other households
    order = np.argsort(is_new * len(ground.lsoas) + lsoa + place, kind="stable")
    # Places of an area go to its households one after the other: most members of a household share a practice.
    practice = np.where(moves_in, practice[ties.head][order], practice)
    return _Housed(
        is_new, lsoa[order], practice, group[order], persons.age[order], persons.old[order], sex[order],
        ~persons.single[order], ties.ordered(order),
    )  # fmt: skip


def _registered(
    here: _Housed, ground: Ground, timeline: Timeline, parameters: Parameters, rng: np.random.Generator
) -> People:
    rates, n, ties = parameters.rates, len(here.age), here.ties
    mobility = mobility_of(ground.residents.mobility, here.age[ties.mover])
    stay = stays(here.old, here.is_new, ties.head, ties.mover, mobility, rates, timeline, rng)
    moved = moves(ground, here.practice, here.lsoa, stay, ties.mover, mobility, rates.movers, timeline, rng)
    ethnicity = categories(here.group, rng.random(n)[ties.head]).astype(np.int8)
    return People(
        birth=stay.birth,
        sex=here.sex.astype(np.int8),
        ethnicity=ethnicity,
        recorded_ethnicity=ethnicity.copy(),
        need=rng.standard_normal(n),
        lsoa=here.lsoa.astype(np.int32),
        lsoa_2=moved.lsoa,
        moved_on=moved.day,
        lsoa_known=np.ones(n, bool),
        practice=here.practice.astype(np.int16),
        practice_2=moved.practice,
        practice_2_from=np.where(moved.practice >= 0, moved.day, NEVER).astype(np.int32),
        doubly_registered=np.zeros(n, bool),
        registered_from=stay.came,
        registered_to=stay.left,
        died=np.full(n, NEVER, np.int32),
        decile=ground.decile[here.lsoa],
        household=numbered(ties.head),
        partner=ties.partner,
        mother=ties.mother,
        cares_for=np.full(n, -1, np.int32),
        carer_hours=np.zeros(n, np.int8),
        care_home=here.in_home,
        care_home_from=entered(here.in_home, here.sex, here.age, here.lsoa, ground, stay, timeline, rng),
        born_in_window=np.zeros(n, bool),
        keys={},
    )


def _give_care(people: People, ground: Ground, timeline: Timeline, rng: np.random.Generator) -> None:
    age = people.age_on(timeline.first)
    factors = ground.residents.unpaid_care[people.lsoa]
    people.carer_hours = carer_hours(age, people.sex, factors, ~people.care_home, rng)
    people.cares_for = cared_for(
        people.carer_hours, age, people.lsoa, people.partner, people.mother, ~people.care_home, rng
    )


def _go_wrong(
    people: People, ground: Ground, timeline: Timeline, parameters: Parameters, rng: np.random.Generator
) -> None:
    """Plant what is wrong in the records of people: a second registration, an area or ethnic category not known."""
    faults, n = parameters.faults, people.n
    settled = (people.practice_2 < 0) & (people.registered_to == NEVER) & (people.registered_from < timeline.last - 60)
    twice = chosen(faults.two_practices, settled & ~people.born_in_window, rng)
    other = rng.integers(0, max(1, len(ground.practices) - 1), n)[twice]
    people.practice_2[twice] = (people.practice[twice] + 1 + other) % len(ground.practices)
    since = people.start(timeline)[twice]
    people.practice_2_from[twice] = since + ((timeline.last - since) * rng.random(n)[twice]).astype(int)
    people.doubly_registered = twice
    people.recorded_ethnicity = _recorded(people.ethnicity, faults.person_ethnicity_missing, rng)
    people.lsoa_known = ~chosen(faults.person_lsoa_missing, np.ones(n, bool), rng)


def chosen(rate: float, eligible: Bools, rng: np.random.Generator) -> Bools:
    """Mark a share of all people among the eligible; at least one where the rate is above 0 and anyone is eligible."""
    pool = np.flatnonzero(eligible)
    chosen = np.zeros(len(eligible), bool)
    if rate > 0 and len(pool):
        chosen[rng.choice(pool, min(len(pool), max(1, round(rate * len(eligible)))), replace=False)] = True
    return chosen


def _recorded(ethnicity: Ints, missing: float, rng: np.random.Generator) -> Ints:
    """What every record of the person holds: the category, or one of the ways to say that it is not known."""
    recorded = ethnicity.copy()
    unknown = chosen(missing, np.ones(len(ethnicity), bool), rng)
    ways = rng.choice(len(NOT_STATED), int(unknown.sum()), p=(0.5, 0.3, 0.2))
    recorded[unknown] = len(CATEGORIES) + ways
    return recorded.astype(np.int8)


def person_keys(n: int, streams: Streams, spare: int = 0) -> dict[str, Bytes]:
    """Person keys by kind, the visitors' after the people's and then some to spare: the two kinds share no order."""
    return {
        "nhs": identifiers.nhs_numbers(n + N_VISITORS + spare, streams("nhs numbers")),
        "sender": identifiers.sender_keys(n + N_VISITORS + spare, streams("sender keys")),
    }
