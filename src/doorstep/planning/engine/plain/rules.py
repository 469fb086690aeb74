"""Rules evaluated person by person over their syntax tree: true, false, or not known (None)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp

from doorstep.errors import ConfigurationError
from doorstep.planning.engine.said import said

Row = Mapping[str, Any]

_COMPARE: dict[type[exp.Expr], Callable[[Any, Any], Any]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.Add: operator.add,
    exp.Sub: operator.sub,
}


class Sentence:
    """A rule over named columns. Raises ConfigurationError where it may not be said."""

    def __init__(self, text: str, columns: Mapping[str, str], where: str) -> None:
        rule = said(text, columns, where=where)
        self.text, self.columns = rule.text, rule.columns
        self._binary = {name for name in rule.columns if columns[name] == "DOUBLE"}

    @cached_property
    def _tree(self) -> exp.Expr:
        """The syntax tree; a `coalesce` that reads a binary number says so, for whatever it gives is one."""
        tree = sqlglot.parse_one(self.text, read="duckdb")
        for node in tree.find_all(exp.Coalesce):
            node.meta["is_binary"] = any(c.name in self._binary for c in node.find_all(exp.Column))
        return tree

    def holds(self, row: Row) -> bool:
        """Return whether the rule is true of a row; neither true nor false is not true."""
        return truth(self._tree, row) is True

    def with_values(self, row: Row) -> str:
        """Return the values that the rule read, in words."""
        return ", ".join(f"{name} = {_word(row[name])}" for name in self.columns)


def _word(value: Any) -> str:
    return "not known" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def truth(node: exp.Expr, row: Row) -> Any:
    """Return what a node of a rule says of one row: a truth, a number, a text, or None where it is not known."""
    kind = type(node)
    if kind in (exp.And, exp.Or):
        return _joined(node, row, decides=kind is exp.Or)
    if kind in _COMPARE:
        return _applied(_COMPARE[kind], truth(node.this, row), truth(node.expression, row))
    match node:
        case exp.Not():
            return _not(truth(node.this, row))
        case exp.Paren():
            return truth(node.this, row)
        case exp.Neg():
            return _applied(operator.sub, 0, truth(node.this, row))
        case exp.Between():
            value = truth(node.this, row)
            low = _applied(operator.ge, value, truth(node.args["low"], row))
            return _and(low, _applied(operator.le, value, truth(node.args["high"], row)))
        case exp.In():
            return _is_in(truth(node.this, row), [truth(e, row) for e in node.expressions])
        case exp.Is():
            return truth(node.this, row) is truth(node.expression, row)
        case exp.Coalesce():
            values = (truth(e, row) for e in (node.this, *node.expressions))
            found = next((v for v in values if v is not None), None)
            if node.meta["is_binary"] and isinstance(found, int | Decimal) and not isinstance(found, bool):
                return float(found)
            return found
        case _:
            return _leaf(node, row)


def _leaf(node: exp.Expr, row: Row) -> Any:
    match node:
        case exp.Column():
            return row.get(node.name)
        case exp.Literal():
            return node.name if node.is_string else _number(node.name)
        case exp.Boolean():
            return bool(node.this)
        case exp.Null():
            return None
    raise ConfigurationError(f"{node.key} in a rule", expected="what the rule language allows")


def _number(text: str) -> int | float | Decimal:
    """Read a number as SQL does: whole, decimal (exact), or with an exponent (binary)."""
    if text.isdigit():
        return int(text)
    return float(text) if "e" in text.lower() else Decimal(text)


def _joined(node: exp.Expr, row: Row, *, decides: bool) -> bool | None:
    """Join two sides by and (false decides) or by or (true decides); else a side not known leaves it open."""
    sides = (truth(node.this, row), truth(node.expression, row))
    if decides in sides:
        return decides
    return None if None in sides else not decides


def _and(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _applied(operation: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    """Compare or add; with a side not known the result is not. A decimal beside a binary number becomes binary."""
    if one is None or other is None:
        return None
    if isinstance(one, float) or isinstance(other, float):
        one, other = (float(x) if isinstance(x, Decimal) else x for x in (one, other))
    return operation(one, other)


def _is_in(value: Any, choices: list[Any]) -> bool | None:
    found = [_applied(operator.eq, value, choice) for choice in choices]
    if True in found:
        return True
    return None if None in found else False
