"""`doorstep return` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from return_files import EVENTS, doctor, figures, official, workbook

from doorstep.cli import main
from doorstep.planning.explaining import CellChange, Reason


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of Sefton, and a planning room that answers with the hand-made figures."""
    root = tmp_path / "home"
    root.mkdir()
    (root / "config.toml").write_text('format = 1\nplace = "Sefton"\n')
    monkeypatch.setenv("DOORSTEP_HOME", str(root))
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-06-01")
    monkeypatch.chdir(tmp_path)

    def build_return(home: object, **asked: Any) -> SimpleNamespace:
        provenance = {"place": asked["place"], "month": "2026-04", "asked": {k: str(v) for k, v in asked.items()}}
        return SimpleNamespace(figures=figures(place=asked["place"], month=asked["month"]), provenance=provenance)

    def explain_change(home: object, old: object, new: object) -> list[CellChange]:
        rows = tuple(("ecds-2", n) for n in (4, 9, 11, 12))
        late = Reason("late", 4, 4, rows)
        gone = Reason("deleted", -1, 1, (("ecds-3", 1),))
        return [CellChange("O5a", 0, 200, 203, (late, gone))]

    monkeypatch.setattr("doorstep.planning.build_return", build_return)
    monkeypatch.setattr("doorstep.planning.explain_change", explain_change)
    return root


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["return", *words])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out + told.err


def test_build_writes_checks_and_says_where_to_send(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "build", "--month", "2026-04", "--known-by", "2026-06-01")
    assert code == 1  # notes about suppression
    assert "Wrote     Sefton 2026-04.xlsx" in text
    assert "Subject   NNHIP data collection template submission: Sefton, April 2026" in text
    assert "Due       25 June 2026" in text
    assert "can be worked out by subtraction" in text
    assert Path("Sefton 2026-04.xlsx").exists() and Path("Sefton 2026-04.provenance.md").exists()


def test_build_hands_its_options_to_planning(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--place", "Croydon", "--month", "2026-04", "--set", "centre", "--cohort", "older_people")
    _, text = run(capsys, "build", *words, "--accept-incomplete", "late trust", "--out", "c.xlsx", "--json")
    result = json.loads(text)
    assert result["place"] == "Croydon"
    assert "to compare, not to send" in result["notes"][0]
    asked = json.loads(Path("c.provenance.json").read_text())["asked"]
    assert asked == {
        "place": "Croydon",
        "month": "2026-04-01",
        "known_by": "2026-06-01",
        "cohort": "older_people",
        "metric_set": "centre",
        "accept_incomplete": "late trust",
    }


def test_build_fills_a_template_and_keeps_a_full_copy(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    official(tmp_path / "official.xlsx")
    (tmp_path / "private").mkdir()
    words = ("--month", "2026-04", "--out", "r.xlsx", "--template", "official.xlsx")
    code, text = run(capsys, "build", *words, "--unsuppressed", "private/full.xlsx")
    assert code == 1
    assert "Suppressed (primary): " in text
    assert (tmp_path / "private" / "full.xlsx").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--month", "April"), 2, "not a month"),
        (("--month", "2026-04", "--known-by", "soon"), 2, "not a day"),
        (("--month", "2026-04", "--place", "Narnia"), 2, "Narnia"),
        (("--month", "2026-04", "--out", "r.csv"), 2, ".xlsx"),
        (("--month", "2026-04", "--out", "r.xlsx", "--unsuppressed", "full.xlsx"), 2, "another folder"),
        (("--month", "2026-04", "--out", "r.xlsx", "--template", "none.xlsx"), 5, "can't be read"),
        (("--month", "2025-01", "--out", "r.xlsx"), 4, "January 2025"),
    ],
)
def test_a_mistake_ends_in_a_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    ended, text = run(capsys, "build", *words)
    assert ended == code
    assert said in text and "Traceback" not in text
    assert not Path("r.xlsx").exists()


def test_build_without_a_home_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "none"))
    code, text = run(capsys, "build", "--month", "2026-04")
    assert code == 3 and "doorstep init" in text


def test_check_prints_a_line_for_each_finding(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doctor(workbook(Path("r.xlsx")), {("SubmissionTemplate", "F6"): -7})
    code, text = run(capsys, "check", "r.xlsx", "--month", "2026-04")
    assert code == 4
    assert "r.xlsx: SubmissionTemplate!F6: fault negative: " in text
    assert "nothing was written" in text


def test_check_takes_a_folder_and_leaves_lock_files_out(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    workbook(folder / "a.xlsx")
    (folder / "~$a.xlsx").write_text("lock")
    code, text = run(capsys, "check", "in", "--json")
    assert code == 1 and len(json.loads(text)["files"]) == 1


@pytest.mark.parametrize(("name", "code"), [("none.xlsx", 2), ("bad.xlsx", 5), ("empty", 2)])
def test_check_of_what_is_no_return(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int
) -> None:
    (tmp_path / "bad.xlsx").write_text("no")
    (tmp_path / "empty").mkdir()
    assert run(capsys, "check", name)[0] == code


def two_versions(capsys: pytest.CaptureFixture[str]) -> None:
    """Build April, then let three more attendances arrive."""
    run(capsys, "build", "--month", "2026-04", "--out", "old.xlsx")
    more = (203, 7, *EVENTS[2:11], 103, *EVENTS[12:17], 43, *EVENTS[18:])
    workbook(Path("new.xlsx"), counts=figures().counts | {"O5a": more})


def test_compare_shows_changes_and_their_reasons(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two_versions(capsys)
    Path("new.provenance.json").write_text("{}")
    code, text = run(capsys, "compare", "old.xlsx", "new.xlsx")
    assert code == 0
    assert "D36" in text and "+3" in text and "4 numbers differ" in text
    late = "D36: +4 late: rows that had not arrived (ecds-2 row 4, ecds-2 row 9, ecds-2 row 11, ecds-2 row 12)"
    assert late in text
    assert "D36: -1 deleted: rows that the sender withdrew (ecds-3 row 1)" in text
    assert "E36: the count is the same; suppression shows or hides it" in text
    told = json.loads(run(capsys, "compare", "old.xlsx", "new.xlsx", "--json")[1])
    assert [(r["kind"], r["change"]) for r in told["changes"][0]["reasons"]] == [("late", 4), ("deleted", -1)]


def test_compare_calls_files_by_their_names_and_a_changed_workbook_by_what_it_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_versions(capsys)
    facts = {"files": [{"file_id": "ecds-2", "name": "EC_2026-07.csv"}], "workbook": {"sha256": "0"}}
    Path("new.provenance.json").write_text(json.dumps(facts))
    _, text = run(capsys, "compare", "old.xlsx", "new.xlsx")
    assert "(EC_2026-07.csv row 4, " in text
    assert "new.xlsx is not the workbook that new.provenance.json was written with" in text


def test_compare_says_where_the_series_breaks_even_where_no_number_differs(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook(Path("a.xlsx"))
    Path("b.xlsx").write_bytes(Path("a.xlsx").read_bytes())
    for name, option in (("a", "gp"), ("b", "all")):
        Path(f"{name}.provenance.json").write_text(json.dumps({"choices": [{"id": "o6a_role", "option": option}]}))
    _, text = run(capsys, "compare", "a.xlsx", "b.xlsx")
    assert text == "break in series: the choice o6a_role changed from gp to all\nNo number differs.\n"


def test_compare_without_provenance_says_that_it_gives_no_reasons(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_versions(capsys)
    _, text = run(capsys, "compare", "old.xlsx", "new.xlsx")
    assert "No reasons: new.provenance.json not found" in text


def test_compare_of_a_file_with_itself(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workbook(Path("a.xlsx"))
    assert run(capsys, "compare", "a.xlsx", "a.xlsx") == (0, "No number differs.\n")


def test_the_ledger_lists_what_was_built_and_sent(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "ledger") == (0, "No return was built here yet.\n")
    run(capsys, "build", "--month", "2026-04", "--out", "r.xlsx")
    code, text = run(capsys, "ledger", "--sent", "r.xlsx", "--on", "2026-06-01", "--note", "first window")
    assert code == 0 and "r.xlsx sent 2026-06-01" in text
    _, text = run(capsys, "ledger")
    assert "first window" in text and "2 rows, unbroken" in text


def test_a_file_changed_after_building_is_not_entered_as_sent(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "build", "--month", "2026-04", "--out", "r.xlsx")
    doctor(Path("r.xlsx"), {("SubmissionTemplate", "D6"): 201})
    code, text = run(capsys, "ledger", "--sent", "r.xlsx")
    assert code == 4 and "no return with these bytes" in text


def test_the_timetable_warns_of_bank_holidays_and_shows_the_conflict(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "timetable", "--month", "2026-10")
    assert code == 1
    assert "Fri 25 Dec 2026" in text and "Christmas Day" in text and "Thursday 24 December 2026" in text
    assert "section 4.8" in text


def test_the_timetable_of_an_ordinary_month_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "timetable", "--month", "2026-07", "--json")
    assert code == 0
    assert json.loads(text)["months"][0]["first_submission"] == "2026-09-25"


def test_the_whole_timetable_has_fifteen_months(capsys: pytest.CaptureFixture[str]) -> None:
    _, text = run(capsys, "timetable", "--json")
    assert len(json.loads(text)["months"]) == 15


def test_the_previous_return_is_of_an_earlier_month(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "build", "--month", "2026-04", "--out", "r.xlsx")
    code, text = run(capsys, "check", "r.xlsx", "--previous", "r.xlsx")
    assert code == 2 and "a return of an earlier month" in text


def test_a_return_is_sent_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "build", "--month", "2026-04", "--out", "r.xlsx")
    assert run(capsys, "ledger", "--sent", "r.xlsx")[0] == 0
    code, text = run(capsys, "ledger", "--sent", "r.xlsx")
    assert code == 2 and "as sent already" in text
