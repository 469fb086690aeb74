"""Loads for measuring updates: rows of a made-up system's own days, or of people drawn at random, as one more load.

`days`: the rows of the newest whole days up to three weeks before the last day of the records (the last days of a
made-up system are not like others), as they lie, until there are enough: people, and rows a person, are those of real
days of that system. `spread`: rows of people drawn at random among those with contact in the last month, in fixed
shares a table. Of either, 97% are new rows, 2% correct and 1% delete a row of the weeks before.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb

from doorstep.home import Home
from doorstep.records import open_lake, snapshot, versions
from doorstep.records.files import sha256_of
from doorstep.records.snapshot import Input, Load, Part

# Table -> its share of the rows of a spread load, the key that a new row gets, and its day.
TABLES = {
    "coded": (0.45, "entry_id", "recorded_on"),
    "medicine": (0.2, "issue_id", "issued_on"),
    "appointment": (0.2, "appointment_id", "appointment_on"),
    "outpatient": (0.06, "appointment_id", "appointment_on"),
    "community": (0.05, "contact_id", "contact_on"),
    "emergency": (0.025, "attendance_id", "arrived_on"),
    "spell": (0.015, "spell_id", "admitted_on"),
}
CORRECTED, DELETED = 0.02, 0.01
DAYS_BEFORE_LAST = 21
LAYOUTS = ("days", "spread")


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


def add_load(home: Home, received_on: date, n_rows: int, layout: str) -> Load:
    """Publish one more load of so many rows in a layout of `LAYOUTS`."""
    before, name = snapshot.current(home), f"{layout}-{n_rows}-{received_on}"
    folder = home.lake / "loads" / name
    folder.mkdir()
    with open_lake(home) as lake:
        con = lake.connection()
        _choose(con, layout, n_rows)
        parts = [p for table in TABLES for p in _write(con, home, before, folder, table, received_on)]
    inputs = tuple(
        Input(f"{name}-{p.table}", p.sha256, Path(p.path).name, "benchmark@1", (p.table,), "", p.n_rows)
        for p in parts
        if p.role == "facts"
    )
    load = Load(name, "load", received_on, inputs, tuple(parts))
    snapshot.publish(home, before.with_load(load))
    return load


def _choose(con: duckdb.DuckDBPyConnection, layout: str, n_rows: int) -> None:
    """Make `chosen` (lake_table, file_id, row_no, way): the rows that the rows of the load are made from."""
    con.execute("create temp table chosen (lake_table varchar, file_id varchar, row_no bigint, way varchar)")
    rows = " union all ".join(
        f"select '{t}' as lake_table, file_id, row_no, {day} as day from {t} where person_id is not null"
        for t, (_, _, day) in TABLES.items()
    )
    con.execute(f"create temp table latest as with dated as ({rows}), last as (select max(day) as day from dated)"
                f"select dated.* from dated, last where dated.day between last.day - {DAYS_BEFORE_LAST + 35}"
                f" and last.day - {DAYS_BEFORE_LAST}")  # fmt: skip
    again = f"""select * from (select * from latest where day < (select max(day) - 7 from latest)
        order by hash(file_id, row_no, 'again') limit {round(n_rows * (CORRECTED + DELETED))})"""
    share = DELETED / (CORRECTED + DELETED)
    con.execute(f"""insert into chosen
        select lake_table, file_id, row_no, if(hash(row_no) % 1000 < {1000 * share}, 'deleted', 'corrected')
        from ({again})""")
    wanted = round(n_rows * (1 - CORRECTED - DELETED))
    new = f"from latest order by day desc, hash(file_id, row_no) limit {wanted}"
    queries = [f"select lake_table, file_id, row_no, 'new' {new}"] if layout == "days" else [*_spread(con, wanted)]
    for query in queries:
        con.execute(f"insert into chosen {query}")


def _spread(con: duckdb.DuckDBPyConnection, n_rows: int) -> Iterator[str]:
    """Yield queries of rows of people with an appointment, attendance or contact in the last month of the records."""
    tables = ("appointment", "emergency", "community", "outpatient")
    dated = " union all ".join(f"select person_id, {TABLES[t][2]} as day from {t}" for t in tables)
    con.execute(f"""create temp table recent as with had as ({dated}),
        last as (select max(day) as day from had where day <= current_date)
        select distinct person_id from had, last where had.day > last.day - 30 and person_id is not null""")
    for table, (share, key, _) in TABLES.items():
        yield f"""select '{table}', file_id, row_no, 'new' from {table} semi join recent using (person_id)
            order by hash({key}, person_id) limit {round(n_rows * share)}"""


def _write(
    con: duckdb.DuckDBPyConnection, home: Home, before: snapshot.Snapshot, folder: Path, table: str, day: date
) -> Iterator[Part]:
    _, key, dated = TABLES[table]
    arrival = f"'{folder.name}-{table}' as file_id, date '{day}' as received_on, '{day}' as version_key"
    con.execute(f"""create or replace temp table chosen_rows as
        select f.*, c.way from {table} as f join chosen as c using (file_id, row_no) where lake_table = '{table}'""")
    query = f"""select * exclude (way) replace (row_number() over () as row_no) from (
        select * replace ({key} || '-{folder.name}' as {key}, {arrival}, date '{day - timedelta(days=3)}' as {dated},
            hash({key}, '{day}') as row_hash) from chosen_rows where way = 'new' union all
        select * replace ({arrival}, {dated} - 1 as {dated}, hash({key}, 'other') as row_hash)
            from chosen_rows where way = 'corrected' union all
        select * replace ({arrival}, true as is_deleted) from chosen_rows where way = 'deleted')"""
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
