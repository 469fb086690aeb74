"""Writing an overlay: rows of the people computed again over those of an earlier overlay, all on one whole table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.definitions import file_hash
from doorstep.planning.overlays import GONE, REPLACED, WHOLE
from doorstep.planning.person_file import PersonFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beyond this share of the base the overlay is put into the base: a whole table is read faster.
MAX_SHARE = 0.25


def write_overlay(
    con: DuckDBPyConnection, before: PersonFile, folder: Path, *, touched: str, whole: bool
) -> dict[str, object]:
    """Write the overlay of an update into a folder; return what the description says of its files.

    `con` has `person_table` and `history_table` of the people in `touched` (person_id as pseudonym). Where `whole`, or
    where the overlay has grown, the folder gets whole tables instead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _create_overlay(con, before, touched)
    (n_over,) = con.execute("select count(*) from overlay_gone").fetchall()[0]
    (n_people,) = con.execute(f"select count(*) from ({before.relation_sql()})").fetchall()[0]
    if whole or n_over > MAX_SHARE * n_people:
        return _write_whole(con, before, folder)
    files = {name: _write(con, folder / name, f"select * from overlay_{t} order by 1") for t, name in REPLACED.items()}
    files[GONE] = _write(con, folder / GONE, "select * from overlay_gone order by 1")
    base = {k: before.meta[k] for k in ("base", "base_files")} if "base" in before.meta else {}
    return {"base": before.folder.name, "base_files": before.meta["files"], **base, "files": files}


def _create_overlay(con: DuckDBPyConnection, before: PersonFile, touched: str) -> None:
    """Make overlay_person, overlay_history and overlay_gone: what was over the base before, and what is now."""
    is_overlay = "base" in before.meta
    for table, name in REPLACED.items():
        old = f"select * from {_scan(before.folder / name)} as o anti join ({touched}) as t using (person_id) union all"
        now = f"select * from {table}_table"
        con.execute(f"create or replace temp table overlay_{table} as {old if is_overlay else ''} {now}")
    gone = f"union select person_id from {_scan(before.folder / GONE)}" if is_overlay else ""
    con.execute(f"create or replace temp table overlay_gone as select person_id from ({touched}) {gone}")


def _write_whole(con: DuckDBPyConnection, before: PersonFile, folder: Path) -> dict[str, object]:
    files = {}
    base = before.folder.parent / str(before.meta.get("base", before.folder.name))
    for table, name in WHOLE.items():
        kept = f"select * from {_scan(base / name)} as b anti join overlay_gone using (person_id)"
        query = f"select * from ({kept} union all select * from overlay_{table}) order by person_id"
        files[name] = _write(con, folder / name, query)
    return {"files": files}


def _write(con: DuckDBPyConnection, path: Path, query: str) -> str:
    draft = path.with_name(f".{path.name}.draft")
    target = str(draft).replace("'", "''")
    con.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd, compression_level 1)")
    draft.replace(path)
    return file_hash(path)


def _scan(path: Path) -> str:
    return "read_parquet('" + str(path).replace("'", "''") + "')"
