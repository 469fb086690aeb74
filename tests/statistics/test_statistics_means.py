"""Means with Student's limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from doorstep.statistics import mean, mean_of_summaries
from doorstep.statistics.results import NegativeCountError, NotANumberError, ShapeError

VALUES = some.lists(some.floats(-1e4, 1e4), min_size=2, max_size=20)


def test_a_mean_by_hand() -> None:
    """2, 4, 6: mean 4, deviation 2; with 2 degrees of freedom t(p) = (2p - 1) sqrt(2 / (4p(1 - p)))."""
    found = mean([2, 4, 6])
    assert found.value == 4
    assert found.upper == pytest.approx(4 + 0.95 * np.sqrt(2 / (4 * 0.975 * 0.025)) * 2 / np.sqrt(3), rel=1e-10)


@given(VALUES, some.sampled_from([0.9, 0.998]))
def test_limits_are_students(values: list[float], confidence: float) -> None:
    found, error = mean(values, confidence=confidence), stats.sem(values)
    half = stats.t.ppf(0.5 + confidence / 2, len(values) - 1) * error
    assert found.value - found.lower == pytest.approx(half, rel=1e-6, abs=1e-6)
    assert found.upper - found.value == pytest.approx(half, rel=1e-6, abs=1e-6)


@given(VALUES, some.floats(0.1, 50), some.floats(-100, 100))
def test_a_change_of_unit_and_origin_carries_over(values: list[float], unit: float, origin: float) -> None:
    found, other = mean(values), mean(np.array(values) * unit + origin)
    for of in ("value", "lower", "upper"):
        assert getattr(other, of) == pytest.approx(getattr(found, of) * unit + origin, rel=1e-6, abs=1e-5)


def test_one_value_has_no_limits_and_so_is_blank() -> None:
    found = mean_of_summaries([3, 3], [0, 1], [1, 2])
    assert np.isnan([found.value[0], found.lower[0], found.upper[0]]).all()
    assert found.value[1] == 3
    assert np.isnan(mean([[7.0], [8.0]]).value).all()


def test_limits_cover_what_they_claim_for_few_normal_values() -> None:
    values = np.random.default_rng(3).normal(50, 9, (6_000, 4))
    found = mean(values)
    assert ((found.lower <= 50) & (found.upper >= 50)).mean() == pytest.approx(0.95, abs=0.01)


def test_any_axis() -> None:
    values = np.arange(24.0).reshape(2, 3, 4)
    assert mean(values, axis=1).shape == (2, 4)
    assert (mean(values, axis=0).value == values.mean(axis=0)).all()


def test_what_has_no_mean_is_refused_by_name() -> None:
    with pytest.raises(NotANumberError):
        mean([1, np.nan])
    with pytest.raises(ShapeError, match="nothing to take the mean of"):
        mean([])
    with pytest.raises(NegativeCountError, match="standard_deviation holds -1"):
        mean_of_summaries(1, -1, 5)
