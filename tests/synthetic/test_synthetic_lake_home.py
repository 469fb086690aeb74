"""`synthetic make --system`: a home whose lake is published, and errors that teach."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from made_system import SYSTEM, made_lake

from doorstep import records, reference
from doorstep.cli.app import main
from doorstep.cli.new_home import create, create_for_system
from doorstep.errors import ConfigurationError, DoorstepError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.records import purposes
from doorstep.reference import places, systems

SMALL = ("--people", "600", "--months", "6", "--workers", "1")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; return its exit code, output and errors."""

    def command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        told = capsys.readouterr()
        return int(stop.value.code or 0), told.out, told.err

    return command


def _make(run: Run, out: Path, *more: str) -> tuple[int, str, str]:
    return run("synthetic", "make", "--system", SYSTEM, "--plane", "planning", "--out", str(out), *SMALL, *more)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("system") / "home"
    with pytest.raises(SystemExit) as stop:
        main(["synthetic", "make", "--system", SYSTEM, "--out", str(out), *SMALL])
    assert not stop.value.code
    return out


def test_the_home_can_be_verified_and_planned_with(made: Path, run: Run) -> None:
    code, out, _ = run("records", "verify", "--home", str(made))
    assert code == 0 and "are what they claim to be" in out
    code, out, _ = run("doctor", "--home", str(made), "--json")
    states = {f["what"]: f["state"] for f in json.loads(out)["findings"] if f["what"] != "free disk"}
    assert set(states.values()) == {"ok"}
    assert "system" in states
    code, out, _ = run("population", "build", "--home", str(made), "--json")
    assert code == 0
    with records.open_lake(Home(made)) as lake:
        everyone = lake.connection().execute("SELECT count(DISTINCT person_id) FROM person").fetchall()[0][0]
    assert json.loads(out)["n_people"] == everyone > 550


def test_nobody_can_be_recognised_in_it(made: Path) -> None:
    """No table has a column for an NHS number, a name or a postcode, and no text looks like one of them."""
    number = r"\b999\d{7}\b"
    for path in made.rglob("*.parquet"):
        with duckdb.connect() as con:
            columns = con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
            assert not {c[0] for c in columns} & {"nhs_number", "surname", "given_name", "postcode", "sender_key"}
            texts = [c[0] for c in columns if c[1] == "VARCHAR" and c[0] != "code"]  # drug codes begin with 999 too
            for text in texts:
                query = f"SELECT count(*) FROM '{path}' WHERE regexp_matches({text}, ?)"
                assert con.execute(query, [number]).fetchall() == [(0,)], (path.name, text)


def test_the_truth_lies_beside_it_and_speaks_of_the_same_people(made: Path) -> None:
    truth = made / "truth"
    said = json.loads((truth / "parameters.json").read_text())
    assert said["parameters"]["system"] == SYSTEM
    assert said["versions"]["doorstep"]
    with records.open_lake(Home(made)) as lake:
        con = lake.connection()
        for name in ("people", "conditions"):
            missing = con.execute(
                f"SELECT count(*) FROM '{truth}/{name}-*.parquet' t ANTI JOIN person USING (person_id)"
            )
            assert missing.fetchall() == [(0,)]
        rows = con.execute(
            f"""SELECT count(*) FROM '{truth}/people-*.parquet' child JOIN '{truth}/people-*.parquet' parent
            ON child.mother = parent.number WHERE parent.birth_on >= child.birth_on OR parent.sex <> '2'"""
        )
        assert rows.fetchall() == [(0,)]


def test_the_command_says_what_it_wrote(tmp_path: Path, run: Run) -> None:
    code, out, _ = _make(run, tmp_path / "home", "--json")
    told = json.loads(out)
    assert code == 0
    with records.open_lake(Home(tmp_path / "home")) as lake:
        assert {i.tables[0]: i.n_rows for i in lake.files()} == told["rows"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--place", "Sefton", "--plane", "planning"), "a Place is made as extracts"),
        (("--place", "Sefton", "--workers", "2"), "a Place is made as extracts"),
        (("--place", "Sefton", "--system", SYSTEM), "both a Place and a system"),
        ((), "neither a Place nor a system"),
        (("--system", SYSTEM, "--plane", "care"), "the plane is 'care'"),
        (("--system", SYSTEM, "--ways", "B"), "without extracts"),
        (("--system", SYSTEM, "--format", "parquet"), "leave --format out"),
        (("--system", "Cheshire"), "Cheshire and Merseyside"),
        (("--system", SYSTEM, "--end", "2090-01"), "has not come yet"),
        (("--system", SYSTEM, "--workers", "0"), "0 workers"),
        (("--system", SYSTEM, "--scale", "11"), "at most 10"),
    ],
)
def test_mistakes_end_in_advice_and_leave_nothing(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], expected: str
) -> None:
    code, _, err = run("synthetic", "make", "--out", str(tmp_path / "home"), *arguments)
    assert code == 2
    assert expected in err
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_left_alone(tmp_path: Path, run: Run) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = _make(run, tmp_path)
    assert code == 2 and "something in the output folder" in err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_where_publishing_fails(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("doorstep.records.snapshot.publish", fail)
    code, _, err = _make(run, tmp_path / "home")
    assert code == 4 and "No space left" in err
    assert not list(tmp_path.iterdir())


# Adopting


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    create_for_system(home, SYSTEM)
    home.purposes_file.write_text(purposes.example(date(2099, 1, 1)))
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_lake().folder, tmp_path / "made"))


def _refused(home: Home, folder: Path, kind: type[DoorstepError], seen: str) -> None:
    with pytest.raises(kind, match=seen):
        records.adopt_made(home, folder)
    assert records.current_snapshot(home) is None
    assert not list((home.lake / "loads").glob("*"))


def test_a_file_with_other_bytes_is_not_adopted(empty: Home, folder: Path) -> None:
    path = next((folder / "lake").glob("facts-spell-*"))
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(bytes(content))
    _refused(empty, folder, NotWhatItClaimsError, "its content has another hash")


def test_a_shorter_or_missing_file_is_not_adopted(empty: Home, folder: Path) -> None:
    path = next((folder / "lake").glob("facts-coded-*"))
    path.write_bytes(path.read_bytes()[:-1])
    _refused(empty, folder, NotWhatItClaimsError, "bytes, not")
    path.unlink()
    _refused(empty, folder, NotWhatItClaimsError, "it is missing")


def test_a_file_outside_the_folder_is_not_adopted(empty: Home, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["path"] = "../manifest.json"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    _refused(empty, folder, NotWhatItClaimsError, "it is missing")


@pytest.mark.parametrize(
    ("change", "kind", "seen"),
    [
        ({"format": 2}, ConfigurationError, "format 2"),
        ({"files": [{"role": "facts", "table": "births"}]}, NotWhatItClaimsError, "no lake table 'births'"),
        ({"files": None}, NotWhatItClaimsError, "not the manifest"),
        ({"received_on": "2099-01-01"}, UsageError, "has not come yet"),
    ],
)
def test_a_wrong_manifest_is_not_adopted(
    empty: Home, folder: Path, change: dict[str, Any], kind: type[DoorstepError], seen: str
) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | change))
    _refused(empty, folder, kind, seen)


def test_no_flow_is_adopted_without_a_purpose(empty: Home, folder: Path) -> None:
    empty.purposes_file.write_text(purposes.TEMPLATE)
    _refused(empty, folder, ConfigurationError, "no purpose for the hospital flow")


def test_made_up_people_never_join_others(made: Path, folder: Path) -> None:
    before = records.current_snapshot(Home(made))
    with pytest.raises(UsageError, match="holds records already"):
        records.adopt_made(Home(made), folder)
    assert records.current_snapshot(Home(made)) == before
    assert list((folder / "lake").iterdir())


# The home of a system

PRACTICES = reference.table("practices")


def _one(query: str) -> Any:
    with duckdb.connect() as con:
        return con.execute(query).fetchall()[0][0]


def test_a_systems_home_has_all_its_practices(empty: Home) -> None:
    system, practices = places.configured(empty.config())
    assert (system.name, system.status, system.icb) == (SYSTEM, "system", "QOC")
    assert list(practices) == _one(f"SELECT list(practice ORDER BY practice) FROM '{PRACTICES}' WHERE icb = 'QOC'")
    assert len(system.lsoas()) == _one(f"SELECT count(*) FROM '{reference.table('lsoa21')}' WHERE icb24_nhs = 'QOC'")


@pytest.mark.parametrize(
    "name",
    [
        "QYG",
        "Cheshire and Merseyside",
        "NHS Cheshire & Merseyside",
        "NHS Cheshire and Merseyside Integrated Care Board",
    ],
)
def test_a_system_is_found_by_each_of_its_names(name: str) -> None:
    assert systems.find(name).name == "Cheshire and Merseyside"


def test_england_is_every_practice() -> None:
    england = systems.find("england")
    assert (england.name, len(england.practices())) == ("England", _one(f"SELECT count(*) FROM '{PRACTICES}'"))


def test_an_unknown_system_brings_the_nearest_names() -> None:
    with pytest.raises(UsageError, match="did you mean Cheshire and Merseyside"):
        systems.find("Cheshire and Mersyside")


@pytest.mark.parametrize("extra", ['place = "Sefton"\n', 'practices = ["N84001"]\n'])
def test_a_home_is_a_places_or_a_systems_and_not_both(empty: Home, extra: str) -> None:
    empty.config_file.write_text(extra + empty.config_file.read_text())
    with pytest.raises(ConfigurationError, match="system is"):
        places.configured(empty.config())


def test_a_places_home_is_as_before(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    create(home, "Sefton")
    place, practices = places.configured(home.config())
    assert place.name == "Sefton" and len(practices) > 20
    assert '# practices = ["N84001", "N84002"]' in home.config_file.read_text()
