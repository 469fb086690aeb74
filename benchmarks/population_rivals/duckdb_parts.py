"""What the answers in DuckDB's SQL share: settings, views over the files, and masks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
from asked import Asked, Count, read

THREADS, MEMORY = 2, "6GB"


def opened(asked: Asked, scratch: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection with a view of each table's files and of the small tables."""
    settings: dict[str, Any] = {"threads": THREADS, "memory_limit": MEMORY, "preserve_insertion_order": "false"}
    con = duckdb.connect(config={**settings, "temp_directory": str(scratch)})
    for name, paths in asked.tables.items():
        con.execute(f"create view {name} as select * from read_parquet({paths})")
    for name in ("codes", "deficit_codes", "weights"):
        con.execute(f"create view {name} as select * from read_parquet('{getattr(asked, name)}')")
    return con


def arguments() -> tuple[Asked, Path, Path]:
    """Read the question, the file to write and the scratch folder from the command line."""
    question, out, scratch = map(Path, sys.argv[1:4])
    return read(question), out, scratch


def condition_sql(asked: Asked, has: str, last: str) -> list[str]:
    """Return each condition over a column of bits; `last` names the column of a concept's latest day."""
    found = []
    for c in asked.conditions:
        sql = has.format(1 << c.concept)
        if c.ended_by is not None:
            ended = last.format(c.ended_by)
            sql = f"{sql} and ({ended} is null or {last.format(c.concept)} > {ended})"
        found.append(f"coalesce({sql}, false) as {c.name}")
    return found


def counted(count: Count, asked: Asked) -> str:
    """Return the condition on the rows that a count counts."""
    window = f"{count.day} > date '{asked.year_from}' and {count.day} <= date '{asked.as_at}'"
    return f"{window} and {count.column} >= '{count.lowest}' and {count.column} < '{count.beyond}'"


def score_sql(asked: Asked) -> str:
    """Return the query of the score: (person_id, score)."""
    return f"""
    with stay as (select person_id, diagnoses from spell where person_id is not null
                  and admitted_on > date '{asked.score_from}' and admitted_on <= date '{asked.as_at}'),
    item as (select distinct person_id, left(upper(replace(diagnosis, '.', '')), 3) as prefix
             from (select person_id, unnest(diagnoses) as diagnosis from stay)),
    weighed as (select person_id, sum(tenths) as tenths from item join weights using (prefix) group by person_id)
    select person_id, coalesce(tenths, 0)::bigint as score
    from (select distinct person_id from stay) left join weighed using (person_id)"""
