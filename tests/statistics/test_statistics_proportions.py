"""Proportions with Wilson's limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import binom

from doorstep.statistics import proportion
from doorstep.statistics.proportions import wilson_limits
from doorstep.statistics.results import NegativeCountError, ProportionError, ZeroPopulationError

PARTS = some.integers(1, 10**7).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n)))


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_limits_are_those_newcombe_printed(x: int, n: int, lower: float, upper: float) -> None:
    """Newcombe, Statistics in Medicine 1998; 17: 857-872, Table I, method 3."""
    found = proportion(x, n)
    assert (float(found.lower), float(found.upper)) == pytest.approx((lower, upper), abs=5e-5)


@given(PARTS, some.sampled_from([0.9, 0.95, 0.998]))
def test_limits_solve_the_score_equation(parts: tuple[int, int], confidence: float) -> None:
    x, n = parts
    z = {0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.998: 3.090232306167813}[confidence]
    for p in map(float, wilson_limits(x, n, confidence=confidence)):
        assert (x / n - p) ** 2 == pytest.approx(z**2 * p * (1 - p) / n, rel=1e-6, abs=1e-14)


@given(PARTS)
def test_limits_lie_within_nought_and_one_and_hold_the_proportion(parts: tuple[int, int]) -> None:
    found = proportion(*parts)
    assert 0 <= found.lower <= found.value <= found.upper <= 1


@given(PARTS)
def test_those_with_and_those_without_mirror_each_other(parts: tuple[int, int]) -> None:
    x, n = parts
    having, lacking = proportion(x, n), proportion(n - x, n)
    assert float(having.lower) == pytest.approx(1 - float(lacking.upper), abs=1e-12)
    assert float(having.upper) == pytest.approx(1 - float(lacking.lower), abs=1e-12)


@given(some.integers(1, 200), some.integers(2, 50))
def test_a_larger_denominator_of_the_same_proportion_narrows_the_limits(n: int, times: int) -> None:
    small, large = proportion(n // 2, n), proportion(n // 2 * times, n * times)
    assert small.lower <= large.lower + 1e-12
    assert large.upper <= small.upper + 1e-12


def test_nobody_and_everybody_have_exact_ends() -> None:
    found = proportion([0, 7, 0, 10**9], [7, 7, 10**9, 10**9])
    assert found.lower[0] == found.lower[2] == 0
    assert found.upper[1] == found.upper[3] == 1


@pytest.mark.parametrize(("n", "least"), [(20, 0.89), (200, 0.92)])
def test_limits_cover_close_to_what_they_claim(n: int, least: float) -> None:
    """Summed over the distribution, for proportions from 5% to 95%: 95% on average, and never far below."""
    x = np.arange(n + 1)
    lower, upper = wilson_limits(x, n)
    covered = [binom.pmf(x, n, p)[(lower <= p) & (p <= upper)].sum() for p in np.linspace(0.05, 0.95, 1801)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.006)
    assert min(covered) > least


def test_a_multiplier_changes_the_unit_only() -> None:
    share, per_cent = proportion(3, 12), proportion(3, 12, multiplier=100)
    assert per_cent.value == 25
    assert float(per_cent.upper) == pytest.approx(100 * float(share.upper))


def test_what_is_no_proportion_is_refused_by_name() -> None:
    with pytest.raises(ProportionError, match="numerator 5 is above its denominator 4 at position 1"):
        proportion([1, 5], [4, 4])
    with pytest.raises(NegativeCountError):
        proportion(-1, 4)
    with pytest.raises(ZeroPopulationError):
        proportion(0, 0)
