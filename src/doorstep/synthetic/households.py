"""Who lives with whom: couples, children with an adult, people who share or live alone, residents of care homes.

Everything happens within a block of people, as a rule those of one LSOA. People are matched by sorting: nobody is
compared with everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.schedules import MAN, N_AGES, WOMAN, by_age, by_sex_and_age, schedules, slope
from doorstep.synthetic.timeline import YEAR

N_GROUPS = 5
YOUNGEST_PARENT, OLDEST_PARENT = 16 * YEAR, 50 * YEAR  # days between parent and child: a little inside whole years
BETWEEN_BIRTHS = 300  # days
ADULT = 18
_WIDE = 128.0  # more than any age: keeps blocks apart in a sort key
_MIXED = 3  # position of the mixed group
_ROUNDS = 3  # attempts to keep brothers and sisters a pregnancy apart


@dataclass
class Persons:
    """People to be housed, one entry each; `old` is days since birth on the reference day of each."""

    block: Ints
    group: Ints
    age: Ints
    old: Ints
    sex: Ints
    decile: Ints
    home: Ints  # the care home of who lives in one, else -1
    single: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.single = self.home < 0


@dataclass(frozen=True)
class Ties:
    """Positions of people: a `head` for each household, `partner` and `mother` (-1 where there is none here).

    `mover` is the person whose moves one shares: a partner's, a parent's; one's own for other adults.
    """

    head: Ints
    partner: Ints
    mother: Ints
    mover: Ints

    def ordered(self, order: Ints) -> Ties:
        """Return the ties with people in another order."""
        place = np.empty(len(order) + 1, np.int32)
        place[order], place[-1] = np.arange(len(order)), -1
        return Ties(*(place[at[order]] for at in (self.head, self.partner, self.mother, self.mover)))


def numbered(head: Ints) -> Ints:
    """Return the number of each person's household: households stand one after the other."""
    return (np.cumsum(np.diff(head, prepend=-1) != 0) - 1).astype(np.int32)


def tie(people: Persons, rng: np.random.Generator) -> Ties:
    """Form households. Twins (children who would be too close) get one birthday: `people.old` is changed for them."""
    n = len(people.age)
    partner = _couples(people, rng)
    coupled = partner >= 0
    head = np.where(coupled & (people.sex == MAN) & (people.sex[partner] != MAN), partner, np.arange(n))
    head = np.where(coupled & (people.sex == people.sex[partner]), np.minimum(head, partner), head)
    parent = _parents(people, partner, rng)
    has_parent = parent >= 0
    head[has_parent] = head[parent[has_parent]]
    mover = np.where(coupled | (has_parent & (people.age < ADULT)), head, np.arange(n))
    is_parent = np.zeros(n, bool)
    is_parent[parent[has_parent]] = True
    _share(people, head, ~coupled & ~has_parent & ~is_parent & (people.age >= ADULT) & people.single, rng)
    _together(head, np.flatnonzero(people.home >= 0), people.home)
    _together(head, np.flatnonzero((people.age < ADULT) & ~has_parent), people.block)
    mother = np.where(has_parent & (people.sex[parent] == WOMAN), parent, -1)
    return Ties(head.astype(np.int32), partner, mother.astype(np.int32), mover.astype(np.int32))


def _ages(people: Persons) -> Ints:
    return np.minimum(people.age, N_AGES - 1)


def _couples(people: Persons, rng: np.random.Generator) -> Ints:
    """Pair people who live as couples: neighbours in age, as a rule of one ethnic group."""
    said, n = schedules()["couples"], len(people.age)
    wanted = by_sex_and_age("couples").astype(np.float32)[people.sex, _ages(people)]
    who = np.flatnonzero((rng.random(n, np.float32) < wanted) & people.single & (people.age >= ADULT))
    role = people.sex[who] ^ (rng.random(len(who), np.float32) < said["same_sex"] / 2)
    outside = rng.random(len(who), np.float32) > said["own_group"]
    family = people.block[who].astype(np.int64) * N_GROUPS + np.where(outside, 0, people.group[who])
    place = people.old[who] / YEAR + rng.standard_normal(len(who), np.float32) * (said["age_spread"] / 2)
    place = family * _WIDE + np.clip(place + said["older_men"] * (role == WOMAN), 0, _WIDE - 1)
    first, second = (_in_order(who, family, place, role == side) for side in (MAN, WOMAN))
    at = np.minimum(np.searchsorted(second[1], first[1]), max(0, len(second[1]) - 1))
    partner = np.full(n, -1, np.int32)
    if not len(first[0]) or not len(second[0]):
        return partner
    meet = second[1][at] == first[1]
    one, other = first[0][meet], second[0][at[meet]]
    close = np.abs(people.age[one] - people.age[other]) <= 20
    partner[one[close]], partner[other[close]] = other[close], one[close]
    return partner


def _in_order(who: Ints, family: Ints, place: Floats, chosen: Bools) -> tuple[Ints, Ints]:
    """Return the chosen people by family and place, and for each a number: the family's and the rank within it."""
    order = np.flatnonzero(chosen)
    order = order[np.argsort(place[order])]
    families = family[order]
    rank = np.arange(len(order)) - np.searchsorted(families, families)
    return who[order], families * 100_000 + rank


class _Pool:
    """Adults who may be a child's parent, in order of family and age."""

    def __init__(self, people: Persons, who: Ints, family: Ints) -> None:
        place = family * _WIDE + people.old[who] / YEAR
        order = np.argsort(place)
        self.who, self.place, self.family = who[order], place[order], family[order]

    def fill(self, family: Ints, age: Floats, rng: np.random.Generator) -> Ints:
        """Return somebody of about that age in each family, nobody more often than she has children; -1 for the rest.

        Everybody has one to four places. In order of place, each child takes the first that is free from where it
        would like to be: the running maximum below.
        """
        edges = np.cumsum(schedules()["children"]["number"])
        slot = np.repeat(np.arange(len(self.who)), 1 + np.searchsorted(edges[:-1], rng.random(len(self.who))))
        wanted = family * _WIDE + np.clip(age, 0, _WIDE - 1)
        order = np.argsort(wanted)
        turn = np.arange(len(order))
        taken = np.maximum.accumulate(np.searchsorted(self.place[slot], wanted[order]) - turn) + turn
        is_free = taken < len(slot)
        at = slot[taken[is_free]]
        found = np.full(len(order), -1)
        found[order[is_free]] = np.where(self.family[at] == family[order[is_free]], self.who[at], -1)
        return found

    def near(self, family: Ints, age: Floats) -> Ints:
        """Return somebody of about that age in each family, -1 where the family has nobody."""
        if not len(self.who):
            return np.full(len(family), -1)
        at = np.searchsorted(self.place, family * _WIDE + np.clip(age, 0, _WIDE - 1))
        at = np.minimum(at, len(self.who) - 1)
        at = at - ((self.family[at] != family) & (at > 0))
        return np.where(self.family[at] == family, self.who[at], -1)


def _parents(people: Persons, partner: Ints, rng: np.random.Generator) -> Ints:
    """Return the parent with whom each child (and grown-up child at home) lives, -1 where there is none."""
    n = len(people.age)
    at_home = by_age("children", "at_home", "at_home_ages").astype(np.float32)[_ages(people)]
    is_child = (people.age < ADULT) | ((rng.random(n, np.float32) < at_home) & (partner < 0) & (people.age < 46))
    child = np.flatnonzero(is_child & people.single)
    pools = _pools(people, partner, is_child, rng)
    parent = _first(people, child, pools, rng)
    for _ in range(_ROUNDS):
        later, _earlier = _too_close(people, child, parent)
        parent[later] = _other(people, child[later], parent[later], pools[0], rng)
    _make_twins(people, child, parent)
    found = np.full(n, -1, np.int64)
    found[child] = parent
    return found


def _make_twins(people: Persons, child: Ints, parent: Ints) -> None:
    """Give one birthday to children of one parent who are still too close: fewer of them each time round."""
    later, earlier = _too_close(people, child, parent)
    while len(later):
        people.old[child[later]] = people.old[child[earlier]]
        people.age[child[later]] = people.age[child[earlier]]
        later, earlier = _too_close(people, child, parent)


def _pools(people: Persons, partner: Ints, is_child: Bools, rng: np.random.Generator) -> tuple[_Pool, _Pool, _Pool]:
    """Return who can be a parent: by block and ethnic group, by block, and (any adult at all) by block."""
    said = schedules()["children"]
    alone = np.where(people.sex == WOMAN, slope("children", "lone_mothers").at(people.decile), said["lone_fathers"])
    with_partner = np.where((people.sex == WOMAN) | (people.sex[partner] == MAN), said["couples_with"], 0.0)
    chance = np.where(partner >= 0, with_partner, alone)
    adult = (people.age >= ADULT) & people.single & ~is_child
    likely = np.flatnonzero(adult & (rng.random(len(chance), np.float32) < chance))
    anyone = np.flatnonzero(adult)
    block = people.block.astype(np.int64)
    return (
        _Pool(people, likely, block[likely] * N_GROUPS + people.group[likely]),
        _Pool(people, likely, block[likely]),
        _Pool(people, anyone, block[anyone]),
    )


def _first(people: Persons, child: Ints, pools: tuple[_Pool, _Pool, _Pool], rng: np.random.Generator) -> Ints:
    """Draw a parent for each child: of the child's ethnic group in the block, else of any, else any adult.

    Grown-up children are content with the first; where many of them live together (students) they have no parent here.
    """
    wanted = _wanted(people, child, rng)
    block = people.block[child].astype(np.int64)
    parent = pools[0].fill(block * N_GROUPS + people.group[child], wanted, rng)
    for pool in pools[1:]:
        missing = np.flatnonzero(~_can_be(people, parent, child) & (people.age[child] < ADULT))
        parent[missing] = pool.fill(block[missing], wanted[missing], rng)
    parent[~_can_be(people, parent, child)] = -1
    return parent


def _other(people: Persons, child: Ints, parent: Ints, pool: _Pool, rng: np.random.Generator) -> Ints:
    """Draw another parent for children; where there is none, the one they have."""
    family = people.block[child].astype(np.int64) * N_GROUPS + people.group[child]
    found = pool.near(family, _wanted(people, child, rng))
    return np.where(_can_be(people, found, child), found, parent)


def _wanted(people: Persons, child: Ints, rng: np.random.Generator) -> Floats:
    """Return what age a parent of each child should have."""
    older = slope("children", "mother_older").at(people.decile[child])
    older = older + rng.standard_normal(len(child), np.float32) * schedules()["children"]["mother_spread"]
    return np.asarray(people.old[child] / YEAR + np.clip(older, 17, 46))


def _can_be(people: Persons, parent: Ints, child: Ints) -> Bools:
    older = people.old[parent] - people.old[child]
    return np.asarray((parent >= 0) & (older >= YOUNGEST_PARENT) & (older < OLDEST_PARENT))


def _too_close(people: Persons, child: Ints, parent: Ints) -> tuple[Ints, Ints]:
    """Return positions in `child` of who was born too soon after another child of the parent, and of that one.

    Too soon is under `BETWEEN_BIRTHS`; children of one birthday are twins.
    """
    order = np.lexsort((people.old[child], parent))
    order = order[parent[order] >= 0]
    apart = np.diff(people.old[child[order]])
    close = (np.diff(parent[order]) == 0) & (apart > 0) & (apart < BETWEEN_BIRTHS)
    return order[1:][close], order[:-1][close]


def _share(people: Persons, head: Ints, free: Bools, rng: np.random.Generator) -> None:
    """Let some of the people who are left share a home with the next in age of their block."""
    who = np.flatnonzero(free)
    if not len(who):
        return
    order = who[np.argsort(people.block[who] * _WIDE + people.age[who] + rng.random(len(who)) * 6)]
    joins = rng.random(len(order), np.float32) < by_age("sharing", "share").astype(np.float32)[_ages(people)[order]]
    joins[0] = False
    joins[1:] &= people.block[order[1:]] == people.block[order[:-1]]
    start = np.maximum.accumulate(np.where(joins, 0, np.arange(len(order))))
    head[order] = order[start]


def _together(head: Ints, who: Ints, where: Ints) -> None:
    """Make one household of all who live at the same place: a care home, a boarding school."""
    _, first, place = np.unique(where[who], return_index=True, return_inverse=True)
    head[who] = who[first][place]


def care_homes(lsoa: Ints, age: Ints, sex: Ints, likelier: Floats, rng: np.random.Generator) -> Ints:
    """Return the care home of each person, -1 for most: numbered from 0, each of one LSOA and about equal size.

    `likelier` is how much likelier than on average of sex and age each person lives in one.
    """
    schedule = by_sex_and_age("care_homes")[sex, np.minimum(age, N_AGES - 1)]
    who = np.flatnonzero(rng.random(len(age)) < np.minimum(schedule * likelier, 0.9))
    who = who[np.argsort(lsoa[who], kind="stable")]
    areas, start, size = np.unique(lsoa[who], return_index=True, return_counts=True)
    homes = np.maximum(1, np.round(size / schedules()["care_homes"]["residents"]).astype(int))
    before = np.concatenate([[0], np.cumsum(homes)])[:-1]
    at = np.repeat(np.arange(len(areas)), size)
    found = np.full(len(age), -1, np.int32)
    found[who] = before[at] + (np.arange(len(who)) - start[at]) % homes[at]
    return found
