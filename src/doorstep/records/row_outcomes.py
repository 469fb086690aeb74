"""Outcomes: what became of every row of every file, as known by a date. They add up to the file.

Rows of the lake get theirs from versions and withholding as of the date; the others got theirs when they were loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from doorstep.errors import NotWhatItClaimsError
from doorstep.home import Home
from doorstep.records.contracts import TABLES, Outcome, Table
from doorstep.records.lake import Lake, open_lake
from doorstep.records.snapshot import Input
from doorstep.records.sql import literal, parquet
from doorstep.records.withholding import is_withheld

if TYPE_CHECKING:
    import duckdb

COLUMNS = ("file_id", "row_no", "outcome", "reason")


@dataclass(frozen=True)
class FileOutcomes:
    """One file and how many of its rows had each outcome."""

    file: Input
    received_on: date
    counts: dict[Outcome, int]

    @property
    def n_rows(self) -> int:
        """Sum over the outcomes."""
        return sum(self.counts.values())


def outcomes(lake: Lake) -> duckdb.DuckDBPyRelation:
    """Return one row per data row of every file known by the lake's date: file_id, row_no, outcome, reason."""
    return lake.connection().sql(outcomes_query(lake))


def by_file(home: Home, known_by: date | None = None) -> list[FileOutcomes]:
    """Return the outcomes of each file, in the order loaded.

    Raises NotWhatItClaimsError where they do not add up to the rows that the file had: the lake has lost or doubled
    a row.
    """
    with open_lake(home, known_by=known_by) as lake:
        query = f"SELECT file_id, outcome, count(*) FROM ({outcomes_query(lake)}) GROUP BY ALL"
        found = lake.connection().execute(query).fetchall()
        days = {i.file_id: x.received_on for x in lake.manifest.loads for i in x.inputs}
        result = []
        for item in lake.files():
            own = {outcome: n for file_id, outcome, n in found if file_id == item.file_id}
            counts = {o: int(own.get(o.value, 0)) for o in Outcome}
            result.append(FileOutcomes(item, days[item.file_id], counts))
    for file in result:
        _check_sum(file)
    return result


def _check_sum(file: FileOutcomes) -> None:
    expected = file.file.n_rows - file.file.purged_rows
    if file.n_rows != expected:
        raise NotWhatItClaimsError(
            f"the outcomes add up to {file.n_rows:,} rows", expected=f"{expected:,} rows", where=file.file.name
        )


def outcomes_query(lake: Lake) -> str:
    """Return the query of all rows; the main table of a file decides for its rows.

    Except that a row of a file with two tables (a cohort list with the person's record) is an exact duplicate only
    where it is one in both.
    """
    known = [i.file_id for i in lake.files()]
    files = ", ".join(literal(f) for f in known) or "''"
    return f"""
        WITH main(file_id, row_no, outcome, reason) AS ({_facts_of(lake, is_main=True)}),
        further(file_id, row_no, outcome, reason) AS ({_facts_of(lake, is_main=False)}),
        in_lake AS (
            SELECT m.file_id, m.row_no, CASE WHEN m.outcome = 'exact_duplicate' THEN coalesce(f.outcome, m.outcome)
                ELSE m.outcome END AS outcome, m.reason
            FROM main m LEFT JOIN further f ON f.file_id = m.file_id AND f.row_no = m.row_no
            AND f.outcome <> 'exact_duplicate'),
        other AS ({_others(lake)}),
        own AS (
            SELECT * FROM in_lake UNION ALL
            SELECT file_id, row_no, outcome, reason FROM other o WHERE carried_by IS NULL
            AND NOT EXISTS (SELECT 1 FROM in_lake i WHERE i.file_id = o.file_id AND i.row_no = o.row_no))
        SELECT * FROM own WHERE file_id IN ({files}) UNION ALL
        SELECT o.file_id, o.row_no, coalesce(c.outcome, o.outcome), coalesce(c.reason, o.reason)
        FROM other o LEFT JOIN own c ON c.file_id = o.file_id AND c.row_no = o.carried_by
        WHERE o.carried_by IS NOT NULL AND o.file_id IN ({files})"""


def _others(lake: Lake) -> str:
    parts = [
        f"SELECT *, {n} AS load_no FROM {parquet([str(lake.home.root / path)])}"
        for n, load in enumerate(lake.manifest.loads)
        if load.received_on <= lake.known_by
        for path in load.files("outcomes")
    ]
    rows = " UNION ALL ".join(parts)
    if not rows:
        return "SELECT '' AS file_id, 0 AS row_no, '' AS outcome, '' AS reason, 0 AS carried_by WHERE false"
    return f"""SELECT * EXCLUDE (load_no) FROM ({rows})
        QUALIFY row_number() OVER (PARTITION BY file_id, row_no ORDER BY load_no DESC) = 1"""


def _facts_of(lake: Lake, *, is_main: bool) -> str:
    facts = [_facts(lake, t, is_main) for t in TABLES.values() if lake.manifest.paths(lake.home, "facts", t.name)]
    return " UNION ALL ".join(facts) or "SELECT ''::VARCHAR, 0::BIGINT, ''::VARCHAR, ''::VARCHAR WHERE false"


def _facts(lake: Lake, table: Table, is_main: bool) -> str:
    """Rows of one lake table: of files whose main table it is, or of the others that feed it."""
    own = [i.file_id for i in lake.files() if table.name in i.tables and (i.tables[0] == table.name) == is_main]
    mains = ", ".join(literal(f) for f in own) or "''"
    known = f"f.received_on <= {literal(lake.known_by.isoformat())}::DATE AND f.file_id IN ({mains})"
    return f"""
        SELECT f.file_id, f.row_no, CASE
            WHEN d.outcome IS NOT NULL THEN d.outcome
            WHEN {is_withheld(table)} THEN 'withheld'
            WHEN f.warning IS NOT NULL THEN 'loaded_with_warning' ELSE 'loaded' END AS outcome,
            CASE WHEN d.outcome IS NULL THEN f.warning END AS reason
        FROM {parquet(lake.manifest.paths(lake.home, "facts", table.name))} f
        LEFT JOIN lake_inside.dropped_{table.name} d ON d.file_id = f.file_id AND d.row_no = f.row_no
        WHERE {known}"""
