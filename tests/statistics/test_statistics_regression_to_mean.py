"""Regression to the mean: closed forms against sums and simulation, and what data of the same people give."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from doorstep.statistics.regression_to_mean import Above, GammaPoisson, NormalMeasure, Rule, TooFewChosenError, Top
from doorstep.statistics.results import ProportionError, ZeroPopulationError

RULES: tuple[Rule, ...] = (Above(1), Above(3), Top(0.2), Top(0.01))


def _by_adding_up(model: GammaPoisson, rule: Rule, window: float) -> tuple[float, float, float]:
    """Add up every count that is possible: share chosen, their count, and their posterior mean rate."""
    x = np.arange(0, 2000)
    m, r = model.mean * window, model.shape
    chance = stats.nbinom.pmf(x, r, r / (r + m))
    if isinstance(rule, Above):
        weight = (x >= rule.threshold).astype(float)
    else:
        above = chance[::-1].cumsum()[::-1]
        weight = np.clip((rule.share - (above - chance)) / np.maximum(chance, 1e-300), 0, 1)
    share = float((chance * weight).sum())
    posterior = (r + x) / (r / model.mean + window)  # the gamma's mean after x events in the window
    return (
        share,
        float((chance * weight * x).sum() / share / window),
        float((chance * weight * posterior).sum() / share),
    )


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("mean", "shape", "window"), [(0.3, 0.4, 1.0), (0.3, 0.4, 0.5), (2.0, 1.5, 3.0), (5.0, 30.0, 1.0)]
)
def test_counts_agree_with_adding_up_every_count(rule: Rule, mean: float, shape: float, window: float) -> None:
    model = GammaPoisson(mean, shape)
    found = model.expected(rule, window)
    np.testing.assert_allclose([found.share, found.before, found.after], _by_adding_up(model, rule, window), rtol=1e-9)


def test_counts_agree_with_two_million_made_up_people() -> None:
    rng = np.random.default_rng(1)
    rate = rng.gamma(0.4, 0.3 / 0.4, 2_000_000)
    first, second = rng.poisson(rate * 2), rng.poisson(rate)
    chosen = first >= 3
    found = GammaPoisson(0.3, 0.4).expected(Above(3), window=2)
    error = second[chosen].std() / math.sqrt(chosen.sum())
    assert found.after == pytest.approx(second[chosen].mean(), abs=4 * error)
    assert found.before == pytest.approx(first[chosen].mean() / 2, abs=4 * error)


def test_people_who_all_have_one_rate_go_back_to_it() -> None:
    found = GammaPoisson(0.5, math.inf).expected(Above(2))
    assert found.after == 0.5
    assert found.share == pytest.approx(1 - math.exp(-0.5) * 1.5)
    assert found.before == pytest.approx(0.5 * (1 - math.exp(-0.5)) / found.share)


@settings(deadline=None)
@given(st.floats(0.05, 5), st.floats(0.1, 20), st.integers(1, 6))
def test_those_chosen_for_much_fall_towards_the_mean_and_not_below(mean: float, shape: float, least: int) -> None:
    found = GammaPoisson(mean, shape).expected(Above(least))
    assert mean - 1e-12 <= found.after <= found.before + 1e-12
    assert found.change <= 1e-12


@settings(deadline=None)
@given(st.floats(0.05, 3), st.floats(0.1, 5), st.floats(0.005, 0.5), st.floats(1.1, 5))
def test_a_longer_window_leaves_less_to_fall(mean: float, shape: float, share: float, longer: float) -> None:
    short, long = (NormalMeasure(mean, shape, 1).expected(Top(share), w) for w in (1, 4))
    assert long.relative_change >= short.relative_change
    model = GammaPoisson(mean, shape)
    kept = [(e.after - mean) / (e.before - mean) for e in (model.expected(Top(share), w) for w in (1.0, longer))]
    assert kept[1] >= kept[0]


@settings(deadline=None)
@given(st.floats(0.05, 3), st.floats(0.1, 5), st.integers(1, 5), st.floats(0.1, 12))
def test_the_unit_of_time_does_not_matter(mean: float, shape: float, least: int, unit: float) -> None:
    a = GammaPoisson(mean, shape).expected(Above(least), window=1)
    b = GammaPoisson(mean / unit, shape).expected(Above(least), window=unit)
    assert b.share == pytest.approx(a.share)
    assert b.relative_change == pytest.approx(a.relative_change, abs=1e-9)


def test_choosing_everyone_changes_nothing() -> None:
    found = GammaPoisson(0.3, 0.4).expected(Above(0))
    assert [found.share, found.before, found.after] == pytest.approx([1, 0.3, 0.3])


@pytest.mark.parametrize("window", [1, 3])
def test_measures_agree_with_the_truncated_normal(window: int) -> None:
    model = NormalMeasure(140, 12, 9)
    sd = math.sqrt(144 + 81 / window)
    found = model.expected(Above(160), window)
    before = stats.truncnorm.mean((160 - 140) / sd, math.inf, loc=140, scale=sd)
    assert found.before == pytest.approx(before)
    assert found.after == pytest.approx(140 + 144 / sd**2 * (before - 140))
    assert model.expected(Top(found.share), window).before == pytest.approx(before)


def test_measures_agree_with_a_million_made_up_people() -> None:
    rng = np.random.default_rng(2)
    level = rng.normal(140, 12, 1_000_000)
    first, second = rng.normal(level, 9), rng.normal(level, 9)
    chosen = first >= 165
    found = NormalMeasure(140, 12, 9).expected(Above(165))
    assert found.share == pytest.approx(chosen.mean(), rel=0.02)
    assert found.change == pytest.approx((second - first)[chosen].mean(), abs=0.25)


def test_measures_without_noise_do_not_regress_and_far_cuts_stay_finite() -> None:
    assert NormalMeasure(140, 12, 0).expected(Above(160)).change == pytest.approx(0)
    far = NormalMeasure(0, 1, 0).expected(Above(35))
    assert far.before == pytest.approx(35 + 1 / 35, abs=1e-4)  # the excess over a far cut is nearly exponential
    with pytest.raises(TooFewChosenError):
        NormalMeasure(0, 1, 0).expected(Above(60))


def test_the_share_of_a_fall_that_choosing_explains() -> None:
    found = GammaPoisson(0.3, 0.4).expected(Above(3))
    assert found.explains(found.change) == 1
    assert found.explains(2 * found.change) == pytest.approx(0.5)
    assert math.isnan(found.explains(0.1))


def test_wrong_models_and_rules_are_named() -> None:
    with pytest.raises(ZeroPopulationError):
        GammaPoisson(0, 1)
    with pytest.raises(ZeroPopulationError):
        GammaPoisson(1, 0)
    with pytest.raises(ProportionError):
        Top(5)
    with pytest.raises(TooFewChosenError):
        GammaPoisson(0.1, math.inf).expected(Above(500))
