"""Make a failing case small: leave out people, rows and definitions for as long as the engines differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from spec_engines import ENGINES, Case

from doorstep.errors import DoorstepError
from doorstep.planning.engine.columns import history_columns, person_columns, rule_columns
from doorstep.planning.engine.needs import asks, makes

Row = dict[str, Any]


def differences(case: Case, engine: str) -> list[str]:
    """Return each value in which an engine differs from the plain one, and people whom only one has."""
    plain, made = ENGINES["plain"](case), ENGINES[engine](case)
    found = _differences(plain.people, made.people, person_columns(case.shelf))
    return found + _differences(plain.history, made.history, history_columns(case.shelf))


def _differences(plain: list[Row], made: list[Row], columns: dict[str, str]) -> list[str]:
    ids = [[row["person_id"] for row in rows] for rows in (plain, made)]
    if ids[0] != ids[1]:
        return [f"people {ids[0]} (plain) and {ids[1]}"]
    if any(list(row) != list(columns) for row in (*plain, *made)):
        return [f"columns {[list(row) for row in (*plain[:1], *made[:1])]}"]
    return [
        f"{a['person_id']} {name}: {a[name]!r} (plain) and {b[name]!r}"
        for a, b in zip(plain, made, strict=True)
        for name in columns
        if a[name] != b[name]
    ]


def smaller(case: Case, engine: str, tries: int = 200) -> Case:
    """Return the smallest case found in so many tries that still differs."""
    left = tries
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for candidate in _candidates(case):
            left -= 1
            if left < 0:
                return case
            if _still_differs(candidate, engine):
                case, is_smaller = candidate, True
                break
    return case


def _still_differs(case: Case, engine: str) -> bool:
    try:
        return bool(differences(case, engine))
    except DoorstepError:
        return False


def _candidates(case: Case) -> Iterator[Case]:
    """Yield cases with less: without a person, without a definition that nothing asks for, without a row."""
    people = {row["person_id"] for rows in case.tables.values() for row in rows}
    for person in sorted(people) if len(people) > 1 else ():
        kept = {name: [r for r in rows if r["person_id"] != person] for name, rows in case.tables.items()}
        yield replace(case, tables=kept)
    columns = rule_columns(case.shelf)
    asked = {name for d in case.shelf.all for name in asks(d, columns)}
    for definition in case.shelf.all:
        if not asked & set(makes(definition)):
            yield replace(case, shelf=case.shelf.without([definition.id]))
    for name, rows in case.tables.items():
        for i in range(len(rows)):
            yield replace(case, tables={**case.tables, name: rows[:i] + rows[i + 1 :]})
