"""Variables as OHDSI cohort definitions, compiled by Circe (ohdsi-circepy) and run on DuckDB over OMOP tables.

`circe_cohorts.py FOLDER OUT`: FOLDER holds a Parquet of each OMOP table and `cohorts.json` (name -> definition as ATLAS
writes it). OUT gets one row a person with a true-or-false column for each definition: is the person in that cohort?
Prints the seconds that compiling them took, and those that running them took; loading is in neither.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
from circe.api import build_cohort_query, cohort_expression_from_json
from circe.cohortdefinition import BuildExpressionQueryOptions
from circe.sqlrender import render, split_sql, translate


def script(number: int, definition: dict[str, Any]) -> list[str]:
    """Return the statements that write one cohort, in DuckDB's words."""
    options = BuildExpressionQueryOptions()
    options.cdm_schema = options.vocabulary_schema = options.result_schema = "main"
    options.target_table, options.cohort_id = "cohort", number
    sql = render(build_cohort_query(cohort_expression_from_json(json.dumps(definition)), options))
    return list(split_sql(translate(sql, "duckdb")))


def main() -> None:
    """Load, write every cohort, and lay them side by side."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    con = duckdb.connect(config={"threads": 2})
    for path in folder.glob("*.parquet"):
        con.execute(f"create table {path.stem} as from read_parquet('{path}')")
    con.execute("create table cohort (cohort_definition_id int, subject_id bigint, cohort_start_date date, "
                "cohort_end_date date)")  # fmt: skip
    cohorts = json.loads((folder / "cohorts.json").read_text())
    started = time.perf_counter()
    scripts = [script(number, definition) for number, definition in enumerate(cohorts.values())]
    compiled = time.perf_counter()
    for statement in (s for statements in scripts for s in statements):
        con.execute(statement)
    print(json.dumps({"compiling": compiled - started, "running": time.perf_counter() - compiled}))
    columns = ", ".join(f"coalesce(bool_or(cohort_definition_id = {i}), false) as {n}" for i, n in enumerate(cohorts))
    con.sql(f"select person_id, {columns} from person left join cohort on subject_id = person_id group by person_id"
            ).write_parquet(str(out))  # fmt: skip


if __name__ == "__main__":
    main()
