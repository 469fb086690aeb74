"""Repeat medicines: who is on which class since when, and the issues of the last months.

The product numbers are made up and no dm+d concepts: real ones are not openly available. Each stands for a class.
"""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Ints, Singles
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.health.model import Medicine, Model, read
from doorstep.synthetic.health.state import NO_DAY, Health
from doorstep.synthetic.people import People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR, Timeline

CLASSES = tuple(read("medicines.toml"))
PRODUCTS = 3  # made-up products of each class
MEDICINES = tuple(f"999{10_000 + 10 * c + p}" for c in range(len(CLASSES)) for p in range(PRODUCTS))
MEAN_DAYS_TO_START = 120.0
MONTHLY, TWO_MONTHLY = 28, 56
SHARES_TWO_MONTHLY = (0.55, 0.15)  # of those on few and on many medicines, ours: who takes one or two is seen less
MANY = 4


def class_of(code: str) -> str:
    """The class that a made-up product number stands for; ValueError where it is none."""
    return CLASSES[MEDICINES.index(code) // PRODUCTS]


def take_up(what: Model, people: People, onset: Ints, ended: Ints, until: Ints, rng: np.random.Generator) -> Ints:
    """Return the day from which each person is on each class, by class and person, NO_DAY where never.

    It follows the first of the conditions that brings it, unless that has ended.
    """
    found = np.full((len(what.medicines), people.n), NO_DAY, np.int32)
    at = {name: i for i, name in enumerate(what.names)}
    has = {name: np.flatnonzero((onset[i] < NO_DAY) & (ended[i] == NO_DAY)) for name, i in at.items()}
    age = np.asarray((until - people.birth) / YEAR, np.float32)
    for row, medicine in zip(found, what.medicines, strict=True):
        for condition, share in medicine.of.items():
            who = has[condition]
            who = who[rng.random(len(who), dtype=np.float32) < share]
            wait = rng.standard_exponential(len(who), dtype=np.float32) * MEAN_DAYS_TO_START
            day = onset[at[condition]][who] + wait.astype(np.int32)
            known = day <= until[who]
            row[who[known]] = np.minimum(row[who[known]], day[known])
        if medicine.ages[2]:
            _others(row, medicine, people, age, rng)
    return found


def _others(row: Ints, medicine: Medicine, people: People, age: Singles, rng: np.random.Generator) -> None:
    """Put a share of the people of certain ages on the class, from some day since they reached that age."""
    low, high, share = medicine.ages
    may = (age >= low) & (age < high)
    if len(medicine.sexes) == 1:
        may &= people.sex == medicine.sexes[0]
    who = np.flatnonzero(may)
    who = who[rng.random(len(who), dtype=np.float32) < share]
    since = low + (age[who] - low) * rng.random(len(who), dtype=np.float32)
    row[who] = np.minimum(row[who], (people.birth[who] + since * YEAR).astype(np.int32))


def polypharmacy_on(medicine_on: Ints, least: int) -> Ints:
    """Return the day on which each person is on so many medicines, from days by class and person."""
    many = np.flatnonzero((medicine_on < NO_DAY).sum(axis=0, dtype=np.int8) >= least)
    found = np.full(medicine_on.shape[1], NO_DAY, np.int32)
    found[many] = np.partition(medicine_on[:, many].T, least - 1, axis=1)[:, least - 1]
    return found


def make_medicines(people: People, health: Health, timeline: Timeline, months: int, streams: Streams) -> Facts:
    """Draw the issues of every repeat medicine over the last months before the first delivery, and since.

    `record` numbers the lines of the part: one a person and `class`. Issues come every 28 or every 56 days, by person.
    """
    rng = streams("issues")
    kind, person = np.nonzero(health.medicine_on.T < NO_DAY)
    since = health.medicine_on[person, kind]
    opens = int(timeline.cuts[0]) - round(months * YEAR / 12)
    many = np.bincount(person, minlength=people.n) >= MANY
    slow = rng.random(people.n, dtype=np.float32) < np.where(many, SHARES_TWO_MONTHLY[1], SHARES_TWO_MONTHLY[0])
    gap = np.where(slow, TWO_MONTHLY, MONTHLY)[person]
    first = np.maximum(np.maximum(since, people.registered_from[person]), opens)
    first = first + (rng.random(len(person), dtype=np.float32) * gap).astype(np.int32)
    n = np.maximum((people.stop(timeline)[person] - first) // gap + 1, 0)
    line = np.repeat(np.arange(len(person), dtype=np.int32), n)
    nth = np.arange(len(line), dtype=np.int32) - np.repeat((np.cumsum(n) - n).astype(np.int32), n)
    product = kind * PRODUCTS + (rng.random(len(person), dtype=np.float32) ** 2 * PRODUCTS).astype(np.int64)
    return Facts(
        "medicine",
        person.astype(np.int32)[line],
        first.astype(np.int32)[line] + gap.astype(np.int32)[line] * nth,
        {
            "code": Words(product.astype(np.int32)[line], MEDICINES),
            "class": Words(kind.astype(np.int16)[line], CLASSES),
            "record": line,
        },
    )
