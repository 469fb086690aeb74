"""Tiny lakes and person tables for the tests of admission risk, and frames drawn from a model that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from lake_tables import Row, lake

from doorstep.planning.admission_risk.frame import PARTS, Frame
from doorstep.planning.admission_risk.use import USES
from doorstep.planning.definitions import file_hash
from doorstep.planning.person_file import PersonFile

DAY, UNTIL = date(2025, 9, 30), date(2026, 9, 30)
HERE = "N84001"
TYPES = {
    "person_id": "VARCHAR", "age": "INTEGER", "sex": "VARCHAR", "ethnic_group": "VARCHAR", "imd_quintile": "INTEGER",
    "is_alive": "BOOLEAN", "is_registered": "BOOLEAN", "diabetes": "BOOLEAN", "ltc_count": "INTEGER",
    "emergency_admissions_12m": "INTEGER", "hfrs": "DOUBLE", "hfrs_band": "VARCHAR",
}  # fmt: skip
USUAL = {"age": 70, "sex": "2", "ethnic_group": "White", "imd_quintile": 5, "is_alive": True, "is_registered": True}
MADE_OF = {
    "day": DAY.isoformat(), "until": UNTIL.isoformat(), "known_by": DAY.isoformat(),
    "outcome_known_by": UNTIL.isoformat(), "records_until": [DAY.isoformat(), UNTIL.isoformat()], "snapshot": "a" * 64,
    "n_people": 0,
}  # fmt: skip


@dataclass(frozen=True)
class KnownLake:
    """An open lake that holds the rows that had arrived by its knowledge date, and no others."""

    known_by: date
    con: duckdb.DuckDBPyConnection
    snapshot: str = "a" * 64

    @classmethod
    def of(cls, known_by: date, **tables: Sequence[Row]) -> KnownLake:
        arrived = {n: [r for r in rows if r.get("received_on", DAY) <= known_by] for n, rows in tables.items()}
        return cls(known_by, lake(**arrived))

    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.con

    def __enter__(self) -> KnownLake:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the tables open: the test made them."""


@dataclass
class People:
    """People to write as a person table; columns left out are null or false."""

    rows: Sequence[Mapping[str, Any]] = ()

    def write(self, folder: Path, *, as_at: date = DAY, types: Mapping[str, str] = TYPES) -> PersonFile:
        folder.mkdir(parents=True, exist_ok=True)
        con = duckdb.connect()
        con.execute(f"create table t ({', '.join(f'{n} {t}' for n, t in types.items())})")
        empty = {n: False if t == "BOOLEAN" else None for n, t in types.items()}
        values = [[{**empty, **USUAL, **row}[n] for n in types] for row in self.rows]
        if values:
            con.executemany(f"insert into t values ({', '.join('?' * len(types))})", values)
        con.sql("select * from t order by person_id").write_parquet(str(folder / "person.parquet"))
        meta = {
            "as_at": as_at.isoformat(), "known_by": as_at.isoformat(), "columns": dict(types),
            "definitions": {"diabetes@1": "d" * 64, "ltc_count@1": "c" * 64},
            "sha256": file_hash(folder / "person.parquet"),
        }  # fmt: skip
        return PersonFile(folder, meta)


def drawn_frame(n: int, seed: int = 1, **changed: Any) -> Frame:
    """People whose risk is known: log odds -4 + 0.04 (age - 50) + 0.8 diabetes + 0.5 admissions last year."""
    rng = np.random.default_rng(seed)
    age, diabetes = rng.integers(18, 95, n), rng.random(n) < 0.15
    last_year = rng.poisson(0.2, n)
    logit = -3.5 + 0.04 * (age - 50) + 0.8 * diabetes + 0.5 * last_year
    admitted = rng.random(n) < 1 / (1 + np.exp(-logit))
    hfrs = np.where(last_year > 0, rng.gamma(2.0, 3.0, n), np.nan)
    band = np.where(hfrs >= 5, "intermediate", "low").astype(object)
    band[last_year == 0] = None
    columns = {
        "hfrs": hfrs, "hfrs_band": band, "age": age, "diabetes": diabetes,
        "sex": rng.choice(np.array(["1", "2"], dtype=object), n),
        "ltc_count": diabetes + rng.poisson(0.5, n), "emergency_admissions_12m": last_year,
        "imd_quintile": rng.integers(1, 6, n),
        "ethnic_group": rng.choice(np.array(["White", "Asian"], dtype=object), n, p=[0.8, 0.2]),
        "part": rng.integers(0, PARTS, n), "before_emergency_admissions": last_year,
    }  # fmt: skip
    columns |= {f"after_{use}": rng.poisson(1.0, n) for use in USES}
    died = rng.random(n) < 0.02
    return Frame(columns | changed, admitted, died, ~died & (rng.random(n) < 0.03), dict(MADE_OF))
