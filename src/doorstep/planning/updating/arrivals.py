"""What changed between a sorted copy and the lake as it is now: facts that came, and facts of the copy that are none.

The steps are tables in schema `arrivals`: `dropped_now`, `back` (rows that are facts again), `withheld_now`, `allowed`
(people withheld before and not now), `came_<table>` (facts in the columns of the lake) and, per table of the copy,
`gone_<table>` (person_id, origin, row_no) with the rows of people withheld or purged. Rows superseded or deleted are
known by their address alone, `dropped_<table>` (file_id, row_no, origin): whose they are shows when facts are fetched.
`names` (person_id, name, is_new) has everyone a row came for, `suspects` (person_id) those of whose earlier rows some
may be gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.planning.sorted_copy.layout import SortedCopy
from doorstep.planning.sorted_copy.reading import SCHEMA, state
from doorstep.records.contracts import TABLES
from doorstep.records.purposes import FLOW_OF_SOURCE, FLOW_OF_TABLE
from doorstep.records.sql import parquet, rows_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake
    from doorstep.records.snapshot import Purge

NEWS = "arrivals"


@dataclass(frozen=True)
class Arrivals:
    """Rows that came, by lake table, and whether a purge took some away."""

    came: dict[str, int]
    is_purged: bool


def find_arrivals(lake: Lake, copy: SortedCopy) -> Arrivals:
    """Find what changed since the copy, which must be open in the lake's connection (`open_copy`)."""
    con = lake.connection()
    con.execute(f"create schema if not exists {NEWS}")
    _create_state_changes(con, copy)
    purges = lake.manifest.purges[copy.n_purges :]
    _create_purged(con, purges)
    came = {table: _create_came(lake, copy, table) for table in TABLES}
    _create_names(con, copy)
    for table in TABLES:
        _create_dropped(con, table)
        _create_gone(lake, table, purges=purges)
    _create_suspects(lake, copy)
    return Arrivals(came, bool(purges))


def _create_state_changes(con: DuckDBPyConnection, copy: SortedCopy) -> None:
    """Compare what was no fact and who was withheld, then and now."""
    dropped = " union all ".join(
        f"select '{t}' as lake_table, file_id, row_no from lake_inside.dropped_{t}" for t in TABLES
    )
    withheld = "select flow, person_id from lake_inside.withheld"
    before = {name: state(copy, name) for name in ("dropped", "withheld")}
    for name, query in (
        ("dropped_now", f"({dropped}) except ({before['dropped']})"),
        ("back", f"({before['dropped']}) except ({dropped})"),
        ("withheld_now", f"({withheld}) except ({before['withheld']})"),
        ("allowed", f"({before['withheld']}) except ({withheld})"),
    ):
        con.execute(f"create or replace table {NEWS}.{name} as {query}")


def _create_came(lake: Lake, copy: SortedCopy, table: str) -> int:
    """Gather the facts of new loads, of keys whose newer row is gone, and of people who are no longer withheld."""
    con, new = lake.connection(), _new_files(lake, copy, table, "facts")
    queries = [lake.facts_in(table, new)] if new else []
    old = [f"select f.* from {table} as f {join}" for join in _returning(con, table)]
    if old:
        both = " union ".join(f"select file_id, row_no from ({q})" for q in old)
        queries.append(f"""select f.* from {table} as f semi join ({both}) as b using (file_id, row_no)
            anti join ({_addresses(table)}) as c using (file_id, row_no)""")
        if new:
            queries[-1] += f" anti join ({queries[0]}) as n using (file_id, row_no)"
    query = " union all by name ".join(f"select * from ({q})" for q in queries)
    con.execute(f"create or replace table {NEWS}.came_{table} as {query or f'select * from {table} where false'}")
    return _count(con, f"{NEWS}.came_{table}")


def _new_files(lake: Lake, copy: SortedCopy, table: str, role: str) -> list[str]:
    """Return a table's files of a role (paths from the home), of the loads that the copy has not taken in."""
    new = (x for x in lake.manifest.loads if x.load_id not in copy.loads and x.received_on <= lake.known_by)
    return [path for load in new for path in load.files(role, table)]


def _returning(con: DuckDBPyConnection, table: str) -> list[str]:
    """Return joins that find facts that stood in the lake before and are only now among its facts."""
    joins = []
    if con.execute(f"select 1 from {NEWS}.back where lake_table = '{table}' limit 1").fetchall():
        joins.append(
            f"semi join (select file_id, row_no from {NEWS}.back where lake_table = '{table}') as b "
            "using (file_id, row_no)"
        )
    for flow, condition in _flows(table):
        if con.execute(f"select 1 from {NEWS}.allowed where flow = '{flow}' limit 1").fetchall():
            people = f"(select person_id from {NEWS}.allowed where flow = '{flow}')"
            joins.append(f"semi join {people} as a using (person_id) where {condition}")
    return joins


def _flows(table: str) -> list[tuple[str, str]]:
    """Return (flow, condition on rows) of the flows that rows of a table belong to."""
    if table == "person":
        return [(flow, f"source = '{source}'") for source, flow in FLOW_OF_SOURCE.items()]
    return [(FLOW_OF_TABLE[table], "true")]


def _addresses(table: str) -> str:
    return f"select o.file_id, f.row_no from {SCHEMA}.{table} as f join {SCHEMA}.origins as o using (origin)"


def _create_names(con: DuckDBPyConnection, copy: SortedCopy) -> None:
    """Number everyone a row came for: by the number the copy knows them by, or the next ones."""
    people = " union ".join(
        f"select person_id as name from {NEWS}.came_{t} where person_id is not null" for t in TABLES
    )
    con.execute(f"""create or replace table {NEWS}.names as
        with came as ({people}), known as (
            select n.person_id, name from {SCHEMA}.names as n semi join came using (name)
        ), added as (
            select ({copy.n_names} - 1 + row_number() over (order by name))::int as person_id, name
            from came anti join known using (name)
        )
        select person_id, name, false as is_new from known union all select person_id, name, true from added""")


def _create_purged(con: DuckDBPyConnection, purges: Sequence[Purge]) -> None:
    """Number the people whom purges name: a tombstone keeps the SHA-256 of a pseudonym."""
    hashes = [h for p in purges if p.what == "person" for h in p.hash.split()]
    con.execute(f"create or replace table {NEWS}.purged (person_id integer)")
    if hashes:
        query = f"select person_id from {SCHEMA}.names where list_contains($hashes, sha256(name))"
        con.execute(f"insert into {NEWS}.purged {query}", {"hashes": hashes})


def _create_suspects(lake: Lake, copy: SortedCopy) -> None:
    """Number the people of new rows that have the key of a row dropped now: that row is most likely theirs."""
    con, queries = lake.connection(), [f"select name from {NEWS}.names where false"]
    for table in TABLES:
        paths = [[str(lake.home.root / p) for p in _new_files(lake, copy, table, r)] for r in ("facts", "repeated")]
        if all(paths):
            rows, repeated = rows_of(con, TABLES[table], paths[0]), parquet(paths[1])
            same = " and ".join(f"o.{n} is not distinct from n.{n}" for n in TABLES[table].key)
            queries.append(f"""select f.person_id as name from {rows} as f
                join {repeated} as n on n.file_id = f.file_id and n.row_no = f.row_no join {repeated} as o on {same}
                join {NEWS}.dropped_{table} as d on d.file_id = o.file_id and d.row_no = o.row_no""")
    con.execute(f"""create or replace table {NEWS}.suspects as
        select person_id from {SCHEMA}.names semi join ({" union ".join(queries)}) as again using (name)""")


def _create_dropped(con: DuckDBPyConnection, table: str) -> None:
    """Number the origins of the addresses that hold no fact now."""
    con.execute(f"""create or replace table {NEWS}.dropped_{table} as
        select d.file_id, d.row_no, o.origin from {NEWS}.dropped_now as d join {SCHEMA}.origins as o using (file_id)
        where lake_table = '{table}'""")


def _create_gone(lake: Lake, table: str, *, purges: Sequence[Purge]) -> None:
    """Find the rows of the copy that are no facts now because people are withheld or purged."""
    con = lake.connection()
    con.execute(f"create or replace table {NEWS}.gone_{table} (person_id integer, origin integer, row_no bigint)")
    queries = _withheld(con, table)
    if purges:
        # A purged person's own rows are looked for; other purges can take any row, so that every row is.
        own = all(p.what == "person" for p in purges)
        of_people = f"semi join {NEWS}.purged as p on p.person_id = f.person_id" if own else ""
        queries.append(f"""select f.person_id, f.origin, f.row_no
            from {SCHEMA}.{table} as f join {SCHEMA}.origins as o on o.origin = f.origin {of_people}
            anti join {table} as l on l.file_id = o.file_id and l.row_no = f.row_no""")
    if queries:
        con.execute(f"insert into {NEWS}.gone_{table} {' union '.join(queries)}")


def _withheld(con: DuckDBPyConnection, table: str) -> list[str]:
    found = []
    for flow, condition in _flows(table):
        if con.execute(f"select 1 from {NEWS}.withheld_now where flow = '{flow}' limit 1").fetchall():
            people = f"""select n.person_id from {NEWS}.withheld_now as w
                join {SCHEMA}.names as n on n.name = w.person_id where flow = '{flow}'"""
            found.append(f"""select person_id, origin, row_no from {SCHEMA}.{table}
                semi join ({people}) as w using (person_id) where {condition}""")
    return found


def _count(con: DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
