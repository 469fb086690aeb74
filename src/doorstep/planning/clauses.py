"""The small language of a metric's clauses: a restricted SQL condition over the columns of one lake table.

Read by SQLGlot and checked against an allow-list, so that a definition file can say `attended in ('5', '6')` and
nothing else: no second statement, no subquery, no function that reads a file. Logic has three values, as in SQL: a
clause that is unknown for a row does not count the row, so a file says what happens to nulls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from doorstep.errors import ConfigurationError

# Columns that planning adds to a lake table before clauses see it.
DERIVED: dict[str, dict[str, str]] = {
    "outpatient": {"has_procedure": "at least one OPCS-4 code"},
    "appointment": {
        "has_programme_code": "the same person, practice and day has a coded entry of the programme list",
        "has_programme_contact": "the programme's contact list has the same person and day",
        "covered_by_flat_file": "a slot whose practice and month also came in the flat appointments file",
    },
    "caseload": {"contacted_in_month": "the programme saw the person in the month"},
}
PARAMETERS = {"month_start": "first day of the month", "month_end": "last day of the month"}

_NODES = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.Is, exp.Null,
    exp.Literal, exp.Column, exp.Identifier, exp.Boolean, exp.Sub, exp.Add, exp.Between, exp.Like,
)  # fmt: skip


def parse(text: str, *, columns: Sequence[str], lists: Mapping[str, Sequence[str]], where: str) -> exp.Expression:
    """Return the condition (or value) in `text`, with code lists filled in and columns named as `e.column`.

    Raises ConfigurationError naming what is not allowed or not known.
    """
    if "--" in text or "/*" in text:
        raise ConfigurationError(f"a comment in {text!r}", expected="the condition alone", where=where)
    try:
        statements = sqlglot.parse(text, read="duckdb")
    except SqlglotError as error:
        raise ConfigurationError(
            f"{text!r} is not a condition", expected="for example a in ('1')", where=where
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Expression):
        raise ConfigurationError(f"{text!r} holds {len(statements)} statements", expected="one condition", where=where)
    tree = statements[0].transform(_list_filler(lists, where))
    for node in tree.walk():
        _check(node, columns, where)
    return tree.transform(_qualified)


def _list_filler(lists: Mapping[str, Sequence[str]], where: str) -> Callable[[exp.Expression], exp.Expression]:
    """Return a step that turns `in_list(column, 'name')` into `column in (codes of that list)`."""

    def fill(node: exp.Expression) -> exp.Expression:
        if not isinstance(node, exp.Anonymous) or str(node.this).lower() != "in_list":
            return node
        column, name = node.expressions if len(node.expressions) == 2 else (None, None)
        if not isinstance(column, exp.Column) or not isinstance(name, exp.Literal) or name.name not in lists:
            raise ConfigurationError(
                f"{node.sql()} names no code list",
                expected=f"in_list(column, 'list') with one of {', '.join(sorted(lists))}",
                where=where,
            )
        return exp.In(this=column.copy(), expressions=[exp.Literal.string(code) for code in lists[name.name]])

    return fill


def _check(node: Any, columns: Sequence[str], where: str) -> None:
    """Refuse a node outside the allow-list, a column that is not there, and a qualified name."""
    if not isinstance(node, _NODES) or (isinstance(node, exp.In) and not node.expressions):
        raise ConfigurationError(
            f"{node.sql()!r} ({type(node).__name__}) is not allowed in a clause",
            expected="comparisons, in (...), in_list(...), is null, between, like, and, or, not, + and - of dates",
            where=where,
        )
    if isinstance(node, exp.Column) and (node.table or node.name not in (*columns, *PARAMETERS)):
        raise ConfigurationError(
            f"no column {node.sql()}", expected=f"one of {', '.join((*columns, *PARAMETERS))}", where=where
        )


def _qualified(node: exp.Expression) -> exp.Expression:
    """Turn a column into `e.column`, and a parameter of the month into `m.parameter`."""
    if isinstance(node, exp.Column):
        return exp.column(node.name, table="m" if node.name in PARAMETERS else "e")
    return node
