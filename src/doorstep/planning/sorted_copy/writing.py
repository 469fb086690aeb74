"""Making the sorted copy of an open lake: numbers for people, codes and origins, then each table part by part.

Rows are staged unsorted in a database on disk and sorted a part at a time, so that memory holds one part: a sort of a
whole table at once took five times as long.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.people import create_people
from doorstep.planning.sorted_copy.layout import (
    NUMBERED_CODES,
    ORIGIN,
    PEOPLE_A_PART,
    WHO,
    Layer,
    Piece,
    SortedCopy,
    day_of,
    kept,
    sorted_folder,
)
from doorstep.planning.sorted_copy.pieces import in_part, write_part, write_whole
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake

STAGE = "sorting"
Say = Callable[[str], None]


def make_copy(lake: Lake, *, say: Say = lambda _: None) -> SortedCopy:
    """Make the sorted copy of an open lake under `planning/sorted/`, instead of any copy that was there before.

    Readers find the old copy or the new one, never a part.
    """
    root, name = sorted_folder(lake.home), f"{lake.known_by}_{lake.snapshot[:8]}"
    draft = root / f".draft-{name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    con = lake.connection()
    con.execute(f"attach '{str(draft / 'stage.duckdb').replace(chr(39), chr(39) * 2)}' as {STAGE}")
    try:
        copy = _written(lake, draft, say)
    finally:
        con.execute(f"detach {STAGE}")
    (draft / "stage.duckdb").unlink(missing_ok=True)
    copy.publish()
    return _settle(copy, root / name)


def _settle(copy: SortedCopy, place: Path) -> SortedCopy:
    """Move a copy from its draft to its place, and remove every other."""
    from dataclasses import replace

    for old in place.parent.iterdir():
        if old != copy.folder:
            shutil.rmtree(old, ignore_errors=True)
    copy.folder.rename(place)
    return replace(copy, folder=place)


def _written(lake: Lake, folder: Path, say: Say) -> SortedCopy:
    con = lake.connection()
    say("numbering people and codes")
    create_dictionaries(con)
    n_names, n_codes, n_origins = (_count(con, f"{STAGE}.{name}") for name in ("names", "codes", "origins"))
    pieces = [p for name in ("names", "codes", "origins") for p in _dictionary(con, folder, name)]
    for table in TABLES:
        say(f"sorting {table}")
        con.execute(f"create table {STAGE}.{table} as {numbered(table)}")
        pieces += _parts(con, folder, table, n_names)
    say("settling who people are")
    create_people(con)
    for name in WHO:
        con.execute(f"create table {STAGE}.{name} as {numbered_who(name)}")
        pieces += _parts(con, folder, name, n_names)
    pieces += write_state(con, folder, "base")
    return SortedCopy(
        folder, lake.snapshot, lake.known_by, n_names, n_codes, n_origins, loads_taken(lake),
        len(lake.manifest.purges), (Layer("base", tuple(pieces)),),
    )  # fmt: skip


def loads_taken(lake: Lake) -> frozenset[str]:
    """Return the loads of a snapshot that had arrived by the knowledge date."""
    return frozenset(x.load_id for x in lake.manifest.loads if x.received_on <= lake.known_by)


def create_dictionaries(con: DuckDBPyConnection) -> None:
    """Make names, codes and origins in the staging database, from every table of the lake."""
    people = " union all ".join(f"select person_id as name from {t} where person_id is not null" for t in TABLES)
    numbered = "select (row_number() over (order by name) - 1)::int as {0}, name from (select distinct name from ({1}))"
    con.execute(f"create table {STAGE}.names as {numbered.format('person_id', people)} order by name")
    con.execute(f"create table {STAGE}.codes as {numbered.format('code', codes_query(''))} order by name")
    columns = ", ".join(ORIGIN)
    rows = " union all ".join(f"select distinct {columns} from {t}" for t in TABLES)
    con.execute(f"""create table {STAGE}.origins as
        select (row_number() over (order by {columns}) - 1)::int as origin, {columns}
        from (select distinct {columns} from ({rows})) order by origin""")


def codes_query(prefix: str) -> str:
    """Return the query of every code in tables whose names begin with a prefix."""
    plain = [f"select code as name from {prefix}{t} where code is not null" for t in NUMBERED_CODES]
    diagnoses = f"select name from (select unnest(diagnoses) as name from {prefix}spell) where name is not null"
    return " union all ".join((*plain, diagnoses))


def numbered(table: str, *, source: str = "", stage: str = STAGE) -> str:
    """Return the query of a table's facts (from `source`, else the lake's view) with numbers in place of text."""
    columns = ["c.code" if n == "code" and table in NUMBERED_CODES else f"f.{n}" for n in kept(table)]
    codes = f"left join {stage}.codes as c on c.name = f.code" if table in NUMBERED_CODES else ""
    same = " and ".join(f"o.{n} is not distinct from f.{n}" for n in ORIGIN)
    return f"""select p.person_id, {", ".join(columns)}, o.origin, f.row_no
        from {source or table} as f join {stage}.names as p on p.name = f.person_id
        join {stage}.origins as o on {same} {codes}"""


def numbered_who(name: str) -> str:
    """Return the query of one of the tables that say who people are, keyed by number."""
    columns = ", ".join(f"f.{field.split()[0]}" for field in WHO[name].split(", "))
    return f"select p.person_id, {columns} from {name} as f join {STAGE}.names as p on p.name = f.person_id"


def order_of(table: str) -> str:
    """Return how the rows of a part are sorted: rows of a person together, by day."""
    if table in WHO:
        return "person_id, " + ", ".join(field.split()[0] for field in WHO[table].split(", "))
    return f"person_id, {day_of(table)}, origin, row_no"


def _parts(con: DuckDBPyConnection, folder: Path, table: str, n_names: int) -> Iterator[Piece]:
    for part in range(-(-n_names // PEOPLE_A_PART)):
        query = f"select * from {STAGE}.{table} where {in_part(part)}"
        yield from write_part(con, folder, "base", table, part, query, order_of(table))
    con.execute(f"drop table {STAGE}.{table}")


def _dictionary(con: DuckDBPyConnection, folder: Path, name: str) -> Iterator[Piece]:
    yield from write_whole(con, folder, "base", name, f"select * from {STAGE}.{name} order by 1")


def write_state(con: DuckDBPyConnection, folder: Path, layer: str) -> Iterator[Piece]:
    """Write which rows of the lake are no facts, and who is withheld, as this copy knows it."""
    rows = " union all ".join(
        f"select '{t}' as lake_table, file_id, row_no from lake_inside.dropped_{t}" for t in TABLES
    )
    yield from write_whole(con, folder, layer, "dropped", rows)
    yield from write_whole(con, folder, layer, "withheld", "select distinct flow, person_id from lake_inside.withheld")


def _count(con: DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
