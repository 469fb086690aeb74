"""Is the file what it claims to be: its header before it is read, its rows after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from doorstep.errors import DataError, NotWhatItClaimsError
from doorstep.records.contracts import LAYOUTS, KeyScheme
from doorstep.records.profiles import FileMapping
from doorstep.records.reading import cells
from doorstep.records.reading.raw import Raw
from doorstep.records.reading.source import Sniffed
from doorstep.records.reading.sqltext import name

_ENOUGH = 20  # below this many rows a share says nothing
_MANY, _FEW_KEYS = 1000, 5  # so many rows of so few people are a column of something else


def spelling(header: Sequence[str], mapping: FileMapping) -> Mapping[str, str]:
    """Return the mapping's name -> the file's name, for every column read and there (in any capitals)."""
    lowered = {h.lower(): h for h in header}
    return {k: lowered[k.lower()] for k in sorted(mapping.known()) if k.lower() in lowered}


def check_header(header: Sequence[str], mapping: FileMapping, path: Path, label: str) -> tuple[str, ...]:
    """Return notes on a header that can be read.

    Raises DataError where a needed column is missing or stands twice, NotWhatItClaimsError where there is no header.
    """
    there = spelling(header, mapping)
    _check_twice(header, mapping, path)
    missing = [group for group in mapping.needed() if not any(c in there for c in group)]
    if missing:
        _refuse_header(header, there, missing, path, label)
    absent = sorted(k for k in mapping.known() - set(there) if not _has_stand_in(k, mapping, there))
    layout = LAYOUTS.get(mapping.stem)
    usual = {*there.values(), *(layout.columns if layout else ())}
    extra = [h or "(a column without a name)" for h in header if h not in usual]
    notes = [f"not in the file, so not known: {', '.join(absent)}"] if absent else []
    notes += [f"not read: {', '.join(extra[:20])}{' …' if len(extra) > 20 else ''}"] if extra else []
    return tuple(notes)


def notes_on_shape(con: duckdb.DuckDBPyConnection, sniffed: Sniffed, raw: Raw) -> tuple[str, ...]:
    """Say where a file has no rows, or breaks off in its last line: more of it may be missing than that line."""
    if not raw.n_rows:
        return ("it has a header and no rows",)
    last = con.execute(f"SELECT 1 FROM temp.{name(raw.refused)} WHERE row_no = {raw.n_rows}").fetchone()
    if sniffed.is_unended and last:
        return ("the file breaks off in its last line: ask the sender whether more is missing",)
    return ()


def _has_stand_in(column: str, mapping: FileMapping, there: Mapping[str, str]) -> bool:
    keys = [c for c, _ in mapping.person]
    groups = [keys, *(f.sources for t in mapping.tables for f in t.fields)]
    return any(column in g and any(c in there for c in g) for g in groups)


def _check_twice(header: Sequence[str], mapping: FileMapping, path: Path) -> None:
    lowered = [h.lower() for h in header]
    twice = sorted(k for k in mapping.known() if lowered.count(k.lower()) > 1)
    if twice:
        raise DataError(
            f"the header has these columns more than once: {', '.join(twice)}",
            expected="each column once",
            where=f"{path}, line 1",
            do="rename or remove the spare one; which of the two is meant cannot be told",
        )


def _refuse_header(
    header: Sequence[str], there: Mapping[str, str], missing: Sequence[tuple[str, ...]], path: Path, label: str
) -> None:
    needs = "; ".join(" or ".join(g) for g in missing)
    if not there:
        check_is_header(header, path)
    raise DataError(
        f"the columns are: {', '.join(header[:40])}",
        expected=f"also {needs} (profile {label})",
        where=f"{path}, line 1",
        do=f"if they are there under other names, run `doorstep records map {path.name}` and load with --mapping",
    )


# A date, a long number, a hexadecimal key, a number alone, nothing: what cells look like and column names do not.
_CELL = re.compile(r"|\d{4}-\d\d-\d\d.*|\d\d/\d\d/\d{4}.*|\d+(\.\d+)?|[0-9a-fA-F]{24,}|-|NULL")


def check_is_header(header: Sequence[str], path: Path) -> None:
    """Raise NotWhatItClaimsError where the first line is data; its cells, which may name a person, are not shown."""
    n_cells = sum(bool(_CELL.fullmatch(h)) for h in header)
    if any(h and _CELL.fullmatch(h) for h in header):
        raise NotWhatItClaimsError(
            f"the first line is data, not a header: {n_cells} of its {len(header)} fields are no names",
            expected="column names, not dates, numbers, keys or blanks",
            where=f"{path}, line 1",
            do="ask the sender for the file with its header line",
        )


def check_shares(con: duckdb.DuckDBPyConnection, staged: str, key: tuple[str, str], path: Path) -> None:
    """Stop at a file most of whose rows cannot be placed, or whose pseudonyms are NHS numbers.

    Swapped columns, another date format, a wrong day of receipt: each would refuse nearly every row with one reason.
    """
    if key[1] == KeyScheme.SENDER:
        _check_pseudonyms(con, staged, key[0], path)
    _check_keys_differ(con, staged, key[0], path)
    rows = con.execute(
        f"SELECT reason, count(*), any_value(row_no) FROM temp.{name(staged)} WHERE outcome = 'refused' "
        "GROUP BY reason ORDER BY 2 DESC"
    ).fetchall()
    total = con.execute(f"SELECT count(*) FROM temp.{name(staged)}").fetchone()
    n_rows, n_refused = (int(total[0]) if total else 0), sum(int(r[1]) for r in rows)
    if n_rows >= _ENOUGH and n_refused * 2 > n_rows:
        raise NotWhatItClaimsError(
            f"{n_refused:,} of {n_rows:,} rows cannot be placed; {int(rows[0][1]):,} of them: {rows[0][0]}",
            expected="few such rows; two columns may be swapped, or the dates be of another format or day of receipt",
            where=f"{path}, for instance row {rows[0][2]}",
            do="compare the columns with what they should hold; `doorstep records map` and --received may help",
        )


def _check_pseudonyms(con: duckdb.DuckDBPyConnection, staged: str, column: str, path: Path) -> None:
    found = con.execute(
        f"SELECT count(*), count({cells.nhs_number('person_key')}) FROM ("
        f"SELECT person_key FROM temp.{name(staged)} WHERE person_key IS NOT NULL LIMIT 10000)"
    ).fetchone()
    n_keys, n_numbers = found or (0, 0)
    # One random ten-digit number in eleven has a right check digit; half of them do not by chance.
    if n_keys >= _ENOUGH and n_numbers * 2 > n_keys:
        raise NotWhatItClaimsError(
            f"{column} should hold pseudonyms and holds NHS numbers in {n_numbers:,} of {n_keys:,} rows",
            expected="a key made by the sender",
            where=str(path),
            do="tell the sender and your information governance lead; do not load it as de-identified data",
        )


def _check_keys_differ(con: duckdb.DuckDBPyConnection, staged: str, column: str, path: Path) -> None:
    found = con.execute(
        "SELECT count(*), count(DISTINCT person_key) FROM ("
        f"SELECT person_key FROM temp.{name(staged)} WHERE person_key IS NOT NULL LIMIT 10000)"
    ).fetchone()
    n_rows, n_keys = found or (0, 0)
    if n_rows >= _MANY and n_keys <= _FEW_KEYS:
        raise NotWhatItClaimsError(
            f"{column} has {_counted(n_keys, 'different key')} in {n_rows:,} rows",
            expected="a key of a person: many different ones",
            where=str(path),
            do="see whether another column holds the key; `doorstep records map` writes a mapping to say which",
        )


def uses_slots(mapping: FileMapping) -> bool:
    """Return whether role and setting come from the session dictionaries."""
    return any(f.kind.startswith("slot_") for t in mapping.tables for f in t.fields)


def notes_on_rows(con: duckdb.DuckDBPyConnection, staged: str, mapping: FileMapping) -> tuple[str, ...]:
    """Return notes that count: warnings by kind, and slots whose role, setting or status could not be worked out."""
    notes = [
        f"{_counted(n, 'row')}: {warning}"
        for warning, n in con.execute(
            f"SELECT warning, count(*) FROM temp.{name(staged)} WHERE warning IS NOT NULL "
            "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 8"
        ).fetchall()
    ]
    if uses_slots(mapping):
        for column, words in (("role_group", "role group"), ("service_setting", "setting"), ("status", "status")):
            row = con.execute(
                f"SELECT count(*) FROM temp.{name(staged)} WHERE is_fact AND {column} = 'Unknown'"
            ).fetchone()
            notes += (
                [f"{_counted(row[0], 'slot')} whose {words} could not be worked out: Unknown"] if row and row[0] else []
            )
    return tuple(notes)


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
