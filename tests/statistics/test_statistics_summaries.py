"""Summaries weighted by people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from doorstep.statistics import gini, weighted_mean, weighted_median, weighted_quantile, weighted_variance
from doorstep.statistics.results import ConfidenceError, NegativeCountError, ShapeError, ZeroPopulationError

AREAS = some.lists(some.tuples(some.integers(0, 50), some.integers(0, 9)), min_size=1, max_size=12).filter(
    lambda areas: sum(n for _, n in areas) > 0
)


def people_of(areas: list[tuple[int, int]]) -> tuple[Any, Any, Any]:
    values, weights = np.array(areas, dtype=float).T
    return values, weights, np.repeat(values, weights.astype(int))


@given(AREAS)
def test_mean_and_variance_are_those_of_the_people_one_by_one(areas: list[tuple[int, int]]) -> None:
    values, weights, people = people_of(areas)
    assert float(weighted_mean(values, weights)) == pytest.approx(people.mean())
    assert float(weighted_variance(values, weights)) == pytest.approx(people.var(), abs=1e-9)


@given(AREAS, some.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]))
def test_quantiles_are_those_of_the_people_one_by_one(areas: list[tuple[int, int]], share: float) -> None:
    values, weights, people = people_of(areas)
    assert float(weighted_quantile(values, weights, share)) == np.quantile(people, share, method="inverted_cdf")


@given(AREAS)
def test_the_gini_coefficient_is_the_mean_difference_over_twice_the_mean(areas: list[tuple[int, int]]) -> None:
    values, weights, people = people_of([(value + 1, n) for value, n in areas])
    difference = np.abs(people[:, None] - people[None, :]).mean()
    assert float(gini(values, weights)) == pytest.approx(difference / (2 * people.mean()), abs=1e-9)


@given(AREAS, some.floats(0.01, 1000))
def test_only_shares_of_people_matter(areas: list[tuple[int, int]], times: float) -> None:
    values, weights, _ = people_of(areas)
    assert float(weighted_mean(values, weights * times)) == pytest.approx(float(weighted_mean(values, weights)))
    assert weighted_median(values, weights * times) == weighted_median(values, weights)


def test_all_areas_at_once() -> None:
    values, people = np.array([[1.0, 2, 3], [30, 10, 20]]), np.array([1.0, 1, 5])
    assert weighted_median(values, people).tolist() == [3, 20]
    assert weighted_mean(values, people).tolist() == pytest.approx([18 / 7, 140 / 7])
    assert gini(values, people).shape == (2,)


def test_a_value_nobody_has_is_no_quantile() -> None:
    assert weighted_quantile([1, 5, 7], [0, 3, 0], 0) == 5
    assert weighted_quantile([1, 5, 7], [0, 3, 0], 1) == 5


def test_one_who_has_all_among_many() -> None:
    assert gini([0, 1], [999, 1]) == pytest.approx(0.999)


def test_what_cannot_be_summarised_is_refused_by_name() -> None:
    with pytest.raises(ZeroPopulationError, match="sums to 0"):
        weighted_mean([1, 2], [0, 0])
    with pytest.raises(NegativeCountError):
        weighted_mean([1, 2], [1, -1])
    with pytest.raises(ConfidenceError):
        weighted_quantile([1, 2], [1, 1], 50)
    with pytest.raises(ZeroPopulationError, match="nothing to share"):
        gini([0, 0], [1, 1])
    with pytest.raises(ShapeError):
        weighted_mean(1, 1)
