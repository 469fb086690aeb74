"""Lists brought in: every unit is carried, and what is not plain is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doorstep.errors import DataError
from doorstep.geography.areas import areas_within
from doorstep.geography.neighbourhoods import NeighbourhoodSet, import_set
from doorstep.geography.neighbourhoods.ground import areas, pcn_of_practice, registered
from doorstep.geography.neighbourhoods.importing import _from_2011

HALTON = areas_within("Halton")


def bring(tmp_path: Path, kind: str, column: str, rows: list[tuple[str, str]]) -> NeighbourhoodSet:
    path = tmp_path / "list.csv"
    path.write_text("\n".join([f"{column},neighbourhood", *(f"{unit},{name}" for unit, name in rows)]) + "\n")
    return import_set(path, kind, "halton", on=date(2026, 4, 1))


def test_a_list_of_areas_keeps_every_row_and_names_overlaps_and_gaps(tmp_path: Path) -> None:
    rows = [(code, "North") for code in HALTON[:3]] + [(code, "South") for code in HALTON[2:5]]
    found = bring(tmp_path, "lsoa2021", "lsoa21", rows)
    assert [n.areas for n in found.neighbourhoods] == [HALTON[:3], HALTON[2:5]]
    assert found.overlaps() == {HALTON[2]: ("n01", "n02")}
    assert found.gaps() == HALTON[5:]


def test_an_area_split_since_2011_keeps_all_its_parts_and_it_is_said(tmp_path: Path) -> None:
    old, rows = next((old, rows) for old, rows in _from_2011().items() if rows[0][1] == "S")
    found = bring(tmp_path, "lsoa2011", "lsoa11", [(old, "One")])
    assert set(found.neighbourhoods[0].areas) == {new for new, _, _ in rows}
    assert any(note.startswith(f"{old} of 2011 was split") for note in found.notes)


def test_an_area_merged_since_2011_goes_where_most_of_it_was_and_it_is_said(tmp_path: Path) -> None:
    merged: dict[str, dict[str, float]] = {}
    for old, rows in _from_2011().items():
        for new, change, share in rows:
            if change == "M":
                merged.setdefault(new, {})[old] = share
    new, shares = next((new, found) for new, found in merged.items() if len(set(found.values())) > 1)
    most = max(shares, key=lambda old: shares[old])
    found = bring(tmp_path, "lsoa2011", "lsoa11", [(old, f"with {old}") for old in shares])
    holders = [n.name for n in found.neighbourhoods if new in n.areas]
    assert holders == [f"with {most}"]
    assert any(note.startswith(f"{new} of 2021 was in") for note in found.notes)


def test_wards_bring_all_their_areas(tmp_path: Path) -> None:
    ward = areas()[HALTON[0]].ward
    found = bring(tmp_path, "wards", "ward", [(ward, "One")])
    assert set(found.neighbourhoods[0].areas) == {code for code, area in areas().items() if area.ward == ward}


def test_a_networks_patients_are_all_told_in_its_areas_or_elsewhere(tmp_path: Path) -> None:
    here = {p for code in HALTON for p in registered().in_area[code]}
    pcn = max(
        {pcn_of_practice()[p] for p in here if p in pcn_of_practice()},
        key=lambda pcn: sum(
            registered().in_area[HALTON[0]].get(p, 0) for p, n in pcn_of_practice().items() if n == pcn
        ),
    )
    found = bring(tmp_path, "pcns", "pcn", [(pcn, "One")])
    n = found.neighbourhoods[0]
    assert n.practices == tuple(sorted(p for p, unit in pcn_of_practice().items() if unit == pcn))
    for code in n.areas:
        held = registered().in_area[code]
        assert sum(held.get(p, 0) for p in n.practices) * 2 > sum(held.values())
    patients = sum(sum(registered().of_practice.get(p, {}).values()) for p in n.practices)
    assert any(note.startswith(f"One: {patients:,.0f} registered patients") for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "column", "unit"),
    [("lsoa2021", "lsoa21", "E99999999"), ("lsoa2021", "lsoa11", HALTON[0]), ("practices", "practice", "X00000")],
)
def test_unknown_codes_and_other_columns_are_refused_rather_than_lost(
    tmp_path: Path, kind: str, column: str, unit: str
) -> None:
    with pytest.raises(DataError):
        bring(tmp_path, kind, column, [(unit, "One")])
