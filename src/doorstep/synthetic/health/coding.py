"""The coded entries of general practice: what was diagnosed, said again, ended, found and measured.

A condition's own day is that of its first entry. Which codes, how many and how often differs by practice. Only codes
that lie in no other list are used, so that the entries put nobody on a register that the truth does not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.facts import Facts, Words, by_day
from doorstep.synthetic.health.assessed import CODES as ASSESSED
from doorstep.synthetic.health.assessed import make_assessed
from doorstep.synthetic.health.model import Condition, model
from doorstep.synthetic.health.state import NO_DAY, Health
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR, Timeline

# Everyday entries that belong to no list: blood pressure, body mass index, weight, smoking status, pulse, blood count,
# height, temperature, breathing rate, oxygen saturation.
EVERYDAY = (
    "75367002", "60621009", "27113001", "266919005", "8517006", "77176002", "78564009", "26604007", "50373000",
    "386725007", "86290005", "103228002",
)  # fmt: skip
# Dissent from secondary use of GP patient identifiable data.
TYPE_1_OBJECTION = "827241000000103"
SLOTS = 256
RARE_SLOTS = 20  # of SLOTS: entries that use another code of the list than the usual ones
REPEATING = 0.75  # share of entries that use the practice's own favourite
YOUNG = 30  # years: who gets diabetes earlier has the codes of type 1
SHARED = ("diabetes.type1", "diabetes.type2")  # lists of a kind of what the register's own list says
# Codes of a list that suit only some people, and so are never drawn at random.
_PARTICULAR = re.compile(
    r"pregnan|childbirth|puerper|gestation|partum|eclampsia|maternal|natal|newborn|infan|juvenile|child|congenital"
    r"|cervi|uter|ovar|vulv|vagin|breast|endomet|fallop|placent|trophoblast|prostat|test[ie]s|penis|scrot|sperm|remission"
    r"|no longer|not a carer|declined",
    re.IGNORECASE,
)


class _Lexicon(NamedTuple):
    """Every code that entries may use: `slots[sex, kind]` holds positions in `words`, the usual ones in many slots."""

    words: tuple[str, ...]
    kinds: dict[str, int]
    slots: Ints


class _Entries(NamedTuple):
    """Some entries: who, when, and of which kind of the lexicon."""

    person: Ints
    day: Ints
    kind: Ints


@lru_cache(maxsize=1)
def code_lists() -> dict[str, tuple[str, ...]]:
    """Return the SNOMED CT codes of every list that ships."""
    return {name: tuple(terms) for name, terms in _terms().items()}


@lru_cache(maxsize=1)
def _terms() -> dict[str, dict[str, str]]:
    table = pq.read_table(
        reference.table("codes"), columns=["list_id", "code", "term"], filters=[("system", "=", "snomedct")]
    ).sort_by([("list_id", "ascending"), ("code", "ascending")])
    found: dict[str, dict[str, str]] = {}
    for name, code, term in zip(*(table[c].to_pylist() for c in ("list_id", "code", "term")), strict=True):
        found.setdefault(name, {})[code] = term or ""
    return found


@lru_cache(maxsize=1)
def lexicon() -> _Lexicon:
    """Return the codes of every kind of entry: conditions, their ends, drawn deficits."""
    what = model()
    words: dict[str, int] = {}
    kinds: dict[str, int] = {}
    slots: list[list[Ints]] = []

    def add(name: str, by_sex: tuple[list[str], list[str]]) -> None:
        kinds[name] = len(slots)
        slots.append([_slots(codes, words) for codes in by_sex])

    for condition in what.conditions:
        add(condition.name, (_codes_of(condition, 0), _codes_of(condition, 1)))
        if condition.young:
            add(f"{condition.name}.young", (list(condition.young), list(condition.young)))
        if condition.resolves and condition.ending in _terms():
            ending = list(_terms()[condition.ending])[:1]
            add(f"{condition.name}.ended", (ending, ending))
    for deficit in what.deficits:
        if deficit.concepts:
            add(f"deficit.{deficit.name}", (list(deficit.concepts), list(deficit.concepts)))
    add("everyday", (list(EVERYDAY), list(EVERYDAY)))
    return _Lexicon(tuple(words), kinds, np.array(slots, np.int32).transpose(1, 0, 2).copy())


def _codes_of(condition: Condition, sex: int) -> list[str]:
    """The usual codes, the first most often, an empty word, then others of the list that may stand for it."""
    other = condition.only[1 - sex]
    usual = [code for code in condition.usual or condition.concepts if code not in other]
    return [*usual, "", *_rarer(condition)] if condition.usual else usual


def _rarer(condition: Condition) -> list[str]:
    usual = {*condition.usual, *condition.young}
    codes = [
        code
        for code, term in _terms()[condition.name].items()
        if code not in usual and not _PARTICULAR.search(term) and not elsewhere(code, condition.name)
    ]
    step = max(1, len(codes) // RARE_SLOTS)
    return codes[::step][:RARE_SLOTS]


def elsewhere(code: str, name: str) -> tuple[str, ...]:
    """The other lists that hold a code, beside those of a kind of the same thing."""
    return tuple(other for other, codes in _terms().items() if other not in (name, *SHARED) and code in codes)


def _slots(codes: list[str], words: dict[str, int]) -> Ints:
    """Fill the slots of one kind: usual codes by falling shares, rarer ones (after an empty word) a slot each."""
    cut = codes.index("") if "" in codes else len(codes)
    usual, rare = codes[:cut], codes[cut + 1 :]
    share = 1.0 / np.arange(1, len(usual) + 1) ** 1.2
    edges = np.round(np.cumsum(share) / share.sum() * (SLOTS - len(rare))).astype(int)
    repeats = np.diff(edges, prepend=0)
    named = np.repeat([words.setdefault(code, len(words)) for code in usual], repeats)
    return np.concatenate([named, np.array([words.setdefault(code, len(words)) for code in rare], int)])


def make_coded(
    people: People,
    health: Health,
    timeline: Timeline,
    parameters: Parameters,
    streams: Streams,
    programme: tuple[Ints, Ints, tuple[str, ...], Ints],
) -> Facts:
    """Draw every coded entry: onsets, re-codings, ends, deficits, everyday entries, programme work, assessments.

    `programme` is persons, days, the codes it may use, and positions among them. `value` is NaN where an entry carries
    no number. Facts are in no order of day.
    """
    rng, lex = streams("coded entries"), lexicon()
    until = people.stop(timeline)
    depth = _depth(people, parameters)
    parts = [*_of_conditions(people, health, until, depth, lex, rng), *_of_deficits(health, depth, until, lex, rng)]
    parts.append(_everyday(people, health, until, depth * parameters.rates.background_codes, lex, rng))
    person, day, kind = (np.concatenate([part[k] for part in parts]) for k in range(3))
    code = _pick(lex, people, person, kind, parameters.seed, rng)
    theirs, days, codes, position = programme
    assessed = make_assessed(people, health, timeline, streams, parameters.seed)
    first = len(lex.words) + len(codes)
    at = [code, (assessed.code + first).astype(np.int32), (position + len(lex.words)).astype(np.int32)]
    carried = (np.full(len(person), np.nan), assessed.value, np.full(len(theirs), np.nan))
    return Facts(
        "coded",
        np.concatenate([person, assessed.person, theirs.astype(np.int32)]),
        np.concatenate([day, assessed.day, days.astype(np.int32)]),
        {
            "code": Words(np.concatenate(at), (*lex.words, *codes, *ASSESSED)),
            "value": np.concatenate(carried),
        },
    )


def _depth(people: People, parameters: Parameters) -> Floats:
    """How much more or less than usual each person's practice writes down."""
    n = int(people.practice.max(initial=0)) + 1
    if not parameters.has("practice_variation"):
        return np.ones(people.n, np.float32)
    drawn = Streams(parameters.seed)("practices that code").standard_normal(n, dtype=np.float32)
    return np.asarray(np.exp(SPREAD_OF_DEPTH * drawn - SPREAD_OF_DEPTH**2 / 2)[people.practice], np.float32)


SPREAD_OF_DEPTH = 0.22  # of the logarithm, between practices: ours
MOST_YEARS = 12.0  # re-codings reach back so far: before that, records were thin


def _of_conditions(
    people: People, health: Health, until: Ints, depth: Floats, lex: _Lexicon, rng: np.random.Generator
) -> list[_Entries]:
    found: list[_Entries] = []
    for i, condition in enumerate(model().conditions):
        onset, ended = health.onset[:, i], health.ended[:, i]
        has = np.flatnonzero(onset < NO_DAY).astype(np.int32)
        first = onset[has]
        kind = np.full(len(has), lex.kinds[condition.name], np.int16)
        if condition.young:
            kind[first - people.birth[has] < YOUNG * YEAR] = lex.kinds[f"{condition.name}.young"]
        last = np.minimum(until[has], ended[has] - 1)
        last = np.where(first < condition.since, np.minimum(last, condition.since - 1), last)
        found.append(_Entries(has, first, kind))
        found.append(_again(has, first, last, kind, condition.again * depth[has], rng))
        if f"{condition.name}.ended" in lex.kinds:
            over = has[ended[has] < NO_DAY]
            kind = np.full(len(over), lex.kinds[f"{condition.name}.ended"], np.int16)
            found.append(_Entries(over, ended[over], kind))
    return found


def _again(has: Ints, first: Ints, last: Ints, kind: Ints, yearly: Floats, rng: np.random.Generator) -> _Entries:
    """Draw the later entries of something: so many a year, on any day since `first` in the last `MOST_YEARS`."""
    span = np.clip(last - first, 0, round(MOST_YEARS * YEAR)).astype(np.float32)
    n = (yearly * span / np.float32(YEAR) + rng.random(len(has), dtype=np.float32)).astype(np.int32)
    row = np.repeat(np.arange(len(has), dtype=np.int32), n)
    day = last[row] - (rng.random(len(row), dtype=np.float32) * span[row]).astype(np.int32)
    return _Entries(has[row], np.maximum(day, first[row]).astype(np.int32), kind[row])


DEFICITS_AGAIN = 0.10  # a year: ours


def _of_deficits(health: Health, depth: Floats, until: Ints, lex: _Lexicon, rng: np.random.Generator) -> list[_Entries]:
    """The entries of deficits that are no condition of ours: their first day, and now and then again."""
    found: list[_Entries] = []
    for i, deficit in enumerate(model().deficits):
        if not deficit.concepts:
            continue
        days = health.deficit_on[:, i]
        has = np.flatnonzero(days < NO_DAY).astype(np.int32)
        kind = np.full(len(has), lex.kinds[f"deficit.{deficit.name}"], np.int16)
        found.append(_Entries(has, days[has], kind))
        found.append(_again(has, days[has], until[has], kind, DEFICITS_AGAIN * depth[has], rng))
    return found


EVERYDAY_YEARS = 14


def _everyday(
    people: People, health: Health, until: Ints, mean: Floats, lex: _Lexicon, rng: np.random.Generator
) -> _Entries:
    """Draw measurements: `mean` is for a person of middling age and health; more for the old and the ill."""
    age = np.clip((until - people.birth) / YEAR, 0, 95).astype(np.float32)
    ill = np.minimum(health.count, 6).astype(np.float32)
    expected = mean * (0.25 + age / 90 + 0.35 * ill)
    n = expected * rng.standard_gamma(4.0, people.n, dtype=np.float32) / 4 + rng.random(people.n, dtype=np.float32)
    person = np.repeat(np.arange(people.n, dtype=np.int32), n.astype(np.int32))
    span = np.minimum(until - people.birth, round(EVERYDAY_YEARS * YEAR)).astype(np.float32)[person]
    u = rng.random(len(person), dtype=np.float32)
    day = until[person] - (span * u * u).astype(np.int32)
    return _Entries(person, day.astype(np.int32), np.full(len(person), lex.kinds["everyday"], np.int16))


def _pick(lex: _Lexicon, people: People, person: Ints, kind: Ints, seed: int, rng: np.random.Generator) -> Ints:
    """Choose a code for each entry: mostly the practice's favourite of its kind, else any by how usual it is.

    A measurement has no favourite.
    """
    u = rng.integers(0, 256, 2 * len(person), dtype=np.uint8)
    own, any_one = u[: len(person)], u[len(person) :]
    favourite = _favourites(int(people.practice.max(initial=0)) + 1, len(lex.kinds), seed)
    at = people.practice.astype(np.int32) * len(lex.kinds)
    theirs = favourite.ravel()[at[person] + kind]
    faithful = (own < round(REPEATING * 256)) & (kind != lex.kinds["everyday"])
    slot = np.where(faithful, theirs, any_one)
    row = people.sex.astype(np.int32)[person] * len(lex.kinds) + kind
    return np.asarray(lex.slots.ravel()[row * SLOTS + slot])


def _favourites(practices: int, kinds: int, seed: int) -> Ints:
    """The favourite slot of each practice and kind, the same in every part; never one of the rare codes."""
    drawn = Streams(seed)("favourite codes").random((practices, kinds), dtype=np.float32)
    return np.asarray((drawn * (SLOTS - RARE_SLOTS)).astype(np.uint8))


def with_objections(coded: Facts, people: People, health: Health, timeline: Timeline) -> Facts:
    """Add the entry that says so for everyone with a Type 1 objection."""
    who = np.flatnonzero(health.objects)
    code: Words = coded.columns["code"]
    day = np.minimum(np.maximum(people.birth[who], people.registered_from[who] - 1), people.stop(timeline)[who])
    at = np.concatenate([code.at, np.full(len(who), len(code.words), code.at.dtype)])
    person = np.concatenate([coded.person, who.astype(np.int32)])
    values = np.concatenate([coded.columns["value"], np.full(len(who), np.nan)])
    columns = {"code": Words(at, (*code.words, TYPE_1_OBJECTION)), "value": values}
    return by_day(Facts("coded", person, np.concatenate([coded.day, day.astype(np.int32)]), columns))
