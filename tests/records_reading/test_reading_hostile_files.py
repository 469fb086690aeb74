"""Files that are not what they claim: refused with a reason and a fix, or read with the bad rows refused."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.errors import DataError, DoorstepError, NotWhatItClaimsError
from doorstep.records.reading import Interpretation, read_delivery
from doorstep.records.reading.raw import read_raw
from doorstep.records.reading.source import LONGEST_LINE, sniff

HEADER = "contact_id,Der_Pseudo_NHS_Number,contact_date,contact_type,attended"
LINES = [f"c{i},k{i},2026-07-{i:02},visit,Y" for i in range(1, 6)]
Staged = Callable[..., list[dict[str, Any]]]


def put(folder: Path, content: bytes | str, name: str = "nnhip_contacts_2026-07.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def text(*lines: str) -> str:
    return "\n".join([HEADER, *(lines or LINES)]) + "\n"


def fates(found: list[dict[str, Any]]) -> list[tuple[int, str, str | None]]:
    return [(r["row_no"], r["outcome"], r["reason"]) for r in found]


def good(n: int) -> list[tuple[int, str, None]]:
    return [(i, "loaded", None) for i in range(1, n + 1)]


@pytest.mark.parametrize(
    "content",
    [
        text(),
        text().replace("\n", "\r\n"),
        text().rstrip("\n"),
        "\ufeff" + text(),
        text().replace(",", ";"),
        text().replace(",", "\t"),
        text().replace(",", "|"),
        text().replace("contact_id", " CONTACT_ID "),
        text().replace("visit", '"visit"'),
        text().encode("utf-16"),
        gzip.compress(text().encode()),
        "\n".join([HEADER, "", *LINES, "", ""]) + "\n",
    ],
    ids=["plain", "crlf", "unended", "bom", "semicolon", "tab", "bar", "capitals", "quoted", "utf16", "gzip", "blanks"],
)
def test_every_honest_way_of_writing_csv_reads_the_same(tmp_path: Path, staged: Staged, content: bytes | str) -> None:
    found = staged(put(tmp_path, content))
    assert fates(found) == good(5)
    assert [r["contact_type"] for r in found] == ["visit"] * 5


def test_columns_may_stand_in_any_order_with_others_between(tmp_path: Path, staged: Staged) -> None:
    content = "spare,attended,contact_date,Der_Pseudo_NHS_Number\n9,Y,2026-07-01,k1\n"
    (found,) = staged(put(tmp_path, content))
    assert (found["person_key"], found["attended"], found["contact_type"]) == ("k1", True, None)


def test_notes_say_what_was_not_read_and_what_was_not_there(
    tmp_path: Path, read: Callable[..., list[Interpretation]]
) -> None:
    content = "spare;attended;contact_date;Der_Pseudo_NHS_Number\n9;Y;2026-07-01;k1\n"
    (item,) = read(put(tmp_path, content))
    assert item.notes == (
        "fields are parted by semicolon, not comma",
        "not in the file, so not known: contact_id, contact_type",
        "not read: spare",
    )


def test_windows_text_is_read_as_such_with_a_note(tmp_path: Path, read: Callable[..., Any], rows: Staged) -> None:
    (item,) = read(put(tmp_path, text(*LINES[:2], "c3,k3,2026-07-03,caf\xe9,Y").encode("cp1252")))
    found = rows(item)
    assert found[2]["contact_type"] == "caf\xe9"
    assert item.notes == ("the file is not UTF-8: read as Windows-1252, so look at names with accents",)


def test_a_truncated_last_line_is_a_refused_row(tmp_path: Path, staged: Staged) -> None:
    found = staged(put(tmp_path, text().rstrip("\n")[:-10]))
    assert fates(found) == [*good(4), (5, "refused", "the line has 3 fields where the header has 5")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("c3,k3,2026-07-03", "the line has 3 fields where the header has 5"),
        ("c3,k3,2026-07-03,visit,Y,more", "the line has 6 fields where the header has 5"),
        ('c3,k3,2026-07-03,"visit,Y', "a quote is opened and never closed"),
        ('c3,k3,2026-07-03,"vi"sit,Y', "the quotes on the line do not match"),
        ("c3,k3,2026-07-03,vi\0sit,Y", "the line holds a null byte"),
        ("c3,k3,2026-07-03," + "x" * (LONGEST_LINE + 10) + ",Y", "the line is longer than one megabyte"),
        ("c3,k3,2026-07-03," + "x" * (3 * LONGEST_LINE) + ",Y", "the line is longer than one megabyte"),
    ],
    ids=["short", "long", "open-quote", "stray-quote", "null-byte", "over-long", "three-megabytes"],
)
def test_a_bad_line_costs_one_row_and_keeps_the_numbers(tmp_path: Path, staged: Staged, line: str, reason: str) -> None:
    found = staged(put(tmp_path, text(*LINES[:2], line, *LINES[3:])))
    assert fates(found) == [*good(2), (3, "refused", reason), (4, "loaded", None), (5, "loaded", None)]
    assert found[3]["contact_id"] == "c4"


def test_a_line_break_inside_quotes_is_one_row(tmp_path: Path, staged: Staged) -> None:
    found = staged(put(tmp_path, text(LINES[0], 'c2,k2,2026-07-02,"at\nhome, ""as asked""",Y', "c3,k3,x", LINES[3])))
    assert [r["outcome"] for r in found] == ["loaded", "loaded", "refused", "loaded"]
    assert found[1]["contact_type"] == 'at\nhome, "as asked"'


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (b"\n\n", "the first line is blank"),
        (archive(), "this is a spreadsheet or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "this is an old Excel workbook"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "this is a PDF"),
        (random.Random(1).randbytes(5000), "the file is binary"),
        (gzip.compress(text().encode())[:-20], "the gzip file is cut short or damaged"),
        (gzip.compress(random.Random(2).randbytes(5000)), "the file is binary"),
        (b"PAR1 and then nothing of the kind", "the file starts like parquet and cannot be read"),
        ("\n".join(LINES), "the first line is data, not a header"),
        ("a,b,c\n1,2,3\n", "the columns are: a, b, c"),
        (HEADER.replace("attended", "seen") + "\n" + LINES[0], "the columns are: contact_id"),
        (HEADER + ",attended\n" + LINES[0] + ",N\n", "the header has these columns more than once: attended"),
        ("<html><body>Sign in</body></html>\n", "the columns are: <html>"),
        (HEADER + "\n" + "c1,k1\n" * 5, "none of 5 lines can be read"),
    ],
    ids=[
        "empty", "empty-gzip", "blank", "zip", "xls", "pdf", "binary", "cut-gzip", "binary-gzip", "not-parquet",
        "no-header", "other-columns", "renamed", "twice", "html", "no-good-line",
    ],
)  # fmt: skip
def test_a_file_that_is_no_extract_is_refused_and_says_what_to_do(
    tmp_path: Path, staged: Staged, content: bytes | str, words: str
) -> None:
    path = put(tmp_path, content)
    with pytest.raises(DoorstepError) as caught:
        staged(path)
    assert words in caught.value.seen
    assert caught.value.where.startswith(str(path))
    assert caught.value.exit_code in (4, 5)
    assert caught.value.do or caught.value.expected


def test_a_header_alone_is_a_file_without_rows(tmp_path: Path, read: Callable[..., Any]) -> None:
    (item,) = read(put(tmp_path, HEADER + "\n"))
    assert item.n_rows == 0


def test_swapped_columns_stop_the_file(tmp_path: Path, staged: Staged) -> None:
    swapped = HEADER.replace("contact_date", "#").replace("contact_type", "contact_date").replace("#", "contact_type")
    lines = [f"c{i},k{i},2026-07-01,visit,Y" for i in range(30)]
    with pytest.raises(NotWhatItClaimsError, match=r"30 of 30 rows cannot be placed; 30 of them: contact_date is not"):
        staged(put(tmp_path, "\n".join([swapped, *lines])))


def test_pseudonyms_that_are_nhs_numbers_stop_the_file(tmp_path: Path, staged: Staged) -> None:
    lines = [f"c{i},9990000018,2026-07-01,visit,Y" for i in range(30)]
    with pytest.raises(NotWhatItClaimsError, match="should hold pseudonyms and holds NHS numbers"):
        staged(put(tmp_path, text(*lines)))


def test_a_key_column_of_something_else_stops_the_file(tmp_path: Path, staged: Staged) -> None:
    lines = [f"c{i},{'visit' if i % 2 else 'call'},2026-07-01,k{i},Y" for i in range(1200)]
    with pytest.raises(NotWhatItClaimsError, match="has 2 different keys in 1,200 rows"):
        staged(put(tmp_path, text(*lines)))


def test_an_unknown_name_is_recognised_by_its_columns(tmp_path: Path, read: Callable[..., Any]) -> None:
    (item,) = read(put(tmp_path, text(), "export (3).csv"))
    assert (item.table, item.n_rows, item.source.stem) == ("programme_contact", 5, None)


def test_a_file_nobody_knows_points_to_the_mapping_command(tmp_path: Path, staged: Staged) -> None:
    with pytest.raises(DataError, match="no profile knows this file") as caught:
        staged(put(tmp_path, "a,b\n1,2\n", "export.csv"))
    assert "doorstep records map export.csv" in caught.value.do


def test_parquet_reads_like_csv_whatever_its_types(tmp_path: Path, staged: Staged) -> None:
    path = tmp_path / "nnhip_contacts.parquet"
    table = pa.table(
        {
            "contact_id": pa.array([1.0, 2.0]),
            "Der_Pseudo_NHS_Number": ["k1", None],
            "contact_date": pa.array([date(2026, 7, 1)] * 2),
            "attended": [True, False],
        }
    )
    pq.write_table(table, path)
    found = staged(path)
    assert fates(found) == [(1, "loaded", None), (2, "refused", "no person key (Der_Pseudo_NHS_Number)")]
    assert (found[0]["contact_id"], found[0]["contact_on"], found[0]["attended"]) == ("1", date(2026, 7, 1), True)


def test_a_file_given_twice_is_read_once(tmp_path: Path, read: Callable[..., Any]) -> None:
    path = put(tmp_path, text())
    assert len(read(path, path)) == 1


def test_two_names_of_the_same_bytes_are_read_once_with_a_note(tmp_path: Path, read: Callable[..., Any]) -> None:
    items = read(put(tmp_path, text()), put(tmp_path, text(), "nnhip_contacts_copy.csv"))
    assert [i.n_rows for i in items] == [5]
    assert items[0].notes == ("nnhip_contacts_copy.csv is the same file under another name: read once",)


def test_rows_keep_the_order_of_a_file_large_enough_to_be_read_in_parallel(tmp_path: Path, staged: Staged) -> None:
    lines = [f"c{i},k{i},2026-07-01,{'x' * 90},Y" for i in range(1, 60_001)]
    found = staged(put(tmp_path, text(*lines)))
    assert all(r["contact_id"] == f"c{r['row_no']}" for r in found)
    assert len(found) == 60_000


_PIECES = st.sampled_from(
    [b",", b'"', b"\n", b"\r\n", b"\0", b"\xff", b";", b"\x1f\x8b", b"'", b"x" * 3000, b"NULL", b""]
)
_EDITS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30), _PIECES), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=_EDITS, zipped=st.booleans(), cut=st.integers(0, 300))
def test_no_damage_ends_in_anything_but_rows_or_a_teaching_error(
    tmp_path: Path, con: duckdb.DuckDBPyConnection, edits: list[tuple[int, int, bytes]], zipped: bool, cut: int
) -> None:
    content = text().encode()
    for at, length, piece in edits:
        content = content[:at] + piece + content[at + length :]
    content = gzip.compress(content) if zipped else content
    path = put(tmp_path, content[: len(content) - cut] if cut < 60 else content)
    try:
        (item,) = read_delivery(con, [path], received_on=date(2026, 8, 20))
    except DoorstepError as error:
        assert error.where
        return
    found = con.execute(f"SELECT list(row_no ORDER BY row_no), count(outcome) FROM temp.{item.staged}").fetchone()
    assert found is not None
    assert (found[0] or []) == list(range(1, item.n_rows + 1))
    assert found[1] == item.n_rows


_CELLS = st.text(st.sampled_from('ab ",\n;'), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(types=st.lists(_CELLS, min_size=1, max_size=8))
def test_the_careful_way_reads_what_the_quick_way_reads(
    tmp_path: Path, con: duckdb.DuckDBPyConnection, types: list[str]
) -> None:
    with (tmp_path / "written.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER.split(","))
        writer.writerows([f"c{i}", f"k{i}", "2026-07-01", kind, "Y"] for i, kind in enumerate(types))
    sniffed = sniff(tmp_path / "written.csv")
    seen = []
    for item in (sniffed, replace(sniffed, needs_care=True)):
        raw = read_raw(con, item, {h: h for h in HEADER.split(",")})
        seen.append(
            con.execute(f'SELECT {raw.row_no}, contact_id, contact_type FROM temp."{raw.cells}" ORDER BY 1').fetchall()
        )
        assert raw.n_rows == len(types)
    assert seen[0] == seen[1]
    assert [kind or "" for _, _, kind in seen[0]] == types
