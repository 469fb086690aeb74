"""Coverage, the tables that are written, and the command."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from collate_files import APRIL, EVENTS, MAY, figures, received, send

from doorstep.cli.app import cli, main
from doorstep.errors import DataError, UsageError
from doorstep.reference import policy
from doorstep.returns import Suppressed, collated_tables
from doorstep.returns.arriving import closing_days, collected_on
from doorstep.returns.collated_tables import tables, write_collation
from doorstep.returns.collating import collate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three Places in April, one of them corrected; one faulty file; one Place in May; another file."""
    sent = tmp_path / "sent"
    send(sent / "sefton.xlsx")
    send(sent / "again.xlsx", figures(O6b=tuple(2 * n for n in EVENTS)))
    send(sent / "sthelens.xlsx", figures("St Helens", more=7))
    send(sent / "croydon.xlsx", figures("Croydon", more=8))
    send(sent / "walsall.xlsx", figures("Walsall", more=9), Suppressed())
    send(sent / "may.xlsx", figures(month=MAY, more=10))
    days = {"sefton": "2026-06-20", "again": "2026-06-30", "sthelens": "2026-06-29", "croydon": "2026-07-20"}
    received(sent, **days, walsall="2026-06-24", may="2026-07-20")
    return sent


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_coverage_says_how_each_of_the_43_places_stands(folder: Path) -> None:
    april = collate(folder).coverage(APRIL)
    assert len(april) == 43
    assert {place: text for place, text in april.items() if text != "missing"} == {
        "sefton": "in time",  # by its first return, though a correction came later
        "st-helens": "second window",
        "croydon": "after the windows",
        "walsall": "refused",
    }


def test_windows_close_as_the_published_timetable_says() -> None:
    assert len(policy.timetable()) == 15
    for row in policy.timetable():
        assert closing_days(row.month) == (row.first_submission, row.second_submission)
        assert collected_on(row.second_submission) == row.month


def test_the_figures_are_one_row_a_number_of_the_returns_that_count(folder: Path, tmp_path: Path) -> None:
    write_collation(collate(folder), tmp_path / "all.csv")
    rows = rows_of(tmp_path / "all.csv")
    assert len(rows) == 4 * 16 * 23
    (found,) = (
        r for r in rows if (r["place"], r["month"], r["metric"], r["column"]) == ("sefton", "2026-04", "O6b", "20-29")
    )
    sha256 = hashlib.sha256((folder / "again.xlsx").read_bytes()).hexdigest()
    assert found == {
        "place": "sefton", "month": "2026-04", "metric": "O6b", "breakdown": "Age Group", "column": "20-29",
        "value": "72", "file": "again.xlsx", "sha256": sha256, "version": "2",
    }  # fmt: skip
    hidden = [r for r in rows if r["place"] == "croydon" and r["metric"] == "O1a" and r["value"] == "*"]
    assert [(r["breakdown"], r["column"]) for r in hidden] == [
        ("Age Group", "18-19"), ("Ethnic Group", "Other"), ("Deprivation Quintile", "Not Known"),
    ]  # fmt: skip


def test_the_table_agrees_with_the_cells_of_the_workbooks(folder: Path, tmp_path: Path) -> None:
    """Cells are counted in the workbooks by another reader: rows 6, 9, … 45, 7 and 48."""
    write_collation(collate(folder), tmp_path / "all.csv")
    rows = rows_of(tmp_path / "all.csv")
    for file in ("again.xlsx", "sthelens.xlsx", "croydon.xlsx", "may.xlsx"):
        sheet = openpyxl.load_workbook(folder / file, data_only=True)["SubmissionTemplate"]
        cells = [str(c.value) for row in (*range(6, 46, 3), 7, 48) for c in sheet[f"D{row}:Z{row}"][0]]
        assert Counter(r["value"] for r in rows if r["file"] == file) == Counter(cells)


def test_every_file_finding_place_and_sum_has_its_table(folder: Path, tmp_path: Path) -> None:
    written = write_collation(collate(folder), tmp_path / "all.csv")
    assert [p.name for p in written] == [
        "all.csv", "all files.csv", "all findings.csv", "all coverage.csv", "all pooled.csv",
    ]  # fmt: skip
    files = {r["file"]: r for r in rows_of(tmp_path / "all files.csv")}
    assert {f: r["verdict"] for f, r in files.items()} == {
        "sefton.xlsx": "superseded", "again.xlsx": "accepted", "sthelens.xlsx": "accepted",
        "croydon.xlsx": "accepted", "walsall.xlsx": "refused", "may.xlsx": "accepted",
    }  # fmt: skip
    findings = rows_of(tmp_path / "all findings.csv")
    assert {r["file"] for r in findings if r["severity"] == "fault"} == {"walsall.xlsx"}
    assert len(rows_of(tmp_path / "all coverage.csv")) == 2 * 43
    assert len(rows_of(tmp_path / "all pooled.csv")) == 2 * 16 * 23


def test_parquet_holds_numbers_as_numbers(folder: Path, tmp_path: Path) -> None:
    write_collation(collate(folder), tmp_path / "all.parquet")
    write_collation(collate(folder), tmp_path / "all.csv")
    typed, text = pq.read_table(tmp_path / "all.parquet").to_pylist(), rows_of(tmp_path / "all.csv")
    assert [("*" if r["suppressed"] else str(r["value"])) for r in typed] == [r["value"] for r in text]
    assert all((r["value"] is None) == r["suppressed"] for r in typed)


def test_a_workbook_holds_every_table_on_a_sheet(folder: Path, tmp_path: Path) -> None:
    found = collate(folder)
    assert write_collation(found, tmp_path / "all.xlsx") == (tmp_path / "all.xlsx",)
    book = openpyxl.load_workbook(tmp_path / "all.xlsx", read_only=True)
    assert book.sheetnames == ["figures", "files", "findings", "coverage", "pooled"]
    assert [sum(1 for _ in book[t.name].iter_rows()) - 1 for t in tables(found)] == [
        sum(1 for _ in t.rows()) for t in tables(found)
    ]
    book.close()


def test_a_sheet_too_small_for_the_rows_is_refused_and_nothing_is_left(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collated_tables, "MAX_SHEET_ROWS", 100)
    with pytest.raises(DataError, match="more than 100 rows of figures"):
        write_collation(collate(folder), tmp_path / "all.xlsx")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["sent"]


def test_a_name_that_would_run_in_a_spreadsheet_is_written_as_text(tmp_path: Path) -> None:
    send(tmp_path / "in" / "=1+1.xlsx")
    write_collation(collate(tmp_path / "in"), tmp_path / "all.csv")
    assert {r["file"] for r in rows_of(tmp_path / "all.csv")} == {"'=1+1.xlsx"}


def test_another_ending_or_a_missing_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    for out in (tmp_path / "all.ods", tmp_path / "nowhere" / "all.csv"):
        with pytest.raises(UsageError):
            collated_tables.check_out(out)


def run(*arguments: str) -> tuple[int, str]:
    """Run the command as the console does; return its exit code and what it printed."""
    done = CliRunner().invoke(cli, ["return", "collate", *arguments], standalone_mode=False, catch_exceptions=False)
    return int(done.return_value or 0), done.stdout


def test_the_command_prints_verdicts_coverage_and_reasons(folder: Path) -> None:
    code, text = run(str(folder), "--processes", "1")
    assert code == 4
    assert "April 2026: 3 of 43 Places are in (1 second window, 1 after the windows)" in text
    assert "  refused: walsall" in text
    assert "walsall.xlsx: SubmissionTemplate!E6: fault below-six" in text
    assert "6 files: 4 accepted, 1 superseded, 1 refused" in text


def test_the_command_says_the_same_as_json_and_writes_what_it_names(folder: Path, tmp_path: Path) -> None:
    code, text = run(str(folder), "--month", "2026-04", "--out", str(tmp_path / "a.csv"), "--processes", "1", "--json")
    told = json.loads(text)
    assert code == 4 and told["verdicts"]["other month"] == 1 and list(told["coverage"]) == ["2026-04"]
    assert sorted(Path(p).name for p in told["written"]) == sorted(p.name for p in tmp_path.glob("a*.csv"))
    assert len(told["written"]) == 5
    assert {r["month"] for r in rows_of(tmp_path / "a.csv")} == {"2026-04"}


@pytest.mark.parametrize(("content", "code"), [(b"%PDF", 5), (None, 1)])
def test_the_exit_code_is_the_worst_of_what_was_found(content: bytes | None, code: int, tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    if content:
        (tmp_path / "b.xlsx").write_bytes(content)
    assert run(str(tmp_path), "--processes", "1")[0] == code


def test_a_name_cannot_drive_the_terminal(tmp_path: Path) -> None:
    send(tmp_path / "a\x1b[2Jb.xlsx")
    text = run(str(tmp_path), "--processes", "1")[1]
    assert "\x1b" not in text and "a?[2Jb.xlsx" in text


def test_a_mistake_ends_in_words_and_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["return", "collate", str(tmp_path / "nowhere")])
    assert ended.value.code == 2 and "the folder is not there" in capsys.readouterr().err
