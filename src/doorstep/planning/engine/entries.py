"""Coded entries: one pass groups them by person and kind, and everything coded is read from those few rows.

Most rules ask only whether a code was ever recorded: that is a bit. Days are needed where a rule compares two of them,
which is only for people who have an entry that ends something.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain

from sqlglot import exp

from doorstep.planning.definitions import NUMBER, CodedValue, Criterion, DeficitCount, Shelf
from doorstep.planning.engine.concepts import Codes, Concepts, criteria, ending
from doorstep.planning.engine.days import ALWAYS, day_number, literal, months_before
from doorstep.planning.engine.sources import Source, read_from
from doorstep.planning.engine.steps import Step, bits_where, case, condition, fill, number, query

# Of one person and kind the last day, and where some rule asks: the first (an undated entry comes before any day), and
# the first with a day.
_ENTRY = """
select person_id, kind, max(coalesce(recorded_on, date '0001-01-01')) as last_on
from coded join entry_code using (code)
where person_id is not null and (recorded_on is null or recorded_on <= :day)
group by person_id, kind
"""
_DAYS = "select person_id from entry join entry_kind using (kind) semi join ended using (person_id) group by person_id"
_ENDED = "select distinct person_id from entry join entry_kind using (kind)"
_FIRST_ON = "min(coalesce(recorded_on, date '0001-01-01'))"
_FIRST_DATED = "min(recorded_on)"
_NOW = "select person_id from entry join entry_kind using (kind) group by person_id"
PLACES = 1024  # a day and the place of a `says` in one number: day * PLACES + place


@dataclass(frozen=True)
class Moment:
    """A day at which deficits are counted, and the look-back then."""

    count: DeficitCount
    months_ago: int
    day: date
    since: date | None

    @property
    def column(self) -> str:
        """The column of the person's deficits on that day."""
        return f"{self.count.id}_at_{self.months_ago}"

    @property
    def last_column(self) -> str:
        """The column of `entry` with the last day up to then; only a look-back needs it."""
        return f"last_at_{self.months_ago}"

    @property
    def since_column(self) -> str:
        """The column of the deficits that began after the oldest moment, up to that day."""
        return f"{self.count.id}_since_{self.months_ago}"

    def holds(self) -> exp.Expr | None:
        """Return the condition that a row of `entry` counts: begun by that day, and not out of the look-back.

        None where every row does.
        """
        if self.since is None and not self.months_ago:
            return None
        begun = exp.column("first_on") <= literal(self.day)
        if self.since is None:
            return begun
        recent = exp.column(self.last_column) > literal(self.since)
        return exp.and_(begun, exp.or_(exp.column("first_on").eq(literal(ALWAYS)), recent))


def moment(count: DeficitCount, months_ago: int, as_at: date) -> Moment:
    """Return the day so many months before `as_at`, for one count."""
    day = months_before(as_at, months_ago)
    return Moment(count, months_ago, day, months_before(day, count.months) if count.months else None)


def held(count: DeficitCount, months_ago: int, months: Collection[int]) -> exp.Expr:
    """Return the coded deficits a person had so many months before, as bits; `months` has all that are asked for.

    Without a look-back who had a deficit has it for good: it began by the oldest of these days, or since.
    """
    oldest = max(months)
    if count.months or months_ago in (0, oldest):
        return zero(f"{count.id}_at_{months_ago}")
    return exp.BitwiseOr(this=zero(f"{count.id}_at_{oldest}"), expression=zero(f"{count.id}_since_{months_ago}"))


def zero(word: str) -> exp.Expr:
    """Return a word of bits that has none where there is none."""
    return exp.func("coalesce", exp.column(word), number(0))


@dataclass(frozen=True)
class Entries:
    """The steps over coded entries; `months` has how many months back the deficits of each count are asked for."""

    shelf: Shelf
    concepts: Concepts
    as_at: date
    months: Mapping[str, Collection[int]]

    def steps(self, source: Source) -> Iterator[Step]:
        """Yield `entry` (person and kind), `ended`, `entry_over` (what is over) and `coded_now` (person)."""
        yield Step("entry", read_from(self._entry(), source), "each person's coded entries, a row a kind of code")
        if self._ends():
            ends = exp.or_(*(self.concepts.entries.has(concept) for concept in self._ends()))
            yield Step("ended", query(_ENDED).where(ends), "people with an entry that ends something")
            yield Step("entry_over", self._over(), "what is over for those people: the last days that rules compare")
        yield Step("coded_now", self._now(), "what was ever recorded of each person, as bits")
        if any(self._between.values()):
            yield Step("coded_since", self._since(), "the deficits that began since the oldest day they are asked for")
        if self.shelf.values:
            yield Step("said_now", self._said(), "the latest word or number of each coded value")

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Every moment at which deficits are counted, the day itself first."""
        asked = sorted({(n, count.id) for count in self.shelf.deficits for n in (0, *self.months[count.id])})
        counts = {count.id: count for count in self.shelf.deficits}
        return tuple(moment(counts[name], n, self.as_at) for n, name in asked)

    @cached_property
    def _between(self) -> dict[Moment, list[Moment]]:
        """The oldest moment of each count without a look-back, and those between it and the day itself."""
        past = [m for m in self.moments if m.months_ago and m.since is None]
        oldest = {m.count.id: m for m in past}
        return {o: [m for m in past if m.count.id == name and m != o] for name, o in oldest.items()}

    def _entry(self) -> exp.Select:
        tree = fill(query(_ENTRY), day=literal(self.as_at))
        if any(m.months_ago or m.since for m in self.moments):
            tree = tree.select(exp.alias_(condition(_FIRST_ON), "first_on"))
        if any(c.first_within_months or c.first_at_age_from is not None for c in criteria(self.shelf)):
            tree = tree.select(exp.alias_(condition(_FIRST_DATED), "first_dated"))
        on: exp.Expr = exp.func("coalesce", exp.column("recorded_on"), literal(ALWAYS))
        for name, day in {m.last_column: m.day for m in self.moments if m.since is not None}.items():
            tree = tree.select(exp.alias_(exp.Max(this=case((on <= literal(day), on))), name))
        if any(_carries(value) for value in self.shelf.values):
            carried = case((exp.column("carries"), exp.column("value")))
            tree = tree.select(exp.alias_(carried, "number")).group_by(carried)
        return tree

    def _ends(self) -> tuple[Codes, ...]:
        return tuple(dict.fromkeys(Codes(c.resolved_by) for c in criteria(self.shelf) if c.resolved_by))

    def _over(self) -> exp.Select:
        """A bit for each pair of concepts of which the second ends the first: its last day is no earlier."""
        pairs = {pair: self.concepts.ends.bits[pair] for pair in map(ending, criteria(self.shelf)) if pair[1].lists}
        named = (exp.alias_(self._last(x), last_day(self.concepts, x).name) for x in dict.fromkeys(chain(*pairs)))
        days = query(_DAYS).select(*named, copy=False).subquery("days", copy=False)
        words: dict[str, exp.Expr] = {}
        for (begun, ended), bit in pairs.items():
            later = last_day(self.concepts, begun) > last_day(self.concepts, ended)
            part = case((exp.not_(later), number(bit.mask)), otherwise=number(0))
            word = self.concepts.ends.column((begun, ended))
            words[word] = exp.BitwiseOr(this=words[word], expression=part) if word in words else part
        return exp.select("person_id", *(exp.alias_(word, name) for name, word in words.items())).from_(days)

    def _last(self, concept: Codes) -> exp.Expr:
        return exp.Max(this=case((self.concepts.entries.has(concept), exp.column("last_on"))))

    def _now(self) -> exp.Select:
        words = (exp.alias_(bits_where(None, name), name) for name in self.concepts.entries.columns)
        tree = query(_NOW).select(*words, *self._firsts(), *self._thresholds())
        later = {*chain.from_iterable(self._between.values())}
        at = (exp.alias_(bits_where(m.holds(), self._word(m.count)), m.column) for m in self.moments if m not in later)
        return tree.select(*at)

    def _since(self) -> exp.Select:
        first = exp.column("first_on")
        began = exp.or_(*(first > literal(oldest.day) for oldest, later in self._between.items() if later))
        columns = (
            exp.alias_(bits_where(exp.and_(first > literal(o.day), first <= literal(m.day)), self._word(m.count)), name)
            for o, later in self._between.items()
            for m, name in ((m, m.since_column) for m in later)
        )
        return query(_NOW).select(*columns).where(began)

    def _said(self) -> exp.Select:
        said = [exp.column(f"{part}{n}") > 0 for n in range(len(self.shelf.values)) for part in "sn"]
        values = (exp.alias_(_latest(v, n, self.as_at), f"value_{n}") for n, v in enumerate(self.shelf.values))
        return query(_NOW).select(*values).where(exp.or_(*said))

    def _word(self, count: DeficitCount) -> str:
        return self.concepts.entries.column((count.id, count.deficit[0].id))

    def _firsts(self) -> Iterator[exp.Expr]:
        aged = dict.fromkeys(Codes(c.lists) for c in criteria(self.shelf) if c.first_at_age_from is not None)
        for concept in aged:
            first = exp.Min(this=case((self.concepts.entries.has(concept), exp.column("first_dated"))))
            yield exp.alias_(first, first_day(self.concepts, concept).name)

    def _thresholds(self) -> Iterator[exp.Expr]:
        """Whether a concept's days lie on one side of a fixed day: bits too, a word a day."""
        wanted = {t.name: t for c in criteria(self.shelf) for t in thresholds(c, self.concepts, self.as_at)}
        yield from (exp.alias_(bits_where(t.holds, t.word), t.name) for t in wanted.values())


@dataclass(frozen=True)
class Threshold:
    """A word of the entries for which a condition on their days holds."""

    concept: Codes
    word: str
    name: str
    holds: exp.Expr


def thresholds(c: Criterion, concepts: Concepts, as_at: date) -> Iterator[Threshold]:
    """Yield the thresholds that a criterion asks about."""
    if c.recorded_from:
        yield since(Codes(c.lists), concepts, c.recorded_from)
    if c.and_recorded_from:
        yield since(Codes(c.and_lists), concepts, c.and_recorded_from)
    if c.first_within_months:
        yield from dated(Codes(c.lists), concepts, months_before(as_at, c.first_within_months))


def since(concept: Codes, concepts: Concepts, day: date) -> Threshold:
    """The latest entry is on or after a day."""
    word = concepts.entries.column(concept)
    return Threshold(concept, word, f"{word}_from_{day:%Y%m%d}", exp.column("last_on") >= literal(day))


def dated(concept: Codes, concepts: Concepts, day: date) -> tuple[Threshold, Threshold]:
    """There is an entry with a day; and there is one dated up to a day."""
    word, first = concepts.entries.column(concept), exp.column("first_dated")
    any_day = Threshold(concept, word, f"{word}_dated", first.is_(exp.null()).not_())
    return any_day, Threshold(concept, word, f"{word}_to_{day:%Y%m%d}", first <= literal(day))


def last_day(concepts: Concepts, concept: Codes) -> exp.Column:
    """Return the column of a concept's latest day."""
    bit = concepts.entries.bits[concept]
    return exp.column(f"last_{bit.word}_{bit.place}")


def first_day(concepts: Concepts, concept: Codes) -> exp.Column:
    """Return the column of a concept's first dated day."""
    bit = concepts.entries.bits[concept]
    return exp.column(f"first_{bit.word}_{bit.place}")


def _carries(value: CodedValue) -> bool:
    return value.is_number and any(says.value == NUMBER for says in value.says)


def _latest(value: CodedValue, n: int, as_at: date) -> exp.Expr:
    """The latest entry of a value: a number of day and place for words, the parts themselves for numbers."""
    recent = exp.column("last_on") > literal(months_before(as_at, value.months)) if value.months else exp.true()
    said = exp.and_(exp.column(f"s{n}") > 0, recent)
    if not value.is_number:
        both = day_number(exp.column("last_on")) * PLACES + exp.column(f"s{n}")
        return exp.Max(this=case((said, both)))
    ways = [(said, _told(f"s{n}", exp.column(f"v{n}")))]
    if _carries(value):
        later = exp.and_(exp.column(f"n{n}") > exp.column(f"s{n}"), _in_bounds(value), recent.copy())
        ways.insert(0, (later, _told(f"n{n}", exp.column("number"))))
    return exp.Max(this=case(*ways))


def _told(place: str, value: exp.Expr) -> exp.Expr:
    parts = {"on_day": exp.column("last_on"), "place": exp.column(place), "number": value}
    return exp.Struct(expressions=[exp.PropertyEQ(this=exp.to_identifier(k), expression=v) for k, v in parts.items()])


def _in_bounds(value: CodedValue) -> exp.Expr:
    number_of = exp.column("number")
    known: exp.Expr = number_of.is_(exp.null()).not_()
    if value.lowest is not None:
        known = exp.and_(known, number_of >= value.lowest)
    if value.highest is not None:
        known = exp.and_(known, number_of <= value.highest)
    return known
