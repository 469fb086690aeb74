"""A person table on disk as a base and, after updates, an overlay: rows that replace the base's, and people gone.

A folder holds whole tables (`person.parquet`, `history.parquet`), or names its base in the description and holds
`replaced.parquet`, `replaced_history.parquet` and `gone.parquet` (person_id: everyone whose rows in the base are void).
An overlay always lies on a whole table, never on another overlay.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

WHOLE = {"person": "person.parquet", "history": "history.parquet"}
REPLACED = {"person": "replaced.parquet", "history": "replaced_history.parquet"}
GONE = "gone.parquet"


def relation(folder: Path, meta: Mapping[str, Any], table: str) -> str:
    """Return the SQL query of a table (`person` or `history`) of the person file that lies in a folder."""
    if "base" not in meta:
        return f"select * from {_scan(folder / WHOLE[table])}"
    base = folder.parent / meta["base"] / WHOLE[table]
    # Without the alias, DuckDB reads `anti` as the name of the table function and joins.
    return f"""select * from {_scan(base)} as b anti join {_scan(folder / GONE)} as g using (person_id)
        union all select * from {_scan(folder / REPLACED[table])}"""


def files(folder: Path, meta: Mapping[str, Any]) -> dict[Path, str]:
    """Return the SHA-256 that each file of a person table should have; those of the base too."""
    own = {folder / name: str(digest) for name, digest in meta["files"].items()}
    if "base" not in meta:
        return own
    base = folder.parent / meta["base"]
    return own | {base / name: str(digest) for name, digest in meta["base_files"].items()}


def _scan(path: Path) -> str:
    return "read_parquet('" + str(path).replace("'", "''") + "')"
