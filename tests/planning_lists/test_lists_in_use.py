"""Which lists are in use: the shipped ones, and a home's own before them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from doorstep import reference
from doorstep.cli.app import cli, main
from doorstep.errors import ConfigurationError, DataError, UsageError
from doorstep.home import Home
from doorstep.planning import lists
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.columns import offered

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "packs" / "gm-sde"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "config.toml").write_text('format = 1\nplace = "Sefton"\n', encoding="utf-8")
    return Home(tmp_path)


def own(home: Home, name: str, *codes: str) -> None:
    folder = home.root / "codelists"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text("\n".join(["code", *codes]) + "\n", encoding="utf-8")


def codes_of(found: lists.Lists, name: str) -> list[tuple[str, str]]:
    table = pq.read_table(found.path, filters=[("list_id", "=", name)])
    return list(zip(table["code"].to_pylist(), table["licence_group"].to_pylist(), strict=True))


def test_a_home_without_lists_uses_those_that_ship_and_writes_nothing(home: Home) -> None:
    found = lists.in_use(home)
    assert found.path == reference.table("codes")
    assert {"copd", "cfs.score"} <= found.names and "efi.falls" not in found.names
    assert sorted(p.name for p in home.root.iterdir()) == ["config.toml"]


def test_a_list_of_the_home_replaces_the_shipped_one_whole(home: Home) -> None:
    own(home, "copd", "13645005")
    found = lists.in_use(home)
    assert codes_of(found, "copd") == [("13645005", "own")]
    assert codes_of(found, "diabetes") == codes_of(lists.in_use(Home(home.root / "other")), "diabetes")


def test_a_new_list_is_added_and_the_table_keeps_its_shape(home: Home) -> None:
    own(home, "gout", "90560007")
    found = lists.in_use(home)
    assert "gout" in found.names
    assert pq.read_schema(found.path).equals(pq.read_schema(reference.table("codes")), check_metadata=False)


def test_the_hash_of_a_list_is_that_of_its_codes_alone(home: Home) -> None:
    before = lists.in_use(home).hashes
    own(home, "copd", "22298006", "13645005")
    after = lists.in_use(home).hashes
    assert after["copd"] == hashlib.sha256(b"snomedct 13645005\nsnomedct 22298006").hexdigest()
    assert {n for n in before if before[n] != after[n]} == {"copd"}


def test_the_table_is_written_once_and_again_when_a_file_changes(home: Home) -> None:
    own(home, "gout", "90560007")
    first = lists.in_use(home).path
    written = first.stat().st_mtime_ns
    assert lists.in_use(home).path == first and first.stat().st_mtime_ns == written
    own(home, "gout", "90560007", "22298006")
    second = lists.in_use(home)
    assert second.path != first
    assert [c for c, _ in codes_of(second, "gout")] == ["22298006", "90560007"]


def test_a_wrong_list_in_a_home_stops_the_work_and_leaves_no_table(home: Home) -> None:
    own(home, "gout", "90560008")
    with pytest.raises(DataError, match=r"gout\.csv: row 1: 90560008 has a wrong check digit"):
        lists.in_use(home)
    assert not (home.planning / "lists").exists()


def test_a_list_of_another_terminology_cannot_replace_a_shipped_one(home: Home, tmp_path: Path) -> None:
    (tmp_path / "copd.csv").write_text("icd10_code\nJ44\n", encoding="utf-8")
    with pytest.raises(DataError, match="codes of icd10 in place of the shipped list copd"):
        lists.add(home, tmp_path / "copd.csv")
    (tmp_path / "copd.csv").rename(tmp_path / "copd.icd10.csv")
    assert lists.add(home, tmp_path / "copd.icd10.csv") == ("copd.icd10",)


def test_adding_a_folder_takes_every_file_or_none(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.csv").write_text("SNOMED_code\n73211009\n", encoding="utf-8")
    (folder / "b.csv").write_text("code\n73211008\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.csv"):
        lists.add(home, folder)
    assert not (home.root / "codelists").exists()
    (folder / "b.csv").write_text("code\n22298006\n", encoding="utf-8")
    assert lists.add(home, folder) == ("a", "b")
    assert (home.root / "codelists" / "a.csv").read_text(encoding="utf-8") == "code,term,system\n73211009,,snomedct\n"


def test_there_must_be_a_home_and_a_file(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no code list at"):
        lists.add(home, tmp_path / "nothing.csv")
    (tmp_path / "a.csv").write_text("code\n73211009\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no home here"):
        lists.add(Home(tmp_path / "nowhere"), tmp_path / "a.csv")


def test_the_pack_brings_every_definition_but_those_nobody_has_codes_for(home: Home) -> None:
    without = offered(shipped(), lists.in_use(home).names).left_out
    assert "no code list efi.activity_limitation, efi.anaemia_haematinic_deficiency" in without["efi"]
    assert {"anxiety", "falls_history", "mobility_impairment", "efi2"} <= set(without)
    lists.add(home, PACK)
    left = offered(shipped(), lists.in_use(home).names).left_out
    absent = {name for name, why in left.items() if why.startswith("no code list")}
    assert absent == {"efi2"}


def run(home: Home, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["reference", "lists", *arguments, "--home", str(home.root)])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_list_that_no_definition_asks_for_is_said_when_it_is_added(home: Home, tmp_path: Path) -> None:
    for name in ("copd", "diabets"):
        (tmp_path / f"{name}.csv").write_text("code\n13645005\n", encoding="utf-8")
    assert "no definition asks for diabets" in run(home, "add", str(tmp_path / "diabets.csv"))
    assert "no definition asks" not in run(home, "add", str(tmp_path / "copd.csv"))


def test_the_command_adds_a_list_and_shows_where_each_comes_from(home: Home, tmp_path: Path) -> None:
    (tmp_path / "copd.csv").write_text("code\n13645005\n", encoding="utf-8")
    (tmp_path / "efi2.csv").write_text("code\n13645005\n", encoding="utf-8")
    assert "1 code list written to" in run(home, "add", str(tmp_path / "copd.csv"))
    run(home, "add", str(tmp_path / "efi2.csv"))
    shown = {row["list_id"]: row for row in json.loads(run(home, "show", "--json"))["lists"]}
    assert shown["copd"] | {"asked_by": []} == {
        "list_id": "copd", "n_codes": 1, "system": "snomedct", "origin": "own, instead of the shipped one",
        "version": "", "asked_by": [],
    }  # fmt: skip
    assert "copd_dx_only" in shown["copd"]["asked_by"]
    assert (shown["efi2"]["origin"], shown["diabetes"]["origin"]) == ("own", "ships")
    assert (shown["efi.falls"]["origin"], shown["efi.falls"]["n_codes"]) == ("absent", 0)
    absent = run(home, "show", "--absent")
    assert "\nefi.falls " in absent and "\ndiabetes " not in absent


def test_a_wrong_identifier_ends_the_command_with_4_and_advice(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copd.csv").write_text("code\n1.3645E+07\n", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["reference", "lists", "add", str(tmp_path / "copd.csv"), "--home", str(home.root)])
    assert end.value.code == 4
    assert "import its code column as text" in capsys.readouterr().err
