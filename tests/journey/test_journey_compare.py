"""One month built as known by three dates: what arrived between them is named row by row, and nothing else moves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from journey_homes import loaded_home

from doorstep.cli import main
from doorstep.home import Home
from doorstep.planning import build_return, counted_month, explain_change
from doorstep.planning.explaining import CellChange
from doorstep.synthetic import Parameters, make
from doorstep.synthetic.parameters import FaultRates, Rates

MONTH = date(2026, 7, 1)
KNOWN = (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31))
STEPS = [(KNOWN[0], KNOWN[1]), (KNOWN[1], KNOWN[2])]

Row = tuple[str, int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    faults = FaultRates(late=0.1, correction=0.02, deleted=0.03, provider_gap=0)
    rates = Rates(cohort_of_adults=0.6)
    make(Parameters("Sefton", months=5, seed=5, people=3500, slots_only=0.4, faults=faults, rates=rates), folder / "x")
    return folder


@pytest.fixture(scope="module")
def home(folder: Path) -> Home:
    return loaded_home(folder / "home", folder / "x" / "way_a")


@pytest.fixture(scope="module")
def built(home: Home) -> dict[date, Any]:
    return {
        day: build_return(home, place="Sefton", month=MONTH, known_by=day, accept_incomplete="a test").provenance
        for day in KNOWN
    }


def counted(home: Home, known_by: date) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Every counted event: (metric, fact) -> its columns, value and the row that it came in."""
    with counted_month(home, place="Sefton", month=MONTH, known_by=known_by) as con:
        rows = con.execute(
            "select metric, fact_key, age_column, ethnic_column, quintile_column, value, file_id, row_no, received_on "
            "from contribution"
        ).fetchall()
    return {(row[0], row[1]): row[2:] for row in rows}


def named(changes: list[CellChange], *kinds: str) -> set[Row]:
    """The rows that reasons of these kinds name."""
    return {row for c in changes for r in c.reasons if r.kind in kinds for row in r.rows}


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_the_rows_named_are_those_counted_now_that_arrived_since(
    home: Home, built: dict[date, Any], before: date, after: date
) -> None:
    changes = explain_change(home, built[before], built[after])
    old, new = counted(home, before), counted(home, after)
    arrived = {(row[-3], row[-2]) for key, row in new.items() if row[-1] > before and row[:4] != old.get(key, ())[:4]}
    assert arrived <= named(changes, "late", "corrected") and len(arrived) >= 5
    gone = {(row[-3], row[-2]) for key, row in old.items() if key not in new}
    assert gone <= named(changes, "deleted", "corrected")
    assert named(changes, "late", "corrected", "deleted") == arrived | gone
    # what arrived before stands in the same columns, with the same value, as it did
    still = {key: row[:4] for key, row in new.items() if row[-1] <= before}
    assert still == {key: old[key][:4] for key in still}


def test_what_is_called_late_or_corrected_is_so_by_the_known_truth(
    folder: Path, home: Home, built: dict[date, Any]
) -> None:
    rows = duckdb.execute(
        f"select file, row_no, fault from '{folder}/x/truth/rows.parquet' where way = 'A' and fault <> ''"
    ).fetchall()
    truth = {(file, row): fault for file, row, fault in rows}
    seen: dict[str, set[str]] = {}
    for before, after in STEPS:
        names = {f["file_id"]: f["name"] for f in built[after]["files"]}
        for change in explain_change(home, built[before], built[after]):
            for reason in change.reasons:
                faults = {truth.get((names[file], row), "") for file, row in reason.rows}
                seen.setdefault(reason.kind, set()).update(faults)
    # a row without a fault is of somebody who joined: their history arrives with the registration
    assert seen["late"] <= {"late", ""} and "late" in seen["late"]
    assert seen["corrected"] <= {"correction", "late_refresh"} and "correction" in seen["corrected"]
    assert seen["deleted"] == {"deleted"}
    assert set(seen) == {"late", "corrected", "deleted"}


def test_an_old_knowledge_date_gives_the_old_figures_again(home: Home, built: dict[date, Any]) -> None:
    again = build_return(home, place="Sefton", month=MONTH, known_by=KNOWN[0], accept_incomplete="a test").provenance
    assert again["figures"] == built[KNOWN[0]]["figures"]
    assert explain_change(home, built[KNOWN[0]], again) == []


def doorstep(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    told = capsys.readouterr()
    assert int(ended.value.code or 0) < 2, told.err
    return told.out


def test_the_command_names_files_rows_and_breaks(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_HOME", str(home.root))
    monkeypatch.chdir(tmp_path)
    build = ("return", "build", "--month", "2026-07", "--accept-incomplete", "a test")
    doorstep(capsys, *build, "--known-by", str(KNOWN[0]), "--out", "one.xlsx")
    doorstep(capsys, *build, "--known-by", str(KNOWN[2]), "--out", "two.xlsx")
    text = doorstep(capsys, "return", "compare", "one.xlsx", "two.xlsx")
    assert "late: rows that had not arrived (appointments_2026-" in text
    assert "break in series" not in text
    choices = home.choices_file.read_text() if home.choices_file.exists() else None
    home.choices_file.write_text('[[choice]]\nid = "o6a_role"\noption = "all"\nfrom = "2026-07"\n')
    doorstep(capsys, *build, "--known-by", str(KNOWN[2]), "--out", "three.xlsx")
    home.choices_file.write_text(choices or "")
    text = doorstep(capsys, "return", "compare", "two.xlsx", "three.xlsx")
    assert text.startswith("break in series: the choice o6a_role changed from gp to all\n")
    reasons = [line for line in text.splitlines() if ": +" in line or ": -" in line]
    assert reasons and all("choice: another option of a choice: o6a_role: gp to all" in line for line in reasons)
