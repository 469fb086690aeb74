"""Files that people take away: no spreadsheet runs a cell, and every machine takes the name."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from doorstep.web import downloads


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+441234567890 call", "'+441234567890 call"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("＝1", "'＝1"),
        ("-", "'-"),
        ("-12.5", "-12.5"),
        ("+3", "+3"),
        ("-1e-05", "-1e-05"),
        (-12.5, "-12.5"),
        (Decimal("-0.25"), "-0.25"),
        ("plain, with a comma", "plain, with a comma"),
        ("a=b", "a=b"),
        ("*", "*"),
        (None, ""),
        (0, "0"),
        (True, "True"),
        (date(2026, 7, 1), "2026-07-01"),
    ],
)
def test_a_cell_that_would_run_gets_an_apostrophe_and_a_number_none(value: Any, cell: str) -> None:
    assert downloads.safe_cell(value) == cell


def test_a_csv_answer_reads_back_cell_for_cell(site: None) -> None:
    rows = [("Hull, North", 12, None), ('say "so"', -3, date(2026, 7, 1)), ("=x", 0.5, "two\nlines")]
    answer = downloads.csv_answer("O2 by Place.csv", ("Place", "n", "what"), rows)
    read = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert read == [
        ["Place", "n", "what"],
        ["Hull, North", "12", ""],
        ['say "so"', "-3", "2026-07-01"],
        ["'=x", "0.5", "two\nlines"],
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="O2-by-Place.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Sefton 2026-07.xlsx", "Sefton-2026-07.xlsx"),
        ("../../etc/passwd", "etc-passwd"),
        ('a"; filename="evil.exe', "a-filename-evil.exe"),
        ("naïve\r\nSet-Cookie: x.csv", "naive-Set-Cookie-x.csv"),
        ("....csv", "file.csv"),
        ("", "file"),
        ("x" * 300 + ".csv", "x" * 90 + ".csv"),
    ],
)
def test_a_file_name_is_of_plain_characters(name: str, safe: str) -> None:
    assert downloads.file_name(name) == safe
