"""Whom time touches: people whose facts mean something else on a later day, though no row of theirs changed.

A definition looks at rows up to days that move with the day asked about (its edges). Between two days an edge passes
over some days; whoever has a row on those days may be counted otherwise. Birthdays, deaths, and the beginnings and ends
of homes and registrations count too. Naming too many people does no harm; naming too few would.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from doorstep.planning.definitions import (
    DATED,
    Activity,
    CodedValue,
    Criterion,
    DeficitCount,
    Definition,
    DiagnosisScore,
    History,
    PlaceScore,
    Register,
    Shelf,
)
from doorstep.planning.engine.plain.given import months_before

# Months back from the day asked about, one step after another: (6, 12) is 12 months before the day 6 months ago.
Edge = tuple[int, ...]
Interval = tuple[date, date]  # after the first day, up to and including the second

TODAY: Edge = ()


def edges(shelf: Shelf, place_score: PlaceScore | None) -> dict[str, set[Edge]]:
    """Return, lake table by lake table, every edge that some definition looks at."""
    found: dict[str, set[Edge]] = {}
    for definition in shelf.all:
        for table, edge in _edges(definition, shelf):
            found.setdefault(table, set()).update((edge, TODAY))
    if place_score:
        found.setdefault("cohort", set()).add(TODAY)
    return found


def _edges(definition: Definition, shelf: Shelf) -> Iterator[tuple[str, Edge]]:
    match definition:
        case Register():
            for criterion in definition.any_of:
                yield from _criterion_edges(criterion)
        case CodedValue():
            yield "coded", (definition.months or 0,)
        case DeficitCount():
            for start in (0, *definition.months_ago):
                yield from _deficit_edges(definition, start)
        case Activity():
            for window in definition.spans:
                yield from ((definition.table, (months,)) for months in (window.newest, window.oldest))
        case DiagnosisScore():
            yield "spell", (definition.months,)
        case History():
            yield from _history_edges(definition, shelf)


def _criterion_edges(c: Criterion) -> Iterator[tuple[str, Edge]]:
    yield "coded", (c.first_within_months or 0,)
    if c.issued:
        yield "medicine", (c.issued_within_months or 0,)


def _deficit_edges(count: DeficitCount, start: int) -> Iterator[tuple[str, Edge]]:
    yield "coded", (start,)
    if count.months is not None:
        yield "coded", (start, count.months)


def _history_edges(history: History, shelf: Shelf) -> Iterator[tuple[str, Edge]]:
    tables = {a.id: a.table for a in shelf.activities}
    counts = {d.id: d for d in shelf.deficits}
    for measure in history.measure:
        for month in range(history.months + 1):
            if measure.of in tables:
                yield tables[measure.of], (month,)
            else:
                yield from _deficit_edges(counts[measure.of], month)


def at(edge: Edge, day: date) -> date:
    """Return where an edge lies on a day."""
    for months in edge:
        day = months_before(day, months)
    return day


def passed(found: set[Edge], before: date, now: date) -> list[Interval]:
    """Return the days that edges pass over between two days, merged, in order."""
    merged: list[Interval] = []
    for low, high in sorted((at(e, before), at(e, now)) for e in found):
        if low >= high:
            continue
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def touched_queries(
    shelf: Shelf, place_score: PlaceScore | None, *, before: date, now: date, schema: str
) -> Iterator[str]:
    """Yield queries of the person_ids that time touches from one day to a later one, over the relations of a schema."""
    for table, found in edges(shelf, place_score).items():
        conditions = [_falls_in(table, interval) for interval in passed(found, before, now)]
        if conditions:
            yield f"select person_id from {schema}.{table} where {' or '.join(conditions)}"
    first, last = _literal(before), _literal(now)
    # A birthday: the year's turn of the birth's month and day lies between the two days. Ages are whole years.
    yield f"""select person_id from {schema}.people
        where {_age("birth_on", now)} <> {_age("birth_on", before)} or died_on between {first} and {last}"""
    for name in ("residence", "registration"):
        edge = f"between {first} and {last}"
        yield f"select person_id from {schema}.{name} where from_on {edge} or to_on {edge}"


def _falls_in(table: str, interval: Interval) -> str:
    """A stay lasts: it is counted where it lies over the interval, an open one to the day asked about."""
    low, high = map(_literal, interval)
    day = DATED.get(table, "identified_on")
    if table == "spell":
        return f"(admitted_on <= {high} and coalesce(discharged_on, {high}) >= {low})"
    return f"({day} > {low} and {day} <= {high})"


def _age(born: str, day: date) -> str:
    after = f"(month({born}) * 100 + day({born}) > {day.month * 100 + day.day})"
    return f"({day.year} - year({born}) - {after}::int)"


def _literal(day: date) -> str:
    return f"date '{day.isoformat()}'"
