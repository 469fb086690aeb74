"""What a changed definition or code list changes: two person tables of one day and one snapshot, held side by side.

Whose values differ is record-level: a purpose is needed, the look is written down first, and the people are written to
a file of the planning plane, never printed.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.errors import UsageError
from doorstep.home import Home
from doorstep.planning.definitions import Shelf, file_hash, shipped
from doorstep.planning.engine.columns import rule_columns
from doorstep.planning.engine.needs import asks, makes
from doorstep.planning.explained.looks import stated, write_down
from doorstep.planning.overlays import HISTORY, PERSON, whole
from doorstep.planning.person_file import LakeView, PersonFile, build_person_file, newest_person_file

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


def rebuild(home: Home, lake: LakeView, *, purpose: str, shelf: Shelf | None = None) -> Changes:
    """Build the newest table of this snapshot again with definitions and lists as they are now, and say what changed.

    The table that was there is kept until the two are compared. Raises what `changes` raises, and UsageError where
    there is no table of this snapshot to compare with.
    """
    purpose = stated(purpose)
    before = newest_person_file(home, lake.snapshot)
    if before is None or before.meta["known_by"] != lake.known_by.isoformat():
        raise UsageError(
            "there is no person table of these records to compare with",
            expected=f"a table as known by {lake.known_by}",
            do="run `doorstep population build` before the definition or the list changes",
        )
    folder = home.planning / "changes" / f".before-{os.getpid()}"
    try:
        kept = _kept(before, folder)
        after = build_person_file(home, lake, as_at=before.as_at, shelf=shelf)
        return changes(home, kept, after, purpose=purpose, shelf=shelf)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _kept(person: PersonFile, folder: Path) -> PersonFile:
    """Write a table whole into another folder."""
    import duckdb

    folder.mkdir(parents=True)
    with duckdb.connect(":memory:") as con:
        for name, query in ((PERSON, person.relation_sql()), (HISTORY, person.history_sql())):
            con.sql(query).write_parquet(str(folder / whole(name)))
    digests = {"sha256": file_hash(folder / whole(PERSON)), "history_sha256": file_hash(folder / whole(HISTORY))}
    meta = {name: value for name, value in person.meta.items() if name != "overlay"}
    return PersonFile(folder, {**meta, **digests})


def changes(home: Home, before: PersonFile, after: PersonFile, *, purpose: str, shelf: Shelf | None = None) -> Changes:
    """Compare two person tables, and write who enters, leaves or differs to `planning/changes/`.

    Raises UsageError without a purpose, or where the tables are not of the same day, knowledge date, snapshot and
    practices: then the data changed too.
    """
    import duckdb

    purpose, shelf = stated(purpose), shelf or shipped()
    other = [name for name in _SAME if before.meta[name] != after.meta[name]]
    if other:
        raise UsageError(
            f"the tables differ in {', '.join(other)}",
            expected="two tables of the same day and records, so that only definitions and lists can differ",
        )
    before.check()
    after.check()
    names = [_stamp(person) for person in (before, after)]
    write_down(home, purpose, {"compared": names, "as_at": after.meta["as_at"], "snapshot": after.meta["snapshot"]})
    with duckdb.connect(":memory:") as con:
        rows = list(_differences(con, before, after, shelf))
    path = home.planning / "changes" / f"{after.folder.name}_{'_to_'.join(names)}.csv"
    _write(path, rows)
    return Changes(tuple(_definitions(before.meta, after.meta, shelf)), tuple(_counted(rows)), path)


def _stamp(person: PersonFile) -> str:
    return str(person.meta["sha256"])[:8]


def _definitions(before: Mapping[str, Any], after: Mapping[str, Any], shelf: Shelf) -> Iterator[ChangedDefinition]:
    """Yield the definitions whose file, or a code list they read, has another SHA-256."""
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
    columns = rule_columns(shelf)
    owners = {name: d.id for d in shelf.all for name in makes(d)}
    parts = {d.id: {owners.get(name, name) for name in asks(d, columns)} for d in shelf.all}
    found = {changed}
    while more := {name for name, needed in parts.items() if needed & found} - found:
        found |= more
    return [d.label for d in shelf.all if d.id in found - {changed}]


def _differences(
    con: DuckDBPyConnection, before: PersonFile, after: PersonFile, shelf: Shelf
) -> Iterator[tuple[Any, ...]]:
    """Yield (person, column, definition, change, before, after) of every value that differs, column by column."""
    for name, person in (("b", before), ("a", after)):
        con.execute(f"create temp view {name} as {person.relation_sql()}")
    owners = {column: d.label for d in shelf.all for column in makes(d)}
    for column, kind in {**before.columns, **after.columns}.items():
        if column != "person_id":
            old, new = (_value(x, column, kind, p) for x, p in (("b", before), ("a", after)))
            query = f"""select person_id, {old}, {new} from b full join a using (person_id)
                where {old} is distinct from {new} order by 1"""
            for person_id, was, now in con.execute(query).fetchall():
                yield person_id, column, owners.get(column, ""), _change(kind, now), was, now


def _value(table: str, column: str, kind: str, person: PersonFile) -> str:
    """Return the SQL of a value; a yes/no column that a table does not have says no."""
    found = f"{table}.{column}" if column in person.columns else f"null::{kind}"
    return f"coalesce({found}, false)" if kind == "BOOLEAN" else found


def _change(kind: str, now: Any) -> str:
    if kind != "BOOLEAN":
        return "differs"
    return "enters" if now else "leaves"


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
