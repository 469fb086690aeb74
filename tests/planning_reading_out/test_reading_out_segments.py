"""Segments by area and quintile: the numbers, what is hidden, and that what is hidden stays so."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lake_tables import make_home
from reading_people import homes, person_file

from doorstep.errors import ConfigurationError, UsageError
from doorstep.home import Home
from doorstep.planning.person_file import PersonFile
from doorstep.planning.reading_out import Reading, read_segments
from doorstep.planning.reading_out.protecting import ALL, MAX_CELLS, cube, protected
from doorstep.statistics.disclosure import Cube, Hierarchy, audit, join

PRACTICE = "N84001"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


def people(*groups: tuple[int, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"practice": PRACTICE, **row} for n, row in groups for _ in range(n)]


SEGMENTS = ("organ_failure", "frailty_dementia", "disability", "ltc", "healthy_well")


def ten_of_each(*places: dict[str, Any]) -> list[dict[str, Any]]:
    """Return ten people of every segment in each place, so that no number beside those of a test is small."""
    return people(*((10, {**place, "nhse_national": segment}) for place in places for segment in SEGMENTS))


def read(home: Home, rows: list[dict[str, Any]], **how: Any) -> Reading:
    return read_segments(duckdb.connect(), home, person_file(home.root / "person", rows), **how)


def numbers(reading: Reading) -> dict[tuple[str, str, str], Any]:
    (sheet,) = reading.sheets
    return {(str(r["area"]), str(r["segment"]), str(r["quintile"])): r["people"] for r in sheet.records()}


def test_everybody_of_any_age_who_is_alive_and_registered_is_counted_once(home: Home) -> None:
    rows = people(
        (20, {"imd_quintile": 1, "age": 4, "nhse_national": "ltc"}),
        (30, {"imd_quintile": 1, "age": 80, "nhse_national": "ltc"}),
        (7, {"imd_quintile": 5, "is_alive": False}),
        (8, {"imd_quintile": 5, "is_registered": False}),
    )
    everywhere = ten_of_each(*({"imd_quintile": q} for q in (1, 2, 3, 4, 5, None)))
    found = numbers(read(home, [*rows, *everywhere]))
    assert found[ALL, "ltc", "1"] == 20 + 30 + 10
    assert found[ALL, "ltc", "5"] == 10
    assert found[ALL, ALL, ALL] == 20 + 30 + 6 * 5 * 10


def test_small_numbers_are_hidden_and_so_is_what_gives_them_away(home: Home) -> None:
    rows = people(
        (3, {"imd_quintile": 1, "nhse_national": "ltc"}), (50, {"imd_quintile": 1}), (60, {"imd_quintile": 2})
    )
    found = numbers(read(home, rows))
    assert found[ALL, "ltc", "1"] == "*"
    assert 3 not in found.values()
    # everybody of a quintile less those shown would be the three: something beside them is hidden too
    assert [n for (_, s, q), n in found.items() if q == "1" and s != ALL].count("*") >= 2


@pytest.mark.parametrize("seed", range(4))
def test_no_small_number_can_be_worked_out_from_all_that_is_printed(seed: int) -> None:
    draw = random.Random(seed)
    areas, segments, parts = ("A", "B", "C"), ("x", "y", "z"), ("1", "2")
    leaves: dict[tuple[str, ...], int] = {
        (a, s, q): draw.choice([0, 2, 5, 6, 9, 40]) for a in areas for s in segments for q in parts
    }
    dimensions = [
        Hierarchy.with_total(n, labels, ALL) for n, labels in zip("asq", (areas, segments, parts), strict=True)
    ]
    table = cube("t", dimensions, leaves)
    (shown,) = protected([table])
    hidden = frozenset(table.places[at] for at, n in shown.items() if n == "*")
    small = {table.places[at] for at, n in table.values.items() if n < 6}
    assert small <= hidden
    assert not {e.cell for e in audit(join([table]), hidden)} & small


def test_a_quintile_that_an_area_has_no_lsoa_of_has_no_row(home: Home) -> None:
    lsoa = homes()
    rows = people((30, {"lsoa21": lsoa[1], "imd_quintile": 1}), (30, {"lsoa21": lsoa[5], "imd_quintile": 5}))
    found = numbers(read(home, rows, area="msoa"))
    by_area = {area: {q for a, _, q in found if a == area} for area, _, _ in found}
    table = _msoa_quintiles()
    assert len(by_area) == len(table) + 3  # and all, elsewhere, not known
    assert all(by_area[area] == {*table[area], ALL} for area in table)


def _msoa_quintiles() -> dict[str, set[str]]:
    from doorstep import reference

    rows = duckdb.execute(
        "select msoa21_name, list(distinct ((imd2025_decile + 1) // 2)::varchar) "
        "from read_parquet($t) where ltla24_name = 'Sefton' group by 1",
        {"t": str(reference.table("lsoa21"))},
    )
    return {name: set(quintiles) for name, quintiles in rows.fetchall()}


def test_people_who_live_outside_the_place_or_nobody_knows_where_are_kept_and_counted(home: Home) -> None:
    rows = people(
        (40, {"lsoa21": homes()[1], "imd_quintile": 1}),
        (30, {"lsoa21": homes("Leeds")[1], "imd_quintile": 1}),
        (20, {"lsoa21": None}),
    )
    found = numbers(read(home, rows, area="lad", by_quintile=False))
    assert found["Sefton", ALL, ALL] == 40
    assert found["Elsewhere", ALL, ALL] == 30
    assert found["Not known", ALL, ALL] == 20
    assert found[ALL, ALL, ALL] == 90


def test_by_practice_and_network(home: Home) -> None:
    with (home.root / "config.toml").open("a", encoding="utf-8") as config:
        config.write(f'practices = ["{PRACTICE}", "Z99999"]\n')
    rows = ten_of_each({"practice": PRACTICE}, {"practice": PRACTICE}, {"practice": "Z99999"})
    found = numbers(read(home, rows, area="practice", by_quintile=False))
    areas = {area.split()[0]: n for (area, segment, _), n in found.items() if segment == ALL}
    assert areas == {PRACTICE: 100, "Z99999": 50, ALL: 150}  # a practice that no register of practices has is kept
    networks = numbers(read(home, rows, area="pcn", by_quintile=False))
    assert networks["No network", ALL, ALL] == 50


def test_neighbourhoods_are_those_that_the_home_defines(home: Home) -> None:
    lsoa = homes()
    homes_of = ({"lsoa21": lsoa[1], "imd_quintile": 1}, {"lsoa21": lsoa[5], "imd_quintile": 5}, {"lsoa21": None})
    elsewhere = ({"lsoa21": there, "imd_quintile": q} for q, there in homes("Leeds").items())
    rows = ten_of_each(*homes_of, *elsewhere, {"lsoa21": "W01000001"})
    with pytest.raises(ConfigurationError, match="defines no neighbourhoods"):
        read(home, rows, area="neighbourhood")
    file = home.root / "neighbourhoods.csv"
    file.write_text(f"lsoa21,neighbourhood\n{lsoa[1]},South\n{lsoa[5]},North\n", encoding="utf-8")
    found = numbers(read(home, rows, area="neighbourhood"))
    assert found["South", ALL, "1"] == 50 and found["North", ALL, "5"] == 50
    assert ("South", ALL, "5") not in found
    file.write_text(f"lsoa21,neighbourhood\n{lsoa[1]},South\n{lsoa[1]},North\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"line 3: LSOA .* in neighbourhood 'North'"):
        read(home, rows, area="neighbourhood")
    file.write_text("area,name\nE01,South\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="the columns area, name"):
        read(home, rows, area="neighbourhood")


def test_shares_are_of_shown_numbers_only(home: Home) -> None:
    rows = people(
        (3, {"imd_quintile": 1, "nhse_national": "ltc"}), (50, {"imd_quintile": 1}), (60, {"imd_quintile": 2})
    )
    (sheet,) = read(home, rows).sheets
    for row in sheet.records():
        assert (row["percent_of_people"] is None) == (row["people"] == "*") or row["people"] == 0


def test_the_chart_has_the_numbers_of_the_table(home: Home) -> None:
    rows = people(
        (30, {"imd_quintile": 1, "nhse_national": "ltc"}), (50, {"imd_quintile": 1}), (60, {"imd_quintile": 2})
    )
    (sheet,) = read(home, rows).sheets
    assert sheet.chart is not None
    table = {(r["segment"], r["quintile"]): r["people"] for r in sheet.records()}
    drawn = [r for r in sheet.chart["data"]["values"] if "segment" in r]
    assert drawn and all(table[r["segment"], r["quintile"]] == r["people"] for r in drawn)
    assert "*" not in json.dumps([r["people"] for r in drawn])


def test_of_many_areas_the_chart_is_a_mark_each_and_not_a_page_of_bars(home: Home) -> None:
    lines = ["lsoa21,neighbourhood", *(f"{lsoa},N{i:03}" for i, lsoa in enumerate(_lsoas(60)))]
    (home.root / "neighbourhoods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [row for lsoa in _lsoas(60) for row in people((12, {"lsoa21": lsoa}))]
    (sheet,) = read(home, rows, area="neighbourhood", by_quintile=False).sheets
    assert sheet.chart is not None and sheet.chart["mark"]["type"] == "tick"


def _lsoas(n: int) -> list[str]:
    from doorstep import reference

    rows = duckdb.execute(
        f"select lsoa21 from read_parquet($t) where ltla24_name = 'Sefton' order by 1 limit {n}",
        {"t": str(reference.table("lsoa21"))},
    )
    return [row[0] for row in rows.fetchall()]


def test_a_table_too_large_to_protect_is_refused_with_what_to_do(home: Home) -> None:
    leaves: dict[tuple[str, ...], int] = {(f"a{i}", f"b{j}"): 9 for i in range(60) for j in range(40)}
    dimensions = [Hierarchy.side_by_side("a", [f"a{i}" for i in range(60)]), Hierarchy.side_by_side("b", _names(40))]
    with pytest.raises(UsageError, match=r"2,400 cells[\s\S]*--area lad"):
        protected([cube("t", dimensions, leaves)])
    assert MAX_CELLS < 2400


def _names(n: int) -> list[str]:
    return [f"b{j}" for j in range(n)]


def test_an_unknown_scheme_or_area_is_refused_by_name(home: Home) -> None:
    with pytest.raises(UsageError, match=r"no segmentation 'mine'[\s\S]*nhse_national"):
        read(home, people((40, {})), scheme="mine")
    with pytest.raises(UsageError, match=r"no area 'ward'[\s\S]*msoa"):
        read(home, people((40, {})), area="ward")


def test_a_person_table_without_segments_says_to_build_again(home: Home) -> None:
    person: PersonFile = person_file(home.root / "old", people((40, {})), without=["nhse_national"])
    with pytest.raises(UsageError, match=r"no segmentation[\s\S]*population build"):
        read_segments(duckdb.connect(), home, person)


def test_the_notes_say_what_the_scheme_cannot_find_and_that_nobody_reviewed_it(home: Home) -> None:
    notes = " ".join(read(home, people((40, {}))).notes)
    assert "unreviewed" in notes and "Cannot be found here" in notes


def test_totals_that_a_cube_is_given_are_its_own(home: Home) -> None:
    made: Cube = cube("t", [Hierarchy.with_total("a", ("x", "y"), ALL)], {("x",): 7, ("y",): 8})
    assert made.counts == {("x",): 7, ("y",): 8, (ALL,): 15}
