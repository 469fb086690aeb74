"""The floor: DuckDB reads every column that the question needs, and does nothing with it but find its greatest."""

from __future__ import annotations

from asked import Asked
from duckdb_parts import arguments, opened


def needed(asked: Asked) -> dict[str, tuple[str, ...]]:
    """Return the columns that the question needs, by table."""
    found = {"person": ["person_id"], "coded": ["person_id", "code", "recorded_on"]}
    for count in asked.counts:
        found.setdefault(count.table, ["person_id", count.day]).append(count.column)
    found["spell"] = [*dict.fromkeys([*found.get("spell", ["person_id", "admitted_on"]), "diagnoses"])]
    return {name: tuple(columns) for name, columns in found.items()}


def main() -> None:
    """Read it all."""
    asked, out, scratch = arguments()
    con = opened(asked, scratch)
    for table, columns in needed(asked).items():
        greatest = ", ".join(f"max({'len(diagnoses)' if c == 'diagnoses' else c})" for c in columns)
        out.with_suffix(".txt").write_text(str(con.execute(f"select {greatest} from {table}").fetchall()))


if __name__ == "__main__":
    main()
