"""What hospitals write down of a stay: diagnoses of every episode, external causes, conditions, frailty, procedures.

Each kind of code has its own places in a row; a mask says which places are filled, so that lists come out in order
without sorting. How fully a hospital codes is its own habit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Lists
from doorstep.synthetic.use.causes import CHILD, OLD, causes
from doorstep.synthetic.use.chances import SIZE, Shorts, look_up, raw, unit
from doorstep.synthetic.use.constants import OLDEST, Singles, assumed, reasons
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.setting import Setting
from doorstep.synthetic.use.stays import EMERGENCY, KINDS, MATERNITY, ORDINARY, Stays

EPISODES = 4  # most in a stay
FRAILTY_CODES = 10  # most in a stay
DELIVERY = "Z370"  # single live birth
_AGES_BESIDES, _AGES_EXTERNAL = (30, 60, 85), (10, 40, 80)


@dataclass
class _Vocabulary:
    """Words by position, each once."""

    words: list[str] = field(default_factory=list)

    def at(self, word: str) -> int:
        if word not in self.words:
            self.words.append(word)
        return self.words.index(word)

    def all(self, words: list[str]) -> Shorts:
        return np.array([self.at(word) for word in words], dtype=np.int16)


@dataclass(frozen=True)
class Book:
    """Positions of every code that a stay can carry, and the look-up tables that choose among them."""

    diagnoses: tuple[str, ...]
    procedures: tuple[str, ...]
    functions: tuple[str, ...]
    cause_codes: Shorts  # [cause, 16]: the first code in about half of the places
    cause_functions: Shorts
    cause_procedures: Shorts  # [cause, 4], -1 where none
    planned: dict[str, tuple[Shorts, Shorts, Shorts, Singles]]  # code, procedure, function, [2 * 111, n] cumulated
    standing: Shorts
    standing_chance: Singles
    besides: Shorts
    besides_chance: Singles  # [111, n]
    external: Shorts  # [111, 256]
    self_harm: Shorts
    frailty: Shorts  # [65536]
    imaging: Shorts  # [65536]


@cache
def book(conditions: tuple[str, ...]) -> Book:
    """Read the codes, for the conditions that people have here."""
    found = reasons()
    codes, procedures, functions = _Vocabulary(), _Vocabulary(), _Vocabulary()
    entries = list(found["causes"].values())
    standing = [found["long_standing"].get(name) for name in conditions]
    ages = np.arange(OLDEST + 1)
    besides, external = found["besides"], found["external"]
    return Book(
        cause_codes=np.stack([codes.all(_mostly_first(e["codes"])) for e in entries]),
        cause_functions=functions.all(list(causes().functions)),
        cause_procedures=np.stack([_four(e.get("procedures", []), procedures) for e in entries]),
        planned={name: _planned(rows, codes, procedures, functions) for name, rows in found["planned"].items()},
        standing=np.array([codes.at(s[0]) if s else 0 for s in standing], dtype=np.int16),
        standing_chance=np.array([s[1] if s else 0 for s in standing], dtype=np.float32),
        besides=codes.all(list(besides)),
        besides_chance=np.stack([np.interp(ages, _AGES_BESIDES, v) for v in besides.values()], 1).astype(np.float32),
        external=_by_age_chosen(external, _AGES_EXTERNAL, codes),
        self_harm=codes.all(list(found["self_harm"])),
        frailty=_chosen(found["frailty"], codes),
        imaging=_chosen(found["imaging"], procedures),
        diagnoses=(*codes.words, DELIVERY),
        procedures=tuple(procedures.words),
        functions=(*functions.words, *(f for f in ("420", "430", "346", "840") if f not in functions.words)),
    )


def _mostly_first(codes: list[str]) -> list[str]:
    places = [codes[0]] * 8 + [codes[i % len(codes)] for i in range(8)]
    return places


def _four(words: list[str], vocabulary: _Vocabulary) -> Shorts:
    if not words:
        return np.full(4, -1, np.int16)
    return vocabulary.all([words[min(i, len(words) - 1) if i else 0] for i in range(4)])


def _chosen(weights: dict[str, float], vocabulary: _Vocabulary) -> Shorts:
    return vocabulary.all(list(weights)).take(look_up(list(weights.values())))


def _by_age_chosen(weights: dict[str, list[float]], knots: tuple[int, ...], vocabulary: _Vocabulary) -> Shorts:
    at = vocabulary.all(list(weights))
    ages = np.arange(OLDEST + 1)
    by_age = np.stack([np.interp(ages, knots, w) for w in weights.values()], 1)
    return np.stack([at.take(look_up(row)[:: SIZE // 256]) for row in by_age])


def _planned(
    rows: list[list[object]], codes: _Vocabulary, procedures: _Vocabulary, functions: _Vocabulary
) -> tuple[Shorts, Shorts, Shorts, Singles]:
    """Read the reasons of one kind of planned stay, with their cumulated weights by sex and age."""
    code, procedure, function, weight, youngest, oldest, sex = zip(*rows, strict=True)
    ages = np.arange(OLDEST + 1)[:, None]
    fits = ((ages >= np.array(youngest)) & (ages <= np.array(oldest))) + 1e-6
    by_sex = [fits * np.array(weight, float) * (np.isin(np.array(sex), (2, s)) + 1e-6) for s in (0, 1)]
    done = [procedures.at(str(p)) if p else -1 for p in procedure]
    return (
        codes.all([str(c) for c in code]),
        np.array(done, dtype=np.int16),
        functions.all([str(f) for f in function]),
        np.cumsum(np.concatenate(by_sex), axis=1).astype(np.float32),
    )


@dataclass(frozen=True)
class Written:
    """What is written of every stay."""

    diagnoses: Lists
    procedures: Lists
    first_function: Ints
    last_function: Ints
    episodes: Ints


def write_down(lives: Lives, setting: Setting, stays: Stays, rng: np.random.Generator) -> Written:
    """Draw codes, treatment functions and the number of episodes of every stay."""
    codes = book(lives.health.conditions)
    age = lives.ages(stays.person, stays.admitted)
    nights = np.minimum(stays.discharged - stays.admitted, 8)
    inpatient = (stays.kind == EMERGENCY) | (stays.kind == ORDINARY)
    more = rng.poisson(np.where(inpatient, 0.12 * nights, 0))
    episodes = (1 + np.minimum(more, EPISODES - 1)).astype(np.int8)
    first = np.zeros((stays.n, EPISODES), np.int16)
    done = np.full(stays.n, -1, np.int16)
    function = np.zeros(stays.n, np.int16)
    _emergencies(stays, age, codes, first, done, function, rng)
    for kind, name in enumerate(KINDS[1:], start=1):
        rows = np.flatnonzero(stays.kind == kind)
        _planned_codes(lives, stays, rows, age, codes.planned[name], first, done, function, rng)
    last = _last_function(stays, episodes, function, codes, rng)
    diagnoses = _diagnoses(lives, setting, stays, age, episodes, first, codes, rng)
    return Written(diagnoses, _procedures(stays, done, codes, rng), function, last, episodes)


def _emergencies(
    stays: Stays, age: Ints, codes: Book, first: Ints, done: Ints, function: Ints, rng: np.random.Generator
) -> None:
    """Fill in reason, procedure and treatment function of emergency stays; children and the oldest have their own."""
    rows = np.flatnonzero(stays.kind == EMERGENCY)
    cause, n = stays.cause[rows], len(rows)
    bits = raw(rng, n)
    for episode in range(EPISODES):
        first[rows, episode] = codes.cause_codes[cause, (bits >> (4 * episode)) & 15]
    likely = unit(rng, n)
    done[rows] = np.where(likely < 0.75, codes.cause_procedures[cause, bits & 3], -1)
    medicine = codes.cause_functions[cause] == codes.functions.index("300")
    own = codes.cause_functions[cause]
    own = np.where(medicine & (age[rows] < CHILD), codes.functions.index("420"), own)
    elderly = medicine & (age[rows] >= OLD) & (likely < 0.5)
    function[rows] = np.where(elderly, codes.functions.index("430"), own)


def _planned_codes(
    lives: Lives,
    stays: Stays,
    rows: Ints,
    age: Ints,
    reasons_of: tuple[Shorts, Shorts, Shorts, Singles],
    first: Ints,
    done: Ints,
    function: Ints,
    rng: np.random.Generator,
) -> None:
    code, procedure, functions, cumulated = reasons_of
    line = cumulated.take(lives.people.sex[stays.person[rows]] * (OLDEST + 1) + age[rows], axis=0)
    at = (line <= unit(rng, len(rows))[:, None] * line[:, -1:] * np.float32(0.999999)).sum(axis=1)
    first[rows] = code[at][:, None]
    done[rows], function[rows] = procedure[at], functions[at]


def _last_function(stays: Stays, episodes: Ints, function: Ints, codes: Book, rng: np.random.Generator) -> Ints:
    """Return the treatment function of the last episode: another one for some stays of several episodes."""
    others = np.array([codes.functions.index(f) for f in ("300", "430", "346", "100", "840")], dtype=np.int16)
    table = look_up([0.45, 0.32, 0.12, 0.09, 0.02])
    moves = (episodes > 1) & (unit(rng, stays.n) < 0.6) & (stays.kind == EMERGENCY)
    return np.where(moves, others[table.take(raw(rng, stays.n))], function).astype(np.int16)


def _diagnoses(
    lives: Lives,
    setting: Setting,
    stays: Stays,
    age: Ints,
    episodes: Ints,
    first: Ints,
    codes: Book,
    rng: np.random.Generator,
) -> Lists:
    """Lay out the codes of each stay in places, and take those that are filled."""
    n = stays.n
    depth = setting.depth.take(stays.provider.at) * np.float32(setting.fitted.coding_depth)
    depth = (depth * assumed()["coding"]["codes_a_stay"])[:, None]
    inpatient = np.isin(stays.kind, (EMERGENCY, ORDINARY))
    scale = np.where(inpatient, 1, 0.5).astype(np.float32)[:, None] * depth
    outside, has_outside = _external(stays, age, codes, rng)
    has = stays.present & (unit(rng, n * len(codes.standing)).reshape(n, -1) < codes.standing_chance * scale)
    also = codes.besides_chance.take(age, axis=0) * scale > unit(rng, n * len(codes.besides)).reshape(n, -1)
    weak, has_weak = _frailty(lives, setting, stays, age, depth[:, 0], codes, rng)
    delivered = (stays.kind == MATERNITY)[:, None]
    same = has & (codes.standing == first[:, :1])  # a reason for the stay is not written twice
    filled = np.hstack(
        [np.arange(EPISODES) < episodes[:, None], delivered, has_outside[:, None], has & ~same, also, has_weak]
    )
    places = np.hstack(
        [
            first,
            np.full((n, 1), len(codes.diagnoses) - 1, np.int16),
            outside[:, None],
            np.broadcast_to(codes.standing, has.shape),
            np.broadcast_to(codes.besides, also.shape),
            weak,
        ]
    )
    start = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    return Lists(start, places[filled].astype(np.int16), codes.diagnoses)


def _external(stays: Stays, age: Ints, codes: Book, rng: np.random.Generator) -> tuple[Ints, Bools]:
    table = causes()
    hurt = (stays.cause >= 0) & table.injury.take(stays.cause)
    poisoned = stays.cause == table.names.index("poisoning")
    bits = raw(rng, stays.n)
    code = codes.external[age, bits >> 8]
    return np.where(poisoned, codes.self_harm[bits % len(codes.self_harm)], code).astype(np.int16), hurt


def _frailty(
    lives: Lives, setting: Setting, stays: Stays, age: Ints, depth: Singles, codes: Book, rng: np.random.Generator
) -> tuple[Ints, Bools]:
    """Codes of frailty: more for the old and frail, and for some of them far more than for others."""
    constants = setting.fitted
    shape = 1 / max(constants.frailty_codes_spread, 1e-3)
    own = rng.standard_gamma(shape, lives.n, dtype=np.float32) / np.float32(shape)
    years = np.clip((stays.admitted - lives.timeline.first) // 365, 0, len(lives.years) - 1)
    band = lives.frailty[years, stays.person].astype(np.float32)
    by_age = np.exp((np.minimum(age, 95) - 80) * np.float32(0.045)) * (age >= 40)
    mean = np.float32(constants.frailty_codes) * by_age * (0.3 + 0.6 * band) * own.take(stays.person) * depth
    mean *= np.array([1, 0.3, 0.05, 0, 0.02, 0, 0], np.float32).take(stays.kind)
    count = np.minimum(rng.poisson(mean), FRAILTY_CODES)
    chosen = codes.frailty.take(raw(rng, stays.n * FRAILTY_CODES)).reshape(stays.n, FRAILTY_CODES)
    return chosen, np.arange(FRAILTY_CODES) < count[:, None]


def _procedures(stays: Stays, done: npt.NDArray[np.int16], codes: Book, rng: np.random.Generator) -> Lists:
    """The procedure that was the reason, then imaging and the like."""
    mean = np.array([0.55, 0.6, 0.15, 0.1, 0.02, 0.05, 0.2], np.float32).take(stays.kind)
    count = np.minimum(rng.poisson(mean), 3)
    extra = codes.imaging.take(raw(rng, stays.n * 3)).reshape(stays.n, 3)
    places = np.hstack([done[:, None], extra])
    filled = np.hstack([(done >= 0)[:, None], np.arange(3) < count[:, None]])
    start = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
    return Lists(start, places[filled], codes.procedures)
