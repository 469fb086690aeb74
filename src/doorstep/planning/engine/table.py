"""The last steps: everything about a person in one row, and the months before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlglot import exp

from doorstep.planning.definitions import CodedValue, DiagnosisScore, PlaceScore, Shelf
from doorstep.planning.engine.columns import WHO, history_columns, person_columns
from doorstep.planning.engine.days import ALWAYS, literal
from doorstep.planning.engine.derived import banded, bit_count, derived_columns, divided, held_column, layers
from doorstep.planning.engine.entries import PLACES, held, zero
from doorstep.planning.engine.lookups import Weighed
from doorstep.planning.engine.registers import Registers
from doorstep.planning.engine.sources import Source, read_from
from doorstep.planning.engine.stays import steps_column
from doorstep.planning.engine.steps import Step, case, columns_read, fill, number, query, zero_if_none
from doorstep.planning.engine.use import Use

_PLACE_RISK = """
select person_id, max_by(risk_score, (identified_on, received_on, row_no)) as score
from cohort
where cohort_name = :cohort_name and risk_score is not null and identified_on <= :day and person_id is not null
group by person_id
"""


# Steps whose columns are words of bits, but for days that begin as said: 0 for people without a row.
_WORDS = ("coded_now", "coded_since", "entry_over", "issue_now")
_NO_WORD = "first_"


@dataclass(frozen=True)
class Table:
    """The person table and its history, over the steps before it; only the columns `wanted`, where that is given."""

    shelf: Shelf
    registers: Registers
    use: Use
    scores: Mapping[str, Weighed]
    place_score: PlaceScore | None
    has_codes: bool
    months: Mapping[str, Collection[int]]
    wanted: frozenset[str] | None = None

    @property
    def as_at(self) -> date:
        """The day the facts are about."""
        return self.registers.as_at

    def steps(self, source: Source, before: Sequence[Step]) -> Iterator[Step]:
        """Yield `place_risk` (where the Place has a score), `person_table` and `history_table`.

        `before` has the steps of the program so far.
        """
        made = {step.name: step.query.named_selects for step in before}
        if self.place_score:
            values = {"cohort_name": exp.Literal.string(self.place_score.cohort_name), "day": literal(self.as_at)}
            tree = read_from(fill(query(_PLACE_RISK), **values), source)
            yield Step("place_risk", tree, "the Place's own scores, the newest of each person")
            made["place_risk"] = tree.named_selects
        table = self._person_table(made, source)
        table = table if self._says_names(source) else _with_names(table, source, self.columns)
        yield Step("person_table", table, "everything about a person in one row")
        if self.shelf.histories and self.wanted is None:
            history = _with_names(self._history(tuple(made)), source, history_columns(self.shelf))
            yield Step("history_table", history, "the months before, of those who have anything in them")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the person table that are made."""
        everything = person_columns(self.shelf)
        return tuple(name for name in everything if self.wanted is None or name in self.wanted)

    @cached_property
    def asks_who(self) -> bool:
        """Whether anything asks who people are, and not only who there is."""
        needed = set(columns_read(self._made[0].values()))
        return self.use.asks_age or bool(needed & {*WHO, "birth_on"} - {"person_id"})

    def _says_names(self, source: Source) -> bool:
        """Whether everyone is read, unsettled, from a relation that has their names."""
        return not self.asks_who and source.names == source.everyone != ""

    @cached_property
    def _made(self) -> tuple[dict[str, exp.Expr], dict[str, exp.Expr]]:
        """The columns read from the steps before, and those made of other columns: none that nothing asks for."""
        first = {**{name: exp.column(name) for name in WHO}, **dict(self._from_records())}
        first |= {
            held_column(c, n): held(c, n, self.months[c.id]) for c in self.shelf.deficits for n in (0, *c.months_ago)
        }
        derived = derived_columns(self.shelf, has_codes=self.has_codes)
        asked, todo = {"person_id"}, list(self.columns)
        while todo:
            name = todo.pop()
            if name not in asked:
                asked.add(name)
                todo += columns_read([derived[name]]) if name in derived else ()
        return {n: e for n, e in first.items() if n in asked}, {n: e for n, e in derived.items() if n in asked}

    def _person_table(self, made: Mapping[str, Collection[str]], source: Source) -> exp.Select:
        first, derived = self._made
        names = list(first)
        tree = exp.select(*_named(first), copy=False).from_(
            self._known(made, source).subquery("known", copy=False), copy=False
        )
        for layer in layers(derived, names):
            columns: list[str | exp.Expr] = [*names, *_named(layer)]
            tree = exp.select(*columns, copy=False).from_(tree.subquery("layer", copy=False), copy=False)
            names = [*names, *layer]
        return exp.select(*self.columns).from_(tree.subquery("whole", copy=False), copy=False)

    def _known(self, made: Mapping[str, Collection[str]], source: Source) -> exp.Select:
        """Everyone with the columns that the table reads, from the steps that have any of them."""
        needed = columns_read(self._made[0].values())
        own = (*_WORDS, "said_now", *self.use.groups, "scored", "place_risk")
        joined = [n for n in own if not {*needed}.isdisjoint({*made.get(n, ())} - {"person_id"})]
        words = {c for n in _WORDS for c in made.get(n, ()) if not c.startswith(_NO_WORD)} - {"person_id"}
        columns = {n: zero(n) if n in words else exp.column(n) for n in needed}
        if self._says_names(source):
            columns["person_id"] = exp.column("name", table="person_now")
        is_there = not self.asks_who and source.everyone
        people = exp.to_table(source.everyone if is_there else "person_now", alias="person_now")
        return _joined(exp.select(*_named(columns), copy=False).from_(people, copy=False), joined)

    def _from_records(self) -> Iterator[tuple[str, exp.Expr]]:
        yield from self.registers.columns()
        for n, value in enumerate(self.shelf.values):
            yield from _value_columns(value, n)
        for columns in self.use.groups.values():
            yield from ((c.name, zero_if_none(exp.column(c.name))) for c in columns)
        for score in self.shelf.diagnosis_scores:
            yield from self._score_columns(score)
        yield from self._risk()

    def _score_columns(self, score: DiagnosisScore) -> Iterator[tuple[str, exp.Expr]]:
        steps, decimals = exp.column(steps_column(score)), self.scores[score.id].decimals
        yield score.id, divided(steps, 10**decimals)
        if score.bands:
            yield f"{score.id}_band", banded(steps, score.bands, decimals=decimals, above=score.above)
        if score.valid_from_age is not None:
            yield f"{score.id}_flag", _under(score.valid_from_age, steps)

    def _risk(self) -> Iterator[tuple[str, exp.Expr]]:
        """The Place's own score; else the hospital frailty score, where it is on the shelf."""
        if self.place_score:
            score, high, middle = exp.column("score"), self.place_score.high_from, self.place_score.intermediate_from
            names = [exp.Literal.string(name) for name in ("high", "intermediate", "low")]
            known = score.is_(exp.null()).not_()
            yield "risk_score", score
            yield "risk_band", case((score >= high, names[0]), (score >= middle, names[1]), (known, names[2]))
            return
        frailty = next((s for s in self.shelf.diagnosis_scores if s.id == "hfrs"), None)
        found = dict(self._score_columns(frailty)) if frailty else {}
        yield "risk_score", found.get("hfrs", exp.cast(exp.null(), "double")).copy()
        yield "risk_band", found.get("hfrs_band", exp.cast(exp.null(), "varchar")).copy()

    def _history(self, before: tuple[str, ...]) -> exp.Select:
        lists = {name: self._months(name) for name in history_columns(self.shelf) if name != "person_id"}
        deficits = (month > 0 for count in self.shelf.deficits for month in lists.get(count.id, ()))
        anything = exp.or_(*self.use.anything, *deficits)
        arrays = (exp.alias_(exp.Array(expressions=months), name) for name, months in lists.items())
        tree = exp.select("person_id", *arrays).from_("person_now")
        return _joined(tree, [n for n in ("coded_now", "coded_since", *self.use.months) if n in before]).where(
            anything, copy=False
        )

    def _months(self, measure: str) -> list[exp.Expr]:
        months = range(max(h.months for h in self.shelf.histories if any(m.of == measure for m in h.measure)))
        count = next((c for c in self.shelf.deficits if c.id == measure), None)
        if count is None:
            return [zero_if_none(exp.column(f"{measure}_month_{n}")) for n in months]
        return [bit_count(held(count, n, self.months[count.id])) for n in months]


def _with_names(rows: exp.Select, source: Source, columns: Iterable[str]) -> exp.Select:
    """Put the pseudonym in the place of a layout's own number for a person."""
    if not source.names:
        return rows
    own = (exp.column(name, table="numbered") for name in columns if name != "person_id")
    numbered = exp.select(exp.alias_(exp.column("name", table="known"), "person_id"), *own)
    known = exp.to_table(source.names, alias="known")
    rows_of = rows.subquery("numbered", copy=False)
    return numbered.from_(rows_of, copy=False).join(known, using="person_id", copy=False)


def _joined(tree: exp.Select, steps: Iterable[str]) -> exp.Select:
    for step in steps:
        tree = tree.join(step, using="person_id", join_type="left", copy=False)
    return tree


def _named(columns: Mapping[str, exp.Expr]) -> Iterator[exp.Expr]:
    yield from (exp.alias_(expression, name, copy=False) for name, expression in columns.items())


def _under(age: int, value: exp.Expr) -> exp.Expr:
    too_young = exp.and_(value.copy().is_(exp.null()).not_(), exp.column("age") < age)
    return case((too_young, exp.Literal.string(f"under {age}")))


def _value_columns(value: CodedValue, n: int) -> Iterator[tuple[str, exp.Expr]]:
    found = exp.column(f"value_{n}")
    if value.is_number:
        said: exp.Expr = exp.Dot(this=found.copy(), expression=exp.to_identifier("number"))
        on: exp.Expr = exp.Dot(this=found.copy(), expression=exp.to_identifier("on_day"))
    else:
        place = exp.Mod(this=found.copy(), expression=number(PLACES))
        said = case(*((place.copy().eq(i), exp.Literal.string(s.value)) for i, s in enumerate(value.says, start=1)))
        day = exp.cast(exp.IntDiv(this=found.copy(), expression=number(PLACES)), "int")
        on = exp.Add(this=literal(ALWAYS), expression=day)
    yield value.id, said
    yield f"{value.id}_on", exp.func("nullif", on, literal(ALWAYS))
    if value.bands:
        yield f"{value.id}_band", _number_band(value, said)
    if value.valid_from_age is not None:
        yield f"{value.id}_flag", _under(value.valid_from_age, said)


def _number_band(value: CodedValue, said: exp.Expr) -> exp.Expr:
    ways = ((said.copy() >= band.starts_at, exp.Literal.string(band.name)) for band in reversed(value.bands))
    return case(*ways)
