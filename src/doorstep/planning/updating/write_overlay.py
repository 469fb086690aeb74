"""Writing an overlay: rows of the people computed again over those of an earlier overlay, all on one whole table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.planning.definitions import file_hash
from doorstep.planning.engine.slices import write_tables
from doorstep.planning.overlays import GONE, HISTORY, PERSON, replaced, scan, whole
from doorstep.planning.person_file import PersonFile
from doorstep.planning.updating.recompute import Computed

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

# Beyond this share of the people the overlay is put into the base: a whole table is read faster.
MAX_SHARE = 0.25
_DIGESTS = {PERSON: "sha256", HISTORY: "history_sha256"}


def write_overlay(
    con: DuckDBPyConnection, before: PersonFile, folder: Path, lots: Sequence[Computed], *, touched: str, is_whole: bool
) -> dict[str, Any]:
    """Write the overlay of an update into a folder; return what the description says of its files.

    `lots` have the rows of the people in `touched` (a query of person_id, the pseudonym). Where `is_whole`, or where
    the overlay has grown, the folder gets whole tables instead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    gone = f"union select person_id from {scan(before.folder / GONE)} as g" if "overlay" in before.meta else ""
    con.execute(f"create or replace temp table overlay_gone as select person_id from ({touched}) as t {gone}")
    (n_over,) = con.execute("select count(*) from overlay_gone").fetchall()[0]
    paths = [folder / replaced(table) for table in _DIGESTS]
    write_tables(_rows(con, before, lots, touched), paths)
    if is_whole or n_over > MAX_SHARE * before.meta["n_people"]:
        digests = _write_whole(con, before, folder)
        for path in paths:
            path.unlink()
        return digests
    overlay = before.meta.get("overlay") or {
        "base": before.folder.name,
        **{f"base_{table}_sha256": before.meta[digest] for table, digest in _DIGESTS.items()},
    }
    written = _write(con, folder / GONE, "select * from overlay_gone order by 1")
    digests = {digest: file_hash(folder / replaced(table)) for table, digest in _DIGESTS.items()}
    return {**digests, "overlay": {**overlay, "gone_sha256": written}}


def _rows(
    con: DuckDBPyConnection, before: PersonFile, lots: Sequence[Computed], touched: str
) -> Iterator[list[pa.Table]]:
    """Yield the rows computed, and those of an earlier overlay that still hold, of the person table and the history."""
    yield from ([lot.person, lot.history] for lot in lots)
    if "overlay" in before.meta:
        shapes = (lots[0].person.schema, lots[0].history.schema)
        yield [
            _still_held(con, before.folder / replaced(table), touched).cast(shape)
            for table, shape in zip(_DIGESTS, shapes, strict=True)
        ]


def _still_held(con: DuckDBPyConnection, path: Path, touched: str) -> pa.Table:
    return con.sql(f"select * from {scan(path)} as o anti join ({touched}) as t using (person_id)").to_arrow_table()


def _write_whole(con: DuckDBPyConnection, before: PersonFile, folder: Path) -> dict[str, Any]:
    """Write whole tables of the base and the overlay that lies in the folder."""
    overlay, digests = before.meta.get("overlay"), {}
    base = before.folder.parent / (overlay["base"] if overlay else before.folder.name)
    for table, digest in _DIGESTS.items():
        kept = f"select * from {scan(base / whole(table))} as b anti join overlay_gone as g using (person_id)"
        query = f"select * from ({kept} union all select * from {scan(folder / replaced(table))}) order by person_id"
        digests[digest] = _write(con, folder / whole(table), query)
    return digests


def _write(con: DuckDBPyConnection, path: Path, query: str) -> str:
    draft = path.with_name(f".{path.name}.draft")
    target = str(draft).replace("'", "''")
    con.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd, compression_level 1)")
    draft.replace(path)
    return file_hash(path)
