"""Bringing a copy along: a layer of what came and what is gone, and putting layers together again when they grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from doorstep.planning.sorted_copy.layout import (
    ORIGIN,
    PEOPLE_A_PART,
    WHO,
    Layer,
    Piece,
    SortedCopy,
)
from doorstep.planning.sorted_copy.pieces import in_part, write_part, write_whole
from doorstep.planning.sorted_copy.reading import DICTIONARIES, SCHEMA, gone_of, relation, scan
from doorstep.planning.sorted_copy.writing import (
    codes_query,
    loads_taken,
    numbered,
    order_of,
    write_state,
)
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake

MAX_LAYERS = 8
MAX_SHARE = 0.1  # of the facts, that layers may hold before they are put together


def with_facts(lake: Lake, copy: SortedCopy, news: str) -> SortedCopy:
    """Write the facts that came and the rows that are gone (tables of schema `news`) as a new layer, not yet published.

    `news` holds `names` (person_id, name, is_new), `came_<table>` and `gone_<table>`; it gets `codes` and `origins`.
    """
    con = lake.connection()
    n_codes, n_origins = _number_codes(con, copy, news), _number_origins(con, copy, news)
    (n_new,) = con.execute(f"select count(*) from {news}.names where is_new").fetchall()[0]
    name = _layer_name(copy)
    pieces = list(_fact_pieces(con, copy, name, news))
    return replace(
        copy,
        snapshot=lake.snapshot, known_by=lake.known_by, n_names=copy.n_names + n_new, n_codes=n_codes,
        n_origins=n_origins, loads=loads_taken(lake), n_purges=len(lake.manifest.purges),
        layers=(*copy.layers, Layer(name, tuple(pieces))),
    )  # fmt: skip


def _layer_name(copy: SortedCopy) -> str:
    """Return a name no layer of the copy has had: an update that died leaves files that nobody reads."""
    return f"layer-{copy.snapshot[:8]}-{copy.known_by}-{len(copy.layers)}"


def _number_codes(con: DuckDBPyConnection, copy: SortedCopy, news: str) -> int:
    con.execute(f"""create or replace table {news}.codes as
        with known as (select code, name from {SCHEMA}.codes),
        came as (select distinct name from ({codes_query(f"{news}.came_")}))
        select code, name, false as is_new from known
        union all select ({copy.n_codes} - 1 + row_number() over (order by name))::int, name, true
        from came anti join known using (name)""")
    return int(con.execute(f"select count(*) from {news}.codes").fetchall()[0][0])


def _number_origins(con: DuckDBPyConnection, copy: SortedCopy, news: str) -> int:
    columns = ", ".join(ORIGIN)
    came = " union ".join(f"select {columns} from {news}.came_{t}" for t in TABLES)
    same = " and ".join(f"k.{n} is not distinct from c.{n}" for n in ORIGIN)
    con.execute(f"""create or replace table {news}.origins as
        select *, false as is_new from {SCHEMA}.origins
        union all select ({copy.n_origins} - 1 + row_number() over (order by {columns}))::int, {columns}, true
        from ({came}) as c anti join {SCHEMA}.origins as k on {same}""")
    return int(con.execute(f"select count(*) from {news}.origins").fetchall()[0][0])


def _fact_pieces(con: DuckDBPyConnection, copy: SortedCopy, layer: str, news: str) -> Iterator[Piece]:
    for name in DICTIONARIES:
        new = f"select * exclude (is_new) from {news}.{name} where is_new order by 1"
        yield from write_whole(con, copy.folder, layer, name, new)
    for table in TABLES:
        came = numbered(table, source=f"{news}.came_{table}", stage=news)
        yield from write_whole(con, copy.folder, layer, table, f"select * from ({came}) order by {order_of(table)}")
        gone = f"select distinct * from {news}.gone_{table} order by all"
        yield from write_whole(con, copy.folder, layer, gone_of(table), gone)
    yield from write_state(con, copy.folder, layer)


def with_who(con: DuckDBPyConnection, copy: SortedCopy, renewed: str) -> SortedCopy:
    """Add to the newest layer who the people of `renewed` (a query of person_id) are now.

    The connection has the program's `people`, `residence` and `registration`, keyed by number.
    """
    layer = copy.layers[-1]
    pieces = list(write_whole(con, copy.folder, layer.name, "renewed", f"select * from ({renewed}) order by 1"))
    for table in WHO:
        columns = ", ".join(field.split()[0] for field in WHO[table].split(", "))
        own = f"select person_id, {columns} from {table} semi join ({renewed}) as r using (person_id)"
        query = f"select * from ({own}) order by {order_of(table)}"
        pieces += write_whole(con, copy.folder, layer.name, table, query)
    return replace(copy, layers=(*copy.layers[:-1], replace(layer, pieces=(*layer.pieces, *pieces))))


def is_grown(copy: SortedCopy) -> bool:
    """Return whether the layers are so many, or so large, that they should be put together."""
    base, *later = copy.layers
    return len(later) > MAX_LAYERS or sum(x.n_rows for x in later) > MAX_SHARE * base.n_rows


def put_together(con: DuckDBPyConnection, copy: SortedCopy) -> SortedCopy:
    """Write the parts that layers touch again without layers, so that nothing gone is left in any file.

    Pseudonyms of people without any fact go too. The copy returned is to be published; only then old files go.
    """
    name = f"base-{_layer_name(copy)}"
    chosen = set(_parts_touched(con, copy))
    pieces: list[Piece] = []
    for table in (*TABLES, *WHO):
        pieces += [p for p in copy.layers[0].of(table) if p.part not in chosen]
        for part in sorted(chosen):
            query = relation(copy, table, parts=[part], only=in_part(part))
            pieces += write_part(con, copy.folder, name, table, part, query, order_of(table))
    whole = replace(copy, layers=(Layer(name, tuple(pieces)),))
    pieces += _dictionary_pieces(con, copy, whole, name)
    pieces += [p for n in ("dropped", "withheld") for p in copy.layers[-1].of(n)]
    return replace(copy, layers=(Layer(name, tuple(pieces)),))


def _parts_touched(con: DuckDBPyConnection, copy: SortedCopy) -> list[int]:
    tables = (*TABLES, *WHO, "renewed", *(gone_of(t) for t in TABLES))
    pieces = [p for layer in copy.layers[1:] for p in layer.pieces if p.table in tables]
    people = " union all ".join(f"select person_id from {scan(copy, [p])}" for p in pieces)
    if not people:
        return []
    rows = con.execute(f"select distinct person_id // {PEOPLE_A_PART} from ({people})").fetchall()
    return sorted(int(r[0]) for r in rows)


def _dictionary_pieces(con: DuckDBPyConnection, copy: SortedCopy, whole: SortedCopy, name: str) -> Iterator[Piece]:
    people = " union ".join(f"select person_id from ({relation(whole, t)})" for t in TABLES)
    held = f"select n.* from ({relation(copy, 'names')}) as n semi join ({people}) as p using (person_id) order by 1"
    yield from write_whole(con, copy.folder, name, "names", held)
    for other in ("codes", "origins"):
        yield from write_whole(con, copy.folder, name, other, f"{relation(copy, other)} order by 1")
