"""Writing an overlay: rows of the people computed again over those of an earlier overlay, all on one whole table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.planning.definitions import file_hash
from doorstep.planning.overlays import GONE, HISTORY, PERSON, replaced, scan, whole
from doorstep.planning.person_file import PersonFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beyond this share of the people the overlay is put into the base: a whole table is read faster.
MAX_SHARE = 0.25
_DIGESTS = {PERSON: "sha256", HISTORY: "history_sha256"}


def write_overlay(
    con: DuckDBPyConnection, before: PersonFile, folder: Path, *, touched: str, is_whole: bool
) -> dict[str, Any]:
    """Write the overlay of an update into a folder; return what the description says of its files.

    `con` has `person_table` and `history_table` of the people in `touched` (a query of person_id, the pseudonym). Where
    `is_whole`, or where the overlay has grown, the folder gets whole tables instead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _create_overlay(con, before, touched)
    (n_over,) = con.execute("select count(*) from overlay_gone").fetchall()[0]
    if is_whole or n_over > MAX_SHARE * before.meta["n_people"]:
        return _write_whole(con, before, folder)
    rows = "select * from overlay_{0} order by person_id"
    digests = {d: _write(con, folder / replaced(t), rows.format(t)) for t, d in _DIGESTS.items()}
    overlay = before.meta.get("overlay") or {
        "base": before.folder.name,
        **{f"base_{table}_sha256": before.meta[digest] for table, digest in _DIGESTS.items()},
    }
    gone = _write(con, folder / GONE, "select * from overlay_gone order by 1")
    return {**digests, "overlay": {**overlay, "gone_sha256": gone}}


def _create_overlay(con: DuckDBPyConnection, before: PersonFile, touched: str) -> None:
    """Make overlay_person, overlay_history and overlay_gone: what was over the base before, and what is now."""
    is_overlay = "overlay" in before.meta
    for table in _DIGESTS:
        old = f"select * from {scan(before.folder / replaced(table))} as o anti join ({touched}) as t using (person_id)"
        earlier = f"{old} union all" if is_overlay else ""
        con.execute(f"create or replace temp table overlay_{table} as {earlier} select * from {table}_table")
    gone = f"union select person_id from {scan(before.folder / GONE)} as g" if is_overlay else ""
    con.execute(f"create or replace temp table overlay_gone as select person_id from ({touched}) as t {gone}")


def _write_whole(con: DuckDBPyConnection, before: PersonFile, folder: Path) -> dict[str, Any]:
    overlay, digests = before.meta.get("overlay"), {}
    base = before.folder.parent / (overlay["base"] if overlay else before.folder.name)
    for table, digest in _DIGESTS.items():
        kept = f"select * from {scan(base / whole(table))} as b anti join overlay_gone as g using (person_id)"
        query = f"select * from ({kept} union all select * from overlay_{table}) order by person_id"
        digests[digest] = _write(con, folder / whole(table), query)
    return digests


def _write(con: DuckDBPyConnection, path: Path, query: str) -> str:
    draft = path.with_name(f".{path.name}.draft")
    target = str(draft).replace("'", "''")
    con.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd, compression_level 1)")
    draft.replace(path)
    return file_hash(path)
