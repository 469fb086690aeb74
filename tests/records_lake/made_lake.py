"""A home, and deliveries whose files are JSON lists of lake rows: the lake is tested without any parsing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.home import Home
from doorstep.records import purposes
from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.records.loading import LoadReport, load
from doorstep.records.scope import Scope

SCOPE = Scope(frozenset({"P1", "P2"}), frozenset({"E01000001", "E01000002"}))
OUTSIDE = {"practice": "P9", "lsoa21": "E01000009"}
_EXTRA = {"person_key": "VARCHAR", "key_scheme": "VARCHAR", "outcome": "VARCHAR", "reason": "VARCHAR"}
_LOCAL = {"local_key": "VARCHAR", "local_scheme": "VARCHAR"}
_IDENTITY = ("nhs_number", "surname", "given_name", "birth_on", "postcode")


@dataclass(frozen=True)
class FakeSource:
    path: Path
    file_id: str
    sha256: str


@dataclass(frozen=True)
class FakeInterpretation:
    source: FakeSource
    profile: str
    table: str
    staged: str
    n_rows: int
    notes: tuple[str, ...] = ()


def fake_reader(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    received_on: date,
    profile: str | None = None,
    mapping: Any = None,
) -> list[FakeInterpretation]:
    found = []
    for n, path in enumerate(files):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        content = json.loads(path.read_text())
        source = FakeSource(path, digest[:16], digest)
        for table, rows in content.items():
            staged = f"staged_{n}_{table or 'dictionary'}"
            _stage(con, staged, table, rows, source, received_on)
            found.append(FakeInterpretation(source, "made@1", table, staged, len(rows)))
    return found


def _stage(
    con: duckdb.DuckDBPyConnection,
    staged: str,
    table: str,
    rows: list[dict[str, Any]],
    source: FakeSource,
    received_on: date,
) -> None:
    if not table:
        con.execute(f"CREATE TEMP TABLE {staged} (row_no BIGINT, outcome VARCHAR, reason VARCHAR)")
        for n, row in enumerate(rows, 1):
            con.execute(f"INSERT INTO {staged} VALUES (?, ?, ?)", [n, row["outcome"], row.get("reason")])
        return
    own = {c.name: c.type for c in TABLES[table].columns if c.name != "person_id"}
    types = {**own, **{c.name: c.type for c in ARRIVAL}, **_EXTRA, **(_LOCAL if table == "person" else {})}
    for extra in ("is_fact", "carried_by"):
        if any(extra in row for row in rows):
            types[extra] = "BOOLEAN" if extra == "is_fact" else "BIGINT"
    usual = {"outcome": "loaded", "is_deleted": False, "key_scheme": "sender", "version_key": str(received_on),
             "profile": "made@1", "file_id": source.file_id, "received_on": str(received_on)}  # fmt: skip
    content = json.dumps([{**usual, "row_no": n, **row} for n, row in enumerate(rows, 1)])
    shape = json.dumps([{n: [t.removesuffix("[]")] if t.endswith("[]") else t for n, t in types.items()}])
    con.execute(f"CREATE TEMP TABLE {staged} AS SELECT unnest(from_json(?, ?), recursive := true)", [content, shape])
    con.execute(f"UPDATE {staged} SET row_hash = hash({', '.join(own)}, person_key)")
    if any("surname" in row for row in rows):
        con.execute(
            f"CREATE TEMP TABLE {staged}_identity (row_no BIGINT, {', '.join(f'{c} VARCHAR' for c in _IDENTITY)})"
        )
        for n, row in enumerate(rows, 1):
            con.execute(
                f"INSERT INTO {staged}_identity VALUES (?, ?, ?, ?, ?, ?)", [n, *(row.get(c) for c in _IDENTITY)]
            )


@dataclass
class Made:
    """A home with purposes for every flow, and a short way to load rows into it."""

    home: Home
    inbox: Path

    def deliver(self, day: str, **files: Mapping[str, list[dict[str, Any]]]) -> Path:
        folder = self.inbox / day
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "delivery.toml").write_text(f"received_on = {day}\n")
        for name, tables in files.items():
            (folder / f"{name}.csv").write_text(json.dumps(tables))
        return folder

    def load(self, *paths: Path) -> LoadReport:
        return load(self.home, paths or [self.inbox], scope=SCOPE, reader=fake_reader)

    def load_rows(self, day: str, **tables: list[dict[str, Any]]) -> LoadReport:
        folder = self.deliver(day, **{f"{day}_{name}": {name: rows} for name, rows in tables.items()})
        return self.load(folder)


def make(root: Path) -> Made:
    home = Home(root / "home")
    home.root.mkdir(parents=True)
    home.config_file.write_text('format = 1\nplace = "Testing"\n')
    home.purposes_file.write_text(purposes.example(date(2099, 1, 1)))
    return Made(home, root / "inbox")


def spell(key: str, spell_id: str, day: str, **more: Any) -> dict[str, Any]:
    """One spell of a person in the Place's practice P1."""
    return {
        "person_key": key,
        "provider": "RTEST",
        "spell_id": spell_id,
        "discharged_on": day,
        "practice": "P1",
        **more,
    }


def patient(key: str, **more: Any) -> dict[str, Any]:
    """One GP record in practice P1; the loader fills the record's identifier."""
    return {"person_key": key, "source": "gp", "record_id": "{person_id}", "practice": "P1", **more}


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return make(tmp_path)
