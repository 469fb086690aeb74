"""The Place's own cohorts as one person stands to them: in since when and by which rule, left, or not found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.home import Home
from doorstep.planning.cohorts.store import CohortFolder, Run, folders
from doorstep.planning.explained.rows import Rows
from doorstep.planning.sorted_copy.layout import columns_of_rule

LIST = "list that was loaded"


def memberships(home: Home, known_by: date, row: Mapping[str, Any], rows: Rows) -> list[dict[str, Any]]:
    """Return what each cohort of the Place says of one person: `row` of the person table, `rows` of the lake.

    A rule speaks by its newest run known by the day, with the columns that it reads; a loaded list only of those on it.
    """
    ruled = list(_ruled(home, known_by, row))
    names = {found["cohort"] for found in ruled}
    return [*ruled, *(found for found in _listed(rows) if found["cohort"] not in names)]


def _ruled(home: Home, known_by: date, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for folder in folders(home):
        runs = [run for run in folder.runs() if run.known_by <= known_by]
        if runs:
            runs[-1].check()
            yield {
                "cohort": folder.name,
                "source": runs[-1].meta["definition"],
                "run_for": runs[-1].as_at,
                "stays": _stays(runs[-1].path, row["person_id"]),
                **_rule(folder, runs[-1], row),
            }


def _rule(folder: CohortFolder, run: Run, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rule and the person's values of the columns it reads; neither where the rule changed since the run."""
    definition = folder.definition() if folder.definition_file.exists() else None
    if definition is None or definition.label != run.meta["definition"]:
        return {"rule": None, "values": {}}
    read = sorted(columns_of_rule(definition.rule), key=definition.rule.find)
    return {"rule": definition.rule, "values": {name: row[name] for name in read if name in row}}


def _stays(path: Path, person_id: str) -> list[dict[str, Any]]:
    import duckdb

    query = "select identified_on, left_on, reason from read_parquet(?) where person_id = ? order by identified_on"
    with duckdb.connect(":memory:") as con:
        found = con.execute(query, [str(path), person_id]).fetchall()
    return [{"identified_on": came, "left_on": left, "reason": why} for came, left, why in found]


def _listed(rows: Rows) -> Iterator[dict[str, Any]]:
    entries = [r for r in rows.get("cohort", ()) if r.get("cohort_name") and r.get("identified_on")]
    for name in sorted({r["cohort_name"] for r in entries}):
        own = sorted((r for r in entries if r["cohort_name"] == name), key=lambda r: r["identified_on"])
        stays = [
            {"identified_on": r["identified_on"], "left_on": r.get("left_on"), "reason": r.get("left_reason")}
            for r in own
        ]
        yield {"cohort": name, "source": LIST, "run_for": None, "stays": stays, "rule": None, "values": {}}
