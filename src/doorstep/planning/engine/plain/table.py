"""The whole person table and the monthly history, person by person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, partial
from typing import Any

from doorstep import reference
from doorstep.planning.definitions import (
    Activity,
    CohortRule,
    DeficitCount,
    DiagnosisScore,
    Flag,
    PlaceScore,
    Shelf,
    where_columns,
)
from doorstep.planning.engine.columns import WHO, history_columns, person_columns, rule_columns
from doorstep.planning.engine.plain import coded, derived, used
from doorstep.planning.engine.plain.given import CodeLists, Finding, Reason, Record, Row, Tables, World, read_rows
from doorstep.planning.engine.plain.rules import Sentence
from doorstep.planning.engine.plain.who import believed, birth_of, who


@dataclass(frozen=True)
class Computed:
    """The person table and history by person_id, and for each person why each definition says what it says.

    `reasons[person_id][definition id]`; the first columns have the id `who`, the risk has `risk`.
    """

    people: list[dict[str, Any]]
    history: list[dict[str, Any]]
    reasons: dict[str, dict[str, Reason]]


@dataclass
class Program:
    """A shelf made ready for a day: its rules read, its code lists and tables of weights gathered, for anybody."""

    shelf: Shelf
    world: World
    place_score: PlaceScore | None
    sentences: dict[str, Sentence] = field(default_factory=dict)
    items: dict[str, dict[str, used.Item]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        shelf: Shelf,
        *,
        as_at: date,
        practices: Sequence[str],
        codes: Iterable[Row],
        place_score: PlaceScore | None = None,
        areas: Mapping[str, int] | None = None,
        holds_entries: bool = True,
    ) -> Program:
        """Make a shelf ready; the arguments are those of `person_table`.

        `holds_entries` says whether anybody has coded entries: without any the group rests on risk alone.
        """
        deciles = _deciles() if areas is None else areas
        known = CodeLists.of(codes), deciles, _ethnic_groups()
        return cls(shelf, World(as_at, frozenset(practices), *known, holds_entries), place_score)

    def __post_init__(self) -> None:
        columns = rule_columns(self.shelf)
        ruled: tuple[Flag | CohortRule, ...] = (*self.shelf.flags, *self.shelf.cohorts)
        self.sentences |= {d.id: Sentence(d.rule, columns, d.id) for d in ruled}
        for scheme in self.shelf.schemes:
            segments = {f"{scheme.id}: {s.id}": s.rule for s in scheme.segment if s.rule}
            self.sentences |= {name: Sentence(rule, columns, name) for name, rule in segments.items()}
        for activity in self.shelf.activities:
            if activity.where:
                self.sentences[activity.id] = Sentence(activity.where, where_columns(activity.table), activity.id)
        self.items = {s.id: used.items_of(s, weights(s)) for s in self.shelf.diagnosis_scores}

    def makers(self, record: Record, first: dict[str, Any]) -> dict[str, derived.Maker]:
        """Return, definition by definition, what makes its columns for one person."""
        made: dict[str, derived.Maker] = {"who": lambda _: Finding(first, Reason())}
        for r in self.shelf.code_rules:
            made[r.id] = partial(coded.register, r, record)
        for v in self.shelf.values:
            made[v.id] = partial(coded.value, v, record)
        for d in self.shelf.deficits:
            made[d.id] = partial(coded.deficits, d, record)
        for a in self.shelf.activities:
            made[a.id] = partial(used.activity, a, record, self.sentences.get(a.id))
        for s in self.shelf.diagnosis_scores:
            made[s.id] = partial(used.diagnosis_score, s, record, self.items[s.id])
        return made | dict(self._derived(record))

    def _derived(self, record: Record) -> Iterator[tuple[str, derived.Maker]]:
        for t in self.shelf.tallies:
            yield t.id, partial(derived.tally, t)
        for w in self.shelf.weighted:
            yield w.id, partial(derived.weighted_sum, w)
        for f in self.shelf.flags:
            yield f.id, partial(derived.flag, f, self.sentences[f.id])
        for c in self.shelf.cohorts:
            yield c.id, partial(derived.cohort, c, self.sentences[c.id])
        for scheme in self.shelf.schemes:
            rules = {s.id: self.sentences[f"{scheme.id}: {s.id}"] for s in scheme.segment if s.rule}
            yield scheme.id, partial(derived.segment, scheme, rules)
        for g in self.shelf.groups:
            yield g.id, partial(derived.group, g, self.world)
        if not self.shelf.groups:
            yield "group", derived.no_group
        yield "risk", self._risk(record)

    def _risk(self, record: Record) -> derived.Maker:
        if self.place_score is None:
            return derived.hospital_risk
        found = derived.place_risk(self.place_score, record.rows.get("cohort", []), self.world)
        return lambda _: found

    def compute(self, tables: Tables, *, with_history: bool = True) -> Computed:
        """Compute the rows of the people of some tables, as `person_table` does; without the history where told so."""
        columns, found = list(person_columns(self.shelf)), Computed([], [], {})
        for record, first in _records(tables, self.world):
            facts = derived.Facts(self.makers(record, first), self.owners)
            found.people.append({column: facts[column] for column in columns})
            found.reasons[record.person_id] = {name: facts.finding(name).reason for name in facts.definitions}
            months = self.history_of(record) if with_history else {}
            if any(number for numbers in months.values() for number in numbers):
                row = {"person_id": record.person_id, **months}
                found.history.append({column: row[column] for column in history_columns(self.shelf)})
        return found

    @cached_property
    def owners(self) -> dict[str, str]:
        """Which definition makes each column."""
        from doorstep.planning.engine.needs import makes

        found = {name: d.id for d in self.shelf.all for name in makes(d)}
        group = self.shelf.group.id if self.shelf.groups else "group"
        by_group = [name for name in person_columns(self.shelf) if name.startswith("in_national_group")]
        found |= dict.fromkeys((*by_group, "why"), group)
        return found | dict.fromkeys(WHO, "who") | dict.fromkeys(("risk_score", "risk_band"), "risk")

    def history_of(self, record: Record) -> dict[str, list[int]]:
        """Return every traced measure of one person."""
        traced: tuple[Activity | DeficitCount, ...] = (*self.shelf.activities, *self.shelf.deficits)
        measures = {d.id: d for d in traced}
        found: dict[str, list[int]] = {}
        for one in self.shelf.histories:
            found |= used.history(one, record, measures, self.sentences.get)
        return found


def person_table(
    tables: Tables,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    codes: Iterable[Row],
    place_score: PlaceScore | None = None,
    areas: Mapping[str, int] | None = None,
) -> Computed:
    """Compute the person table and the monthly history from lists of dicts: slow, and plain to check.

    `tables` holds the facts known by the knowledge date, lake table to rows; a column that a row lacks is null.
    `codes` are rows of (list_id, code, system); `areas` gives the deprivation decile of each LSOA (default: the
    shipped table). Columns are those of `engine.columns`. Raises ConfigurationError where a rule may not be said or
    definitions are made of each other in a circle.
    """
    program = Program.of(
        shelf, as_at=as_at, practices=practices, codes=codes, place_score=place_score, areas=areas,
        holds_entries=_any(tables),
    )  # fmt: skip
    return program.compute(tables)


def _records(tables: Tables, world: World) -> Iterator[tuple[Record, dict[str, Any]]]:
    """Yield everyone in a person or cohort row, with all their rows, in the order of person_id."""
    by_person: dict[str, dict[str, list[Row]]] = {}
    for table, rows in tables.items():
        for row in rows:
            if row.get("person_id") is not None:
                by_person.setdefault(row["person_id"], {}).setdefault(table, []).append(row)
    for person_id in sorted(by_person):
        rows_of = by_person[person_id]
        told = believed(rows_of.get("person", []))
        if told or rows_of.get("cohort"):
            record = Record(person_id, birth_of(told), rows_of, world)
            yield record, who(person_id, told, rows_of, world)


def weights(score: DiagnosisScore) -> list[dict[str, Any]]:
    """Return the rows (variant, item, prefix, weight) of the reference table that a score names."""
    return _weights(score.items)


@cache
def _weights(items: str) -> list[dict[str, Any]]:
    return read_rows(reference.table(items))


def _any(tables: Tables) -> bool:
    return any(True for _ in tables.get("coded", ()))


@cache
def _deciles() -> Mapping[str, int]:
    return {r["lsoa21"]: r["imd2025_decile"] for r in read_rows(reference.table("lsoa21"))}


@cache
def _ethnic_groups() -> dict[str, str]:
    rows = read_rows(reference.table("codesets"))
    return {r["code"]: r["meaning"] for r in rows if r["set_name"] == "ethnic_group_of_category"}
