"""Explaining one person: agrees with the person table, shows the rows, is logged first and limited per user."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import duckdb
import pytest
from update_home import KEYS, Place, coded, everything, patient

from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning.explain import Explainer, explain
from doorstep.planning.explained.findings import Terms, require_agreement
from doorstep.planning.explained.looks import log_file
from doorstep.planning.explained.rows import Facts, LakeWhenNeeded, lake_for, scanned
from doorstep.planning.person_file import offer_of
from doorstep.planning.updating import update_person_file
from doorstep.records import open_lake

KNOWN, DAY = date(2026, 10, 5), date(2026, 9, 30)
WHY = "checking the rule with Dr A"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A home with a person table of all shipped definitions and a sorted copy; `known` has one diagnosis, resolved."""
    place = Place.make(tmp_path_factory.mktemp("explain") / "home")
    rows = everything()
    rows["person"].append(patient("known", birth_on=date(1950, 1, 1)))
    rows["coded"] += [coded("known", 1, "84114007", date(2020, 5, 1)), coded("known", 2, "73211009", None)]
    place.load("2026-09-25", **rows)
    with open_lake(place.home, known_by=KNOWN) as lake:
        update_person_file(lake, as_at=DAY)
    return place


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    shutil.copytree(made.home.root, tmp_path / "home")
    return Place(Home(tmp_path / "home"))


def person_of(place: Place, entry: str) -> str:
    with open_lake(place.home, known_by=KNOWN) as lake:
        query = "select person_id from coded where entry_id = ?"
        return str(lake.connection().execute(query, [entry]).fetchall()[0][0])


def test_a_diagnosis_is_shown_with_its_code_day_provider_file_and_row(place: Place) -> None:
    person = person_of(place, "knownc1")
    with lake_for(place.home, KNOWN) as lake:
        assert isinstance(lake, LakeWhenNeeded)
        found = explain(place.home, lake, person, as_at=DAY, purpose=WHY, definition="heart_failure")
    (finding,) = found["definitions"]
    (row,) = finding["rows"]
    assert finding["values"] == {"heart_failure": True}
    assert (row["code"], row["day"], row["provider"], row["profile"]) == (
        "84114007",
        date(2020, 5, 1),
        "RTEST",
        "made@1",
    )
    assert "heart failure" in row["term"].lower()
    n_entries = len(everything()["coded"])
    assert (row["file"], row["row_no"]) == ("coded.csv", n_entries + 1)


def test_a_definition_that_does_not_hold_says_why_and_what_it_is_made_of(place: Place) -> None:
    person = person_of(place, "knownc1")
    with lake_for(place.home, KNOWN) as lake:
        found = explain(place.home, lake, person, as_at=DAY, purpose=WHY)
    by_id = {f["id"]: f for f in found["definitions"]}
    assert by_id["hypertension"]["why"].startswith("no code of")
    assert {"heart_failure", "diabetes"} <= set(by_id["ltc_count"]["made_of"])
    assert by_id["ltc_count"]["values"]["ltc_count"] >= 1


def test_everybody_is_explained_as_the_table_says_from_the_copy_and_from_a_scan(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake, ExitStack() as opened:
        people = [r[0] for r in lake.connection().execute("select distinct person_id from person").fetchall()]
        explainer = opened.enter_context(Explainer(place.home, lake, as_at=DAY))
        facts = Facts(place.home, lake, offer_of(place.home).shelf, opened.enter_context(duckdb.connect()))
        for one in people[:12]:
            assert explainer.findings(explainer.row_of(one))
            copied, read = facts.of(one), scanned(lake.connection(), one)
            for table, rows in copied.items():
                same = [{name: row[name] for name in rows[0]} for row in read[table]] if rows else read[table]
                assert sorted(map(str, rows)) == sorted(map(str, same)), table
    assert len(people) == len(KEYS) + 1


def test_an_explainer_says_of_many_what_looks_one_by_one_say(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        people = [r[0] for r in lake.connection().execute("select distinct person_id from person").fetchall()][:4]
        with Explainer(place.home, lake, as_at=DAY) as explainer:
            together = [explainer.explain(one, purpose=WHY) for one in people]
        assert together == [explain(place.home, lake, one, as_at=DAY, purpose=WHY) for one in people]
    assert [found["person"]["person_id"] for found in together] == people
    assert len(log_file(place.home).read_text().splitlines()) == 8


def test_someone_missing_from_a_changed_table_is_not_said_to_be_nobody(place: Place) -> None:
    person = person_of(place, "knownc1")
    (path,) = (place.home.planning / "person").rglob("person.parquet")
    duckdb.from_parquet(str(path)).filter(f"person_id <> '{person}'").write_parquet(f"{path}.less")
    path.with_name("person.parquet.less").replace(path)
    with lake_for(place.home, KNOWN) as lake, pytest.raises(NotWhatItClaimsError, match="person table is missing or"):
        explain(place.home, lake, person, as_at=DAY, purpose=WHY)


def test_a_table_that_disagrees_with_the_rows_is_an_error() -> None:
    with pytest.raises(NotWhatItClaimsError, match="diabetes: True in the table, False from the rows"):
        require_agreement({"person_id": "p1", "diabetes": True}, {"person_id": "p1", "diabetes": False})
    with pytest.raises(NotWhatItClaimsError, match="efi"):
        require_agreement({"person_id": "p1"}, {"person_id": "p1", "efi": None})


def test_a_look_is_written_down_before_it_is_made_and_nobody_is_a_usage_error(place: Place) -> None:
    with lake_for(place.home, KNOWN) as lake:
        with pytest.raises(UsageError, match="purpose"):
            explain(place.home, lake, "nobody", as_at=DAY, purpose=" ")
        assert not log_file(place.home).exists()
        with pytest.raises(UsageError, match="no person nobody"):
            explain(place.home, lake, "nobody", as_at=DAY, purpose=WHY)
    (line,) = log_file(place.home).read_text().splitlines()
    assert (json.loads(line)["person"], json.loads(line)["purpose"]) == ("nobody", WHY)


def test_looks_are_counted_per_user_and_a_refused_one_is_written_down_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = place.home
    home.config_file.write_text(home.config_file.read_text() + "[explain]\nper_hour = 2\n")
    with lake_for(home, KNOWN) as lake:

        def look() -> None:
            with pytest.raises(UsageError, match="no person"):
                explain(home, lake, "nobody", as_at=DAY, purpose=WHY)

        look()
        look()
        with pytest.raises(UsageError, match="2 looks in the last hour"):
            explain(home, lake, "nobody", as_at=DAY, purpose=WHY)
        monkeypatch.setattr("getpass.getuser", lambda: "somebody else")
        look()
    lines = [json.loads(line) for line in log_file(home).read_text().splitlines()]
    assert ["refused" in line for line in lines] == [False, False, True, False]


def test_the_limit_must_be_a_number(place: Place) -> None:
    place.home.config_file.write_text(place.home.config_file.read_text() + "[explain]\nper_hour = 0\n")
    with lake_for(place.home, KNOWN) as lake, pytest.raises(ConfigurationError, match="per_hour is 0"):
        explain(place.home, lake, "nobody", as_at=DAY, purpose=WHY)


def test_a_changed_file_of_the_copy_is_refused(place: Place) -> None:
    person = person_of(place, "knownc1")
    (path,) = (place.home.planning / "sorted").rglob("coded-00000.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with lake_for(place.home, KNOWN) as lake, pytest.raises(NotWhatItClaimsError, match="sorted copy"):
        explain(place.home, lake, person, as_at=DAY, purpose=WHY)


def test_terms_of_codes_and_of_the_longest_prefix() -> None:
    terms = Terms([
        {"system": "icd10", "code": "I21", "term": "Heart attack"},
        {"system": "icd10", "code": "I21.4", "term": "NSTEMI"},
        {"system": "snomedct", "code": "84114007", "term": "Heart failure"},
    ])  # fmt: skip
    said = [
        terms.of("spell", "I214"),
        terms.of("spell", "I219"),
        terms.of("spell", "I2"),
        terms.of("coded", "84114007"),
    ]
    assert said == ["NSTEMI", "Heart attack", "", "Heart failure"]
