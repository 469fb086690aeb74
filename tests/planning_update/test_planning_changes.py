"""What a changed list or definition changes: named, counted, and the people listed exactly."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from update_home import Place, coded, patient

from doorstep.errors import UsageError
from doorstep.planning.changes import Changes, rebuild
from doorstep.planning.explained.looks import log_file
from doorstep.planning.person_file import build_person_file
from doorstep.records import open_lake

KNOWN, DAY = date(2026, 10, 5), date(2026, 9, 30)
WHY = "a list was changed"
NEW_CODE = "1010101000000104"  # of no list that ships


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Three people: one with heart failure, one with a code that no list has, one with neither."""
    place = Place.make(tmp_path / "home")
    people = [patient(key, birth_on=date(1950, 1, 1)) for key in ("has", "comes", "never")]
    entries = [coded("has", 1, "84114007", date(2020, 5, 1)), coded("comes", 1, NEW_CODE, date(2021, 5, 1))]
    place.load("2026-09-25", person=people, coded=entries)
    with open_lake(place.home, known_by=KNOWN) as lake:
        build_person_file(place.home, lake, as_at=DAY)
    return place


def change(place: Place) -> Changes:
    with open_lake(place.home, known_by=KNOWN) as lake:
        return rebuild(place.home, lake, purpose=WHY)


def replace_list(place: Place, name: str, codes: list[str]) -> None:
    folder = place.home.root / "codelists"
    folder.mkdir(exist_ok=True)
    text = "code,term\n" + "".join(f"{code},made for a test\n" for code in codes)
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def pseudonym(place: Place, entry: str) -> str:
    with open_lake(place.home, known_by=KNOWN) as lake:
        found = lake.connection().execute("select person_id from coded where entry_id = ?", [entry]).fetchall()
    return str(found[0][0])


def test_nothing_changed_is_nothing_said(place: Place) -> None:
    found = change(place)
    assert (found.definitions, found.columns) == ((), ())
    assert found.path.read_text().splitlines() == ["person_id,column,definition,change,before,after"]


def test_a_changed_list_changes_its_definitions_alone_and_who_enters_and_leaves_is_listed(place: Place) -> None:
    from doorstep.planning.definitions import shipped

    heart_failure = shipped().register("heart_failure")
    (name,) = heart_failure.any_of[0].lists
    readers = {r.label for r in shipped().all if name in getattr(r, "lists", ())}
    replace_list(place, name, [NEW_CODE])
    found = change(place)
    assert {d.definition for d in found.definitions} == readers
    (own,) = [d for d in found.definitions if d.definition == "heart_failure@1"]
    assert own.because == (f"code list {name} changed",)
    assert "ltc_count@1" in own.made_into and "national_target_group@1" in own.made_into
    assert "diabetes@1" not in own.made_into
    with found.path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["column"] == "heart_failure"]
    listed = {(row["person_id"], row["change"]) for row in rows}
    assert listed == {(pseudonym(place, "comesc1"), "enters"), (pseudonym(place, "hasc1"), "leaves")}
    (column,) = [c for c in found.columns if c.column == "heart_failure"]
    assert (column.enter, column.leave, column.differ) == (1, 1, 0)
    assert not list((place.home.planning / "changes").glob(".before*"))


def test_the_look_is_written_down_and_needs_a_purpose(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake, pytest.raises(UsageError, match="purpose"):
        rebuild(place.home, lake, purpose="")
    assert not log_file(place.home).exists()
    change(place)
    (line,) = [json.loads(line) for line in log_file(place.home).read_text().splitlines()]
    assert (line["purpose"], len(line["compared"])) == (WHY, 2)


def test_without_a_table_of_these_records_there_is_nothing_to_compare(place: Place) -> None:
    place.load("2026-10-01", person=[patient("later")])
    with pytest.raises(UsageError, match="no person table of these records"):
        change(place)
