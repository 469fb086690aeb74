"""Opening the lake: every table of the contracts, holding the facts as known by a date, in one DuckDB connection."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from doorstep import clock
from doorstep.errors import ConfigurationError, NotWhatItClaimsError
from doorstep.home import Home
from doorstep.records import snapshot as snapshots
from doorstep.records import versions, withholding
from doorstep.records.contracts import TABLES, Table
from doorstep.records.parts import DROPPED, ROWS, WITHHELD, Parts
from doorstep.records.snapshot import Input, Snapshot
from doorstep.records.sql import columns, listed, literal, rows_of, typed_nothing

MEMORY_LIMIT = "2.5GB"
_SIZE = re.compile(r"\d+(\.\d+)?\s*[KMGT]i?B", re.IGNORECASE)


@dataclass
class Lake:
    """One snapshot of the lake as known by a date. Use it in a `with`, or close it."""

    home: Home
    manifest: Snapshot
    known_by: date
    _con: duckdb.DuckDBPyConnection = field(repr=False)

    @property
    def snapshot(self) -> str:
        """Hash of the snapshot: 64 hex digits."""
        return self.manifest.hash

    @property
    def is_reproducible(self) -> bool:
        """False where a purge has since taken rows away that this snapshot counted."""
        return self.manifest.is_reproducible

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return the connection: a view per lake table, with the facts as known; always the same one."""
        return self._con

    def all_versions(self, table: str) -> duckdb.DuckDBPyRelation:
        """Return every row known by the date, of people who are not withheld, with its `outcome`.

        Columns: those of the table and of ARRIVAL, and outcome (loaded, loaded_with_warning, superseded,
        exact_duplicate).
        """
        return self._con.sql(f"SELECT * FROM lake_inside.versions_{TABLES[table].name}")

    def parts(self, table: str) -> Parts:
        """Return a lake table as files with the query of its facts, for an engine that is not DuckDB."""
        found = TABLES[table]
        return Parts(
            name=found.name,
            columns=columns(found),
            paths=tuple(self.manifest.paths(self.home, "facts", found.name)),
            query=_facts(self, found, rows=ROWS, dropped=DROPPED, withheld=WITHHELD),
            dropped=self._con.sql(f"SELECT file_id, row_no FROM {_dropped(found)}").to_arrow_table(),
            withheld=self._con.sql(f"SELECT DISTINCT flow, person_id FROM {withholding.WITHHELD}").to_arrow_table(),
        )

    def facts_in(self, table: str, paths: Sequence[str]) -> str:
        """Return the query of the facts, as known, that stand in some of a table's files (paths from the home)."""
        files = [str(self.home.root / p) for p in paths]
        return _facts(self, TABLES[table], rows=rows_of(self._con, TABLES[table], files))

    def files(self) -> list[Input]:
        """Return the extract files known by the date, in the order they were loaded."""
        loads = [x for x in self.manifest.loads if x.kind == "load" and x.received_on <= self.known_by]
        return [i for x in loads for i in x.inputs]

    def notes(self) -> list[str]:
        """Return what a reader of figures from this lake should know of it."""
        lost = [f"reproducibility lost: {reason}" for reason in self.manifest.lost]
        return lost + [f"purged on {p.purged_on}: {p.n_rows:,} rows ({p.reason})" for p in self.manifest.purges]

    def close(self) -> None:
        """Close the connection."""
        self._con.close()

    def __enter__(self) -> Lake:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_lake(home: Home, *, known_by: date | None = None, snapshot: str | None = None) -> Lake:
    """Open the lake as known by a date (default: today) at a snapshot (default: the published one).

    A table that was never loaded is there and empty. Facts: received by the date, the newest version of each key,
    deleted ones gone, withheld people gone. Permissions are the snapshot's, whatever the date: an opt-out or objection
    that it holds applies to all of its facts. Raises ConfigurationError where there is no home or no such snapshot,
    NotWhatItClaimsError where a file of it is missing or has another size.
    """
    home.config()
    manifest = snapshots.read(home, snapshot) if snapshot else snapshots.current(home)
    _check_present(home, manifest)
    con = duckdb.connect(":memory:", config=_settings(home))
    lake = Lake(home, manifest, known_by or clock.today(), con)
    con.execute("CREATE SCHEMA lake_inside")
    for name in TABLES:
        repeated = manifest.paths(home, "repeated", name)
        versions.create_dropped(con, f"lake_inside.dropped_{name}", name, repeated, lake.known_by)
    withholding.create_withheld(con, home, manifest)
    for table in TABLES.values():
        _create_views(lake, table)
    return lake


def _settings(home: Home) -> dict[str, Any]:
    spill = home.planning if os.access(home.planning, os.W_OK) else None
    return {
        "memory_limit": memory_limit(home),
        "temp_directory": str(spill / ".spill" if spill else f"{tempfile.gettempdir()}/doorstep-{os.getpid()}"),
        "preserve_insertion_order": "false",
    }


def memory_limit(home: Home) -> str:
    """Return the most memory that loading and counting may use: `[records] memory` in config.toml, else 2.5GB."""
    settings = home.config().get("records", {})
    found = settings.get("memory", MEMORY_LIMIT) if isinstance(settings, dict) else settings
    if not isinstance(found, str) or not _SIZE.fullmatch(found.strip()):
        raise ConfigurationError(
            f"memory is {found!r}", expected='a size such as "2.5GB"', where=f"[records] in {home.config_file}"
        )
    return found.strip()


def _check_present(home: Home, manifest: Snapshot) -> None:
    for part in (p for load in manifest.loads for p in load.parts if p.path.startswith("lake/")):
        path = home.root / part.path
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            size = -1
        except PermissionError as error:
            raise ConfigurationError("this account may not read the lake", where=str(path)) from error
        if size != part.n_bytes:
            raise NotWhatItClaimsError(
                "a file of the lake is missing" if size < 0 else f"a file of the lake has {size:,} bytes",
                expected=f"{part.n_bytes:,} bytes",
                where=str(path),
                do="run `doorstep records verify`; restore the home from its backup",
            )


def _create_views(lake: Lake, table: Table) -> None:
    con, name, names = lake.connection(), table.name, listed(c for c, _ in columns(table))
    paths = lake.manifest.paths(lake.home, "facts", name)
    if not paths:
        con.execute(f"CREATE TABLE {name} AS {typed_nothing(columns(table))}")
        con.execute(f"CREATE VIEW lake_inside.versions_{name} AS SELECT *, NULL::VARCHAR AS outcome FROM {name}")
        return
    rows = rows_of(con, table, paths)
    con.execute(f"CREATE VIEW {name} AS {_facts(lake, table, rows=rows)}")
    state = "CASE WHEN f.warning IS NULL THEN 'loaded' ELSE 'loaded_with_warning' END"
    con.execute(f"""CREATE VIEW lake_inside.versions_{name} AS
        SELECT f.*, coalesce(d.outcome, {state}) AS outcome
        FROM (SELECT {names} FROM {rows}) f LEFT JOIN {_dropped(table)} d
        ON d.file_id = f.file_id AND d.row_no = f.row_no WHERE {_known(lake, table)}""")


def _facts(
    lake: Lake, table: Table, *, rows: str, dropped: str | None = None, withheld: str = withholding.WITHHELD
) -> str:
    """Return the query of a table's facts as known: over `rows`, without the rows dropped and the people withheld."""
    some = lake.connection().execute(f"SELECT count(*) FROM {_dropped(table)}").fetchall()[0][0]
    gone = f"ANTI JOIN {dropped or _dropped(table)} d ON d.file_id = f.file_id AND d.row_no = f.row_no"
    names = listed((c for c, _ in columns(table)), "f.")
    return f"SELECT {names} FROM {rows} f {gone if some else ''} WHERE {_known(lake, table, withheld)}"


def _known(lake: Lake, table: Table, withheld: str = withholding.WITHHELD) -> str:
    known = f"f.received_on <= {literal(lake.known_by.isoformat())}::DATE"
    return f"{known} {withholding.allowed(lake.connection(), table, withheld)}"


def _dropped(table: Table) -> str:
    return f"lake_inside.dropped_{table.name}"
