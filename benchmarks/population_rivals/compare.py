"""Are two answers the same in every row and column? A time means nothing before that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb


def differences(answers: Mapping[str, Path], columns: tuple[str, ...]) -> list[str]:
    """Return a line for each answer that differs from the first in any row, with an example."""
    (first, path), *others = answers.items()
    found = []
    for name, other in others:
        rows = _apart(path, other, columns) + _apart(other, path, columns)
        if rows:
            said = [f"{c}={a!r}" for c, a in zip(columns, rows[0], strict=True)]
            found.append(f"{name} and {first} differ in at least {len(rows)} rows, such as {', '.join(said)}")
    return found


def _apart(one: Path, other: Path, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    listed = ", ".join(columns)
    with duckdb.connect() as con:
        query = f"select {listed} from read_parquet('{{}}')"
        return con.execute(f"{query.format(one)} except {query.format(other)} limit 1000").fetchall()
