"""Updates upon updates equal a full build, by two workers too; one that is killed leaves the table before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from update_home import KEYS, Place, build, coded, differences, everything, patient, small_shelf, spell

from doorstep.errors import NotWhatItClaimsError
from doorstep.home import Home
from doorstep.planning.person_file import latest_person_file
from doorstep.planning.sorted_copy import find_copy
from doorstep.planning.updating import Updated, recompute, update, update_person_file, write_overlay
from doorstep.records import open_lake
from doorstep.records.purge import What, purge

KNOWN = date(2026, 10, 5)
DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A home with one load of everything, its person table and its sorted copy."""
    place = Place.make(tmp_path_factory.mktemp("made") / "home")
    place.load("2026-09-25", **everything())
    updated(place)
    return place


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """A copy of that home, to change."""
    shutil.copytree(made.home.root, tmp_path / "home")
    return Place(Home(tmp_path / "home"))


def updated(place: Place) -> Updated:
    with open_lake(place.home, known_by=KNOWN) as lake:
        return update_person_file(lake, as_at=DAY, shelf=small_shelf())


def deliver(place: Place, day: str) -> None:
    """New, corrected and deleted rows of several people, and somebody new."""
    before = everything()
    place.load(
        day,
        person=[patient(f"new{day}")],
        spell=[{**before["spell"][0], "diagnoses": ["F05"]}, spell("k05", 70, DAY), spell("k31", 71, DAY)],
        coded=[{**before["coded"][7], "is_deleted": True}, coded("k11", 70, "84114007", DAY)],
    )


def test_two_workers_over_several_lots_make_the_same_table(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "MOST_A_LOT", 2)
    deliver(place, "2026-10-01")
    done = updated(place)
    assert (done.whole_because, done.n_touched > 4) == ("", True)
    assert differences(done.person, build(place, DAY, KNOWN)) == {}


def test_an_overlay_that_has_grown_is_put_into_a_whole_table(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(place, "2026-10-01")
    assert "overlay" in updated(place).person.meta
    monkeypatch.setattr(write_overlay, "MAX_SHARE", 0.0)
    place.load("2026-10-02", spell=[spell("k20", 72, DAY)])
    done = updated(place)
    assert (done.n_touched, "overlay" in done.person.meta) == (1, False)
    assert {path.name for path in done.person.folder.iterdir()} == {"person.parquet", "history.parquet", "meta.json"}
    done.person.check()
    assert differences(done.person, build(place, DAY, KNOWN)) == {}


@pytest.mark.parametrize("last_step", ["write_overlay", "replace_text"])
def test_an_update_killed_before_its_end_leaves_the_table_before(
    place: Place, monkeypatch: pytest.MonkeyPatch, last_step: str
) -> None:
    before = latest_person_file(place.home)
    deliver(place, "2026-10-01")

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(update, last_step, killed)
        updated(place)
    after = latest_person_file(place.home)
    assert before and after and (after.folder, after.meta) == (before.folder, before.meta)
    after.check()
    done = updated(place)
    assert (done.whole_because, differences(done.person, build(place, DAY, KNOWN))) == ("", {})


@pytest.mark.parametrize("changed", ["table", "copy"])
def test_nothing_is_published_from_files_that_were_changed(place: Place, changed: str) -> None:
    before = latest_person_file(place.home)
    assert before
    with open_lake(place.home, known_by=KNOWN) as lake:
        copy = find_copy(place.home, lake.snapshot, KNOWN)
    assert copy
    path = before.path if changed == "table" else next(copy.folder.rglob("spell-*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    deliver(place, "2026-10-01")
    with pytest.raises(NotWhatItClaimsError):
        updated(place)
    after = latest_person_file(place.home)
    assert after and after.folder == before.folder


def test_rows_sent_again_as_they_were_touch_nobody(place: Place) -> None:
    place.load("2026-10-01", spell=everything()["spell"], coded=everything()["coded"])
    done = updated(place)
    assert (done.whole_because, done.came, done.gone, done.n_touched) == ("", 0, 0, 0)
    assert differences(done.person, build(place, DAY, KNOWN)) == {}


WAYS = st.tuples(
    st.sampled_from(("spell", "coded", "medicine", "emergency", "person")),
    st.integers(0, 30),
    st.sampled_from(("corrected", "deleted", "another's", "again", "purged")),
)


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=st.lists(st.lists(WAYS, min_size=1, max_size=4), min_size=2, max_size=2))
def test_an_update_of_an_updated_table_equals_a_build(
    made: Place, deliveries: list[list[tuple[str, int, str]]]
) -> None:
    with TemporaryDirectory() as folder:
        shutil.copytree(made.home.root, Path(folder) / "home")
        place = Place(Home(Path(folder) / "home"))
        for n, ways in enumerate(deliveries, 1):
            for table, row in changed_rows(place, ways):
                place.load(f"2026-10-{n:02d}", **{table: [row]})
            done = updated(place)
            assert done.whole_because == ""
        assert differences(done.person, build(place, DAY, KNOWN)) == {}


def changed_rows(place: Place, ways: list[tuple[str, int, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield rows to load, of a table and a row of `everything()` each; carry a purge out at once."""
    for table, n, way in ways:
        rows = everything()[table]
        row, other = rows[n % len(rows)], KEYS[n]
        match way:
            case "corrected":
                day = {"spell": "admitted_on", "coded": "recorded_on", "medicine": "issued_on"}.get(table)
                yield table, {**row, **({day: date(2026, 9, 1 + n % 28)} if day else {"practice": "P2"})}
            case "deleted":
                yield table, {**row, "is_deleted": True}
            case "another's":
                yield table, {**row, "person_key": other}
            case "again":
                yield table, row
            case _:
                purge(place.home, What(person=row["person_key"]), reason="asked to be forgotten")
