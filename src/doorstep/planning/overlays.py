"""A person table on disk as a base and, after updates, an overlay: rows that replace the base's, and people gone.

A folder holds whole tables (`person.parquet`, `history.parquet`), or its description names a base (`overlay`) and it
holds `replaced_person.parquet`, `replaced_history.parquet` and `gone.parquet` (person_id: everyone whose rows in the
base are void). An overlay always lies on a whole table, never on another overlay.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PERSON, HISTORY = "person", "history"
GONE = "gone.parquet"


def whole(table: str) -> str:
    """Return the name of the file of a whole table."""
    return f"{table}.parquet"


def replaced(table: str) -> str:
    """Return the name of the file of the rows that replace those of the base."""
    return f"replaced_{table}.parquet"


def relation(folder: Path, meta: Mapping[str, Any], table: str) -> str:
    """Return the SQL query of a table of the person file that lies in a folder."""
    if "overlay" not in meta:
        return f"select * from {scan(folder / whole(table))}"
    base = folder.parent / meta["overlay"]["base"] / whole(table)
    # Without the aliases, DuckDB takes `anti` for the name of the table function, and joins.
    return (
        f"select * from {scan(base)} as b anti join {scan(folder / GONE)} as g using (person_id) "
        f"union all select * from {scan(folder / replaced(table))}"
    )


def files(folder: Path, meta: Mapping[str, Any]) -> dict[Path, str]:
    """Return the SHA-256 that each file of a person table should have, those of its base too."""
    digests = {PERSON: str(meta["sha256"]), HISTORY: str(meta["history_sha256"])}
    if "overlay" not in meta:
        return {folder / whole(table): digest for table, digest in digests.items()}
    overlay = meta["overlay"]
    base = folder.parent / overlay["base"]
    return {
        **{folder / replaced(table): digest for table, digest in digests.items()},
        folder / GONE: overlay["gone_sha256"],
        **{base / whole(table): overlay[f"base_{table}_sha256"] for table in digests},
    }


def scan(path: Path) -> str:
    """Return the table function that reads a Parquet file."""
    return "read_parquet('" + str(path).replace("'", "''") + "')"
