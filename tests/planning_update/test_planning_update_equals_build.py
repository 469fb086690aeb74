"""An update equals a full build in every row and column, whatever came, changed, went or passed."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from update_home import KEYS, Place, build, coded, differences, everything, patient, small_shelf, spell

from doorstep.home import Home
from doorstep.planning.sorted_copy import find_copy
from doorstep.planning.updating import Updated, update_person_file
from doorstep.records import open_lake
from doorstep.records.opt_outs import load_cleaned_list
from doorstep.records.purge import What, purge

KNOWN = date(2026, 10, 5)
DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A home with one load of everything, its person table and its sorted copy."""
    place = Place.make(tmp_path_factory.mktemp("made") / "home")
    place.load("2026-09-25", **everything())
    assert update(place).whole_because == "there is no person table yet"
    return place


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """A copy of that home, to change."""
    shutil.copytree(made.home.root, tmp_path / "home")
    return Place(Home(tmp_path / "home"))


def update(place: Place, day: date = DAY, known_by: date = KNOWN) -> Updated:
    with open_lake(place.home, known_by=known_by) as lake:
        return update_person_file(lake, as_at=day, shelf=small_shelf())


def check(place: Place, day: date = DAY, known_by: date = KNOWN) -> Updated:
    """Update, and hold the table against a full build of the same day."""
    updated = update(place, day, known_by)
    assert differences(updated.person, build(place, day, known_by)) == {}
    assert updated.person.meta["n_people"] > 30
    return updated


def test_nothing_new_is_nothing_to_do(place: Place) -> None:
    updated = check(place)
    assert (updated.whole_because, updated.n_touched) == ("", 0)


def test_new_rows_of_some_people(place: Place) -> None:
    stays = [spell("k03", 90, date(2026, 9, 20)), spell("k04", 91, date(2026, 9, 27))]
    place.load("2026-10-01", spell=stays, coded=[coded("k05", 90, "84114007", DAY)])
    updated = check(place)
    assert (updated.whole_because, updated.n_touched, updated.came) == ("", 3, 3)


def test_a_new_person_and_a_second_update_upon_the_first(place: Place) -> None:
    place.load("2026-10-01", person=[patient("new1", birth_on=date(1950, 2, 3))], spell=[spell("new1", 1, DAY)])
    assert check(place).n_touched == 1
    place.load("2026-10-02", coded=[coded("new1", 1, "84114007", DAY)], person=[patient("new2")])
    updated = check(place)
    assert (updated.whole_because, updated.n_touched) == ("", 2)


def test_corrections_deletions_and_facts_that_come_back(place: Place) -> None:
    before = everything()
    first, second = before["spell"][0], before["spell"][1]
    place.load(
        "2026-10-01",
        spell=[{**first, "diagnoses": ["F05", "I64X"], "discharge_method": "4"}, {**second, "is_deleted": True}],
        coded=[{**before["coded"][0], "recorded_on": None}, {**before["coded"][5], "is_deleted": True}],
    )
    assert check(place).gone == 4
    place.load("2026-10-02", spell=[second])
    updated = check(place)
    assert (updated.whole_because, updated.came) == ("", 1)


def test_a_deletion_that_names_nobody_finds_whose_row_it_was(place: Place) -> None:
    gone = everything()["emergency"][3]
    place.load("2026-10-01", emergency=[{**gone, "person_key": None, "is_deleted": True}])
    updated = check(place)
    assert (updated.whole_because, updated.n_touched, updated.gone) == ("", 1, 1)


def test_a_record_that_moves_to_another_practice_and_one_that_turns_out_to_be_somebody_else(place: Place) -> None:
    people, entries = everything()["person"], everything()["coded"]
    moved = {**people[0], "practice": "P9", "registered_from": date(2026, 9, 1)}
    other = next(r for r in entries if r["person_key"] not in KEYS[:2])
    place.load("2026-10-01", person=[moved], coded=[{**other, "person_key": KEYS[1]}])
    updated = check(place)
    assert (updated.whole_because, updated.n_touched) == ("", 3)


def test_a_purge_of_a_person_leaves_nothing_of_them_in_the_copy(place: Place) -> None:
    place.load("2026-10-01", spell=[spell(KEYS[2], 95, date(2026, 9, 20))])
    update(place)
    with open_lake(place.home, known_by=KNOWN) as lake:
        found = "select person_id from spell where spell_id = ?"
        ((person,),) = lake.connection().execute(found, [f"{KEYS[2]}s95"]).fetchall()
    purge(place.home, What(person=KEYS[2]), reason="asked to be forgotten")
    updated = check(place)
    assert (updated.whole_because, updated.n_touched, "overlay" in updated.person.meta) == ("", 1, False)
    with open_lake(place.home, known_by=KNOWN) as lake:
        copy = find_copy(place.home, lake.snapshot, KNOWN)
        assert copy and len(copy.layers) == 1
        files = list(copy.folder.rglob("*.parquet"))
        held = [lake.connection().sql(f"select * from read_parquet('{path}')").fetchall() for path in files]
    assert len(files) > 10 and person not in str(held)


def test_a_purge_of_a_file_and_of_a_practice(place: Place) -> None:
    (load,) = place.load("2026-10-01", spell=[spell(KEYS[2], 95, DAY)])
    check(place)
    purge(place.home, What(file=load.inputs[0].file_id), reason="sent by mistake")
    updated = check(place)
    assert (updated.whole_because, updated.n_touched, updated.gone) == ("", 1, 1)
    purge(place.home, What(practice="P2"), reason="left the programme")
    assert check(place).gone > 5


def test_an_opt_out_list_withholds_people_and_a_newer_one_lets_some_back(place: Place) -> None:
    place.allow_opt_outs()
    cleaned_list(place, KEYS[4:], "2026-09-28")
    place.load("2026-10-01", spell=[spell(KEYS[5], 96, DAY)])
    updated = check(place)
    assert (updated.whole_because, updated.gone > 1) == ("", True)
    cleaned_list(place, KEYS[1:], "2026-10-02")
    updated = check(place)
    assert (updated.whole_because, updated.came > 1, updated.n_touched) == ("", True, 3)


def cleaned_list(place: Place, keys: list[str], dated: str) -> None:
    path = place.home.root / f"cleaned-{dated}.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["person_key"], *([k] for k in keys)])
    load_cleaned_list(place.home, path, dated=date.fromisoformat(dated))


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 10, 4), date(2026, 10, 31)])
def test_time_passes(place: Place, day: date) -> None:
    place.load("2026-10-03", spell=[spell(KEYS[7], 97, date(2026, 10, 2))])
    check(place, day, max(day, KNOWN))


def test_rows_that_arrived_later_than_was_known_come_with_the_knowledge_date(place: Place) -> None:
    place.load("2026-10-20", spell=[spell(KEYS[7], 97, date(2026, 9, 2))])
    assert check(place).came == 0
    updated = check(place, DAY, date(2026, 10, 21))
    assert (updated.whole_because, updated.came, updated.n_touched) == ("", 1, 1)
