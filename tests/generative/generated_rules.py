"""Random rules: every word of the rule language, over whatever columns there are."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

Columns = Mapping[str, str]
TEXTS = ("'1'", "'2'", "'Attended'", "'DNA'", "'low'", "'high'", "'first'", "'A'", "'21'", "'RBN'")
WORDS, SIGNS, NOT = st.sampled_from(["and", "or"]), st.sampled_from(["+", "-"]), st.sampled_from(["", "not "])
NUMBERS = ("0", "1", "2", "5", "18", "65", "2.5", "0.1", "7.1", "1e1")


@st.composite
def rules(draw: st.DrawFn, columns: Columns, depth: int = 3) -> str:
    """Draw a sentence that is true or false."""
    kinds = ["compared", "compared", "between", "in", "is", "truth"]
    if depth > 0:
        kinds += ["joined", "joined", "joined", "not"]
    match draw(st.sampled_from(kinds)):
        case "joined":
            one, word, other = draw(rules(columns, depth - 1)), draw(WORDS), draw(rules(columns, depth - 1))
            return f"({one} {word} {other})"
        case "not":
            return f"not ({draw(rules(columns, depth - 1))})"
        case "truth":
            return draw(truths(columns))
        case "is":
            value = draw(st.sampled_from(sorted(columns)))
            return f"{value} is {draw(NOT)}null"
        case kind:
            return draw(about(columns, kind))


@st.composite
def about(draw: st.DrawFn, columns: Columns, kind: str) -> str:
    """Draw a sentence about two values of one kind."""
    of = texts if draw(st.booleans()) and any(t == "VARCHAR" for t in columns.values()) else numbers
    one, other, third = draw(of(columns)), draw(of(columns)), draw(of(columns))
    if kind == "between":
        return f"{one} {draw(NOT)}between {other} and {third}"
    if kind == "in":
        more = draw(st.sampled_from(["", ", null"]))
        return f"{one} {draw(NOT)}in ({other}, {third}{more})"
    return f"{one} {draw(st.sampled_from(['=', '<>', '<', '<=', '>', '>=']))} {other}"


@st.composite
def numbers(draw: st.DrawFn, columns: Columns, depth: int = 1) -> str:
    """Draw a number: a column, a literal, a sum of them, or another where it is not known."""
    names = [name for name, t in columns.items() if t not in ("VARCHAR", "BOOLEAN")]
    kinds = ["literal", *(["column"] * 3 if names else [])]
    match draw(st.sampled_from([*kinds, *(["sum", "minus", "coalesce"] if depth else [])])):
        case "sum":
            one, sign, other = draw(numbers(columns, 0)), draw(SIGNS), draw(numbers(columns, 0))
            return f"({one} {sign} {other})"
        case "minus":
            return f"(- {draw(numbers(columns, 0))})"
        case "coalesce":
            return f"coalesce({draw(numbers(columns, 0))}, {draw(numbers(columns, 0))})"
        case "column":
            return draw(st.sampled_from(names))
        case _:
            return draw(st.sampled_from(NUMBERS))


@st.composite
def texts(draw: st.DrawFn, columns: Columns) -> str:
    """Draw a text: a column or a literal."""
    names = [name for name, t in columns.items() if t == "VARCHAR"]
    return draw(st.sampled_from([*names, *TEXTS]))


@st.composite
def truths(draw: st.DrawFn, columns: Columns) -> str:
    """Draw a yes/no column alone, compared or asked about, or a plain truth."""
    names = [name for name, t in columns.items() if t == "BOOLEAN"]
    value = draw(st.sampled_from([*names, *names, "true", "false"]))
    form = draw(st.sampled_from(["{}", "{}", "{} = true", "{} is true", "{} is not false", "coalesce({}, false)"]))
    return form.format(value)
