"""The few pieces of SQL text that reading shares. Names and values are always quoted: a header is a stranger's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def name(text: str) -> str:
    """Quote an identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text value."""
    return "'" + text.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    """Return values as a comma-separated list of literals."""
    return ", ".join(literal(v) for v in values)


def cell(column: str) -> str:
    """Return one cell as text: blanks around it removed; empty and the word NULL (database exports) are null.

    Trimming knows every kind of blank and costs more than all else here, so only cells that may need it are trimmed:
    those that begin or end with a blank, or hold more than ASCII (their bytes outnumber their characters).
    """
    text = name(column)
    may_be_padded = f"{text} LIKE ' %' OR {text} LIKE '% ' OR strlen({text}) <> length({text})"
    return f"CASE WHEN {may_be_padded} THEN {_known(f'trim({text})')} ELSE {_known(text)} END"


def _known(text: str) -> str:
    return f"nullif(nullif({text}, ''), 'NULL')"


def first_of(columns: Iterable[str]) -> str:
    """Return the first of these cells that is not blank."""
    cells = [cell(c) for c in columns]
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"


def translated(expression: str, pairs: Mapping[str, str]) -> str:
    """Replace their values by ours, capitals or not; values not listed stay."""
    if not pairs:
        return expression
    cases = " ".join(f"WHEN {literal(theirs.lower())} THEN {literal(ours)}" for theirs, ours in pairs.items())
    return f"CASE lower({expression}) {cases} ELSE {expression} END"
