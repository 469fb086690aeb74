"""Twenty-two variables of 20,000 people with 400,000 events: ours beside OHDSI's Circe, which shares no code with ours.

`python benchmarks/variables_22.py --rivals PYTHON`. The same made-up facts are laid out twice: as lake tables, and as
the OMOP common data model. Ours are definitions run by our engine on DuckDB; Circe's are cohort definitions as ATLAS
writes them, compiled to SQL by ohdsi-circepy (Apache-2.0, from OHDSI) and run on DuckDB. Every person's row must be
equal in every variable before a time is printed. Circe answers by whole years of birth, so everyone is born on
1 January. Results are added to `benchmarks/results/variables_22.md`. Never part of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

RIVALS = Path(__file__).parent / "population_rivals"
sys.path.insert(0, str(RIVALS))

from compare import differences  # noqa: E402

from doorstep.planning.definitions import Activity, Criterion, Definition, Flag, Register, Shelf  # noqa: E402
from doorstep.planning.engine.days import months_before  # noqa: E402
from doorstep.planning.engine.duck import create_person_table  # noqa: E402
from doorstep.records.contracts import ARRIVAL, TABLES  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "variables_22.md"
AS_AT = date(2026, 10, 31)
PEOPLE, ENTRIES, CODES_A_LIST, LISTS = 20_000, 280_000, 40, 22
VISITS = {"emergency": 50_000, "spell": 20_000, "outpatient": 50_000}
VISIT_CONCEPT = {"emergency": 9203, "spell": 9201, "outpatient": 9202}
DAY = {"emergency": "arrived_on", "spell": "admitted_on", "outpatient": "appointment_on"}
HEAD = {
    "version": 1, "purpose": "a benchmark", "owner": "Doorstep contributors", "source": "made up", "status": "verified",
    "review_by": date(2099, 1, 1),
}  # fmt: skip


@dataclass(frozen=True)
class Variable:
    """One variable: entries of list `of`, further asked as said; or at least `visits` of a kind in 12 months."""

    name: str
    of: int = 0
    ended_by: int | None = None
    since: date | None = None
    first_at_age: int | None = None
    also: int | None = None
    visits: tuple[str, int] | None = None


VARIABLES = (
    *(Variable(f"ever_{i}", i) for i in range(8)),
    *(Variable(f"unresolved_{i}", i, ended_by=i + 4) for i in range(8, 12)),
    *(Variable(f"recent_{i}", i, since=date(2024, 4, 1)) for i in range(16, 19)),
    *(Variable(f"grown_{i}", i, first_at_age=18) for i in range(19, 21)),
    *(Variable(f"both_{i}", i, also=i + 1) for i in range(20, 22)),
    *(Variable(f"{table}_{n}", visits=(table, n)) for table, n in (("emergency", 2), ("spell", 1), ("outpatient", 5))),
)


def concept(of: int, place: int = 0) -> int:
    """Return the number of one code of a list; the last list takes the codes after it, which nothing asks for."""
    return 1_000_000 + of * CODES_A_LIST + place


def made_up(seed: int) -> dict[str, pa.Table]:
    """Make people, entries and visits up: a few entries in 100 are later than the day asked about."""
    draw = np.random.default_rng(seed)
    last = np.datetime64("2026-12-31")

    def facts(n: int, years: int) -> tuple[Any, Any]:
        return draw.integers(1, PEOPLE + 1, n), last - draw.integers(0, years * 365, n)

    people, days = facts(ENTRIES, 20)
    code = draw.integers(concept(0), concept(LISTS + 60), ENTRIES)
    found = {"entry": pa.table({"person": people, "code": code, "day": days})}
    for table, n in VISITS.items():
        people, days = facts(n, 3)
        found[table] = pa.table({"person": people, "day": days})
    born = draw.integers(1930, 2020, PEOPLE)
    return {**found, "people": pa.table({"person": np.arange(1, PEOPLE + 1), "born": born})}


def lake(facts: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    """Lay the facts out as lake tables."""
    con = duckdb.connect(config={"threads": 2})
    for name, table in TABLES.items():
        con.execute(f"create table {name} ({', '.join(f'{c.name} {c.type}' for c in (*table.columns, *ARRIVAL))})")
    for name, rows in facts.items():
        con.register(f"made_{name}", rows)
    arrival = "'f' as file_id, row_number() over () as row_no, date '2026-01-01' as received_on, false as is_deleted"
    con.execute(f"""insert into person by name select person::varchar as person_id, 'gp' as source,
        person::varchar as record_id, make_date(born, 1, 1) as birth_on, 'day' as birth_precision, {arrival}
        from made_people""")
    con.execute(f"""insert into coded by name select person::varchar as person_id, code::varchar as code,
        day::date as recorded_on, {arrival} from made_entry""")
    for name, day in DAY.items():
        con.execute(f"""insert into {name} by name select person::varchar as person_id, day::date as {day}, {arrival}
            from made_{name}""")
    return con


def write_lists(path: Path) -> None:
    """Write the code lists."""
    rows = [(f"list_{i}", str(concept(i, n)), "snomedct") for i in range(LISTS + 1) for n in range(CODES_A_LIST)]
    names = ("list_id", "code", "system")
    pq.write_table(pa.table({n: list(c) for n, c in zip(names, zip(*rows, strict=True), strict=True)}), path)


def shelf() -> Shelf:
    """Return the variables as definitions."""
    made = [d for v in VARIABLES for d in _definitions(v)]
    return Shelf(
        registers=tuple(d for d in made if isinstance(d, Register)),
        activities=tuple(d for d in made if isinstance(d, Activity)),
        flags=tuple(d for d in made if isinstance(d, Flag)),
    )


def _definitions(v: Variable) -> Iterator[Definition]:
    if v.visits:
        table, n = v.visits
        yield Activity(id=f"{v.name}_seen", title=v.name, table=table, windows=("12m",), **HEAD)  # type: ignore[arg-type]
        yield Flag(id=v.name, title=v.name, rule=f"{v.name}_seen_12m >= {n}", **HEAD)  # type: ignore[arg-type]
        return
    rule = Criterion(
        lists=(f"list_{v.of}",),
        resolved_by=() if v.ended_by is None else (f"list_{v.ended_by}",),
        recorded_from=v.since,
        first_at_age_from=v.first_at_age,
        and_lists=() if v.also is None else (f"list_{v.also}",),
    )
    yield Register(id=v.name, title=v.name, any_of=(rule,), **HEAD)  # type: ignore[arg-type]


def write_omop(facts: Mapping[str, pa.Table], folder: Path) -> None:
    """Lay the facts out as OMOP tables, with the variables as cohort definitions."""
    con = duckdb.connect()
    for name, rows in facts.items():
        con.register(f"made_{name}", rows)
    visits = " union all ".join(
        f"select person, day::date as day, {VISIT_CONCEPT[t]} as concept from made_{t}" for t in DAY
    )
    tables = {
        "person": "select person as person_id, born as year_of_birth, 0 as gender_concept_id from made_people",
        "observation_period": f"""select person as observation_period_id, person as person_id, date '1900-01-01' as
            observation_period_start_date, date '{AS_AT}' as observation_period_end_date from made_people""",
        "condition_occurrence": """select row_number() over () as condition_occurrence_id, person as person_id,
            code as condition_concept_id, day::date as condition_start_date, day::date as condition_end_date,
            null::bigint as visit_occurrence_id from made_entry""",
        "visit_occurrence": f"""select row_number() over () as visit_occurrence_id, person as person_id,
            concept as visit_concept_id, day as visit_start_date, day as visit_end_date from ({visits})""",
        "concept": f"""select range as concept_id, null::varchar as invalid_reason
            from range({concept(0)}, {concept(LISTS + 60)}) union all select unnest([9201, 9202, 9203]), null""",
        "concept_ancestor": "select 0 as ancestor_concept_id, 0 as descendant_concept_id where false",
    }
    for name, query in tables.items():
        con.sql(query).write_parquet(str(folder / f"{name}.parquet"))
    (folder / "cohorts.json").write_text(json.dumps({v.name: cohort(v) for v in VARIABLES}))


def cohort(v: Variable) -> dict[str, Any]:
    """Return a variable as a cohort definition: who enters it."""
    if v.visits:
        table, n = v.visits
        year = {"OccurrenceStartDate": {"Value": months_before(AS_AT, 12).isoformat(), "Op": "gt"}}
        seen = {"VisitOccurrence": {"CodesetId": 0, **year}}
        return _entered([[VISIT_CONCEPT[table]]], seen, [_counted(seen, 2, n)])
    entry: dict[str, Any] = {"CodesetId": 0}
    if v.since:
        entry["OccurrenceStartDate"] = {"Value": v.since.isoformat(), "Op": "gte"}
    if v.first_at_age is not None:
        entry |= {"First": True, "Age": {"Value": v.first_at_age, "Op": "gte"}}
    sets, more = [_codes(v.of)], []
    if v.ended_by is not None:
        sets.append(_codes(v.ended_by))
        more.append(_counted({"ConditionOccurrence": {"CodesetId": 1}}, 0, 0, since_index=True))
    if v.also is not None:
        sets.append(_codes(v.also))
        more.append(_counted({"ConditionOccurrence": {"CodesetId": 1}}, 2, 1))
    return _entered(sets, {"ConditionOccurrence": entry}, more)


def _codes(of: int) -> list[int]:
    return [concept(of, n) for n in range(CODES_A_LIST)]


def _entered(sets: list[list[int]], criterion: dict[str, Any], more: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the definition of a cohort that is entered by any event of a criterion, where `more` holds too."""
    named = [
        {"id": i, "name": str(i), "expression": {"items": [{"concept": {"CONCEPT_ID": c}} for c in codes]}}
        for i, codes in enumerate(sets)
    ]
    every = {"Type": "All"}
    window = {"PriorDays": 0, "PostDays": 0}
    return {
        "ConceptSets": named,
        "PrimaryCriteria": {"CriteriaList": [criterion], "ObservationWindow": window, "PrimaryCriteriaLimit": every},
        **({"AdditionalCriteria": {"Type": "ALL", "CriteriaList": more, "DemographicCriteriaList": [], "Groups": []}}
           if more else {}),
        "QualifiedLimit": every, "ExpressionLimit": every, "InclusionRules": [], "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0}, "CensorWindow": {},
    }  # fmt: skip


def _counted(criterion: dict[str, Any], kind: int, n: int, *, since_index: bool = False) -> dict[str, Any]:
    """Return a criterion that events happen exactly (0), or at least (2), n times: ever, or from the entry's day on."""
    start = {"Days": 0, "Coeff": -1} if since_index else {"Coeff": -1}
    window = {"Start": start, "End": {"Coeff": 1}}
    return {"Criteria": criterion, "StartWindow": window, "Occurrence": {"Type": kind, "Count": n}}


def ours(con: duckdb.DuckDBPyConnection, lists: Path, out: Path, times: int) -> list[float]:
    """Run our definitions so many times; return the seconds of each, compiling included, and write the rows."""
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        create_person_table(con, shelf(), as_at=AS_AT, practices=["P1"], lists=lists)
        spent.append(time.perf_counter() - started)
    columns = ", ".join(v.name for v in VARIABLES)
    con.sql(f"select person_id::bigint as person_id, {columns} from person_table").write_parquet(str(out))
    return spent


def page(spent: list[float], circe: Mapping[str, float], true: int) -> str:
    """Lay the measurements out as a section of the results page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    events = ENTRIES + sum(VISITS.values())
    return f"""
## {datetime.now():%Y-%m-%d %H:%M} · {machine} · load {os.getloadavg()[0]:.1f}

{len(VARIABLES)} variables, {PEOPLE:,} people, {events:,} events; every row equal ({true:,} trues).

| tool | seconds |
|---|---|
| ours, first run after imports (compiling the definitions is in it) | {spent[0]:.3f} |
| ours, median of {len(spent)} runs | {statistics.median(spent):.3f} |
| Circe's cohorts: compiling (ohdsi-circepy) | {circe["compiling"]:.3f} |
| Circe's cohorts: running (DuckDB) | {circe["running"]:.3f} |
"""  # noqa: DTZ005


def main() -> None:
    """Compare, then measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", required=True, help="the Python that has ohdsi-circepy")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True, help="add to the results page")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, facts = Path(scratch), made_up(chosen.seed)
        omop = folder / "omop"
        omop.mkdir()
        answers = {"Circe": folder / "circe.parquet", "ours": folder / "ours.parquet"}
        write_lists(folder / "lists.parquet")
        write_omop(facts, omop)
        spent = ours(lake(facts), folder / "lists.parquet", answers["ours"], chosen.times)
        command = [chosen.rivals, str(RIVALS / "circe_cohorts.py"), str(omop), str(answers["Circe"])]
        circe = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        names = tuple(v.name for v in VARIABLES)
        apart = differences(answers, ("person_id", *names))
        if apart:
            sys.exit("rows differ, so no time is kept:\n" + "\n".join(apart))
        counts = " + ".join(f"count(*) filter ({n})" for n in names)
        true = duckdb.execute(f"select {counts} from read_parquet('{answers['ours']}')").fetchall()[0][0]
    text = page(spent, circe, true)
    if chosen.keep:
        if not RESULTS.exists():
            RESULTS.write_text("# Twenty-two variables, beside an independent tool\n\n`make bench-variables`\n")
        with RESULTS.open("a") as kept:
            kept.write(text)
    print(text)


if __name__ == "__main__":
    main()
