"""A small person table on disk, with the columns that readings ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from doorstep import reference
from doorstep.planning.person_file import PersonFile

COLUMNS = {
    "person_id": "VARCHAR", "age": "INTEGER", "ethnic_group": "VARCHAR", "lsoa21": "VARCHAR", "imd_quintile": "INTEGER",
    "practice": "VARCHAR", "is_alive": "BOOLEAN", "is_registered": "BOOLEAN", "nhse_national": "VARCHAR",
    "in_national_group": "BOOLEAN", "in_national_group_by_ltc_count_all_qof": "BOOLEAN",
    "in_national_group_by_ltc_count_cms20": "BOOLEAN", "in_halton_1": "BOOLEAN", "in_severe_mental_illness": "BOOLEAN",
    "emergency_bed_days_12m": "INTEGER", "emergency_admissions_12m": "INTEGER", "ed_attendances_12m": "INTEGER",
}  # fmt: skip
_DEFAULTS = {"BOOLEAN": False, "INTEGER": 0}
_LIVING = {"age": 70, "ethnic_group": "White", "is_alive": True, "is_registered": True, "nhse_national": "healthy_well"}


def person_file(folder: Path, rows: Sequence[Mapping[str, Any]], *, without: Sequence[str] = ()) -> PersonFile:
    """Write these people, in order; what a row leaves out is nothing, of a registered adult of 70."""
    columns = {n: t for n, t in COLUMNS.items() if n not in without}
    con = duckdb.connect()
    con.execute(f"create table person ({', '.join(f'{n} {t}' for n, t in columns.items())})")
    values = [
        [{**_LIVING, "person_id": f"p{i:024x}", **row}.get(n, _default(n, t)) for n, t in columns.items()]
        for i, row in enumerate(rows)
    ]
    con.executemany(f"insert into person values ({', '.join('?' * len(columns))})", values)
    folder.mkdir(parents=True, exist_ok=True)
    con.sql("from person").write_parquet(str(folder / "person.parquet"))
    digest = hashlib.sha256((folder / "person.parquet").read_bytes()).hexdigest()
    return PersonFile(folder, {"columns": columns, "files": {"person.parquet": digest}, "as_at": "2026-09-30"})


def _default(name: str, kind: str) -> Any:
    return None if name == "imd_quintile" else _DEFAULTS.get(kind)


def homes(council: str = "Sefton") -> dict[int, str]:
    """Return one LSOA of a council for each deprivation quintile that it has."""
    found = duckdb.execute(
        "select (imd2025_decile + 1) // 2 as quintile, min(lsoa21) from read_parquet($table) "
        "where ltla24_name = $council group by all",
        {"table": str(reference.table("lsoa21")), "council": council},
    )
    return dict(found.fetchall())
