"""A build from the sorted copy writes the rows that a build from the lake writes, in parts or at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from update_home import Place, build, differences, everything, small_shelf

from doorstep.errors import NotWhatItClaimsError
from doorstep.planning.person_file import PersonFile, build_person_file
from doorstep.planning.sorted_copy import make_copy
from doorstep.planning.updating import update_person_file
from doorstep.records import open_lake

KNOWN, DAY = date(2026, 10, 5), date(2026, 9, 30)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place.make(tmp_path / "home")
    place.load("2026-09-25", **everything())
    return place


def from_copy(place: Place, day: date = DAY, *, memory: str | None = None) -> PersonFile:
    with open_lake(place.home, known_by=KNOWN) as lake:
        return build_person_file(place.home, lake, as_at=day, shelf=small_shelf(), memory=memory)


def people(person: PersonFile) -> list[str]:
    return [name for (name,) in duckdb.execute(f"select person_id from read_parquet('{person.path}')").fetchall()]


def test_the_rows_and_columns_are_those_from_the_lake(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        make_copy(lake)
    copied, whole = from_copy(place), build(place, DAY, KNOWN)
    assert (copied.meta["layout"], whole.meta["layout"]) == ("sorted copy", "lake")
    assert differences(copied, whole) == {}
    assert types(copied) == types(whole)
    assert people(copied) == sorted(people(whole))
    assert (copied.meta["n_people"], copied.meta["basis"]) == (40, whole.meta["basis"])


def types(person: PersonFile) -> list[list[tuple[object, ...]]]:
    """Return column and type of both files."""
    paths = (person.path, person.history_path)
    return [[row[:2] for row in duckdb.execute(f"describe from read_parquet('{p}')").fetchall()] for p in paths]


def test_parts_of_few_people_make_the_same_rows(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("layout", "writing", "pieces", "reading"):
        monkeypatch.setattr(f"doorstep.planning.sorted_copy.{module}.PEOPLE_A_PART", 6)
    with open_lake(place.home, known_by=KNOWN) as lake:
        assert make_copy(lake).n_parts == 7
    copied = from_copy(place, memory="200MB")
    assert differences(copied, build(place, DAY, KNOWN)) == {}
    assert people(copied) == sorted(people(copied))


def test_layers_of_later_deliveries_are_read_with_their_parts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("layout", "writing", "pieces", "reading"):
        monkeypatch.setattr(f"doorstep.planning.sorted_copy.{module}.PEOPLE_A_PART", 8)
    with open_lake(place.home, known_by=date(2026, 9, 26)) as lake:
        update_person_file(lake, as_at=date(2026, 9, 26), shelf=small_shelf())
    rows = everything(seed=7)
    stranger = [replace_key(row, "k00", "new") for row in rows["person"][:1]]
    place.load("2026-09-27", emergency=rows["emergency"][:5], spell=rows["spell"][:4], person=stranger)
    with open_lake(place.home, known_by=KNOWN) as lake:
        update_person_file(lake, as_at=DAY, shelf=small_shelf())
    copied = from_copy(place)
    assert copied.meta["layout"] == "sorted copy" and copied.meta["n_people"] == 41
    assert differences(copied, build(place, DAY, KNOWN)) == {}


def replace_key(row: dict[str, object], old: str, new: str) -> dict[str, object]:
    """Return a row of another person."""
    return {n: v.replace(old, new) if isinstance(v, str) else v for n, v in row.items()}


def test_a_copy_of_other_records_is_not_read(place: Place) -> None:
    with open_lake(place.home, known_by=DAY) as lake:
        make_copy(lake)
    assert from_copy(place).meta["layout"] == "lake"


def test_a_shelf_that_asks_for_more_than_the_copy_keeps_is_read_from_the_lake(place: Place) -> None:
    shelf = small_shelf()
    visits = next(a for a in shelf.activities if a.table == "emergency")
    asking = replace(visits, where="attendance_id is not null")
    activities = tuple(asking if a is visits else a for a in shelf.activities)
    with open_lake(place.home, known_by=KNOWN) as lake:
        make_copy(lake)
        built = build_person_file(place.home, lake, as_at=DAY, shelf=replace(shelf, activities=activities))
    assert built.meta["layout"] == "lake"


def test_a_changed_copy_is_noticed_before_anything_is_written(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        copy = make_copy(lake)
    path = copy.folder / copy.layers[0].of("people")[0].path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(NotWhatItClaimsError, match="sorted copy is missing or was changed"):
        from_copy(place)
    assert not list((place.home.planning / "person").rglob("*.parquet"))
