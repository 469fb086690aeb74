"""What a careless or hostile hand can type: every refusal says what, where and what to do, with the right exit code."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from doorstep.cli.app import main
from doorstep.records import purposes
from doorstep.records.deliveries import find_deliveries

HEADER = (
    "APCS_Ident,Der_Spell_ID,Der_Pseudo_NHS_Number,Der_Provider_Code,Admission_Date,Discharge_Date,Admission_Method,"
    "Der_Dischg_Treatment_Function_Code,GP_Practice_Code"
)
ROWS = [f"{n},S{n},{'AB' * 15}{n:04d},DS1,2026-07-{n:02d},2026-07-{n + 1:02d},21,300,N84001" for n in range(1, 10)]
LIST = "Der_Pseudo_NHS_Number\n" + "AB" * 15 + "0001\n"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def _run(*words: str | Path) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(w) for w in words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return _run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-09-30")
    place = tmp_path / "home"
    monkeypatch.setenv("DOORSTEP_HOME", str(place))
    run("init", "--place", "Sefton")
    (place / "purposes.toml").write_text(purposes.example(date(2027, 3, 31)))
    return place


def extract(folder: Path, content: bytes | str, name: str = "APCS_2026-07.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "delivery.toml").write_text("received_on = 2026-08-20\n")
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def text(end: str = "\n") -> str:
    return end.join([HEADER, *ROWS]) + end


def published(home: Path) -> bool:
    return (home / "lake" / "current").exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_read_whatever_ends_the_lines(home: Path, run: Run, tmp_path: Path, end: str) -> None:
    code, said = run("records", "load", extract(tmp_path / "in", text(end)))
    assert code == 1 and "read 9 rows" in said


def test_a_utf_16_file_with_returns_alone_is_read(home: Path, run: Run, tmp_path: Path) -> None:
    assert "read 9 rows" in run("records", "load", extract(tmp_path / "in", text("\r").encode("utf-16")))[1]


def test_a_file_cut_short_says_so(home: Path, run: Run, tmp_path: Path) -> None:
    code, said = run("records", "load", extract(tmp_path / "in", text()[:-30]))
    assert code == 1 and "breaks off in its last line" in said


def test_a_file_with_a_header_alone_says_so(home: Path, run: Run, tmp_path: Path) -> None:
    code, said = run("records", "load", extract(tmp_path / "in", HEADER + "\n"))
    assert code == 1 and "a header and no rows" in said


def test_a_gzip_bomb_is_refused_before_it_is_read_whole(home: Path, run: Run, tmp_path: Path) -> None:
    bomb = gzip.compress(f"{HEADER}\n".encode() + b"\n" * (80 << 20))
    code, said = run("records", "load", extract(tmp_path / "in", bomb, "APCS.csv.gz"))
    assert code == 5 and "200 times" in said and not published(home)


def test_a_name_that_is_no_text_is_refused(home: Path, run: Run, tmp_path: Path) -> None:
    extract(tmp_path / "in", text(), os.fsdecode(b"APCS_\xff.csv"))
    code, said = run("records", "load", tmp_path / "in")
    assert code == 4 and "not UTF-8" in said and "rename" in said


def test_links_in_circles_and_links_to_nowhere_do_not_stop_a_delivery(tmp_path: Path) -> None:
    folder = tmp_path / "deliveries"
    extract(folder / "one", text())
    for name in ("again", "and_again"):
        (folder / "one").joinpath(name).symlink_to(folder)
        (folder / name).symlink_to(folder)
    (folder / "one" / "EC_2026-07.csv").symlink_to(tmp_path / "gone")
    (found,) = find_deliveries([folder], None)
    assert [f.name for f in found.files] == ["APCS_2026-07.csv"]
    assert found.notes == ("EC_2026-07.csv: not read (not a file, or a link that leads nowhere)",)


def test_a_whole_disk_is_not_walked(home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorstep.records.deliveries._MOST_FILES", 3)
    for n in range(5):
        extract(tmp_path / "in" / str(n), text())
    code, said = run("records", "load", tmp_path / "in")
    assert code == 2 and "more than 3 files" in said


def test_a_missing_home_is_noticed_before_any_folder_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doorstep.records.loading.find_deliveries", lambda *_: pytest.fail("it was read"))
    assert run("records", "load", tmp_path, "--home", tmp_path / "none")[0] == 3


@pytest.mark.parametrize("verb", [("init", "--place", "Sefton"), ("doctor",)])
def test_a_file_for_a_home_is_told_in_words(run: Run, tmp_path: Path, verb: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("x")
    code, said = run(*verb, "--home", tmp_path / "file")
    assert code in (3, 4) and str(tmp_path / "file") in said and "Doorstep, not of yours" not in said


def test_verify_without_a_home_is_a_matter_of_settings(run: Run, tmp_path: Path) -> None:
    assert run("records", "verify", "--home", tmp_path)[0] == 3


@pytest.mark.parametrize("content", [b"\xfa\xfb\xfc", b"\x1f\x8bcut", b"PK\x03\x04\xfa"])
def test_a_cleaned_list_that_is_no_text_is_refused(home: Path, run: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.csv").write_bytes(content)
    code, said = run("records", "opt-outs", tmp_path / "list.csv", "--dated", "2026-09-01")
    assert code == 5 and "no CSV" in said and not published(home)


def test_an_extract_is_not_taken_for_the_cleaned_list(home: Path, run: Run, tmp_path: Path) -> None:
    folder = extract(tmp_path / "in", text())
    run("records", "load", folder)
    code, said = run("records", "opt-outs", folder / "APCS_2026-07.csv", "--dated", "2026-09-01")
    assert code == 5 and "as an extract" in said


def test_a_cleaned_list_of_a_day_to_come_is_refused(home: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    code, said = run("records", "opt-outs", tmp_path / "list.csv", "--dated", "2027-09-01")
    assert code == 2 and "not come yet" in said


def test_an_extract_is_not_called_a_list_of_people(home: Path, run: Run, tmp_path: Path) -> None:
    folder = extract(tmp_path / "in", text())
    run("records", "load", folder)
    code, said = run("cohort", "import", folder / "APCS_2026-07.csv")
    assert code == 5 and "no list of people" in said


@pytest.mark.parametrize(
    "words",
    [
        ("records", "status"),
        ("records", "completeness", "--month", "2026-07"),
        ("population", "summary"),
        ("return", "build", "--month", "2026-07"),
    ],
)
def test_nobody_knows_what_will_have_arrived(home: Path, run: Run, words: tuple[str, ...]) -> None:
    code, said = run(*words, "--known-by", "2026-10-01")
    assert code == 2 and "not come yet" in said


@pytest.mark.parametrize("month", ["", "9999-13", "x"])
def test_a_month_that_is_none_is_a_matter_of_usage(home: Path, run: Run, month: str) -> None:
    code, said = run("return", "build", "--month", month)
    assert code == 2 and "not a month" in said


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "2020-01"])
def test_a_month_of_which_nothing_is_held_stops_the_return(home: Path, run: Run, tmp_path: Path, month: str) -> None:
    run("records", "load", extract(tmp_path / "in", text()))
    code, said = run("records", "completeness", "--month", month)
    assert code == 1 and "no activity of any kind" in said


def test_a_return_is_not_built_from_a_damaged_lake(home: Path, run: Run, tmp_path: Path) -> None:
    run("records", "load", extract(tmp_path / "in", text()))
    part = next((home / "lake").rglob("facts-spell.parquet"))
    damaged = bytearray(part.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    part.write_bytes(damaged)
    code, said = run("return", "build", "--month", "2026-07", "--out", tmp_path / "r.xlsx")
    assert code == 5 and "another hash" in said and not (tmp_path / "r.xlsx").exists()


@pytest.mark.parametrize("pointer", ["", "{", "[1]", '{"format": 1}', '{"format": 1, "snapshot": 3}'])
def test_a_damaged_pointer_is_told_in_words(home: Path, run: Run, pointer: str) -> None:
    (home / "lake" / "current").write_text(pointer)
    for verb in ("status", "verify"):
        code, said = run("records", verb)
        assert code == 5 and "current" in said and "backup" in said
    assert run("doctor")[0] == 3


@pytest.mark.parametrize("journal", ["{", "[]", '{"newest": 3, "older": []}'])
def test_a_damaged_journal_is_told_in_words(home: Path, run: Run, tmp_path: Path, journal: str) -> None:
    (home / "lake" / "purge.journal").write_text(journal)
    code, said = run("records", "load", extract(tmp_path / "in", text()))
    assert code == 5 and "journal" in said and not published(home)


@pytest.mark.parametrize(
    "entry",
    [
        "hospital.planning = 3",
        "hospital = 3",
        '[hospital.planning]\nbasis="a"\nreference="b"\nopt_out="not_applicable"\nexpires=2027-01-01T10:00:00',
    ],
)
def test_a_wrong_purpose_is_told_in_words(home: Path, run: Run, entry: str) -> None:
    (home / "purposes.toml").write_text(entry)
    code, said = run("records", "status")
    assert code == 3 and "purposes.toml" in said


@pytest.mark.parametrize("setting", ["records = 3", '[records]\nmemory = "lots"'])
def test_a_wrong_setting_is_told_in_words(home: Path, run: Run, setting: str) -> None:
    (home / "config.toml").write_text(f'format = 1\nplace = "Sefton"\n{setting}\n')
    code, said = run("records", "verify")
    assert code == 3 and "config.toml" in said


def test_too_little_memory_is_told_in_words(home: Path, run: Run, tmp_path: Path) -> None:
    run("records", "load", extract(tmp_path / "in", text()))
    (home / "config.toml").write_text('format = 1\nplace = "Sefton"\n[records]\nmemory = "1KB"\n')
    code, said = run("records", "status")
    assert code == 4 and "memory" in said


def test_a_wrong_choice_is_told_in_words(home: Path, run: Run, tmp_path: Path) -> None:
    (home / "choices.toml").write_text("choice = 3\n")
    code, said = run("return", "build", "--month", "2026-07", "--out", tmp_path / "r.xlsx")
    assert code == 3 and "choices.toml" in said


def test_a_quarantine_of_a_file_that_is_not_held_is_a_mistake(home: Path, run: Run) -> None:
    code, said = run("records", "quarantine", "--file", "nope")
    assert code == 2 and "nope" in said


@pytest.mark.parametrize("end", ["1800-01", "9999-12"])
def test_a_window_outside_the_shipped_years_is_refused(run: Run, tmp_path: Path, end: str) -> None:
    code, said = run(
        "synthetic",
        "make",
        "--place",
        "Sefton",
        "--months",
        "2",
        "--end",
        end,
        "--people",
        "60",
        "--out",
        tmp_path / "o",
    )
    assert code == 2 and "--end" in said and not (tmp_path / "o").exists()


def test_a_place_that_cannot_be_written_is_told_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    code, said = run("reference", "attributions", "--out", tmp_path / "file" / "page.md")
    assert code == 4 and "could not read or write" in said


def test_a_fault_of_our_own_never_quotes_what_it_was_about(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("could not convert 9990000018 of Surname")

    monkeypatch.setattr("doorstep.home.read_toml", broken)
    (tmp_path / "config.toml").write_text("")
    code, said = run("config", "--home", tmp_path)
    assert code == 70 and "ValueError in doorstep/home.py line" in said and "9990000018" not in said


def test_the_report_of_a_load_is_one_json_object(home: Path, run: Run, tmp_path: Path) -> None:
    code, said = run("records", "load", extract(tmp_path / "in", text()), "--json")
    assert code == 1 and json.loads(said)["rows"] == 9
