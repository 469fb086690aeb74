"""The queries of the measures, on tables small enough to check by hand, and against an independent package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from math import sqrt
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep import reference
from doorstep.synthetic.calibration import measures
from doorstep.synthetic.calibration.opening import Made
from doorstep.synthetic.calibration.queries import QUERIES

FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)


def _made(**tables: Any) -> Made:
    """Tables by name, each as columns."""
    con = duckdb.connect(":memory:")
    for name, columns in tables.items():
        con.execute(f"create table {name} as select {', '.join(f'unnest(${k}) as {k}' for k in columns)}", columns)
    return Made(con, FIRST, LAST, {"system": "England"})


def _measured(query: str, **tables: Any) -> dict[str, tuple[float, float]]:
    return {str(g): (float(str(v)), float(str(e))) for g, v, e in _made(**tables).rows(query)}


def _day(n: int) -> date:
    """Day n of the year that is measured."""
    return FIRST + timedelta(days=n)


def test_a_share_has_two_more_on_each_side_in_its_error() -> None:
    found = _measured(measures.share("ill", where="true"), person={"ill": [True, True, True, False]})
    assert found["all"] == pytest.approx((3 / 4, sqrt(5 / 8 * 3 / 8 / 8)))


def test_the_error_of_a_rate_is_the_spread_of_events_between_people() -> None:
    person = {"person_id": ["a", "b", "c"], "years": [1.0, 0.5, 0.5]}
    use = {"person_id": ["a", "b", "c"], "visits": [2, 0, 1]}
    value, se = _measured(measures.rate("visits"), person=person, use=use)["all"]
    assert value == pytest.approx(3 / 2)
    assert se == pytest.approx(sqrt((2 - 1.5) ** 2 + (0 - 0.75) ** 2 + (1 - 0.75) ** 2) / 2)


def test_a_part_and_the_parts_of_a_whole() -> None:
    person = {"person_id": ["a", "b", "c"], "years": [1.0] * 3, "sex": ["1", "1", "2"]}
    use = {"person_id": ["a", "b", "c"], "visits": [5, 1, 2]}
    of_men = _measured(measures.part("visits", "sex = '1'"), person=person, use=use)["all"]
    assert of_men == pytest.approx((6 / 8, sqrt((0.25 * 5) ** 2 + (0.25 * 1) ** 2 + (0.75 * 2) ** 2) / 8))
    divided = _measured(measures.parts("visits", "sex"), person=person, use=use)
    assert divided["1"] == pytest.approx(of_men)
    assert divided["2"] == pytest.approx((2 / 8, of_men[1]))


def _top(values: Sequence[int], share: float) -> tuple[float, float]:
    ids = [str(i) for i in range(len(values))]
    person = {"person_id": ids, "in_year": [True] * len(ids)}
    return _measured(measures.top("nights", share), person=person, use={"person_id": ids, "nights": list(values)})[
        "all"
    ]


def test_the_part_of_the_top_share() -> None:
    assert _top([0, 0, 0, 0, 0, 0, 1, 1, 2, 6], 0.1)[0] == pytest.approx(6 / 10)
    assert _top([0, 0, 0, 0, 0, 0, 1, 1, 2, 6], 0.2)[0] == pytest.approx(8 / 10)


def test_the_error_of_the_part_of_the_top_share_is_that_of_samples_drawn_again() -> None:
    rng = np.random.default_rng(7)
    drawn = [_top([int(x) for x in rng.exponential(5, 400)], 0.1) for _ in range(40)]
    values, errors = (np.array(column) for column in zip(*drawn, strict=True))
    assert errors.mean() == pytest.approx(values.std(ddof=1), rel=0.35)


def test_mantel_and_haenszels_ratio_of_rates() -> None:
    strata = {("fit", 1): (10, 100.0), ("frail", 1): (4, 20.0), ("fit", 2): (6, 20.0), ("frail", 2): (30, 50.0)}
    people = [(g, s, 1 if i < x else 0, y / 100) for (g, s), (x, y) in strata.items() for i in range(100)]
    columns = dict(zip(("group_name", "stratum", "x", "years"), map(list, zip(*people, strict=True)), strict=True))
    query = measures.rate_ratio("select * from person", "fit")
    top = 4 * 100 / 120 + 30 * 20 / 70
    bottom = 10 * 20 / 120 + 6 * 50 / 70
    assert _measured(query, person=columns)["frail"][0] == pytest.approx(top / bottom)


def test_one_stratum_of_rare_events_has_the_usual_error_of_a_ratio_of_rates() -> None:
    n, a, b = 20_000, 100, 50
    columns = {
        "group_name": ["frail"] * n + ["fit"] * n, "stratum": [1] * 2 * n, "years": [1.0] * 2 * n,
        "x": [int(i < a) for i in range(n)] + [int(i < b) for i in range(n)],
    }  # fmt: skip
    value, se = _measured(measures.rate_ratio("select * from person", "fit"), person=columns)["frail"]
    assert value == pytest.approx(2)
    assert se / value == pytest.approx(sqrt(1 / a + 1 / b), rel=0.01)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.integers(3, 30), min_size=4, max_size=4), min_size=2, max_size=4))
def test_the_odds_ratio_is_that_of_statsmodels(cells: list[list[int]]) -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    kinds = list(product(("case", "control"), (True, False)))
    people = [
        (group, stratum, yes)
        for stratum, counts in enumerate(cells)
        for (group, yes), n in zip(kinds, counts, strict=True)
        for _ in range(n)
    ]
    columns = dict(zip(("group_name", "stratum", "yes"), map(list, zip(*people, strict=True)), strict=True))
    value, se = _measured(measures.odds_ratio("select * from person", "control"), person=columns)["case"]
    other = StratifiedTable([np.array(counts, dtype=float).reshape(2, 2) for counts in cells])
    assert value == pytest.approx(other.oddsratio_pooled)
    assert se / value == pytest.approx(other.logodds_pooled_se)


def test_a_median_age_and_its_error_from_the_order_of_ages() -> None:
    person = {"age_at_end": [float(i) for i in range(1, 101)], "at_end": [True] * 100}
    value, se = _measured(measures.median_age("true", "'all'"), person=person)["all"]
    assert value == 50.5
    assert se == pytest.approx(5)  # the 55th less the 45th, halved; sqrt(100) / 2 ranks either way


STAYS = {
    "counts": [(0, 5, "1", False, False), (34, 36, "1", True, False)],  # 29 days after
    "a day late": [(0, 5, "1", False, False), (35, 36, "1", True, False)],
    "a planned stay between": [(0, 5, "1", True, False), (8, 9, "1", False, False), (12, 14, "1", True, False)],
    "who died": [(0, 5, "1", True, True)],
    "a day case": [(0, 0, "2", False, False), (3, 4, "1", True, False)],
}


@pytest.mark.parametrize(
    ("who", "readmitted"),
    [("counts", [1, 0]), ("a day late", [0, 0]), ("a planned stay between", [1, 1, 0]), ("a day case", [0])],
)
def test_readmission_is_the_next_emergency_within_thirty_days(who: str, readmitted: list[int]) -> None:
    columns = {
        "person_id": [who] * len(STAYS[who]) + ["who died"],
        **{
            name: [values[i] for values in (*STAYS[who], *STAYS["who died"])]
            for i, name in ((2, "class"), (3, "is_emergency"), (4, "died_there"))
        },
        "admitted_on": [_day(stay[0]) for stay in (*STAYS[who], *STAYS["who died"])],
        "discharged_on": [_day(stay[1]) for stay in (*STAYS[who], *STAYS["who died"])],
    }
    made = _made(stay=columns)
    ((_, value, _),) = made.rows(QUERIES["readmitted"])
    assert float(str(value)) == pytest.approx(sum(readmitted) / len(readmitted))


def _hfrs(*stays: tuple[date, list[str]]) -> str:
    """The risk group of one person of 80 with those stays."""
    columns = {
        "person_id": ["p"] * len(stays), "admitted_on": [day for day, _ in stays],
        "discharged_on": [day + timedelta(days=2) for day, _ in stays], "nights": [2] * len(stays),
        "died_there": [False] * len(stays), "is_emergency": [True] * len(stays),
        "diagnoses": [list(codes) for _, codes in stays],
    }  # fmt: skip
    person = {"person_id": ["p"], "birth_on": [date(1946, 1, 1)], "died_on": [date(2030, 1, 1)]}
    ((group, share, _),) = _made(stay=columns, person=person).rows(QUERIES["hfrs"])
    assert share == 1
    return str(group)


def test_the_hospital_frailty_score_counts_each_code_once_in_two_years() -> None:
    rows = pq.read_table(reference.table("hfrs")).to_pylist()
    weight = {row["icd10_3"]: row["weight"] for row in rows}
    assert (weight["F00"], weight["G81"]) == (7.1, 4.4)
    index = LAST - timedelta(days=90)
    assert _hfrs((index, ["G819", "G810", "I10X"])) == "low"  # 4.4 once
    assert _hfrs((index, ["G819"]), (index - timedelta(days=700), ["G819"])) == "low"
    assert _hfrs((index, ["G819"]), (index - timedelta(days=700), ["F009"])) == "intermediate"  # 4.4 + 7.1
    assert _hfrs((index, ["G819"]), (index - timedelta(days=800), ["F009"])) == "low"  # more than two years before


def test_deaths_expected_are_those_of_the_life_table_at_the_age_half_way() -> None:
    rows = pq.read_table(reference.table("life_table_england")).to_pylist()
    mx = {(row["sex"], row["age"]): row["mx"] for row in rows}
    person = {"sex": ["1", "1", "2"], "age": [70.7, 70.2, 80.9], "years": [1.0, 0.5, 1.0], "died": [False, True, True]}
    found = _measured(QUERIES["deaths"], person=person)
    expected = mx["male", 71] * 1.0 + mx["male", 70] * 0.5
    assert found["65-74"] == pytest.approx((1 / expected, 1 / expected))
    assert found["75-84"][0] == pytest.approx(1 / mx["female", 81])


def test_infants_count_for_the_time_they_live_in_the_year_before_their_first_birthday() -> None:
    person = {
        "person_id": ["before", "within"], "birth_on": [_day(-182), _day(265)],
        "registered_from": [_day(-180), _day(265)], "registered_to": [date(2030, 1, 1)] * 2,
    }  # fmt: skip
    visits = {
        "person_id": ["before", "before", "within"],
        "arrived_on": [_day(10), _day(300), _day(300)],  # the second comes after the first birthday
    }
    value, _ = _measured(QUERIES["infants_attendances"], person=person, all_emergency=visits)["all"]
    lived = (183 + 100) / 365.25
    assert value == pytest.approx(1000 * 2 / lived)


def test_a_months_attendances_are_those_of_its_days() -> None:
    days = [LAST - timedelta(days=i) for i in range(730)]
    busy = [day for day in days for _ in range(3 if day.month == 1 else 2)]
    found = _measured(QUERIES["season"], all_emergency={"arrived_on": busy})
    assert {month: value for month, (value, _) in found.items()} == pytest.approx(
        {str(m): (3 if m == 1 else 2) / ((11 * 2 + 3) / 12) for m in range(1, 13)}
    )


def test_frailty_bands_are_compared_within_ages() -> None:
    """The severely frail are older here and no more at risk: their ratio is 1."""
    bands, ages = ["fit"] * 90 + ["severe"] * 90, [70.0] * 80 + [90.0] * 10 + [70.0] * 10 + [90.0] * 80
    events = [int(i % 10 == 0) if age == 70 else int(i % 2 == 0) for i, age in enumerate(ages)]
    ids = [str(i) for i in range(180)]
    person = {
        "person_id": ids, "band": bands, "age": ages, "sex": ["1"] * 180, "years": [1.0] * 180, "in_year": [True] * 180,
    }  # fmt: skip
    found = _measured(QUERIES["emergency_by_band"], person=person, use={"person_id": ids, "emergency": events})
    assert found["severe"][0] == pytest.approx(1)


def test_pairs_of_diseases_that_fall_together_by_chance_alone_give_one() -> None:
    """Each of four people: neither, one, the other, both disease; half have each, so that chance gives one pair."""
    person = {
        "person_id": ["none", "first", "second", "both"], "age_at_end": [61.0] * 4, "sex": ["1"] * 4, "decile": [3] * 4,
        "at_end": [True] * 4,
    }  # fmt: skip
    had = {
        "person_id": ["first", "second", "both", "both"],
        "condition": ["diabetes", "hypertension", "diabetes", "hypertension"],
    }
    assert _measured(QUERIES["together"], person=person, condition=had)["all"][0] == pytest.approx(1)
