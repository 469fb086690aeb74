"""Each kind of cell as SQL: the value it is read as, and what is said where it cannot be.

Every function takes the SQL of a cleaned text and returns SQL. A value that cannot be read is null, never an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.records.reading.facts import Codes
from doorstep.records.reading.sqltext import listed, literal

_EARLIEST, _LATEST = "DATE '1850-01-01'", "DATE '2200-01-01'"
_YES = ("y", "yes", "true", "t", "1")
_NO = ("n", "no", "false", "f", "0")


def day(text: str, formats: Sequence[str]) -> str:
    """A day, with or without a time: ISO first, then the formats of the profile. Years 1850 to 2200 only."""
    parsed = f"coalesce(try_cast({text} AS DATE), try_strptime({text}, [{listed(formats)}])::DATE)"
    # `epoch` is the engine's word for a day of its own.
    return f"CASE WHEN {parsed} BETWEEN {_EARLIEST} AND {_LATEST} AND lower({text}) <> 'epoch' THEN {parsed} END"


def _part(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


_MONTH = r"(\d{4}-\d{2}|\d{6}|\d{2}/\d{4})"
_YEAR = r"\d{4}"


def birth(text: str, formats: Sequence[str], age: str, received_on: str) -> str:
    """A birth date; of a month or year only, its last day. From an age, the last day that fits it on receipt."""
    last_of_month = f"last_day(try_strptime({text}, ['%Y-%m', '%Y%m', '%m/%Y'])::DATE)"
    last_of_year = f"try_cast({text} || '-12-31' AS DATE)"
    known = (
        f"CASE WHEN {_part(text, _MONTH)} THEN {last_of_month} WHEN {_part(text, _YEAR)} THEN {last_of_year} "
        f"ELSE {day(text, formats)} END"
    )
    in_range = f"CASE WHEN {known} BETWEEN {_EARLIEST} AND {received_on} + INTERVAL 31 DAY THEN {known} END"
    if not age:
        return in_range
    years = f"try_cast({age} AS INTEGER)"
    from_age = f"CASE WHEN {years} BETWEEN 0 AND 125 THEN ({received_on} - to_years({years}))::DATE END"
    return f"coalesce({in_range}, {from_age})"


def birth_precision(text: str, age: str) -> str:
    """How much of the birth date the sender gave: day, month or year (an age counts as year)."""
    from_age = f" WHEN {age} IS NOT NULL THEN 'year'" if age else ""
    return (
        f"CASE WHEN {_part(text, _MONTH)} THEN 'month' WHEN {_part(text, _YEAR)} THEN 'year' "
        f"WHEN {text} IS NOT NULL THEN 'day'{from_age} END"
    )


def time(text: str) -> str:
    """A time of day as HH:MM:SS, from HH:MM, HHMM or a date with a time."""
    ways = (
        f"try_cast({text} AS TIME)",
        f"try_strptime({text}, ['%H%M', '%H%M%S'])::TIME",
        f"try_cast(try_cast({text} AS TIMESTAMP) AS TIME)",
    )
    return f"left(coalesce({', '.join(ways)})::VARCHAR, 8)"


def boolean(text: str) -> str:
    """Yes or no, in the ways that people write it."""
    return f"CASE WHEN lower({text}) IN ({listed(_YES)}) THEN true WHEN lower({text}) IN ({listed(_NO)}) THEN false END"


def number(text: str) -> str:
    """A finite number."""
    parsed = f"try_cast({text} AS DOUBLE)"
    return f"CASE WHEN isfinite({parsed}) THEN {parsed} END"


def code(text: str, codes: Codes) -> str:
    """A code of a set, capitals or not, as the set writes it; retired codes stay.

    A lost leading zero (1 for 01) is given back and a trailing .0 taken off: marks of a spreadsheet or a data frame.
    """
    capitals = f"upper({text})"
    plain = [c for c in codes if c == c.upper()]
    other = {c.upper(): c for c in codes if c != c.upper()}
    other |= {c[1:]: c for c in codes if len(c) == 2 and c[0] == "0" and c[1:] not in codes}
    other |= {f"{short}.0": c for short, c in [*other.items(), *((c, c) for c in codes)] if short.isdigit()}
    rest = " ".join(f"WHEN {literal(short)} THEN {literal(full)}" for short, full in other.items())
    rest = f"CASE {capitals} {rest} END" if rest else "NULL"
    return f"CASE WHEN {capitals} IN ({listed(plain)}) THEN {capitals} ELSE {rest} END" if plain else rest


def is_retired(value: str, codes: Codes, on: str) -> str:
    """True where the code was no longer valid on the day of the activity."""
    retired = {c: d for c, d in codes.items() if d is not None}
    if not retired or not on:
        return "false"
    tests = " OR ".join(f"({value} = {literal(c)} AND {on} > DATE '{d.isoformat()}')" for c, d in retired.items())
    return f"coalesce({tests}, false)"


def codes(text: str) -> str:
    """Diagnosis or procedure codes in capitals without dots, in order, whatever parts them.

    `-`, blanks and the OPCS filler X99 ("no procedure, or none that can be coded") are no code.
    """
    found = f"regexp_extract_all(upper(replace({text}, '.', '')), '[A-Z][A-Z0-9]{{2,}}')"
    return f"coalesce(list_filter({found}, lambda c: NOT starts_with(c, 'X99')), [])"


def nhs_number(text: str) -> str:
    """The ten digits of an NHS number whose check digit is right and whose digits are not all the same; else null."""
    digits = f"regexp_replace({text}, '[ -]', '', 'g')"
    total = " + ".join(f"(11 - {i}) * (ascii(substr({digits}, {i}, 1)) - 48)" for i in range(1, 10))
    check = f"(11 - ({total}) % 11) % 11 = ascii(right({digits}, 1)) - 48"
    shape = f"regexp_full_match({digits}, '[0-9]{{10}}') AND {digits} <> repeat(left({digits}, 1), 10)"
    return f"CASE WHEN {shape} AND {check} THEN {digits} END"


def version_part(text: str, kind: str, formats: Sequence[str]) -> str:
    """One part of a version key, written so that text order is version order; blank sorts before all."""
    if kind == "date":
        return f"coalesce({day(text, formats)}::VARCHAR, '')"
    if kind == "number":
        return f"coalesce(lpad(regexp_replace({text}, '\\.0$', ''), 20, '0'), '')"
    return f"coalesce({text}, '')"
