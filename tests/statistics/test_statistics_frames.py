"""The indicators for data frames: the same answers from pandas, Polars and arrays, whatever the order of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from doorstep import statistics as st
from doorstep.errors import UsageError
from doorstep.statistics import frames
from doorstep.statistics.frames import ColumnError, IncompleteTableError
from doorstep.statistics.life_tables import STARTING_AGES
from doorstep.statistics.results import (
    ChoiceError,
    NegativeCountError,
    NotANumberError,
    ProportionError,
    ZeroPopulationError,
)

BANDS = list(st.ESP_2013)
Make = Callable[[dict[str, Any]], Any]


@pytest.fixture(params=[pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def make(request: pytest.FixtureRequest) -> Make:
    return request.param  # type: ignore[no-any-return]


def column(frame: Any, name: str) -> Any:
    return nw.from_native(frame, eager_only=True).get_column(name).to_numpy()


def assert_answers(frame: Any, found: st.Estimate) -> None:
    for of in ("value", "lower", "upper"):
        np.testing.assert_allclose(column(frame, of).astype(float), getattr(found, of), rtol=1e-12)


def _areas() -> dict[str, Any]:
    """Three areas in two years by 19 bands, rows in no order, with squares and a reference beside them."""
    rng = np.random.default_rng(1)
    year, area, band = (of.ravel() for of in np.meshgrid([2024, 2025], ["b", "a", "c"], BANDS, indexing="ij"))
    x = rng.integers(0, 9, len(band)) * (area != "c")
    order = rng.permutation(len(band))
    columns = {
        "year": year, "area": area, "ageband": band, "x": x, "squares": 3 * x, "n": rng.integers(200, 900, len(band)),
        "x_ref": np.resize(np.arange(50, 69), len(band)), "n_ref": np.resize(np.arange(9000, 9019), len(band)),
        "w": np.resize(list(st.ESP_2013.values()), len(band)),
    }  # fmt: skip
    return {name: values[order] for name, values in columns.items()}


def _cubes(data: dict[str, Any], answer: Any, *names: str) -> list[Any]:
    """Return columns as (groups, bands), the groups in the order of the rows of an answer, found row by row."""
    place = {key: i for i, key in enumerate(zip(data["year"], data["area"], data["ageband"], strict=True))}
    groups = list(zip(column(answer, "year"), column(answer, "area"), strict=True))
    return [np.array([[data[name][place[y, a, b]] for b in BANDS] for y, a in groups]) for name in names]


def test_a_grouped_directly_standardised_rate_is_that_of_the_arrays(make: Make) -> None:
    data = _areas()
    for repeats in ("never", "squares"):
        answer = frames.directly_standardised_rate(
            make(data), "x", "n", band="ageband", by=["year", "area"], repeats=repeats
        )
        x, n, squares = _cubes(data, answer, "x", "n", "squares")
        found = st.directly_standardised_rate(x, n, repeats="never" if repeats == "never" else squares)
        assert_answers(answer, found)
        assert np.isnan(found.value).sum() == 2  # area c has no events
        assert column(answer, "x").tolist() == x.sum(axis=1).tolist()
        assert column(answer, "n").tolist() == n.sum(axis=1).tolist()


def test_a_column_of_weights_serves_as_well_as_the_default(make: Make) -> None:
    data = _areas()
    options: dict[str, Any] = {"band": "ageband", "by": ["year", "area"], "repeats": "never", "confidence": 0.998}
    one = frames.directly_standardised_rate(make(data), "x", "n", standard="w", **options)
    other = frames.directly_standardised_rate(make(data), "x", "n", **options)
    np.testing.assert_allclose(column(one, "upper").astype(float), column(other, "upper").astype(float))


def test_groups_come_in_the_order_in_which_they_appear_and_in_the_kind_of_frame_given(make: Make) -> None:
    data = _areas()
    answer = frames.rate(make(data), "x", "n", by=["area", "year"])
    assert type(answer) is type(make(data))
    seen = list(dict.fromkeys(zip(data["area"], data["year"], strict=True)))
    assert list(zip(column(answer, "area"), column(answer, "year"), strict=True)) == seen


def test_a_grouped_rate_or_proportion_is_one_of_sums(make: Make) -> None:
    data = {"area": ["n", "s", "n"], "x": [1, 4, 3], "n": [10, 20, 40]}
    assert_answers(frames.rate(make(data), "x", "n", by="area"), st.rate([4, 4], [50, 20]))
    grouped = frames.proportion(make(data), "x", "n", by="area", multiplier=100)
    assert_answers(grouped, st.proportion([4, 4], [50, 20], multiplier=100))
    assert column(grouped, "x").tolist() == [4, 4]


def test_no_labels_make_one_group(make: Make) -> None:
    answer = frames.rate(make({"x": [1, 4], "n": [10, 20]}), "x", "n", by=())
    assert_answers(answer, st.rate([5], [30]))
    assert list(answer.columns) == ["x", "n", "value", "lower", "upper"]


def test_row_by_row_the_frame_keeps_its_rows_and_columns(make: Make) -> None:
    data = {"area": ["n", "s"], "x": [1, 4], "n": [10, 20]}
    answer = frames.proportion(make(data), "x", "n")
    assert_answers(answer, st.proportion([1, 4], [10, 20]))
    assert list(answer.columns) == ["area", "x", "n", "value", "lower", "upper"]


def test_the_index_of_pandas_stays_with_its_rows() -> None:
    frame = pd.DataFrame({"x": [1, 4], "n": [10, 20]}, index=["north", "south"])
    answer = frames.rate(frame, "x", "n")
    assert answer.loc["south", "value"] == 20_000
    assert list(frame.columns) == ["x", "n"]


def test_labels_of_any_kind_make_groups() -> None:
    data = {"area": ["x", "y", "x"], "year": [2024, 2024, 2024], "x": [1, 2, 3], "n": [10, 20, 30]}
    pandas, polars = pd.DataFrame(data).astype({"area": "category"}), pl.DataFrame(data).cast({"area": pl.Categorical})
    for frame in (pandas, polars, pa.table(data)):
        answer = frames.rate(frame, "x", "n", by=["area", "year"])
        assert column(answer, "n").tolist() == [40, 20]
        assert_answers(answer, st.rate([4, 2], [40, 20]))


def test_blanks_are_the_frames_own_empty_cells(make: Make) -> None:
    data = {"band": ["young", "old"], "x": [1, 2], "n": [10, 10], "w": [1, 1]}
    answer = frames.directly_standardised_rate(make(data), "x", "n", band="band", standard="w", repeats="never")
    assert nw.from_native(answer, eager_only=True).get_column("value").null_count() == 1
    assert list(answer.columns) == ["x", "n", "value", "lower", "upper"]


def test_indirect_standardisation_is_that_of_the_arrays(make: Make) -> None:
    data = _areas()
    names = ("x", "n", "x_ref", "n_ref")
    ratio = frames.indirectly_standardised_ratio(make(data), *names, band="ageband", by=["year", "area"])
    rate = frames.indirectly_standardised_rate(make(data), *names, band="ageband", by=["year", "area"])
    cubes = _cubes(data, ratio, *names)
    assert_answers(ratio, st.indirectly_standardised_ratio(*cubes))
    assert_answers(rate, st.indirectly_standardised_rate(*cubes))
    np.testing.assert_allclose(column(ratio, "expected"), st.expected_events(*cubes[1:]))


def test_means_of_groups_of_unlike_size(make: Make) -> None:
    data = {"area": ["n", "s", "n", "t", "s", "s"], "value": [1.0, 5.0, 4.0, 9.0, 6.0, 13.0]}
    answer = frames.mean(make({"area": data["area"], "y": data["value"]}), "y", by="area")
    assert column(answer, "n").tolist() == [2, 3, 1]
    for row, values in enumerate(([1, 4], [5, 6, 13])):
        assert column(answer, "upper")[row] == pytest.approx(float(st.mean(values).upper))
    assert nw.from_native(answer, eager_only=True).get_column("value").is_null().to_list() == [False, False, True]


def test_quantiles_within_groups_beside_their_rows(make: Make) -> None:
    data = {"icb": ["x", "y"] * 4, "score": [1, 10, 2, 40, 3, 30, 4, 20]}
    answer = frames.quantile_rank(make(data), "score", 2, by="icb", first="lowest")
    assert column(answer, "quantile").tolist() == [1, 1, 1, 2, 2, 2, 2, 1]


def test_life_expectancy_stands_beside_each_row(make: Make) -> None:
    rng = np.random.default_rng(2)
    deaths, people = rng.integers(1, 30, (2, 20)), rng.integers(300, 2000, (2, 20))
    area, age = np.repeat(["n", "s"], 20), np.tile(STARTING_AGES, 2)
    order = rng.permutation(40)
    data = {"area": area[order], "age": age[order], "d": deaths.ravel()[order], "p": people.ravel()[order]}
    answer = frames.life_expectancy(make(data), "d", "p", age="age", by="area")
    found = st.life_expectancy(deaths, people)
    np.testing.assert_allclose(column(answer, "lower").astype(float), found.lower.ravel()[order], rtol=1e-12)
    assert column(answer, "area").tolist() == area[order].tolist()


def test_a_slope_index_by_group_sorts_by_rank(make: Make) -> None:
    data = {
        "area": ["n", "s"] * 3, "rank": [3, 3, 1, 1, 2, 2], "y": [80.0, 70, 60, 71, 70, 72], "n": [5, 6, 7, 8, 9, 1],
        "se": [1.0] * 6,
    }  # fmt: skip
    answer = frames.slope_index(make(data), "y", "n", "se", order="rank", by="area")
    found = st.slope_index([[60, 70, 80], [71, 72, 70]], [[7, 9, 5], [8, 1, 6]], 1.0)
    for index, name in ((found.slope, "slope"), (found.relative, "relative")):
        np.testing.assert_allclose(column(answer, name), index.value)
        np.testing.assert_allclose(column(answer, f"{name}_lower"), index.lower)
    np.testing.assert_allclose(column(answer, "intercept"), found.intercept)


def test_squares_come_from_people_one_by_one_or_by_number_of_events(make: Make) -> None:
    people = make({"area": ["n", "n", "s", "n"], "visits": [1, 4, 2, 1]})
    counted = make({"area": ["n", "n", "s"], "visits": [1, 4, 2], "people": [2, 1, 1]})
    for answer in (
        frames.events_and_squares(people, "visits", by="area"),
        frames.events_and_squares(counted, "visits", people="people", by="area"),
    ):
        assert column(answer, "events").tolist() == [6, 2]
        assert column(answer, "squares").tolist() == [18, 4]


def test_a_group_without_one_of_its_bands_is_refused_by_name(make: Make) -> None:
    data = _areas()
    keep = ~((data["area"] == "a") & (data["year"] == 2025) & (data["ageband"] == "15-19"))
    with pytest.raises(IncompleteTableError, match="year 2025, area a, ageband 15-19: 0 rows"):
        frames.directly_standardised_rate(
            make({k: v[keep] for k, v in data.items()}), "x", "n", band="ageband", by=["year", "area"], repeats="never"
        )


def test_a_band_given_twice_is_refused_by_name(make: Make) -> None:
    data = {"band": ["young", "old", "old"], "x": [1, 2, 3], "n": [10, 10, 10], "w": [1, 1, 1]}
    with pytest.raises(IncompleteTableError, match="band old: 2 rows"):
        frames.directly_standardised_rate(make(data), "x", "n", band="band", standard="w", repeats="never")


def test_a_band_that_the_standard_does_not_know_is_refused_by_name(make: Make) -> None:
    data = {"band": ["0-4", "5-9", "10-17"], "x": [1, 2, 3], "n": [10, 10, 10]}
    with pytest.raises(ColumnError, match="column band holds '10-17'"):
        frames.directly_standardised_rate(make(data), "x", "n", band="band", repeats="never")


def test_a_frame_that_will_not_do_is_refused_by_name(make: Make) -> None:
    good = {"area": ["n", "s"], "x": [1, 4], "n": [10, 20]}
    with pytest.raises(ColumnError, match=r"no column deaths[\s\S]*area, x, n"):
        frames.rate(make(good), "deaths", "n")
    with pytest.raises(ColumnError, match="column x holds String"):
        frames.rate(make({**good, "x": ["1", "4"]}), "x", "n")
    with pytest.raises(ColumnError, match="column area has empty labels"):
        frames.rate(make({**good, "area": ["n", None]}), "x", "n", by="area")
    with pytest.raises(ColumnError, match="two columns value"):
        frames.rate(make({**good, "value": [1, 2]}), "x", "n")
    with pytest.raises(ColumnError, match="two columns value"):
        frames.rate(make({"value": [1, 2], "n": [5, 6]}), "value", "n", by=())
    with pytest.raises(ColumnError, match="no rows"):
        frames.mean(make({"y": np.array([], dtype=float)}), "y")
    with pytest.raises(UsageError, match="a dict is no data frame"):
        frames.rate(good, "x", "n")  # type: ignore[type-var]


def test_a_lazy_frame_is_to_be_collected_first() -> None:
    with pytest.raises(UsageError, match="LazyFrame"):
        frames.rate(pl.LazyFrame({"x": [1], "n": [2]}), "x", "n")  # type: ignore[type-var]


def test_errors_of_numbers_name_the_column(make: Make) -> None:
    with pytest.raises(NotANumberError, match="deaths holds nan"):
        frames.rate(make({"deaths": [1, None], "n": [10, 20]}), "deaths", "n")
    with pytest.raises(ZeroPopulationError):
        frames.rate(make({"deaths": [1, 2], "n": [10, 0]}), "deaths", "n")
    with pytest.raises(ProportionError):
        frames.proportion(make({"x": [11], "n": [10]}), "x", "n")
    with pytest.raises(ChoiceError, match="not said whether"):
        frames.directly_standardised_rate(
            make({"b": [1], "x": [11], "n": [10], "w": [1]}), "x", "n", band="b", standard="w"
        )


@pytest.mark.parametrize(
    ("events", "people", "error"),
    [([10, -2], [20, 20], NegativeCountError), ([10, 2], [20, 0], ZeroPopulationError)],
)
def test_a_row_that_a_sum_would_hide_is_refused(events: list[int], people: list[int], error: type[Exception]) -> None:
    frame = pd.DataFrame({"g": ["a", "a"], "events": events, "people": people})
    with pytest.raises(error):
        frames.rate(frame, "events", "people", by="g")


def test_a_part_above_its_whole_is_refused_in_any_row() -> None:
    frame = pd.DataFrame({"g": ["a", "a"], "x": [10, 2], "n": [3, 40]})
    with pytest.raises(ProportionError, match="row 0"):
        frames.proportion(frame, "x", "n", by="g")
