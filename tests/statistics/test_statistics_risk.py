"""Risk models judged: small tables whose answer is known, published intervals, and truths that were drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.statistics.impact.faults import NotBinaryError, OneGroupError
from doorstep.statistics.results import Floats, NotANumberError, ProportionError, ShapeError
from doorstep.statistics.risk import (
    at_capacity,
    calibration_curve,
    decision_curve,
    model_performance,
    performance_by,
)
from doorstep.statistics.risk.curve import TooFewEventsError

RISK = [0.1, 0.2, 0.3, 0.4, 0.4, 0.6]
HAD = [0, 0, 1, 0, 1, 1]


def _drawn(seed: int, n: int, shift: float = 0.0, slope: float = 1.0) -> tuple[Floats, Floats]:
    """Draw outcomes whose true logit is shift + slope * logit of the risk."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1.5, 1, n)
    had = rng.random(n) < 1 / (1 + np.exp(-shift - slope * logit))
    return 1 / (1 + np.exp(-logit)), had.astype(float)


# As a whole


def test_each_figure_of_a_small_table_is_the_sum_that_defines_it() -> None:
    found = model_performance(RISK, HAD)
    assert (found.n, found.n_events) == (6, 3)
    assert found.mean_risk == pytest.approx(2.0 / 6)
    assert float(found.observed_to_expected.value) == pytest.approx(3 / 2.0)
    # Pairs won by those with the outcome: 0.3 beats 2, 0.4 beats 2 and ties with 1, 0.6 beats 3, of 3 * 3.
    assert float(found.auc.value) == pytest.approx((2 + 2.5 + 3) / 9)
    brier = (0.1**2 + 0.2**2 + 0.7**2 + 0.4**2 + 0.6**2 + 0.4**2) / 6
    assert found.brier == pytest.approx(brier)
    assert found.scaled_brier == pytest.approx(1 - brier / (0.5 * 0.5))


def test_delongs_variance_is_that_of_the_shares_of_pairs_won() -> None:
    # Shares won by those with the outcome: 2/3, 2.5/3, 3/3; lost by those without: 0/3, 0/3, 1.5/3.
    variance = np.var([2 / 3, 2.5 / 3, 1], ddof=1) / 3 + np.var([1, 1, 0.5], ddof=1) / 3
    found = model_performance(RISK, HAD, confidence=0.5).auc
    assert float(found.lower) == pytest.approx(7.5 / 9 - 0.6744897501960817 * np.sqrt(variance))


def test_observed_to_expected_has_the_exact_poisson_limits() -> None:
    # Ten events: 4.80 to 18.39 (Garwood 1936, as in every table of exact limits).
    had = [1.0] * 10 + [0.0] * 10
    found = model_performance(np.tile([0.2, 0.3], 10), had).observed_to_expected
    assert [float(x) * 5 for x in (found.lower, found.upper)] == pytest.approx([4.795, 18.39], abs=0.001)


def test_the_logistic_figures_find_the_shift_and_the_slope_that_were_drawn() -> None:
    risk, had = _drawn(1, 20_000, shift=0.5, slope=0.7)
    found = model_performance(risk, had)
    assert found.slope.lower < 0.7 < found.slope.upper
    assert float(found.slope.value) == pytest.approx(0.7, abs=0.06)
    right, level = _drawn(2, 20_000), _drawn(3, 20_000, shift=0.5)
    assert abs(float(model_performance(*right).in_the_large.value)) < 0.06
    assert float(model_performance(*level).in_the_large.value) == pytest.approx(0.5, abs=0.06)


def test_the_aucs_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    from scipy.special import ndtr

    held, truth = 0, float(ndtr(1 / np.sqrt(2)))  # two normal distributions one standard deviation apart
    rng = np.random.default_rng(4)
    had = np.repeat([1.0, 0.0], [40, 80])
    for _ in range(200):
        found = model_performance(ndtr(rng.normal(size=120) + had), had).auc
        held += bool(found.lower <= truth <= found.upper)
    assert 0.90 <= held / 200 <= 0.99


@given(st.integers(0, 10_000), st.integers(2, 40))
@settings(max_examples=60, deadline=None)
def test_turning_the_outcome_round_turns_the_auc_round(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    risk, had = rng.integers(1, 10, n) / 10, np.r_[0.0, 1.0, rng.integers(0, 2, n - 2)]
    one, other = model_performance(risk, had), model_performance(1 - risk, 1 - had)
    same, turned = model_performance(risk**3, had).auc, model_performance(1 - risk, had).auc
    assert float(other.auc.value) == pytest.approx(float(one.auc.value))
    assert float(same.value) == pytest.approx(float(one.auc.value))
    assert float(turned.value) == pytest.approx(1 - float(one.auc.value))
    assert other.brier == pytest.approx(one.brier)
    assert float(other.in_the_large.value) == pytest.approx(-float(one.in_the_large.value))
    assert 0 <= one.auc.lower <= one.auc.value <= one.auc.upper <= 1


def test_a_group_in_which_nobody_had_the_outcome_is_blank_and_says_so() -> None:
    found = performance_by([0.1, 0.2, 0.3, 0.4, 0.6], [0, 0, 0, 1, 0], [1, 1, 2, 2, 2])
    assert list(found) == ["1", "2"]
    assert np.isnan([float(found["1"].auc.value), float(found["1"].slope.lower), found["1"].scaled_brier]).all()
    assert found["1"].notes == ("Everybody or nobody had the outcome.",)
    assert float(found["1"].observed_to_expected.value) == 0
    assert float(found["1"].observed_to_expected.upper) == pytest.approx(-np.log(0.025) / 0.3)
    assert float(found["2"].auc.value) == pytest.approx(1 / 2)


@pytest.mark.parametrize("risk", [[0.3] * 4, [0.1, 0.2, 0.7, 0.8]])
def test_a_slope_that_does_not_exist_is_blank_with_a_reason(risk: list[float]) -> None:
    found = model_performance(risk, [0, 0, 1, 1])
    assert np.isnan(float(found.slope.value))
    assert not np.isnan(float(found.in_the_large.value))
    assert "slope is blank" in found.notes[0]


@pytest.mark.parametrize(
    ("risk", "had", "error"),
    [
        ([0.2, 1.0], [0, 1], ProportionError),
        ([0.0, 0.5], [0, 1], ProportionError),
        ([0.2, 0.5], [0, 2], NotBinaryError),
        ([0.2, 0.5], [0, 1, 1], ShapeError),
        ([0.2, float("nan")], [0, 1], NotANumberError),
        ([], [], ShapeError),
    ],
)
def test_wrong_data_are_named(risk: list[float], had: list[float], error: type[Exception]) -> None:
    calls: list[Any] = [model_performance, lambda r, h: at_capacity(r, h, 1), lambda r, h: decision_curve(r, h, [0.5])]
    for call in [*calls, calibration_curve]:
        with pytest.raises(error):
            call(risk, had)


# At a capacity


def test_the_highest_risks_that_fit_are_called() -> None:
    found = at_capacity(RISK, HAD, 3)
    assert (found.threshold, found.n_called, found.n_found, found.n_tied) == (0.4, 3, 2, 0)
    assert float(found.ppv.value) == pytest.approx(2 / 3)
    assert float(found.sensitivity.value) == pytest.approx(2 / 3)


def test_people_of_one_risk_are_called_together_or_not_at_all() -> None:
    found = at_capacity(RISK, HAD, 2)
    assert (found.threshold, found.n_called, found.n_tied) == (0.6, 1, 2)
    nobody = at_capacity([0.5, 0.5, 0.1], [1, 0, 0], 1)
    assert (nobody.threshold, nobody.n_called, nobody.n_tied) == (np.inf, 0, 2)
    assert np.isnan(float(nobody.ppv.value))
    assert float(nobody.sensitivity.value) == 0


def test_shares_at_a_capacity_have_wilsons_limits() -> None:
    # 81 of 263: 0.2553 to 0.3662 (Newcombe, Statistics in Medicine 1998;17:857-872, table I, method 3).
    risk = np.r_[np.full(263, 0.9), np.full(5, 0.1)]
    had = np.r_[np.ones(81), np.zeros(182), np.zeros(5)]
    found = at_capacity(risk, had, 263).ppv
    assert [float(found.lower), float(found.upper)] == pytest.approx([0.2553, 0.3662], abs=5e-5)


@pytest.mark.parametrize("capacity", [0, -1, 7])
def test_a_capacity_nobody_has_is_refused(capacity: int) -> None:
    with pytest.raises(UsageError):
        at_capacity(RISK, HAD, capacity)


# At thresholds


def test_net_benefit_counts_a_false_alarm_at_the_odds_of_the_threshold() -> None:
    found = decision_curve(RISK, HAD, [0.2, 0.4, 0.7])
    assert found.n_flagged.tolist() == [5, 3, 0]
    assert found.true_positives.tolist() == [3, 2, 0]
    assert found.net_benefit == pytest.approx([3 / 6 - 2 / 6 * 0.2 / 0.8, 2 / 6 - 1 / 6 * 0.4 / 0.6, 0])
    assert found.net_benefit_all == pytest.approx([1 / 2 - 1 / 2 * t / (1 - t) for t in (0.2, 0.4, 0.7)])
    assert found.net_benefit_none.tolist() == [0, 0, 0]
    assert found.specificity == pytest.approx([1 / 3, 2 / 3, 1])
    assert np.isnan(found.ppv[2])


@given(st.integers(0, 10_000), st.floats(0.01, 0.99))
@settings(max_examples=60, deadline=None)
def test_treating_all_is_worth_nothing_at_the_prevalence_and_the_model_never_beats_the_truth(
    seed: int, threshold: float
) -> None:
    rng = np.random.default_rng(seed)
    risk, had = rng.integers(1, 20, 30) / 20, np.r_[0.0, 1.0, rng.integers(0, 2, 28)]
    share = had.mean()
    assert decision_curve(risk, had, share).net_benefit_all[0] == pytest.approx(0, abs=1e-12)
    found = decision_curve(risk, had, threshold)
    assert found.net_benefit[0] <= share
    low = decision_curve(np.full(30, 0.999), had, threshold)
    assert low.net_benefit == pytest.approx(low.net_benefit_all)


@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.5])
def test_a_threshold_lies_between_nought_and_one(threshold: float) -> None:
    with pytest.raises(ProportionError):
        decision_curve(RISK, HAD, [0.5, threshold])


# The curve


def test_the_curve_of_a_model_that_is_right_lies_on_the_diagonal() -> None:
    found = calibration_curve(*_drawn(5, 20_000))
    assert ((found.observed.lower <= found.risk) & (found.risk <= found.observed.upper)).mean() > 0.8
    assert found.mean_gap < 0.012
    assert found.median_gap <= found.largest_decile_gap


def test_the_curve_bends_as_the_truth_does() -> None:
    rng = np.random.default_rng(6)
    logit = rng.normal(-1, 1.2, 20_000)
    true = 1 / (1 + np.exp(-(-1.2 + 0.2 * logit + 0.25 * (logit + 1) ** 2)))
    risk = 1 / (1 + np.exp(-logit))
    found = calibration_curve(risk, rng.random(20_000) < true)
    at = np.log(found.risk / (1 - found.risk))
    expected = 1 / (1 + np.exp(-(-1.2 + 0.2 * at + 0.25 * (at + 1) ** 2)))
    assert np.abs(found.observed.value - expected).mean() < 0.02
    assert found.mean_gap == pytest.approx(np.abs(true - risk).mean(), abs=0.01)


def test_the_mean_of_the_curve_is_the_observed_share() -> None:
    # A logistic model with an intercept fits the total; so signed gaps add up to observed less expected.
    risk, had = _drawn(7, 500, shift=1.0)
    found = calibration_curve(risk, had)
    assert found.mean_gap >= abs(had.mean() - risk.mean()) - 1e-9


def test_a_curve_is_not_drawn_from_few_events_or_few_risks() -> None:
    with pytest.raises(TooFewEventsError, match="29 people"):
        calibration_curve(np.linspace(0.1, 0.9, 200), [1.0] * 29 + [0.0] * 171)
    with pytest.raises(OneGroupError):
        calibration_curve(np.tile([0.2, 0.4], 100), np.tile([0, 1, 1, 0], 50))
