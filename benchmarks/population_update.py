"""Updating a person table against building it: `python benchmarks/population_update.py --home HOME --work FOLDER`.

Makes a home that shares the files of HOME's lake (by links) and has one more load of `--rows` rows of people with
recent contact: 97% new rows, 2% corrections, 1% deletions. Builds the table and the sorted copy of the records before
(once; kept in FOLDER), then times an update and a full build of the records now in one run, and compares the two tables
row by row. Writes benchmarks/results/population_update.md where `--write` is given.
"""

from __future__ import annotations

import argparse
import platform
import resource
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from os import cpu_count
from pathlib import Path

import duckdb

from doorstep.home import Home
from doorstep.planning.person_file import PersonFile, build_person_file
from doorstep.planning.updating import Updated, update_person_file
from doorstep.records import open_lake, snapshot, versions
from doorstep.records.files import sha256_of
from doorstep.records.snapshot import Input, Load, Part

RESULTS = Path(__file__).parent / "results" / "population_update.md"
# Table -> its share of the new rows, the key that a new row gets, and its day.
SHARES = {
    "coded": (0.45, "entry_id", "recorded_on"),
    "medicine": (0.2, "issue_id", "issued_on"),
    "appointment": (0.2, "appointment_id", "appointment_on"),
    "outpatient": (0.06, "appointment_id", "appointment_on"),
    "community": (0.05, "contact_id", "contact_on"),
    "emergency": (0.025, "attendance_id", "arrived_on"),
    "spell": (0.015, "spell_id", "admitted_on"),
}
CORRECTED, DELETED = 0.02, 0.01


def linked_home(source: Home, folder: Path) -> Home:
    """Return a home with the settings of another and links to its loads."""
    home = Home(folder)
    for name in ("config_file", "purposes_file"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(getattr(source, name), getattr(home, name))
    (home.lake / "loads").mkdir(parents=True, exist_ok=True)
    home.planning.mkdir(exist_ok=True)
    for load in (source.lake / "loads").iterdir():
        link = home.lake / "loads" / load.name
        if not link.exists():
            link.symlink_to(load.resolve())
    snapshot.publish(home, snapshot.current(source))
    return home


def add_delta(home: Home, received_on: date, n_rows: int) -> Load:
    """Publish one more load: new, corrected and deleted rows of people with contact in the last month of the lake."""
    before = snapshot.current(home)
    folder = home.lake / "loads" / "delta"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with open_lake(home) as lake:
        con = lake.connection()
        con.execute(f"create temp table recent as {_recent()}")
        parts = [p for table in SHARES for p in _write(con, home, before, folder, table, received_on, n_rows)]
    inputs = tuple(
        Input(f"delta-{p.table}", f"{p.sha256}", Path(p.path).name, "benchmark@1", (p.table,), "", p.n_rows)
        for p in parts
        if p.role == "facts"
    )
    load = Load("delta", "load", received_on, inputs, tuple(parts))
    snapshot.publish(home, before.with_load(load))
    return load


def _recent() -> str:
    """Return the query of people with an appointment, attendance or contact in the last month of the records."""
    tables = ("appointment", "emergency", "community", "outpatient")
    dated = " union all ".join(f"select person_id, {SHARES[t][2]} as day from {t}" for t in tables)
    return f"""with had as ({dated}), last as (select max(day) as day from had where day <= current_date)
        select distinct person_id from had, last where had.day > last.day - 30 and person_id is not null"""


def _write(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    before: snapshot.Snapshot,
    folder: Path,
    table: str,
    day: date,
    rows: int,
) -> Iterator[Part]:
    share, key, dated = SHARES[table]
    wanted = max(4, int(rows * share))
    arrival = f"'delta-{table}' as file_id, date '{day}' as received_on, '{day}' as version_key"
    fresh = f"""select f.* replace ({key} || '-new' as {key}, {arrival}, date '{day - timedelta(days=3)}' as {dated},
        hash({key}, '{day}') as row_hash)"""
    other = f"select f.* replace ({arrival}, {dated} - 1 as {dated}, hash({key}, 'other') as row_hash)"
    gone = f"select f.* replace ({arrival}, true as is_deleted)"
    chosen = f"from {table} as f semi join recent using (person_id) order by hash({key}, person_id) limit {wanted}"
    query = f"""with chosen as (select *, row_number() over () as place {chosen}),
        f as (select *, place / {wanted} as share from chosen)
        select * exclude (place, share) replace (row_number() over () as row_no) from (
            {fresh} from f where share > {CORRECTED + DELETED} union all
            {other} from f where share > {DELETED} and share <= {CORRECTED + DELETED} union all
            {gone} from f where share <= {DELETED})"""
    yield from _part(con, home, folder, "facts", table, query)
    own = f"read_parquet('{folder / f'facts-{table}.parquet'}')"
    repeated = versions.repeated_rows(table, own, before.paths(home, "facts", table))
    yield from _part(con, home, folder, "repeated", table, repeated)


def _part(
    con: duckdb.DuckDBPyConnection, home: Home, folder: Path, role: str, table: str, query: str
) -> Iterator[Part]:
    path = folder / f"{role}-{table}.parquet"
    (n,) = con.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)").fetchall()[0]
    yield Part(str(path.relative_to(home.root)), role, table, n, path.stat().st_size, sha256_of(path))


def differences(one: PersonFile, other: PersonFile) -> int:
    """Return the rows in one table and not in the other, the person table and the history together."""
    total = 0
    for a, b in ((one.relation_sql(), other.relation_sql()), (one.history_sql(), other.history_sql())):
        both = f"(({a}) except all ({b})) union all (({b}) except all ({a}))"
        total += int(duckdb.execute(f"select count(*) from ({both})").fetchall()[0][0])
    return total


def timed_update(home: Home, known_by: date) -> tuple[Updated, float]:
    """Return an update and the seconds it took, opening the lake included."""
    start = time.perf_counter()
    with open_lake(home, known_by=known_by) as lake:
        updated = update_person_file(lake, say=lambda text: print(f"  {time.perf_counter() - start:7.1f} {text}"))
    return updated, time.perf_counter() - start


def main() -> None:
    """Make the homes, time the two, compare, and print or write the result."""
    options = _options()
    home = linked_home(Home(options.home), options.work / "updated")
    known_by = snapshot.current(home).loads[-1].received_on + timedelta(days=1)
    if not any((home.planning / "sorted").glob("*/meta.json")):
        _, first = timed_update(home, known_by)
        print(f"table and sorted copy of the records before: {first:.1f} s")
    delta = add_delta(home, known_by, options.rows)
    updated, seconds = timed_update(home, known_by)
    full = linked_home(Home(options.home), options.work / "built")
    start = time.perf_counter()
    with open_lake(home, known_by=known_by) as lake:
        built = build_person_file(full, lake, as_at=known_by)
    whole = time.perf_counter() - start
    lines = [
        f"{sum(p.n_rows for p in delta.parts if p.role == 'facts'):,} rows came; {updated.n_touched:,} of "
        f"{built.meta['n_people']:,} people computed again {updated.whole_because}",
        f"update {seconds:.2f} s, full build {whole:.2f} s: {seconds / whole:.2f} of a build",
        f"rows that differ: {differences(updated.person, built)}",
        f"DuckDB {duckdb.__version__}, {cpu_count()} processors, {platform.machine()}, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most",
    ]
    print("\n".join(lines))
    if options.write:
        RESULTS.write_text("# Updating against building\n\n" + "".join(f"- {x}\n" for x in lines), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home whose lake is not changed")
    parser.add_argument("--work", type=Path, required=True, help="a folder for the two homes")
    parser.add_argument("--rows", type=int, default=500_000, help="rows of the second load")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/population_update.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
