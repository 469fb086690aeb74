"""Random rules: every word of the rule language, over whatever columns there are."""

from __future__ import annotations

from collections.abc import Mapping

from generated_chance import Chance

Columns = Mapping[str, str]
TEXTS = ("'1'", "'2'", "'Attended'", "'DNA'", "'low'", "'high'", "'first'", "'A'", "'21'", "'RBN'")
NUMBERS = ("0", "1", "2", "5", "18", "65", "2.5", "0.1", "7.1", "1e1")
COMPARED = ("=", "<>", "<", "<=", ">", ">=")


def a_rule(chance: Chance, columns: Columns, depth: int = 3) -> str:
    """Draw a sentence that is true or false."""
    kinds = ["compared", "compared", "between", "in", "is", "truth"]
    match chance.one([*kinds, *(["joined"] * 4 + ["not"] if depth else [])]):
        case "joined":
            one, other = a_rule(chance, columns, depth - 1), a_rule(chance, columns, depth - 1)
            return f"({one} {chance.one(('and', 'or'))} {other})"
        case "not":
            return f"not ({a_rule(chance, columns, depth - 1)})"
        case "truth":
            return _truth(chance, columns)
        case "is":
            return f"{chance.one(list(columns))} is {chance.one(('', 'not '))}null"
        case kind:
            return _about(chance, columns, kind)


def _about(chance: Chance, columns: Columns, kind: str) -> str:
    """Draw a sentence about values of one kind."""
    of = _text if chance.often() else _number
    one, other, third = of(chance, columns), of(chance, columns), of(chance, columns)
    maybe_not = chance.one(("", "not "))
    if kind == "between":
        return f"{one} {maybe_not}between {other} and {third}"
    if kind == "in":
        return f"{one} {maybe_not}in ({other}, {third}{chance.one(('', ', null'))})"
    return f"{one} {chance.one(COMPARED)} {other}"


def _number(chance: Chance, columns: Columns, depth: int = 1) -> str:
    """Draw a number: a column, a literal, a sum of them, or another where it is not known."""
    names = [name for name, t in columns.items() if t not in ("VARCHAR", "BOOLEAN")]
    kinds = ["literal", *(["column"] * 4 if names else []), *(["sum", "minus", "coalesce"] if depth else [])]
    match chance.one(kinds):
        case "sum":
            return f"({_number(chance, columns, 0)} {chance.one('+-')} {_number(chance, columns, 0)})"
        case "minus":
            return f"(- {_number(chance, columns, 0)})"
        case "coalesce":
            return f"coalesce({_number(chance, columns, 0)}, {_number(chance, columns, 0)})"
        case "column":
            return chance.one(names)
        case _:
            return chance.one(NUMBERS)


def _text(chance: Chance, columns: Columns) -> str:
    names = [name for name, t in columns.items() if t == "VARCHAR"]
    return chance.one([*names, *TEXTS])


def _truth(chance: Chance, columns: Columns) -> str:
    """Draw a yes/no column alone, compared or asked about, or a plain truth."""
    names = [name for name, t in columns.items() if t == "BOOLEAN"]
    form = chance.one(("{}", "{}", "{} = true", "{} is true", "{} is not false", "coalesce({}, false)"))
    return form.format(chance.one([*names, *names, "true", "false"]))
