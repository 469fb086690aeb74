"""Reference facts that reading checks cells against: code sets, LSOA editions, postcodes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from doorstep import reference
from doorstep.errors import ConfigurationError
from doorstep.records.reading.sqltext import literal

LSOA = "fact_lsoa"
POSTCODE = "fact_postcode"

Codes = Mapping[str, date | None]


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the look-up tables once on a connection.

    `fact_lsoa` (code, lsoa21, is_doubtful): a 2021 code stands for itself; a 2011 code goes to the 2021 area with the
    largest share of its people. Codes are unique over both editions, because a changed area gets a new code, so a
    column that mixes editions is read code by code. `is_doubtful` marks the few areas whose change was irregular (X).
    """
    if con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [LSOA]).fetchone():
        return
    new, pairs = (literal(str(reference.table(t))) for t in ("lsoa21", "lsoa11_lsoa21"))
    con.execute(f"""
        CREATE TEMP TABLE {LSOA} AS
        SELECT lsoa21 AS code, lsoa21, false AS is_doubtful FROM {new}
        UNION ALL
        SELECT lsoa11, arg_max(lsoa21, (share_of_lsoa11, lsoa21)), bool_or(change_code = 'X') FROM {pairs}
        WHERE lsoa11 NOT IN (SELECT lsoa21 FROM {new}) GROUP BY lsoa11""")
    postcodes = literal(str(reference.table("postcodes_cm")))
    con.execute(f"""
        CREATE TEMP TABLE {POSTCODE} AS
        SELECT replace(postcode, ' ', '') AS postcode, any_value(lsoa21) AS lsoa21 FROM {postcodes} GROUP BY 1""")


def code_sets(con: duckdb.DuckDBPyConnection) -> Mapping[str, Codes]:
    """Return set name -> code -> last valid day (None while valid)."""
    found: dict[str, dict[str, date | None]] = {}
    for set_name, code, valid_to in con.execute(f"SELECT set_name, code, valid_to FROM {code_set_path()}").fetchall():
        found.setdefault(set_name, {})[code] = valid_to
    return found


def code_set_path() -> str:
    """Return the table of code sets (set_name, code, meaning, valid_from, valid_to, status) as SQL can read it."""
    return literal(str(reference.table("codesets")))


def codes_of(sets: Mapping[str, Codes], set_name: str, where: str) -> Codes:
    """Return one code set; ConfigurationError where a mapping names one that does not ship."""
    if set_name not in sets:
        raise ConfigurationError(
            f"there is no code set {set_name!r}", expected=f"one of {', '.join(sorted(sets))}", where=where
        )
    return sets[set_name]
