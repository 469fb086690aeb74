"""What people take away: boundaries that a map program opens, and tables."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import Any

from neighbourhoods_kit import NORTH, SOUTH, kept, save

HERE = "/where/neighbourhoods/halton/"


def _rows(answer: Any) -> list[dict[str, str]]:
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def _area(ring: list[list[float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring)) / 2


def test_the_boundaries_are_geojson_as_its_standard_asks(member: Any) -> None:
    """RFC 7946: longitude first, closed rings, outer ones anticlockwise; the areas' sum is that of the two towns."""
    kept()
    save(1, named={SOUTH: "Runcorn", NORTH: "Widnes"})
    answer = member("coach").get(f"{HERE}v2/areas.geojson")
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert 'filename="halton-v2.geojson"' in answer.headers["Content-Disposition"]
    told = json.loads(answer.content)
    assert told["type"] == "FeatureCollection" and "crs" not in told
    properties = [one["properties"] for one in told["features"]]
    assert [(p["name"], p["residents"], p["set"]) for p in properties] == [
        ("Runcorn", 64295, "halton@2"), ("Widnes", 64213, "halton@2"),
    ]  # fmt: skip
    assert {p["called"] for p in properties} == {"administrative area"}
    for one in told["features"]:
        for outer, *holes in one["geometry"]["coordinates"]:
            assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in (outer, *holes))
            assert _area(outer) > 0 and all(_area(hole) < 0 for hole in holes)
            assert all(-2.9 < x < -2.5 and 53.2 < y < 53.5 for x, y in outer)


def test_the_areas_are_a_table_with_those_left_over(member: Any) -> None:
    kept()
    save(1, named={SOUTH: "Runcorn"}, moved={"E01012392": ""})
    rows = _rows(member("coach").get(f"{HERE}v2/areas.csv"))
    assert len(rows) == 80 and len({row["lsoa21"] for row in rows}) == 80
    held = {row["lsoa21"]: row for row in rows}
    assert held["E01012392"]["id"] == "" and held["E01012392"]["residents"] == "2909"
    assert sum(int(row["residents"]) for row in rows if row["neighbourhood"] == "Runcorn") == 64295


def test_the_audits_tables_add_up_with_its_page(member: Any) -> None:
    kept()
    browser = member("evaluator")
    tables = {
        name: _rows(browser.get(f"{HERE}v1/audit/{name}.csv"))
        for name in ("neighbourhoods", "flows", "overlaps", "findings")
    }
    assert all(row["set"] == "halton@1" for rows in tables.values() for row in rows)
    for row in tables["neighbourhoods"]:
        living = sum(float(flow["patients"]) for flow in tables["flows"] if flow["lives_in"] == row["id"])
        assert abs(living - int(row["patients_living"])) < 5
        wards = [o for o in tables["overlaps"] if o["neighbourhood"] == row["id"] and o["kind"] == "ward"]
        assert abs(sum(float(ward["of_neighbourhood"]) for ward in wards) - 1) < 1e-9
    assert {row["kind"] for row in tables["findings"]} == {"count", "to do or to record", "note"}


def test_the_matrix_has_every_patient_once(db: None) -> None:
    from doorstep.geography.site.drawing import reading, tables

    one = kept()
    found = tables.matrix(reading.content(one), reading.audited(one))
    for i in range(2):
        assert abs(sum(row.shares[i] for row in found.practices) + found.others[i] - 1) < 1e-9
    teams = [row.team for row in found.practices]
    assert teams[:14] == [f"Area {SOUTH}"] * 6 + [f"Area {NORTH}"] * 8
