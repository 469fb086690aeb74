"""Steps of a program: named queries, each over the relations of the source and the steps before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlglot
from sqlglot import exp


@dataclass(frozen=True)
class Lookup:
    """A small table that the plan brings along: codes to bits, areas to deciles. `columns`: name to DuckDB type."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Step:
    """One query; those after it read its rows by its name."""

    name: str
    query: exp.Query
    about: str = ""


def query(sql: str) -> exp.Select:
    """Read a fixed query, in DuckDB's words; values go in through `fill` or builders, never as text."""
    return cast(exp.Select, sqlglot.parse_one(sql, read="duckdb"))


def condition(sql: str) -> exp.Expr:
    """Read a fixed expression, in DuckDB's words."""
    return sqlglot.parse_one(sql, read="duckdb")


def columns_read(expressions: Iterable[exp.Expr]) -> dict[str, None]:
    """Return the names of the columns that some expressions read, each once, in their order."""
    return dict.fromkeys(column.name for expression in expressions for column in expression.find_all(exp.Column))


def fill(tree: exp.Select, **values: exp.Expr) -> exp.Select:
    """Return the query with each `:name` in it replaced by an expression."""
    return cast(exp.Select, exp.replace_placeholders(tree, **values))


def number(value: int) -> exp.Expr:
    """Return a whole number as SQL."""
    return exp.Literal.number(value)


def zero_if_none(value: exp.Expr) -> exp.Expr:
    """Return a whole number that is 0 where there is none."""
    return exp.cast(exp.func("coalesce", value, number(0)), "int")


def case(*ways: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    """Return `case when ... then ... else ... end`; the last word alone where there is no way."""
    if not ways:
        return otherwise if otherwise is not None else exp.null()
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in ways], default=otherwise)


def how_many(holds: exp.Expr) -> exp.Expr:
    """Return the aggregate that counts the rows for which a condition holds, as a whole number."""
    return exp.cast(exp.Count(this=case((holds, number(1)))), "int")


def bits_where(holds: exp.Expr | None, column: str) -> exp.Expr:
    """Return the aggregate that gathers the bits of a column, of the rows for which a condition holds."""
    word: exp.Expr = exp.column(column)
    return exp.func("bit_or", word if holds is None else case((holds, word), otherwise=number(0)))


def true_where(holds: exp.Expr) -> exp.Expr:
    """Return a condition that is false where it is not known."""
    return exp.func("coalesce", holds, exp.false())
