"""The lake keyed by whole numbers: people go by a number while they are counted, and by their pseudonyms at the end.

A key is the hash of a pseudonym. The files keep each pseudonym once a block of rows, and the hash of a text is worked
out once for each that a block has, so that it costs next to nothing a row; eight bytes then group, join and copy faster
than the text. Should two people's keys be equal, all are numbered instead by looking them up, which is slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.engine.sources import READ, LakeTables
from doorstep.planning.engine.steps import Step
from doorstep.planning.engine.who import EVERYONE, ROWS_OF_PEOPLE

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

SCHEMA = "keyed"
KEY = "hash(name)"
# Two people of one key are told apart by another hash of their pseudonyms: numbers are compared faster than texts.
OTHER_KEY = "hash(name, 1)"
EVERYBODY = f"select person_id as name from {ROWS_OF_PEOPLE}"


class KeyedLake(LakeTables):
    """The lake's layout with a whole number for each person; `everyone` has their key, number and name.

    Numbers count from 0 in the order of the pseudonyms; they are null where no order was asked for.
    """

    everyone = f"{SCHEMA}.everyone"

    def __init__(self, *, names: bool) -> None:
        self.names = self.everyone if names else ""

    def relation(self, name: str) -> str:
        """Return the view of this relation."""
        return f"{SCHEMA}.{name}"


@contextmanager
def keyed_people(con: DuckDBPyConnection, *, in_order: bool) -> Iterator[KeyedLake]:
    """Give everyone a key while the layout is in use, and a number in the order of pseudonyms where it is `in_order`.

    In order the answers come by number, from steps that went through `by_number`; else they come by pseudonym.
    """
    try:
        _create_keys(con, in_order=in_order)
        yield KeyedLake(names=not in_order)
    finally:
        con.execute(f"drop schema if exists {SCHEMA} cascade")


def _create_keys(con: DuckDBPyConnection, *, in_order: bool) -> None:
    con.execute(f"create schema if not exists {SCHEMA}")
    number = "(row_number() over (order by name) - 1)::int" if in_order else "null::int"
    con.execute(f"""create or replace table {SCHEMA}.everyone as
        with told as (select {KEY} as person_id, name, {OTHER_KEY} as other from ({EVERYBODY})),
        known as (select person_id, any_value(name) as name, min(other) < max(other) as is_shared from told group by 1)
        select person_id, {number} as number, name, is_shared from known""")
    (is_same,) = con.execute(f"select coalesce(bool_or(is_shared), false) from {SCHEMA}.everyone").fetchall()[0]
    if is_same:
        con.execute(f"""create or replace table {SCHEMA}.everyone as
            with known as (select person_id as name from ({EVERYONE}))
            select row_number() over () as person_id, {number} as number, name from known""")
    for name in READ:
        con.execute(f"create or replace view {SCHEMA}.{name} as {_looked_up(name) if is_same else _hashed(name)}")


def _hashed(table: str) -> str:
    key = KEY.replace("name", "person_id")
    return f"select * replace ({key} as person_id) from main.{table} where person_id is not null"


def _looked_up(table: str) -> str:
    return f"""select f.* replace (e.person_id as person_id)
        from main.{table} as f join {SCHEMA}.everyone as e on e.name = f.person_id"""


def by_number(step: Step) -> Step:
    """Return a step with people's numbers in place of their keys, in their order.

    In order, some people's rows are found without going through those of all, in memory or on disk.
    """
    own = (exp.column(name, table="keyed") for name in step.query.named_selects if name != "person_id")
    rows = step.query.copy()
    rows.args.pop("order", None)
    tree = exp.select(exp.alias_(exp.column("number", table="known"), "person_id"), *own)
    tree = tree.from_(rows.subquery("keyed", copy=False), copy=False)
    tree = tree.join(exp.to_table(KeyedLake.everyone, alias="known"), using="person_id", copy=False)
    return Step(step.name, tree.order_by("person_id"), step.about)


def names_of(con: DuckDBPyConnection, first: int, last: int) -> pa.Table:
    """Return person_id and name of the numbers from the first up to and including the last, in order."""
    query = f"""select number as person_id, name from {SCHEMA}.everyone
        where number between {first} and {last} order by number"""
    return con.sql(query).to_arrow_table()


def named(answer: pa.Table, known: pa.Table) -> pa.Table:
    """Return an answer by number with pseudonyms instead, in the order of the numbers; `known` is in that order.

    Arrow's own functions do it: to go through NumPy would load pandas.
    """
    import pyarrow.compute as pc

    numbers = answer["person_id"].combine_chunks()
    if pc.any(pc.less(numbers.slice(1), numbers.slice(0, max(0, len(numbers) - 1)))).as_py():
        answer = answer.sort_by("person_id")
    names = known["name"]
    if len(numbers) != len(names):
        names = names.filter(pc.is_in(known["person_id"], value_set=numbers))
    return answer.set_column(0, "person_id", names)
