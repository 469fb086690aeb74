"""The made-up people: age, sex, ethnicity, home, practice, and when they came, moved, left or died.

Ages are as on the middle day of the window, drawn within each LSOA from its own single-year ages, so that the age
structure is real. Everything else is drawn at random; nobody here exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from doorstep.synthetic import identifiers
from doorstep.synthetic.arrays import Bools, Bytes, Floats, Ints
from doorstep.synthetic.ground import CATEGORIES, N_AGES, Ground
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline

N_VISITORS = 997  # keys of people from elsewhere
PEOPLE_A_PART = 20_000
SEXES = ("1", "2")
POSITIONS = ("partner", "mother", "cares_for")  # columns of People that point at other people of the part
NOT_STATED = ("", "Z", "99")  # what a record holds where ethnicity is not known


@dataclass
class People:
    """One entry a person in every array; days are numbers of `timeline`, NEVER where it has not happened.

    `practice_2` and `lsoa_2` hold from `practice_2_from` and `moved_on`; both -1 where nothing changed. The first
    registration ends at `practice_2_from` unless the person is `doubly_registered`. `recorded_ethnicity` indexes
    CATEGORIES followed by NOT_STATED. `household` numbers the homes of the part; `partner`, `mother` and `cares_for`
    are positions of people, -1 where there is none here. `carer_hours` is 0 for who gives no unpaid care, else 1 (up
    to 19 hours a week), 2 (20 to 49) or 3 (50 or more). `care_home` holds on the first day of the window,
    `care_home_from` is the day a person moved into one, before or in the window. `keys` maps a way to the person keys,
    those of visitors after those of people.
    """

    birth: Ints
    sex: Ints
    ethnicity: Ints
    recorded_ethnicity: Ints
    need: Floats
    lsoa: Ints
    lsoa_2: Ints
    moved_on: Ints
    lsoa_known: Bools
    practice: Ints
    practice_2: Ints
    practice_2_from: Ints
    doubly_registered: Bools
    registered_from: Ints
    registered_to: Ints
    died: Ints
    decile: Ints
    household: Ints
    partner: Ints
    mother: Ints
    cares_for: Ints
    carer_hours: Ints
    care_home: Bools
    care_home_from: Ints
    born_in_window: Bools
    keys: dict[str, Bytes]

    @property
    def n(self) -> int:
        """How many people there are, over the whole window."""
        return len(self.birth)

    def start(self, timeline: Timeline) -> Ints:
        """The first day of the window on which each person is registered."""
        return np.maximum(self.registered_from, timeline.first)

    def stop(self, timeline: Timeline) -> Ints:
        """The last day of the window on which each person is registered and alive."""
        return np.minimum(np.minimum(self.registered_to, self.died), timeline.last)

    def age_on(self, day: Ints | int) -> Ints:
        """Age in whole years (to the nearest day of a 365.25-day year)."""
        return np.floor((day - self.birth) / YEAR).astype(np.int64)

    def lsoa_at(self, person: Ints, day: Ints) -> Ints:
        """Position of the LSOA where each person lives on a day."""
        return np.where(day >= self.moved_on[person], self.lsoa_2[person], self.lsoa[person])

    def record_at(self, person: Ints, day: Ints) -> Ints:
        """0 or 1: which of a person's registrations is in use on a day."""
        return (day >= self.practice_2_from[person]).astype(np.int8)

    def practice_at(self, person: Ints, day: Ints) -> Ints:
        """Position of the practice whose registration is in use on a day."""
        return np.where(self.record_at(person, day) == 1, self.practice_2[person], self.practice[person])


@dataclass(frozen=True)
class Share:
    """One part of the people, made on its own: places `first` to `stop` of `total`, in order of home and practice."""

    number: int
    first: int
    stop: int
    total: int

    @property
    def n(self) -> int:
        """How many people it has."""
        return self.stop - self.first


def shares(ground: Ground, timeline: Timeline, parameters: Parameters) -> tuple[Share, ...]:
    """Cut everybody who is registered at some time in the window into parts of about `PEOPLE_A_PART`."""
    at_a_time = parameters.people or round(ground.list_size * parameters.scale)
    years = (timeline.last - timeline.first + 1) / YEAR
    total = round(at_a_time * (1 + parameters.rates.joiners * years))
    n = max(1, round(total / PEOPLE_A_PART))
    edges = [total * i // n for i in range(n + 1)]
    return tuple(Share(i, edges[i], edges[i + 1], total) for i in range(n))


def make_people(ground: Ground, timeline: Timeline, parameters: Parameters, streams: Streams, share: Share) -> People:
    """Draw the people of one part as they would be if nobody died; `settle` then lets them die."""
    rng = streams.part(share.number)("people")
    rates, n = parameters.rates, share.n
    years = (timeline.last - timeline.first + 1) / YEAR
    practice, lsoa = _homes(ground, share, streams)
    age = _ages(ground, lsoa, rng)
    birth = (timeline.middle - np.floor((age + rng.random(n)) * YEAR)).astype(np.int32)
    sex = (rng.random(n) < ground.female[lsoa, np.digitize(age, (18, 65))]).astype(np.int8)
    came = _joined(birth, age, rng, timeline, rates.joiners * years / (1 + rates.joiners * years))
    left = _left(age, came, timeline, rng, rates.leavers)
    moved_on, lsoa_2, practice_2 = _moves(ground, practice, came, left, timeline, rng, rates.movers)
    twice = chosen(
        parameters.faults.two_practices, (practice_2 < 0) & (left == NEVER) & (came < timeline.last - 60), rng
    )
    practice_2[twice] = (practice[twice] + 1 + rng.integers(0, max(1, len(ground.practices) - 1), int(twice.sum()))) % (
        len(ground.practices)
    )
    practice_2_from = np.where(practice_2 >= 0, moved_on, NEVER)
    since = np.maximum(came, timeline.first)
    practice_2_from[twice] = since[twice] + ((timeline.last - since[twice]) * rng.random(int(twice.sum()))).astype(int)
    ethnicity = _within(ground.ethnicity, lsoa, rng.random(n))
    return People(
        birth=birth,
        sex=sex,
        ethnicity=ethnicity.astype(np.int8),
        recorded_ethnicity=_recorded(ethnicity, parameters.faults.person_ethnicity_missing, rng),
        need=rng.normal(size=n),
        lsoa=lsoa.astype(np.int32),
        lsoa_2=lsoa_2,
        moved_on=moved_on,
        lsoa_known=~chosen(parameters.faults.person_lsoa_missing, np.ones(n, bool), rng),
        practice=practice,
        practice_2=practice_2,
        practice_2_from=practice_2_from.astype(np.int32),
        doubly_registered=twice,
        registered_from=came,
        registered_to=left,
        died=np.full(n, NEVER, np.int32),
        decile=ground.decile[lsoa],
        household=np.arange(n, dtype=np.int32),
        partner=np.full(n, -1, np.int32),
        mother=np.full(n, -1, np.int32),
        cares_for=np.full(n, -1, np.int32),
        carer_hours=np.zeros(n, np.int8),
        care_home=np.zeros(n, bool),
        care_home_from=np.full(n, NEVER, np.int32),
        born_in_window=birth >= timeline.first,
        keys={},
    )


def joined_people(parts: Sequence[People]) -> People:
    """Put the people of parts together: they keep their order, and positions and households stay apart."""
    before = np.concatenate([[0], np.cumsum([people.n for people in parts])])
    homes = np.concatenate([[0], np.cumsum([people.household.max(initial=-1) + 1 for people in parts])])
    values: dict[str, Any] = {}
    for name in (f.name for f in fields(People) if f.name != "keys"):
        columns = [getattr(people, name) for people in parts]
        if name == "household" or name in POSITIONS:
            shifts = homes if name == "household" else before
            columns = [np.where(c >= 0, c + at, -1).astype(c.dtype) for c, at in zip(columns, shifts, strict=False)]
        values[name] = np.concatenate(columns)
    return People(**values, keys={})


def settle(people: People, died: Ints) -> None:
    """Let people die on their day: it ends the registration, and what would have come after it does not happen.

    Nobody here hears of a death after the person has left.
    """
    people.died = np.where(people.registered_to < died, NEVER, died).astype(np.int32)
    people.registered_to = np.minimum(people.registered_to, people.died).astype(np.int32)
    dead = people.died < NEVER
    unmoved = dead & (people.moved_on >= people.died) & (people.moved_on < NEVER)
    people.moved_on[unmoved], people.lsoa_2[unmoved] = NEVER, -1
    unchanged = dead & (people.practice_2_from >= people.died) | (unmoved & ~people.doubly_registered)
    people.practice_2[unchanged], people.practice_2_from[unchanged] = -1, NEVER
    people.doubly_registered = people.doubly_registered & ~unchanged & ~dead


def _homes(ground: Ground, share: Share, streams: Streams) -> tuple[Ints, Ints]:
    """Return practice and LSOA of each place, evenly over the real registrations (systematic sampling)."""
    places = (np.arange(share.first, share.stop) + streams("homes").random()) / share.total
    return _at(ground, places)


def _at(ground: Ground, place: Floats) -> tuple[Ints, Ints]:
    edges = np.cumsum(ground.cell_weight) / ground.cell_weight.sum()
    cell = np.minimum(np.searchsorted(edges, place), len(edges) - 1)
    return ground.cell_practice[cell], ground.cell_lsoa[cell]


def _within(cumulated: Floats, row: Ints, u: Floats) -> Ints:
    """Draw a column for each row from cumulated shares by row, at the given uniform numbers."""
    flat = (cumulated + np.arange(len(cumulated))[:, None]).ravel()
    column = np.searchsorted(flat, row + np.minimum(u, 1 - 1e-9), side="right") - row * cumulated.shape[1]
    return np.asarray(np.clip(column, 0, cumulated.shape[1] - 1))


def _ages(ground: Ground, lsoa: Ints, rng: np.random.Generator) -> Ints:
    """Draw ages evenly within each LSOA; 90 and over tails off by about 2.6 years."""
    order = np.lexsort((rng.random(len(lsoa)), lsoa))
    at = lsoa[order]
    starts = np.searchsorted(at, at)
    u = np.empty(len(lsoa))
    u[order] = (np.arange(len(lsoa)) - starts + rng.random(len(lsoa))) / np.bincount(at)[at]
    age = _within(ground.ages, lsoa, u)
    oldest = age == N_AGES - 1
    age[oldest] += np.minimum(rng.exponential(2.6, int(oldest.sum())).astype(int), 17)
    return age


def _joined(birth: Ints, age: Ints, rng: np.random.Generator, timeline: Timeline, share: float) -> Ints:
    """Day of registration: in the window for joiners and the new-born, else some years ago, never before birth."""
    long_ago = timeline.first - 1 - np.floor(rng.exponential(12, len(birth)) * YEAR)
    mobile = np.where((age >= 18) & (age < 40), 2.0, np.where(age < 75, 0.8, 0.3))
    joins = rng.random(len(birth)) < share * mobile / mobile.mean()
    in_window = timeline.first + np.floor(rng.random(len(birth)) * (timeline.last - timeline.first))
    soon_after_birth = birth + rng.integers(0, 15, len(birth))
    came = np.maximum(np.where(joins, in_window, long_ago), soon_after_birth)
    return np.asarray(np.minimum(came, timeline.last).astype(np.int32))


def _left(age: Ints, came: Ints, timeline: Timeline, rng: np.random.Generator, yearly: float) -> Ints:
    """Last day of registration in the Place for those who leave it alive, else NEVER."""
    mobile = np.where((age >= 18) & (age < 40), 2.0, np.where(age < 75, 0.8, 0.3))
    start = np.maximum(came, timeline.first)
    day = start + 1 + np.floor(rng.exponential(mobile.mean() / (max(yearly, 1e-9) * mobile)) * YEAR)
    return np.where(day <= timeline.last, day, NEVER).astype(np.int32)


def _moves(
    ground: Ground,
    practice: Ints,
    came: Ints,
    last: Ints,
    timeline: Timeline,
    rng: np.random.Generator,
    yearly: float,
) -> tuple[Ints, Ints, Ints]:
    """Day of a move inside the Place, the new LSOA, and the new practice where the person changes it too."""
    start = np.maximum(came, timeline.first)
    day = start + 1 + np.floor(rng.exponential(1 / max(yearly, 1e-9), len(came)) * YEAR)
    moves = day < np.minimum(last, timeline.last)
    new_practice, new_lsoa = _at(ground, rng.random(len(came)))
    changes = moves & (rng.random(len(came)) < 0.5) & (new_practice != practice)
    return (
        np.where(moves, day, NEVER).astype(np.int32),
        np.where(moves, new_lsoa, -1).astype(np.int32),
        np.where(changes, new_practice, -1).astype(np.int16),
    )


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


def person_keys(n: int, streams: Streams) -> dict[str, Bytes]:
    """Person keys by kind, the visitors' after the people's: the two kinds share no order."""
    return {
        "nhs": identifiers.nhs_numbers(n + N_VISITORS, streams("nhs numbers")),
        "sender": identifiers.sender_keys(n + N_VISITORS, streams("sender keys")),
    }
