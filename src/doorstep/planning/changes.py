"""What a changed definition or code list changes: two person tables of one day and one snapshot, held side by side.

Whose values differ is record-level: a purpose is needed, the look is written down first, and the people are written to
a file of the planning plane, never printed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.errors import UsageError
from doorstep.home import Home
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.columns import rule_columns
from doorstep.planning.engine.needs import asks, makes
from doorstep.planning.explained.looks import stated, write_down
from doorstep.planning.person_file import PersonFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SAME = ("as_at", "known_by", "snapshot", "practices")
HEADERS = ("person_id", "column", "definition", "change", "before", "after")


@dataclass(frozen=True)
class ChangedDefinition:
    """A definition that is not what it was, why, and the definitions that are made of it."""

    definition: str
    because: tuple[str, ...]
    made_into: tuple[str, ...]


@dataclass(frozen=True)
class ChangedColumn:
    """How many people one column has otherwise: `enter` and `leave` for yes/no columns, `differ` for the rest."""

    column: str
    definition: str
    enter: int = 0
    leave: int = 0
    differ: int = 0


@dataclass(frozen=True)
class Changes:
    """What changed between two tables, and the file that lists the people."""

    definitions: tuple[ChangedDefinition, ...]
    columns: tuple[ChangedColumn, ...]
    path: Path


def changes(home: Home, before: PersonFile, after: PersonFile, *, purpose: str) -> Changes:
    """Compare two person tables, and write who enters, leaves or differs to `planning/changes/`.

    Raises UsageError without a purpose, or where the tables are not of the same day, knowledge date, snapshot and
    practices: then the data changed too.
    """
    import duckdb

    purpose = stated(purpose)
    other = [name for name in _SAME if before.meta[name] != after.meta[name]]
    if other:
        raise UsageError(
            f"the tables differ in {', '.join(other)}",
            expected="two tables of the same day and records, so that only definitions and lists can differ",
        )
    before.check()
    after.check()
    write_down(home, purpose, {"compared": [str(p.folder.name) for p in (before, after)], **_at(after)})
    with duckdb.connect(":memory:") as con:
        rows = list(_differences(con, before, after))
    path = home.planning / "changes" / f"{before.folder.name}_to_{_stamp(after)}.csv"
    _write(path, rows)
    return Changes(tuple(_definitions(before.meta, after.meta)), tuple(_counted(rows)), path)


def _at(person: PersonFile) -> dict[str, str]:
    return {name: person.meta[name] for name in ("as_at", "snapshot")}


def _stamp(person: PersonFile) -> str:
    return str(person.meta["sha256"])[:8]


def _definitions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangedDefinition]:
    """Yield the definitions whose file, or a code list they read, has another SHA-256."""
    shelf = shipped()
    for label in dict.fromkeys((*before["definitions"], *after["definitions"])):
        because = tuple(_because(label, before, after))
        if because:
            yield ChangedDefinition(label, because, tuple(_made_of(label.split("@")[0], shelf)))


def _because(label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = before["definitions"].get(label), after["definitions"].get(label)
    if old is None or new is None:
        yield "new" if old is None else "no longer there"
        return
    if old != new:
        yield "its file changed"
    names = dict.fromkeys((*before["reads"][label], *after["reads"][label]))
    yield from (f"code list {n} changed" for n in names if before["lists"].get(n) != after["lists"].get(n))


def _made_of(changed: str, shelf: Shelf) -> list[str]:
    """Return every definition that is made of one, directly or through others."""
    columns, found = rule_columns(shelf), [changed]
    for definition in (*shelf.all, *shelf.all, *shelf.all):
        needed = {owner for name in asks(definition, columns) for owner in _owners(shelf, name)}
        if needed & set(found) and definition.id not in found:
            found.append(definition.id)
    return [d.label for d in shelf.all if d.id in found[1:]]


def _owners(shelf: Shelf, column: str) -> list[str]:
    return [d.id for d in shelf.all if column in makes(d)]


def _differences(con: DuckDBPyConnection, before: PersonFile, after: PersonFile) -> Iterator[tuple[Any, ...]]:
    """Yield (person, column, definition, change, before, after) of every value that differs, column by column."""
    for name, person in (("b", before), ("a", after)):
        con.execute(f"create temp view {name} as {person.relation_sql()}")
    shelf, shown = shipped(), dict(before.columns) | dict(after.columns)
    for column in (c for c in shown if c != "person_id"):
        old, new = (f"{x}.{column}" if column in p.columns else "null" for x, p in (("b", before), ("a", after)))
        query = f"""select coalesce(b.person_id, a.person_id), {old}, {new} from b full join a using (person_id)
            where {old} is distinct from {new} order by 1"""
        owner = next((d.label for d in shelf.all if column in makes(d)), "")
        for person_id, was, now in con.execute(query).fetchall():
            yield person_id, column, owner, _change(was, now), was, now


def _change(was: Any, now: Any) -> str:
    if isinstance(was, bool | None) and isinstance(now, bool | None):
        return "enters" if now else "leaves"
    return "differs"


def _counted(rows: Iterable[tuple[Any, ...]]) -> Iterator[ChangedColumn]:
    found: dict[tuple[str, str], list[str]] = {}
    for _, column, owner, change, *_ in rows:
        found.setdefault((column, owner), []).append(change)
    for (column, owner), kinds in found.items():
        yield ChangedColumn(column, owner, *(kinds.count(k) for k in ("enters", "leaves", "differs")))


def _write(path: Path, rows: Iterable[tuple[Any, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADERS)
        writer.writerows(rows)
    draft.replace(path)
