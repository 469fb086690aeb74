"""Answers a reader can check by eye: four villages on a road, ten kilometres apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from doorstep.errors import DataError, UsageError
from doorstep.geography import siting
from doorstep.geography.siting.effects import by_council, by_quintile, by_site
from doorstep.geography.siting.grid import lonlat
from doorstep.geography.siting.pairs import Listed
from doorstep.geography.siting.shipped import demand_of
from doorstep.reference import table

#  village:   A ---10--- B ---10--- C ---10--- D      A, B in Westshire; C, D in Eastshire
#  people:   100        200        300        400     quintile 1, 1, 5, 5
EAST = (400_000.0, 410_000.0, 420_000.0, 430_000.0)
NORTH = 300_000.0


def demand() -> siting.Demand:
    people = np.array([100.0, 200.0, 300.0, 400.0])
    points = np.array([(e, NORTH) for e in EAST])
    quintile = np.array([1, 1, 5, 5], dtype=np.intp)
    return siting.Demand(tuple("ABCD"), points, people, people, "people", quintile, ("West", "West", "East", "East"))


def site(name: str, k: int, **more: object) -> siting.Site:
    return siting.Site(name, name, "hall", EAST[k], NORTH, **more)  # type: ignore[arg-type]


def question(**more: object) -> siting.Question:
    offered = tuple(site(f"S{k}", k) for k in range(4))
    return replace(siting.Question(demand(), offered, n=1, road_factor=1.0), **more)  # type: ignore[arg-type]


def test_one_centre_goes_where_the_sum_of_distances_is_least() -> None:
    found = siting.answer(question())
    # At C: 100 x 20 + 200 x 10 + 400 x 10 = 8,000 km for 1,000 people. At B: 1,000 + 3,000 + 8,000. At D: 10,000.
    assert [s.id for s in found.chosen] == ["S2"]
    assert found.solved.value == pytest.approx(8.0)
    assert found.gap == 0
    assert found.sentence == (
        "1 of 4 candidate sites gives a mean weighted distance of 8.000 km; no such choice can be below 8.000 km: "
        "within 0.000% of the best possible: every choice was counted."
    )


def test_a_fixed_centre_stays_and_the_next_goes_elsewhere() -> None:
    found = siting.answer(question(fixed=(site("old", 3),), candidates=tuple(site(f"S{k}", k) for k in range(3))))
    # Before, all go to D: 3,000 + 4,000 + 3,000. With B: 1,000 + 3,000; with C: 2,000 + 2,000; with A: 2,000 + 3,000.
    assert found.open_sites[0].id == "old"
    assert found.solved.value == pytest.approx(4.0)
    everyone = by_quintile(found)[0]
    assert everyone.mean_before == pytest.approx(10.0)
    assert everyone.mean == pytest.approx(4.0)


def test_effects_are_means_over_people_by_quintile_council_and_worst_tenth() -> None:
    found = siting.answer(question(within=10.0))
    groups = {g.name: g for g in [*by_quintile(found), *by_council(found)]}
    assert groups["quintile 1, most deprived"].mean == pytest.approx((100 * 20 + 200 * 10) / 300)
    assert groups["West"].within == pytest.approx(200 / 300)
    assert groups["East"].mean == pytest.approx(4000 / 700)
    assert groups["everyone"].mean_before is None
    assert groups["tenth with furthest to go"].mean == pytest.approx(20.0)  # village A is a tenth of the people
    assert "quintile 2" not in groups


def test_closing_a_centre_sends_its_people_to_the_next() -> None:
    found = siting.answer(question(fixed=(site("old", 3),), candidates=(site("S1", 1),)))
    old, new = by_site(found)
    # C and D (300 at 10 km from both, the fixed one first) have D nearest; without it they go 10 and 20 km.
    assert (old.is_fixed, new.is_fixed) == (True, False)
    assert old.people_nearest + new.people_nearest == 1000
    assert old.people_nearest == 700
    assert old.closing_adds == pytest.approx((300 * 0 + 400 * 20) / 700)


def test_the_only_centre_has_no_next() -> None:
    (only,) = by_site(siting.answer(question()))
    assert only.closing_adds is None


def test_covering_counts_whom_one_centre_reaches() -> None:
    found = siting.answer(question(aim="covering", within=10.0))
    assert [s.id for s in found.chosen] == ["S2"]  # B, C and D
    assert 1 - found.solved.value == pytest.approx(0.9)
    assert found.gap == 0


def test_the_road_factor_lengthens_distances_and_changes_no_median() -> None:
    near, far = siting.answer(question()), siting.answer(question(road_factor=1.5))
    assert far.chosen == near.chosen
    assert far.solved.value == pytest.approx(1.5 * near.solved.value)


def test_a_matrix_takes_the_place_of_straight_lines() -> None:
    minutes = np.array([[5, 60, 60, 60], [60, 60, 60, 60], [60, 60, 60, 60], [5, 60, 60, 9]], dtype=float)
    found = siting.answer(question(matrix=Listed(minutes), unit="minutes"))
    assert [s.id for s in found.chosen] == ["S0"]
    assert found.solved.value == pytest.approx((100 * 5 + 500 * 60 + 400 * 5) / 1000)


def test_a_matrix_with_missing_pairs_serves_covering_only() -> None:
    minutes = np.full((4, 4), np.inf)
    minutes[3, 1] = 10.0
    with pytest.raises(DataError, match="15 pairs of area and site are missing, first A to S0"):
        siting.answer(question(matrix=Listed(minutes)))
    found = siting.answer(question(matrix=Listed(minutes), aim="covering", within=15.0))
    assert [s.id for s in found.chosen] == ["S1"]
    assert 1 - found.solved.value == pytest.approx(0.4)


def test_a_mix_counts_new_and_repurposed_apart() -> None:
    offered = (site("n0", 0, how="new"), site("n1", 1, how="new"), site("r2", 2), site("r3", 3))
    found = siting.answer(question(candidates=offered, n=None, new=1, repurposed=1))
    assert sorted(s.how for s in found.chosen) == ["new", "repurposed"]


def test_a_budget_takes_two_cheap_halls_rather_than_one_dear() -> None:
    offered = (site("dear", 2, cost=10.0), site("cheap1", 1, cost=5.0), site("cheap3", 3, cost=5.0))
    found = siting.answer(question(candidates=offered, n=None, budget=10.0))
    assert sorted(s.id for s in found.chosen) == ["cheap1", "cheap3"]  # 1,000 + 3,000 against 8,000


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"new": 1}, "how much may be opened is not said once"),
        ({"n": None}, "how much may be opened is not said once"),
        ({"aim": "covering"}, "covering needs a distance"),
        ({"aim": "equity", "share": 1.0}, "1 is no share"),
        ({"road_factor": 0.5}, "0.5 is no road factor"),
        ({"candidates": ()}, "there is no candidate site"),
        ({"n": None, "budget": 5.0}, "a budget needs each candidate's cost"),
    ],
)
def test_a_question_that_does_not_hold_together_is_refused(more: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        question(**more)


def test_sites_are_read_and_a_bad_line_names_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text("site,easting,northing,how,cost\nX,400000,300000,new,7.5\nY,1,2,,\n", encoding="utf-8")
    x, y = siting.read_sites(path)
    assert (x.how, x.cost, y.how, y.cost) == ("new", 7.5, "repurposed", None)
    for line, said in [
        ("X,400000,300000,,\nX,400000,300000,,", "row 3: site X stands twice"),
        ("X,53.4,-2.9,,", "'-2.9' is no number"),
        ("X,400000,9300000,,", "off the National Grid"),
        ("X,400000,300000,old,", "row 2, how: 'old' is no way"),
        ("", "the file has no site"),
    ]:
        path.write_text("site,easting,northing,how,cost\n" + line + "\n", encoding="utf-8")
        with pytest.raises(DataError, match=said):
            siting.read_sites(path)


def test_a_matrix_is_read_by_area_and_site_and_a_pair_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text("lsoa21,site,value\nB,S1,12\nA,S0,3\nZ,S0,4\n", encoding="utf-8")
    found = siting.read_matrix(path, ["A", "B"], [site("S0", 0), site("S1", 1)])
    assert found.values.tolist() == [[3.0, np.inf], [np.inf, 12.0]]
    path.write_text("lsoa21,site,value\nA,S0,3\nA,S0,3\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 3: A to S0 stands twice"):
        siting.read_matrix(path, ["A"], [site("S0", 0)])


def test_grid_points_turn_into_the_published_longitudes_and_latitudes() -> None:
    rows = pq.read_table(table("need_lsoa21"), columns=["easting", "northing", "lon", "lat"]).to_pylist()[::1500]
    for row in rows:
        lon, lat = lonlat(row["easting"], row["northing"])
        assert lat == pytest.approx(row["lat"], abs=1e-4)  # eleven metres
        assert lon == pytest.approx(row["lon"], abs=2e-4)


def test_need_weights_count_a_person_of_england_as_one_on_average() -> None:
    england = demand_of("England")
    assert england.weight.sum() == pytest.approx(england.people.sum())
    liverpool = demand_of("Liverpool")
    assert liverpool.weight.sum() > 1.2 * liverpool.people.sum()
    assert demand_of("Liverpool", "people").weight.tolist() == liverpool.people.tolist()


def test_shipped_sites_are_one_a_spot_and_within_the_council() -> None:
    found = siting.sites_of("Halton", ["practice", "library", "area"])
    assert len({s.spot for s in found}) == len(found)
    assert {s.how for s in found if s.kind == "area"} == {"new"}
    assert {s.lsoa21 for s in found} <= set(demand_of("Halton").codes)
    with pytest.raises(UsageError, match="'pub'"):
        siting.sites_of("Halton", ["pub"])
