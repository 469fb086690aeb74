"""The shipped tables: as many rows as the publishers print, every file what its checksum says, every licence named."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from doorstep import reference
from doorstep.errors import NotWhatItClaimsError, UsageError
from doorstep.reference import tables
from doorstep.reference.tables import Source


def rows(query: str, *names: str) -> list[tuple[Any, ...]]:
    """Run a query whose {0}, {1} … stand for the named tables."""
    files = [f"'{reference.table(name)}'" for name in names]
    found: list[tuple[Any, ...]] = duckdb.connect().execute(query.format(*files)).fetchall()
    return found


def one(query: str, *names: str) -> Any:
    return rows(query, *names)[0][0]


# Counts as ONS, MHCLG and NHS England publish them.
@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("lsoa21", "lsoa21", 33_755),
        ("lsoa21", "msoa21", 6_856),
        ("lsoa21", "ltla24", 296),
        ("lsoa21", "utla24", 153),
        ("lsoa21", "sicbl24", 106),
        ("lsoa21", "icb24", 42),
        ("lsoa21", "region", 9),
        ("lsoa21", "pcon24", 543),
        ("lsoa11", "lsoa11", 32_844),
        ("imd2019_on_lsoa21", "lsoa21", 33_755),
        ("lsoa21_of_lsoa11", "lsoa11", 32_844),
        ("ethnicity_lsoa21", "lsoa21", 33_755),
        ("age_lsoa21", "lsoa21", 33_755),
        ("practices", "practice", 6_267),
        ("practices", "icb", 42),
        ("hfrs", "icd10_3", 109),
        ("diagnosis_scores", "variant", 7),
        ("sex_ltla", "ltla24", 296),
    ],
)
def test_as_many_as_the_publisher_prints(name: str, column: str, expected: int) -> None:
    assert one(f"select count(distinct {column}) from {{0}}", name) == expected


@pytest.mark.parametrize("name", ["lsoa21", "lsoa11", "practices", "imd2019_on_lsoa21", "lsoa21_of_lsoa11", "hfrs"])
def test_a_key_stands_once(name: str) -> None:
    key = {"practices": "practice", "imd2019_on_lsoa21": "lsoa21", "lsoa21_of_lsoa11": "lsoa11", "hfrs": "icd10_3"}
    assert one(f"select count(*) - count(distinct {key.get(name, name)}) from {{0}}", name) == 0


def test_populations_are_the_published_ones() -> None:
    assert one("select sum(population) from {0}", "lsoa21") == 56_489_608  # Census 2021, with the Census's perturbation
    assert one("select sum(population_mid2020) from {0}", "lsoa11") == 56_550_138  # ONS mid-2020
    assert one("select sum(persons) from {0}", "age_lsoa21") == pytest.approx(56_550_138, abs=1)


def test_deciles_hold_a_tenth_of_areas_each() -> None:
    for name, column, areas in (("lsoa21", "imd2025_decile", 33_755), ("lsoa11", "imd2019_decile", 32_844)):
        sizes = dict(rows(f"select {column}, count(*) from {{0}} group by 1", name))
        assert sorted(sizes) == list(range(1, 11))
        assert all(abs(size - areas / 10) <= 2 for size in sizes.values())


def test_jaywick_is_in_the_most_deprived_decile_of_both_indices() -> None:
    assert rows("select imd2025_decile from {0} where lsoa21_name = 'Tendring 018A'", "lsoa21") == [(1,)]
    assert rows("select imd2019_decile from {0} where lsoa11_name = 'Tendring 018A'", "lsoa11") == [(1,)]


def test_shares_of_a_2011_area_add_to_one_both_ways() -> None:
    for key, share in (("lsoa11", "share_of_lsoa11"), ("lsoa21", "share_of_lsoa21")):
        off = one(
            f"select count(*) from (select sum({share}) as s from {{0}} group by {key}) where abs(s - 1) > 1e-4",
            "lsoa11_lsoa21",
        )
        assert off == 0


def test_an_unchanged_area_keeps_its_2019_decile() -> None:
    changed = one(
        "select count(*) from {0} c join {1} a on a.lsoa11 = c.lsoa21 "
        "where c.change_code = 'U' and a.imd2019_decile <> c.imd2019_decile",
        "imd2019_on_lsoa21",
        "lsoa11",
    )
    assert changed == 0


def test_every_age_of_every_area_is_there() -> None:
    assert rows("select min(age), max(age), count(*) from {0}", "age_lsoa21") == [(0, 90, 33_755 * 91)]


def test_every_practice_has_a_council_and_says_how_it_was_found() -> None:
    found = dict(rows("select located_by, count(ltla24) from {0} group by 1", "practices"))
    assert found == {"postcode": 6_249, "patients": 18}


def test_registrations_are_of_english_areas_only() -> None:
    assert one("select count(*) from {0} where lsoa11 not in (select lsoa11 from {1})", "registrations", "lsoa11") == 0
    strangers = "select count(distinct practice) from {0} where practice not in (select practice from {1})"
    assert one(strangers, "registrations", "practices") == 217  # closed or merged before the list of 2023-24


def test_no_list_without_a_licence_ships() -> None:
    listed = rows("select list_id, licence_group, shipped from {0}", "codelists")
    shipped = {list_id for list_id, _, is_shipped in listed if is_shipped}
    assert {group for _, group, is_shipped in listed if is_shipped} == {"A", "B"}
    assert {group for _, group, is_shipped in listed if not is_shipped} == {"C"}
    assert {row[0] for row in rows("select distinct list_id from {0}", "codes")} == shipped


def test_a_list_holds_as_many_codes_as_its_entry_says() -> None:
    wrong = rows(
        "select l.list_id from {0} l left join {1} c using (list_id) where l.shipped "
        "group by l.list_id, l.n_codes having count(c.code) <> l.n_codes",
        "codelists",
        "codes",
    )
    assert wrong == []


def test_a_condition_names_lists_that_exist() -> None:
    named = rows("select distinct unnest(codelists) from {0}", "conditions")
    known = {row[0] for row in rows("select list_id from {0}", "codelists")}
    assert {name for (name,) in named if name} <= known


VERHOEFF_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
VERHOEFF_P = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def has_verhoeff_check_digit(code: str) -> bool:
    """The check digit of SNOMED CT identifiers (dihedral group of order 10)."""
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = int(VERHOEFF_D[check][int(VERHOEFF_P[place % 8][int(digit)])])
    return check == 0


def test_every_snomed_code_has_a_right_check_digit() -> None:
    codes = rows("select distinct code from {0} where system = 'snomedct'", "codes")
    codes += rows("select code from {0} where set_name like 'programme%'", "codesets")
    codes += rows("select code from {0} where set_name in ('ecds_arrival_mode', 'ecds_acuity')", "codesets")
    assert [code for (code,) in codes if not has_verhoeff_check_digit(code)] == []
    assert len(codes) > 8_000


def test_every_source_names_its_licence_publisher_and_files() -> None:
    for source in reference.sources():
        assert source.title and source.publisher and source.vintage and source.licence and source.derived_from
        assert source.status in {"verified", "modelled", "inferred", "unreviewed", "mixed"}
        assert one("select count(*) from {0}", source.name) == source.rows
        columns = [row[0] for row in rows("describe select * from {0}", source.name)]
        assert tuple(columns) == source.columns


def test_the_shipped_files_are_the_ones_that_were_derived() -> None:
    assert reference.verify() == []


def test_what_is_said_of_a_table_is_what_stands_beside_its_query() -> None:
    catalogue = tomllib.loads((tables.DATA / "tables.toml").read_text(encoding="utf-8"))["tables"]
    assert list(catalogue) == [source.name for source in reference.sources()]
    for source in reference.sources():
        entry = catalogue[source.name]
        assert (source.title, source.vintage, source.status) == (entry["title"], entry["vintage"], entry["status"])
        assert source.caveats == tuple(entry.get("caveats", ())) and source.derived_from == tuple(entry["from"])


def test_the_code_sets_are_those_written_by_hand() -> None:
    with (tables.DATA / "codesets.csv").open(encoding="utf-8", newline="") as file:
        written = sorted(tuple(value or None for value in row.values()) for row in csv.DictReader(file))
    shipped = rows(
        "select set_name, code, meaning, valid_from::varchar, valid_to::varchar, status, source from {0} order by 1, 2",
        "codesets",
    )
    assert shipped == written


def test_a_changed_or_missing_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hfrs = tables.source("hfrs")
    (tmp_path / "hfrs.parquet").write_bytes(hfrs.path.read_bytes() + b"x")

    def two() -> tuple[Source, ...]:
        return (hfrs, tables.source("conditions"))

    changed = two()
    monkeypatch.setattr(tables, "sources", lambda: changed)
    monkeypatch.setattr(tables, "DATA", tmp_path)
    assert reference.verify() == [
        "hfrs: the file differs from the one that was derived (SHA-256)",
        "conditions: the file is missing",
    ]
    with pytest.raises(NotWhatItClaimsError, match="missing from the package"):
        reference.table("conditions")


def test_a_table_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(UsageError, match="'lsoa31'") as error:
        reference.table("lsoa31")
    assert "lsoa21" in error.value.expected


def test_the_page_of_attributions_is_the_committed_one() -> None:
    committed = Path(__file__).resolve().parents[2] / "docs" / "reference" / "attributions.md"
    assert committed.read_text(encoding="utf-8") == reference.attributions()


def test_the_tables_stay_small_enough_to_ship() -> None:
    assert sum(source.path.stat().st_size for source in reference.sources()) < 16_000_000  # the wheel is held to 30 MB


def test_the_frailty_weights_are_the_same_in_both_tables_that_hold_them() -> None:
    alone = pq.read_table(reference.table("hfrs")).to_pylist()
    scores = pq.read_table(reference.table("diagnosis_scores")).to_pylist()
    among = {row["prefix"]: row["weight"] for row in scores if row["variant"] == "hfrs"}
    assert {row["icd10_3"]: row["weight"] for row in alone} == among
