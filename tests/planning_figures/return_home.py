"""A made-up home whose lake is rows given by hand, opened as the real one is: by snapshot and knowledge date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from return_tables import Row, lake

from doorstep import records
from doorstep.home import Home
from doorstep.records.contracts import TABLES

Snapshot = Mapping[str, Sequence[Row]]


@dataclass
class HandLake:
    """Stands in for records.Lake: the newest version of each key received by the date, deleted ones gone."""

    rows: Snapshot
    snapshot: str
    known_by: date
    is_reproducible: bool = True
    con: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.con = lake(**{name: self._known(name, rows) for name, rows in self.rows.items()})
        self.con.execute("set threads = 1")

    def _known(self, name: str, rows: Sequence[Row]) -> list[Row]:
        newest: dict[Any, Row] = {}
        for row in sorted(rows, key=lambda r: str(r.get("received_on", "2026-01-01"))):
            if str(row.get("received_on", "2026-01-01")) <= self.known_by.isoformat():
                newest[tuple(str(row.get(k)) for k in TABLES[name].key)] = row
        return [row for row in newest.values() if not row.get("is_deleted")]

    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.con

    def all_versions(self, table: str) -> duckdb.DuckDBPyRelation:
        known = [r for r in self.rows.get(table, ()) if str(r.get("received_on", "")) <= self.known_by.isoformat()]
        self.con.execute("create schema if not exists inside")
        other = lake(**{table: known})
        self.con.register("versions_given", other.sql(f"from {table}").arrow())
        return self.con.sql("from versions_given")

    def files(self) -> list[Any]:
        return []

    def notes(self) -> list[str]:
        return []

    def __enter__(self) -> HandLake:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()


def make_home(root: Path, practices: Sequence[str] = ("N1", "N2")) -> Home:
    """A home of Sefton with its own list of practices."""
    listed = ", ".join(f'"{p}"' for p in practices)
    (root / "config.toml").write_text(f'format = 1\nplace = "Sefton"\npractices = [{listed}]\n')
    return Home(root)


def use_rows(
    monkeypatch: pytest.MonkeyPatch,
    snapshots: Mapping[str, Snapshot],
    *,
    stops: Sequence[str] = (),
    needs_flows: bool = False,
) -> None:
    """Make records open these rows; the last snapshot is the published one.

    A few hand-made rows lack whole flows, which stops a return only where `needs_flows` says so.
    """
    if not needs_flows:
        monkeypatch.setattr("doorstep.planning.building.missing_flows", lambda *_: [])

    def open_lake(home: Home, *, known_by: date, snapshot: str | None = None) -> HandLake:
        name = snapshot or list(snapshots)[-1]
        return HandLake(snapshots[name], name, known_by)

    monkeypatch.setattr(records, "open_lake", open_lake, raising=False)
    monkeypatch.setattr(records, "stop_reasons", lambda con, month: list(stops), raising=False)
    monkeypatch.setattr(records, "completeness", lambda con, month: [{"flow": "emergency", "rows": 3}], raising=False)
