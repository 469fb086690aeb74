"""What methods give back, and what they refuse to be given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from doorstep.errors import DataError, UsageError
from doorstep.statistics import Estimate, rate
from doorstep.statistics.results import (
    ConfidenceError,
    NegativeCountError,
    NotANumberError,
    ProportionError,
    ShapeError,
    ZeroPopulationError,
    numbers,
    two_sided_z,
)


def test_an_estimate_is_three_arrays_of_one_shape() -> None:
    two: Any = np.float64(2)
    found = Estimate(two, two - 1, two + 1)
    assert isinstance(found.lower, np.ndarray)
    assert found.shape == ()
    with pytest.raises(ShapeError, match=r"value \(2,\), lower \(2,\), upper \(\)"):
        Estimate(np.ones(2), np.ones(2), two)


def test_where_one_of_the_three_is_blank_so_are_the_others() -> None:
    found = Estimate(np.array([1.0, 2, 3]), np.array([0, np.nan, 2]), np.array([2.0, 3, 4]))
    blanked = found.blank_where(np.array([False, False, True]))
    for of in (blanked.value, blanked.lower, blanked.upper):
        assert np.isnan(of).tolist() == [False, True, True]
    assert found.value.tolist() == [1, 2, 3]


def test_z_is_that_of_the_normal_distribution() -> None:
    assert two_sided_z(0.95) == pytest.approx(1.959963984540054, rel=1e-14)
    assert two_sided_z(0.998) == pytest.approx(3.090232306167813, rel=1e-14)


@pytest.mark.parametrize("values", [["many"], [[1], [1, 2]], [None], np.ma.array([1, 2], mask=[False, True])])
def test_what_is_not_a_number_is_never_taken_for_one(values: object) -> None:
    with pytest.raises(NotANumberError, match="events"):
        numbers("events", values)  # type: ignore[arg-type]


def test_levels_of_confidence_are_given_one_at_a_time() -> None:
    with pytest.raises(ConfidenceError, match="call once for each level"):
        rate(3, 10, confidence=[0.95, 0.998])  # type: ignore[arg-type]


@pytest.mark.parametrize("multiplier", [0, -1, float("inf"), float("nan")])
def test_a_rate_is_per_a_number_above_nought(multiplier: float) -> None:
    with pytest.raises(UsageError, match="the multiplier is"):
        rate(3, 10, multiplier=multiplier)


def test_errors_are_of_the_families_that_end_a_command_in_its_exit_code() -> None:
    for kind in (ShapeError, NegativeCountError, ZeroPopulationError, NotANumberError, ProportionError):
        assert issubclass(kind, DataError)
    assert issubclass(ConfidenceError, UsageError)
