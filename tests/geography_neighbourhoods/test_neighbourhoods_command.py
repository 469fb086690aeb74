"""`doorstep neighbourhoods` as its users run it: what it writes is read back, a mistake leaves nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doorstep.cli.app import main
from doorstep.geography.areas import areas_within
from doorstep.geography.neighbourhoods import read

HALTON = areas_within("Halton")
OF_2011 = "E01012428"  # an area of 2011 in Halton that was split, and is none of 2021
Said = tuple[int, str, str]
Run = Callable[..., Said]


@pytest.fixture
def doorstep(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line; return its exit code, what it printed, and what it said of mistakes."""

    def run(*words: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(["neighbourhoods", *map(str, words)])
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return run


def listed(path: Path, rows: list[tuple[str, str]], heading: str = "neighbourhood,lsoa21") -> Path:
    path.write_text("\n".join([heading, *(f"{name},{code}" for name, code in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def drawn(doorstep: Run, tmp_path: Path) -> dict[str, Any]:
    code, out, _ = doorstep("draw", "--place", "Halton", "--from", "2026-04-01", "--out", tmp_path / "sets", "--json")
    assert code == 1  # Halton is in two pieces, which is a note
    return dict(json.loads(out))


def test_what_was_drawn_is_in_every_file_alike(drawn: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "sets" / "halton" / "v1"
    assert drawn["written"] == str(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["areas.csv", "areas.geojson", "set.toml"]
    made = read(tmp_path / "sets" / "halton")
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["lsoa21"]: row["neighbourhood"] for row in csv.DictReader(file)}
    assert rows == {code: n.id for code, n in made.members()} and sorted(rows) == sorted(HALTON)
    told = {row["area"]: row for row in drawn["areas"]}
    shapes = {f["id"]: f["properties"] for f in json.loads((folder / "areas.geojson").read_text())["features"]}
    assert told.keys() == shapes.keys() == set(rows.values())
    assert {i: row["residents"] for i, row in told.items()} == {i: p["residents"] for i, p in shapes.items()}
    assert sum(row["residents"] for row in told.values()) == 128_508
    assert all(30_000 <= row["residents"] <= 50_000 for row in told.values())
    assert all(row["patients living there"] > 0 and row["patients of its practices"] > 0 for row in told.values())


def test_a_drawing_again_is_the_next_version_and_the_same_seed_draws_the_same(
    drawn: dict[str, Any], doorstep: Run, tmp_path: Path
) -> None:
    before = (tmp_path / "sets" / "halton" / "v1" / "set.toml").read_bytes()
    _, out, _ = doorstep("draw", "--place", "halton", "--from", "2026-04-01", "--out", tmp_path / "sets")
    assert f"Written to {tmp_path / 'sets' / 'halton' / 'v2'}" in out
    assert "Halton does not hang together: 64,295 residents (43 areas) and 64,213 residents (37 areas)" in out
    assert (tmp_path / "sets" / "halton" / "v1" / "set.toml").read_bytes() == before
    one, two = (read(tmp_path / "sets" / "halton", version) for version in (1, 2))
    assert one.neighbourhoods == two.neighbourhoods


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["--place", "Haltn"], 2, "did you mean halton"),
        (["--place", "Halton", "--england"], 2, "one of --place NAME, --system NAME and --england"),
        ([], 2, "which ground?"),
        (["--place", "Halton", "--low", "60000"], 2, "--low 60,000 is more than --high 50,000"),
        (["--place", "Halton", "--id", "Halton 2026"], 4, "small letters, digits and hyphens"),
    ],
)
def test_a_drawing_that_cannot_be_is_refused_with_what_to_do_and_leaves_nothing(
    doorstep: Run, tmp_path: Path, words: list[str], exit_code: int, said: str
) -> None:
    code, out, err = doorstep("draw", *words, "--out", tmp_path / "sets")
    assert (code, out) == (exit_code, "") and said in err
    assert not (tmp_path / "sets").exists()


def test_wishes_about_areas_that_are_elsewhere_are_refused(doorstep: Run, tmp_path: Path) -> None:
    elsewhere = areas_within("Knowsley")[0]
    wish = tmp_path / "together.csv"
    wish.write_text(f"group,lsoa21\nestate,{elsewhere}\n", encoding="utf-8")
    code, _, err = doorstep("draw", "--place", "Halton", "--keep-together", wish, "--out", tmp_path / "sets")
    assert code == 4 and f"{elsewhere} is no area of the ground" in err
    assert not (tmp_path / "sets").exists()


def test_a_set_grows_from_a_list_to_a_recognised_one_and_is_audited(doorstep: Run, tmp_path: Path) -> None:
    rows = [("North" if i < 40 else "South", code) for i, code in enumerate(HALTON)]
    code, out, _ = doorstep(
        "import", listed(tmp_path / "list.csv", rows), "--units", "lsoa2021", "--id", "teams", "--out", tmp_path
    )
    assert code == 0 and "2 neighbourhoods of Halton" in out and "0 areas in more than one, 0 of the" in out
    changes = tmp_path / "changes.toml"
    changes.write_text(
        '[[neighbourhood]]\nid = "n01"\n[[neighbourhood.recognition]]\nwho = "residents"\nwhat = "A workshop"\n'
        'on = 2026-05-06\nsource = "Its notes"\n[[neighbourhood.reason]]\ntext = "One town"\nby = "The board"\n'
        "on = 2026-05-13\n",
        encoding="utf-8",
    )
    code, out, _ = doorstep("amend", tmp_path / "teams", changes)
    assert code == 0 and "1 of 2 recognised by somebody" in out
    code, out, _ = doorstep("audit", tmp_path / "teams", "--out", tmp_path / "audit", "--json")
    told = json.loads(out)
    assert code == 1 and told["set"] == "teams@2" and told["published"]["status"] == "secondary"
    first, second = told["neighbourhoods"]
    assert first["called"] == "neighbourhood" and first["range_words"].endswith("reason: One town")
    assert second["called"] == "administrative area" and second["range_words"].endswith("no reason recorded")
    assert first["residents"] + second["residents"] == 128_508
    assert [ask for ask in told["asks"] if ask.startswith("North")] == ["North: does not hang together (3 pieces)"]
    assert sorted(p.name for p in (tmp_path / "audit").iterdir()) == [
        "audit.json", "checks.csv", "flows.csv", "neighbourhoods.csv", "overlaps.csv",
    ]  # fmt: skip
    with (tmp_path / "audit" / "neighbourhoods.csv").open(encoding="utf-8", newline="") as file:
        assert [int(row["residents"]) for row in csv.DictReader(file)] == [first["residents"], second["residents"]]
    assert json.loads((tmp_path / "audit" / "audit.json").read_text())["set"] == "teams@2"


def test_lists_that_overlap_and_an_area_twice_are_kept_and_told(doorstep: Run, tmp_path: Path) -> None:
    shared, left_out = HALTON[0], HALTON[-1]
    rows = [("A", code) for code in HALTON[:40]] + [("A", shared), ("B", shared)]
    rows += [("B", code) for code in HALTON[40:-1]]
    path = listed(tmp_path / "list.csv", rows)
    code, out, _ = doorstep("import", path, "--units", "lsoa2021", "--id", "x", "--out", tmp_path, "--json")
    told = json.loads(out)
    assert code == 1 and told["in_several"] == {shared: ["n01", "n02"]} and told["in_none"] == [left_out]
    assert [row["LSOAs"] for row in told["neighbourhoods"]] == [40, len(HALTON) - 40]  # the second line changes nothing
    code, out, _ = doorstep("audit", tmp_path / "x")
    assert code == 1 and "1 areas are in more than one neighbourhood" in out and "1 areas (" in out


@pytest.mark.parametrize(
    ("rows", "units", "said"),
    [
        ([("A", HALTON[0]), ("B", OF_2011)], "lsoa2021", f"1 of its codes are no areas of 2021: {OF_2011}"),
        ([("A", HALTON[0]), ("B", "E01099999")], "lsoa2021", "no areas of 2021: E01099999"),
        ([("A", HALTON[0]), ("", HALTON[1])], "lsoa2021", "row 3"),
        ([("A", HALTON[0])], "wards", "expected:"),
        ([], "lsoa2021", "the list is empty"),
    ],
)
def test_a_list_of_mixed_editions_or_strange_units_is_refused_and_leaves_nothing(
    doorstep: Run, tmp_path: Path, rows: list[tuple[str, str]], units: str, said: str
) -> None:
    path = listed(tmp_path / "list.csv", rows)
    code, out, err = doorstep("import", path, "--units", units, "--id", "x", "--out", tmp_path / "sets")
    assert (code, out) == (4, "") and said in err and str(path) in err
    assert not (tmp_path / "sets").exists()


def test_amending_what_the_set_does_not_have_is_refused_and_no_version_is_made(
    drawn: dict[str, Any], doorstep: Run, tmp_path: Path
) -> None:
    changes = tmp_path / "changes.toml"
    changes.write_text('[[neighbourhood]]\nid = "E06000006-09"\nname = "Nowhere"\n', encoding="utf-8")
    code, _, err = doorstep("amend", tmp_path / "sets" / "halton", changes)
    assert code == 4 and "the set has no neighbourhood 'E06000006-09'" in err and "E06000006-01" in err
    assert [path.name for path in (tmp_path / "sets" / "halton").iterdir()] == ["v1"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("neighbourhood = 3", "neighbourhood is 3"),
        ("valid_to = 'soon'", "valid_to is 'soon'"),
        ("colour = 'red'", "the file has an unknown key colour"),
        ("[[neighbourhood]]\nid = ['a']", "[[neighbourhood]] 1: id is ['a']"),
        ("[[neighbourhood]]\nid = 'n01'\npractices = 'N84013'", "practices is 'N84013'"),
        ("[[neighbourhood]]\nid = 'n01'\nrecognised = true", "unknown key recognised"),
        ("[[neighbourhood]]\nid = 'n01'\nrecognition = 'all'", "recognition is 'all'"),
        (
            "[[neighbourhood]]\nid = 'n01'\n[[neighbourhood.recognition]]\nwho = 'residents'\nwhat = 'Will meet'\n"
            "source = 'Plan'\non = 2999-01-01",
            "2999-01-01, which has not come",
        ),
    ],
)
def test_changes_that_nothing_would_read_as_they_are_meant_are_refused(
    doorstep: Run, tmp_path: Path, changes: str, said: str
) -> None:
    rows = listed(tmp_path / "list.csv", [("Runcorn", code) for code in HALTON])
    doorstep("import", rows, "--units", "lsoa2021", "--id", "teams", "--out", tmp_path / "sets")
    file = tmp_path / "changes.toml"
    file.write_text(changes.replace("'", '"'), encoding="utf-8")
    code, _, err = doorstep("amend", tmp_path / "sets" / "teams", file)
    assert code == 4 and said.replace("'", '"') in err.replace("'", '"')
    assert [path.name for path in (tmp_path / "sets" / "teams").iterdir()] == ["v1"]


def test_changes_that_are_no_text_are_refused_in_words(doorstep: Run, tmp_path: Path) -> None:
    rows = listed(tmp_path / "list.csv", [("Runcorn", code) for code in HALTON])
    doorstep("import", rows, "--units", "lsoa2021", "--id", "teams", "--out", tmp_path / "sets")
    (tmp_path / "changes.toml").write_bytes(b"title = '\xe9'")
    code, _, err = doorstep("amend", tmp_path / "sets" / "teams", tmp_path / "changes.toml")
    assert code == 4 and "not text in UTF-8" in err and "codec" not in err


def test_a_folder_of_sets_names_the_sets_in_it(doorstep: Run, tmp_path: Path) -> None:
    rows = listed(tmp_path / "list.csv", [("Runcorn", code) for code in HALTON] + [("", "")])
    doorstep("import", rows, "--units", "lsoa2021", "--id", "teams", "--out", tmp_path / "sets")
    code, _, err = doorstep("audit", tmp_path / "sets")
    assert code == 2 and "name one of the sets in it: teams" in err


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [(["--weight", "2"], 2, "--towards wards"), (["--id", "Our Teams"], 4, "small letters")],
)
def test_what_a_drawing_cannot_use_is_refused_before_it_is_drawn(
    doorstep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], exit_code: int, said: str
) -> None:
    monkeypatch.setattr("doorstep.geography.neighbourhoods.making.draw_set", None)
    code, _, err = doorstep("draw", "--place", "Halton", "--out", tmp_path / "sets", *words)
    assert code == exit_code and said in err


def test_a_list_of_many_councils_counts_them(doorstep: Run, tmp_path: Path) -> None:
    names = ("Halton", "Sefton", "Knowsley", "Liverpool")
    rows = listed(tmp_path / "list.csv", [(name, code) for name in names for code in areas_within(name)])
    code, out, _ = doorstep("import", rows, "--units", "lsoa2021", "--id", "teams", "--out", tmp_path / "sets")
    assert code == 0 and "4 neighbourhoods of 4 councils; administrative only" in out


def test_an_audit_of_no_set_or_of_files_that_disagree_is_refused(
    drawn: dict[str, Any], doorstep: Run, tmp_path: Path
) -> None:
    code, _, err = doorstep("audit", tmp_path / "sets" / "wirral", "--out", tmp_path / "audit")
    assert code == 2 and "there is no set of neighbourhoods" in err
    areas = tmp_path / "sets" / "halton" / "v1" / "areas.csv"
    areas.write_text(areas.read_text(encoding="utf-8") + f"{HALTON[0]},n99\n", encoding="utf-8")
    code, _, err = doorstep("audit", tmp_path / "sets" / "halton", "--out", tmp_path / "audit")
    assert code == 5 and "areas.csv names n99, which set.toml does not" in err
    assert not (tmp_path / "audit").exists()


def test_the_practices_of_teams_are_brought_as_a_list_and_the_audit_counts_by_them(
    doorstep: Run, tmp_path: Path
) -> None:
    pcns = [("Runcorn", "U09643"), ("Widnes", "U79408")]
    heading = "neighbourhood,pcn"
    doorstep("import", listed(tmp_path / "p.csv", pcns, heading), "--units", "pcns", "--id", "teams", "--out", tmp_path)
    first = read(tmp_path / "teams")
    assert [len(n.practices) for n in first.neighbourhoods] == [6, 8]
    bevan = listed(tmp_path / "more.csv", [("runcorn", "N81011")], "neighbourhood,practice")
    code, out, _ = doorstep("practices", tmp_path / "teams", bevan, "--units", "practices")
    assert code == 0 and "1 practice listed" in out and f"Written to {tmp_path / 'teams' / 'v2'}" in out
    second = read(tmp_path / "teams")
    assert [len(n.practices) for n in second.neighbourhoods] == [7, 7] and "N81011" in second.neighbourhoods[
        0
    ].practices
    assert [n.areas for n in second.neighbourhoods] == [n.areas for n in first.neighbourhoods]
    _, out, _ = doorstep("audit", tmp_path / "teams", "--json")
    assert [row["team_practices"] for row in json.loads(out)["neighbourhoods"]] == [7, 7]
    again = listed(tmp_path / "whole.csv", [("n02", "U79408")], heading)
    doorstep("practices", tmp_path / "teams", again, "--units", "pcns", "--only")
    assert [len(n.practices) for n in read(tmp_path / "teams").neighbourhoods] == [0, 8]
    _, out, _ = doorstep("audit", tmp_path / "teams", "--json")
    assert "Runcorn: no practice of its team is recorded, and others' are" in json.loads(out)["asks"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [([("Crewe", "N81011")], "no neighbourhood 'Crewe'"), ([("A", "X99999")], "no practices: X99999")],
)
def test_a_list_of_practices_that_fits_no_team_is_refused_and_no_version_is_written(
    doorstep: Run, tmp_path: Path, rows: list[tuple[str, str]], said: str
) -> None:
    doorstep(
        "import",
        listed(tmp_path / "list.csv", [("A", HALTON[0])]),
        "--units",
        "lsoa2021",
        "--id",
        "a",
        "--out",
        tmp_path,
    )
    bad = listed(tmp_path / "bad.csv", rows, "neighbourhood,practice")
    code, _, err = doorstep("practices", tmp_path / "a", bad, "--units", "practices")
    assert code == 4 and said in err and str(bad) in err
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["v1"]
