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
    """Return one cell as text: blanks around it removed; empty and the word NULL (database exports) are null."""
    return f"nullif(nullif(trim({name(column)}), ''), 'NULL')"


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
