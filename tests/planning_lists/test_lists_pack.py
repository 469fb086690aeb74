"""The pack of lists without a licence: right identifiers, what definitions ask for, and never in a distribution."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pyarrow.parquet as pq

from doorstep import reference
from doorstep.planning.definitions import shipped
from doorstep.planning.list_files import list_id, read_list

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "packs" / "gm-sde"


def test_every_identifier_of_the_pack_is_right() -> None:
    found = {list_id(path): read_list(path) for path in PACK.glob("*.csv")}
    assert len(found) == 44
    assert {code.system for codes in found.values() for code in codes} == {"snomedct"}
    assert sum(map(len, found.values())) == 4_032


def test_the_pack_holds_the_lists_that_the_catalogue_calls_unlicensed() -> None:
    listed = pq.read_table(reference.table("codelists"), filters=[("licence_group", "=", "C")]).to_pylist()
    assert {row["list_id"] for row in listed} == {list_id(path) for path in PACK.glob("*.csv")}
    sizes = {row["list_id"]: row["n_codes"] for row in listed}
    assert {name: len(read_list(PACK / f"{name}.csv")) for name in sizes} == sizes


def test_the_pack_has_a_list_for_each_coded_deficit() -> None:
    (efi,) = shipped().deficits
    assert {name for d in efi.deficit for name in d.lists} == {p.stem for p in PACK.glob("efi.*.csv")}


def test_no_list_of_the_pack_ships() -> None:
    packed = {path.stem for path in PACK.glob("*.csv")}
    ships = set(pq.read_table(reference.table("codes"), columns=["list_id"])["list_id"].to_pylist())
    assert packed.isdisjoint(ships)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["packages"] == ["src/doorstep"] and "force-include" not in build["wheel"]
    assert "packs" not in build["sdist"]["include"]
    assert not [path for path in (ROOT / "src").rglob("*.csv") if path.stem in packed]


def test_lists_put_together_here_say_so_and_name_their_source() -> None:
    with (ROOT / "src/doorstep/reference/data/own_lists.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["status"] for row in rows} == {"secondary"}
    assert all(row["source"] and row["term"] and row["system"] == "snomedct" for row in rows)
    levels = [row["term"] for row in rows if row["list_id"].startswith("cfs.level_")]
    assert levels == [f"Clinical Frailty Scale level {n}" for n in range(1, 10)]  # the number, never the wording
