"""The rule language: a true-or-false sentence over the columns of the person table, in a safe part of SQL.

A rule comes from a file that people pass around, so it is read with an allow-list: what is not named here is refused,
whatever it is.

A rule that is neither true nor false for someone (a value is not known) does not find them: a comparison with what is
not known is not known, `not` of it neither; `and` is false where one side is, `or` true where one side is, whatever the
other; `is null`, `is true` and `coalesce` always know. Whole numbers and decimals add up exactly, beside a DOUBLE they
are binary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Tokenizer

from doorstep.errors import ConfigurationError
from doorstep.planning.nearest import nearest

MAX_LENGTH = 4000
MAX_DEPTH = 40
_FEW = 30  # columns that can be named in an error without hiding what was wrong

# What each allowed kind of node reads like in a rule; the words go into the error that refuses the others.
ALLOWED: Mapping[type[exp.Expr], str] = {
    exp.And: "and",
    exp.Or: "or",
    exp.Not: "not",
    exp.Paren: "( )",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Between: "between",
    exp.In: "in (…)",
    exp.Is: "is null, is not null",
    exp.Null: "null",
    exp.Boolean: "true, false",
    exp.Literal: "numbers and 'text'",
    exp.Neg: "-",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Coalesce: "coalesce(…)",
    exp.Column: "columns",
    exp.Identifier: "columns",
}

_TRUTHS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Is,
    exp.Boolean,
)  # fmt: skip
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Coalesce)
TEXT, NUMBER, TRUTH = "VARCHAR", "NUMBER", "BOOLEAN"


@dataclass(frozen=True)
class Rule:
    """A rule that was read and found safe: its text as written, as canonical SQL, and the columns it reads."""

    text: str
    sql: str
    columns: tuple[str, ...]


def read_rule(text: str, columns: Mapping[str, str], *, where: str = "rule") -> Rule:
    """Read a rule over `columns` (name to DuckDB type).

    Raises ConfigurationError that names the word, function or column refused, and what is allowed.
    """
    tree = _parse(text, where)
    for node in tree.walk():
        _check(node, columns, where)
    _check_types(tree, columns, where)
    found = tuple(sorted({column.name for column in tree.find_all(exp.Column)}))
    return Rule(text, f"coalesce({tree.sql('duckdb')}, false)", found)


def _parse(text: str, where: str) -> exp.Expr:
    if len(text) > MAX_LENGTH:
        raise ConfigurationError(f"a rule of {len(text):,} characters", expected=f"at most {MAX_LENGTH:,}", where=where)
    _refuse_depth(text, where)
    try:
        tokens = Tokenizer(dialect="duckdb").tokenize(text)
        parsed = sqlglot.parse(text, read="duckdb")
    except (SqlglotError, RecursionError) as error:
        raise ConfigurationError(
            f"this cannot be read: {text[:80]!r}", expected="such as: age >= 65 and ltc_count >= 3", where=where
        ) from error
    if any(token.comments for token in tokens) or "--" in text or "/*" in text:
        raise ConfigurationError("a comment in the rule", expected="comments in the file, after #", where=where)
    if any(token.token_type.name == "SEMICOLON" for token in tokens) or len(parsed) != 1:
        raise ConfigurationError("a semicolon ends a statement", expected="one sentence, without ;", where=where)
    if parsed[0] is None:
        raise ConfigurationError("the rule is empty", expected="such as: age >= 65", where=where)
    return parsed[0]


def _refuse_depth(text: str, where: str) -> None:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ConfigurationError(f"brackets {deepest} deep", expected=f"at most {MAX_DEPTH}", where=where)


def _check(node: exp.Expr, columns: Mapping[str, str], where: str) -> None:
    if type(node) not in ALLOWED:
        raise ConfigurationError(f"{_named(node)} is not allowed", expected=_allowed_words(), where=where)
    if isinstance(node, exp.In) and {k for k, v in node.args.items() if v} - {"this", "expressions"}:
        raise ConfigurationError("in (…) over a query is not allowed", expected="a list of values", where=where)
    if isinstance(node, exp.Between) and node.args.get("symmetric"):
        raise ConfigurationError("between symmetric is not allowed", expected="the lower end first", where=where)
    if isinstance(node, exp.Column):
        _check_column(node, columns, where)


def _check_column(node: exp.Column, columns: Mapping[str, str], where: str) -> None:
    if node.args.get("table"):
        raise ConfigurationError(f"{node.sql()} names a table", expected=f"just {node.name}", where=where)
    if node.name not in columns:
        raise ConfigurationError(
            f"there is no column {node.name}",
            expected=_nearest_columns(node.name, columns),
            where=where,
            do="text goes in single quotes, as in sex = '2'; the reference page on columns lists them all",
        )


def _nearest_columns(name: str, columns: Mapping[str, str]) -> str:
    """Return the columns that may have been meant; all of them where few, or none is like the one given."""
    found = nearest(name, columns)
    if found and len(columns) > _FEW:
        return f"such as {', '.join(found)}"
    return ", ".join(sorted(columns))


def _check_types(tree: exp.Expr, columns: Mapping[str, str], where: str) -> None:
    """Refuse comparisons that an engine would have to guess at, and rules that are not true or false."""
    for node in tree.walk():
        kinds = {k for k in (_kind(child, columns) for child in node.iter_expressions()) if k}
        if isinstance(node, _COMPARISONS) and len(kinds) > 1:
            raise ConfigurationError(
                f"{node.sql('duckdb')} compares {' with '.join(sorted(_WORDS[k] for k in kinds))}",
                expected="values of one kind",
                where=where,
            )
        if isinstance(node, exp.Add | exp.Sub | exp.Neg) and kinds - {NUMBER}:
            raise ConfigurationError(f"{node.sql('duckdb')} adds up", expected="numbers", where=where)
        for operand in _operands(node):
            _require_truth(operand, columns, where)
    _require_truth(tree, columns, where)


def _operands(node: exp.Expr) -> tuple[exp.Expr, ...]:
    if isinstance(node, exp.And | exp.Or):
        return (node.this, node.expression)
    return (node.this,) if isinstance(node, exp.Not) else ()


def _require_truth(node: exp.Expr, columns: Mapping[str, str], where: str) -> None:
    if _kind(node, columns) not in (TRUTH, None):
        raise ConfigurationError(
            f"{node.sql('duckdb')} is neither true nor false", expected="a comparison, or a yes/no column", where=where
        )


_WORDS = {TEXT: "text", NUMBER: "a number", TRUTH: "yes/no"}


def _kind(node: exp.Expr, columns: Mapping[str, str]) -> str | None:
    """Return what kind of value a node has; None for null, which fits anywhere."""
    if isinstance(node, exp.Paren):
        return _kind(node.this, columns)
    if isinstance(node, exp.Column):
        return {"VARCHAR": TEXT, "BOOLEAN": TRUTH}.get(columns[node.name].upper(), NUMBER)
    if isinstance(node, exp.Coalesce):
        return next((k for k in (_kind(c, columns) for c in node.iter_expressions()) if k), None)
    if isinstance(node, exp.Literal):
        return TEXT if node.is_string else NUMBER
    if isinstance(node, exp.Null):
        return None
    return TRUTH if isinstance(node, _TRUTHS) else NUMBER


def _named(node: exp.Expr) -> str:
    name = node.name if isinstance(node, exp.Anonymous) else node.key
    return f"{name}(…)" if isinstance(node, exp.Func) else name.upper()


def _allowed_words() -> str:
    return " ".join(dict.fromkeys(ALLOWED.values()))
