"""Cohorts with their overlap, and the share of use of groups: small tables that can be checked by eye."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from reading_people import person_file

from doorstep.errors import DataError, UsageError
from doorstep.planning.reading_out import Reading, Sheet, read_cohorts, read_costs, read_use

# 100 people: 40 in the national group, 20 in cohort 1 (12 of them in the group too), 30 with a severe mental illness.
HUNDRED = [
    *({"in_national_group": True, "in_halton_1": True} for _ in range(12)),
    *({"in_national_group": True} for _ in range(28)),
    *({"in_halton_1": True, "in_severe_mental_illness": True} for _ in range(8)),
    *({"in_severe_mental_illness": True} for _ in range(22)),
    *({} for _ in range(30)),
]


def rows(of: Reading, name: str) -> list[dict[str, Any]]:
    sheet: Sheet = next(s for s in of.sheets if s.name == name)
    return list(sheet.records())


def cohorts(folder: Path, people: list[dict[str, Any]], **how: Any) -> Reading:
    return read_cohorts(duckdb.connect(), person_file(folder, people, **how))


def use(folder: Path, people: list[dict[str, Any]], **how: Any) -> Reading:
    return read_use(duckdb.connect(), person_file(folder, people), **how)


def test_sizes_and_overlaps_of_cohorts(tmp_path: Path) -> None:
    found = cohorts(tmp_path, HUNDRED)
    sizes = {r["cohort"]: r["people"] for r in rows(found, "cohorts") if r["quintile"] == "All"}
    assert sizes == {"in_national_group": 40, "in_halton_1": 20, "in_severe_mental_illness": 30}
    both = {(r["cohort"], r["other"]): (r["people_in_both"], r["percent_of_cohort"]) for r in rows(found, "overlap")}
    assert both["in_national_group", "in_halton_1"] == (12, 30.0)
    assert both["in_halton_1", "in_national_group"] == (12, 60.0)
    assert both["in_severe_mental_illness", "in_halton_1"] == (8, 26.7)
    assert both["in_national_group", "in_severe_mental_illness"][0] == "*"  # nobody is in both: nought is hidden


def test_in_how_many_cohorts_people_are(tmp_path: Path) -> None:
    found = {r["cohorts"]: r["people"] for r in rows(cohorts(tmp_path, HUNDRED), "in_how_many")}
    # 30 in none; 28 + 22 in one; 12 + 8 in two; none in three, which is hidden with what gives it away
    assert found["All"] == 100
    assert found["3 or more"] == "*"
    assert list(found.values()).count("*") >= 2


def test_a_small_overlap_is_hidden_and_cannot_be_had_from_the_sizes(tmp_path: Path) -> None:
    people = [{"in_halton_1": True} for _ in range(20)] + [{"in_severe_mental_illness": i < 4} for i in range(80)]
    people[0] |= {"in_severe_mental_illness": True}
    found = cohorts(tmp_path, people)
    both = {(r["cohort"], r["other"]): r["people_in_both"] for r in rows(found, "overlap")}
    sizes = {r["cohort"]: r["people"] for r in rows(found, "cohorts") if r["quintile"] == "All"}
    assert both["in_halton_1", "in_severe_mental_illness"] == "*"
    assert sizes["in_severe_mental_illness"] == "*"  # five people
    assert 1 not in both.values() and 5 not in sizes.values()


def test_the_one_person_whom_a_cohort_leaves_out_of_another_is_not_given_away(tmp_path: Path) -> None:
    people = [{"in_halton_1": True, "in_national_group": i > 0} for i in range(20)]
    found = cohorts(tmp_path, [*people, *({} for _ in range(80))])
    sizes = {r["cohort"]: r["people"] for r in rows(found, "cohorts") if r["quintile"] == "All"}
    both = {(r["cohort"], r["other"]): r["people_in_both"] for r in rows(found, "overlap")}
    # 20 in the cohort less 19 in both would be the one
    shown = (sizes["in_halton_1"], both["in_halton_1", "in_national_group"])
    assert "*" in shown


def test_without_cohorts_the_table_must_be_built_again(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no cohort[\s\S]*population build"):
        cohorts(tmp_path, HUNDRED, without=["in_halton_1", "in_severe_mental_illness"])


# 240 people; 20 of the most deprived have 10 days each, 60 of the least deprived one each: 260 days.
USE: list[dict[str, Any]] = [
    *({"imd_quintile": 1, "emergency_bed_days_12m": 10, "emergency_admissions_12m": 2} for _ in range(20)),
    *({"imd_quintile": 1} for _ in range(30)),
    *({"imd_quintile": 5, "emergency_bed_days_12m": 1, "emergency_admissions_12m": 1} for _ in range(60)),
    *({"imd_quintile": 5} for _ in range(90)),
    *({"imd_quintile": quintile} for quintile in (2, 3, 4, None) for _ in range(10)),
]


def test_the_share_of_use_beside_the_share_of_people(tmp_path: Path) -> None:
    found = [r for r in rows(use(tmp_path, USE), "groups") if r["measure"] == "emergency_bed_days_12m"]
    days = {r["group"]: r for r in found if r["split"] in ("everybody", "quintile")}
    assert (days["All"]["people"], days["All"]["use"]) == (240, 260)
    assert (days["1"]["people"], days["1"]["percent_of_people"]) == (50, 20.8)
    assert (days["1"]["use"], days["1"]["percent_of_use"]) == (200, 76.9)  # 200 of 260
    assert (days["5"]["use"], days["5"]["percent_of_use"]) == (60, 23.1)
    assert (days["2"]["use"], days["2"]["percent_of_use"]) == (0, 0.0)


def test_use_is_hidden_where_the_people_are(tmp_path: Path) -> None:
    people = [{**row, "imd_quintile": 2} if row["imd_quintile"] == 3 else row for row in USE]
    found = rows(
        use(tmp_path, [*people, *({"imd_quintile": 3, "emergency_bed_days_12m": 40} for _ in range(3))]), "groups"
    )
    three = [r for r in found if r["split"] == "quintile" and r["group"] == "3"]
    assert {r["people"] for r in three} == {"*"} and {r["use"] for r in three} == {"*"}
    assert {r["percent_of_use"] for r in three} == {None}


def test_the_curve_and_the_gini_index(tmp_path: Path) -> None:
    found = use(tmp_path, USE)
    days = [r for r in rows(found, "curve") if r["measure"] == "emergency_bed_days_12m"]
    curve = {r["percent_of_people"]: r["percent_of_use"] for r in days}
    # the first 24 people have 20 * 10 + 4 of 260 days, shown as 205; the first 120 have them all
    assert curve[10] == round(100 * 205 / 260, 1) and curve[50] == 100.0
    gini = {r["measure"]: r["gini"] for r in rows(found, "gini")}
    # 2/3 of people have none, the next 1/4 have 3/13, the last 1/12 the rest: 1 - (3/13) / 4 - (3/13 + 1) / 12
    assert gini["emergency_bed_days_12m"] == round(1 - (3 / 13) / 4 - (3 / 13 + 1) / 12, 2)
    assert "ed_attendances_12m" not in gini  # nobody came: there is nothing to concentrate


def test_the_national_number_is_shown_as_national_and_never_as_measured(tmp_path: Path) -> None:
    found = use(tmp_path, USE)
    note = found.notes[-1]
    assert (
        "England: 7% of people, 46% of hospital cost" in note and "not measured here" in note and "NHS England" in note
    )
    chart = next(s.chart for s in found.sheets if s.name == "curve")
    assert chart is not None
    points = [layer["data"]["values"][0] for layer in chart["layer"] if "says" in str(layer.get("data"))]
    assert {(p["percent_of_people"], p["percent_of_use"]) for p in points} == {(7, 46)}
    assert all(r["percent_of_use"] != 46 or r["percent_of_people"] != 7 for r in rows(found, "curve"))


def test_use_weighted_by_the_places_own_costs(tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    file.write_text("activity,cost\nemergency_admissions_12m,1000\nemergency_bed_days_12m,100.50\n", encoding="utf-8")
    found = use(tmp_path / "p", USE, costs=read_costs(file))
    cost = {r["group"]: r["use"] for r in rows(found, "groups") if r["measure"] == "cost" and r["split"] == "quintile"}
    # 20 people of 2 * 1000 + 10 * 100.50 = 3,005; 60 of 1,100.50, which is 1,100 in whole pounds a person
    assert cost["1"] == 20 * 3005
    assert cost["5"] == pytest.approx(60 * 1100.5, abs=60)
    assert "No cost is read out" in " ".join(use(tmp_path / "q", USE).notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what,cost\nx,1\n", "the columns what, cost"),
        ("activity,cost\nx,cheap\n", "a cost of 'cheap'"),
        ("activity,cost\nx,-1\n", "a cost of '-1'"),
        ("activity,cost\nx,nan\n", "a cost of 'nan'"),
        ("activity,cost\nx,1\nx,2\n", "x stands twice"),
        ("activity,cost\n", "no activity costs anything"),
    ],
)
def test_a_file_of_costs_that_is_wrong_is_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "costs.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_costs(file)


def test_a_cost_of_something_that_is_not_counted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="costs of operations"):
        use(tmp_path, USE, costs={"operations": 5.0})
