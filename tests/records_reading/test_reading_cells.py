"""Cells against independent oracles, and the staged table against the contract."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.records.profiles import shipped_stems
from doorstep.records.reading import Interpretation, cells
from doorstep.records.reading.sqltext import cell, literal, name


def value(con: duckdb.DuckDBPyConnection, sql: str, text: str | None) -> Any:
    row = con.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS t)", [text]).fetchone()
    assert row is not None
    return row[0]


def is_nhs_number(digits: str) -> bool:
    """Weights 10 to 2, remainder from 11, 11 is 0, 10 is invalid. One digit ten times is nobody's."""
    if not re.fullmatch(r"[0-9]{10}", digits) or len(set(digits)) == 1:
        return False
    check = 11 - sum(w * int(d) for w, d in zip(range(10, 1, -1), digits[:9], strict=True)) % 11
    return check != 10 and check % 11 == int(digits[9])


@settings(max_examples=150, deadline=None)
@example("9434765919")  # the data dictionary's own example
@example("9999999999")
@example("0000000000")
@example("943 476 5919")
@given(st.from_regex(r"[0-9]{10}|[0-9 ]{9,12}|999[0-9]{7}", fullmatch=True))
def test_nhs_numbers_agree_with_the_data_dictionary(con: duckdb.DuckDBPyConnection, text: str) -> None:
    digits = re.sub("[ -]", "", text)
    assert value(con, cells.nhs_number("t"), text) == (digits if is_nhs_number(digits) else None)


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(1850, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%Y-%m-%dT00:00:00"]),
)
def test_every_day_survives_each_way_of_writing_it(con: duckdb.DuckDBPyConnection, day: date, way: str) -> None:
    assert value(con, cells.day("t", ("%Y%m%d", "%d/%m/%Y")), day.strftime(way)) == day


@pytest.mark.parametrize(
    "text",
    [
        "infinity",
        "epoch",
        "Epoch",
        "today",
        "now",
        "2026-13-01",
        "31/02/2026",
        "1066-10-14",
        "2026",
        "n/a",
        "5",
        "2026-07-01x",
    ],
)
def test_what_is_no_day_is_null(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert value(con, cells.day("t", ("%Y%m%d", "%d/%m/%Y")), text) is None


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2026, 7, 1)))
def test_a_birth_month_is_its_last_day(con: duckdb.DuckDBPyConnection, day: date) -> None:
    sql = cells.birth("t", ("%d/%m/%Y",), "", "DATE '2026-08-20'")
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    for text in (day.strftime("%Y-%m"), day.strftime("%Y%m"), day.strftime("%m/%Y")):
        assert value(con, sql, text) == first_of_next - timedelta(days=1)
    assert value(con, sql, str(day.year)) == date(day.year, 12, 31) or day.year == 2026


@pytest.mark.parametrize(
    ("kind", "text", "version"),
    [
        ("number", "42", "42".zfill(20)),
        ("number", "42.0", "42".zfill(20)),
        ("date", "02/07/2026", "2026-07-02"),
        ("text", None, ""),
    ],
)
def test_version_parts_sort_as_text(con: duckdb.DuckDBPyConnection, kind: str, text: str | None, version: str) -> None:
    assert value(con, cells.version_part("t", kind, ("%d/%m/%Y",)), text) == version


@given(st.text(max_size=20))
def test_quoting_holds_for_any_text(con: duckdb.DuckDBPyConnection, text: str) -> None:
    cleaned = text.replace("\0", "")
    row = con.execute(f"SELECT {literal(cleaned)} AS {name('a' + cleaned)}").fetchone()
    assert row == (cleaned,)


def test_the_word_null_and_blanks_are_no_value(con: duckdb.DuckDBPyConnection) -> None:
    assert [value(con, cell("t"), t) for t in ("NULL", "  ", "", " x ", "null hypothesis")] == [
        None,
        None,
        None,
        "x",
        "null hypothesis",
    ]


@pytest.mark.parametrize("stem", [s for s, (_, mapping) in shipped_stems().items() if mapping.main])
def test_staged_tables_have_the_columns_and_types_of_the_lake(
    con: duckdb.DuckDBPyConnection,
    write: Callable[..., Path],
    read: Callable[..., list[Interpretation]],
    stem: str,
) -> None:
    for item in read(write(stem, {})):
        found = {r[0]: r[1] for r in con.execute(f"DESCRIBE temp.{item.staged}").fetchall()}
        wanted = {c.name: c.type for c in (*TABLES[item.table].columns, *ARRIVAL) if c.name != "person_id"}
        assert {n: found.get(n) for n in wanted} == wanted
        ours = {"person_key", "key_scheme", "outcome", "reason", "is_fact", "carried_by"}
        assert ours <= set(found)
        assert {"local_key", "local_scheme"} <= set(found) or item.table != "person"
