"""Regression to the mean from people's own periods: the truth is found, and intervals hold it as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.statistics.choices import UnknownChoiceError
from doorstep.statistics.regression_to_mean import (
    Above,
    GammaPoisson,
    NormalMeasure,
    TooFewChosenError,
    TooFewPeriodsError,
    Top,
    spread,
    without_intervention,
)
from doorstep.statistics.regression_to_mean.spread import People
from doorstep.statistics.results import Floats, NotANumberError, ShapeError

TRUTH = GammaPoisson(0.8, 0.7)


def _people(n: int, periods: int, rng: np.random.Generator) -> Floats:
    rate = rng.gamma(TRUTH.shape, TRUTH.mean / TRUTH.shape, (n, 1))
    return rng.poisson(np.broadcast_to(rate, (n, periods))).astype(float)


def test_spread_by_hand() -> None:
    # columns about their means: (-1, 0, 1) and (-2, 0, 2)
    found = spread([[1, 10], [2, 12], [3, 14]])
    assert found.mean == 7
    assert found.variance == pytest.approx((1 + 4) / 2)  # the mean of the variances 1 and 4
    assert found.between == pytest.approx(2)
    assert found.reliability() == pytest.approx(2 / 2.5)
    assert found.reliability(2) == pytest.approx(2 * 2 / (2.5 + 2))
    assert found.measures() == NormalMeasure(7, pytest.approx(2**0.5), pytest.approx(0.5**0.5))  # type: ignore[arg-type]


def test_a_person_there_twice_counts_as_two() -> None:
    people, times = _people(30, 4, np.random.default_rng(1)), np.array([0, 1, 2] * 10)
    repeated, weighted = spread(np.repeat(people, times, axis=0)), People(people).spread(times.astype(float))
    assert weighted.n_people == repeated.n_people == 30
    assert [weighted.mean, weighted.variance, weighted.between] == pytest.approx(
        [repeated.mean, repeated.variance, repeated.between]
    )
    assert repeated.between > 0


def test_the_model_that_made_the_people_is_found_again() -> None:
    found = spread(_people(200_000, 4, np.random.default_rng(3))).counts()
    assert found.mean == pytest.approx(TRUTH.mean, rel=0.02)
    assert found.shape == pytest.approx(TRUTH.shape, rel=0.04)
    alike = spread(np.random.default_rng(4).poisson(1.0, (50, 2)) * [[1, -1]] + [[0, 5]])
    assert alike.counts().shape == float("inf")  # periods that move against each other show no lasting difference


@pytest.mark.parametrize("method", ["moments", "replay"])
@pytest.mark.parametrize(("rule", "window"), [(Above(4), 1), (Above(6), 2), (Top(0.05), 2)])
def test_data_and_closed_form_agree(method: str, rule: Above | Top, window: int) -> None:
    people = _people(20_000, 4, np.random.default_rng(5))
    found = without_intervention(people, rule, window=window, method=method, replicates=12)  # type: ignore[arg-type]
    truth = TRUTH.expected(rule, window)
    assert found.before.value == pytest.approx(truth.before, rel=0.03)
    assert found.after.value == pytest.approx(truth.after, rel=0.06)
    assert found.change.lower < found.change.value < found.change.upper < 0


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    rng, truth, held = np.random.default_rng(8), TRUTH.expected(Above(3), 2), []
    for seed in range(200):
        found = without_intervention(_people(800, 3, rng), Above(3), window=2, replicates=120, seed=seed).change
        held.append(found.lower <= truth.change <= found.upper)
    assert np.mean(held) == pytest.approx(0.95, abs=0.046)  # three standard errors


def test_a_programme_that_does_nothing_is_explained_wholly_and_one_that_halves_use_in_part() -> None:
    people = _people(10_000, 4, np.random.default_rng(9))
    before, after = people[:, :3], people[:, 3]
    nothing = without_intervention(before, Above(5), window=2, outcome=after, replicates=60)
    halved = without_intervention(before, Above(5), window=2, outcome=after / 2, replicates=60)
    assert nothing.explained.lower < 1 < nothing.explained.upper
    assert nothing.explained.value == pytest.approx(1, abs=0.15)
    truth = TRUTH.expected(Above(5), 2)
    assert halved.explained.value == pytest.approx(truth.change / (truth.after / 2 - truth.before), abs=0.08)
    assert halved.explained.upper < 1


def test_where_nothing_fell_there_is_nothing_to_explain() -> None:
    people = _people(2_000, 3, np.random.default_rng(10))
    rose = without_intervention(people, Above(4), outcome=people[:, -1] + 1, replicates=20)
    assert np.isnan([rose.explained.value, rose.explained.lower, rose.explained.upper]).all()
    chosen = np.flatnonzero(people[:, -1] >= 4)
    outcome = people[:, -1].copy()
    outcome[chosen] += np.resize([3, -3.4], chosen.size)  # a fall of 0.2 with a standard error of 0.3
    barely = without_intervention(people, Above(4), outcome=outcome, replicates=99)
    assert barely.explained.value > 1
    assert barely.explained.upper == np.inf


def test_levels_that_drift_are_seen_by_replay_and_not_by_moments() -> None:
    rng = np.random.default_rng(12)
    level = rng.normal(0, 1, (15_000, 1))
    steps = [level[:, 0]]
    for _ in range(7):  # half of what a person is above the mean is gone a period later
        steps.append(0.5 * steps[-1] + rng.normal(0, 0.75**0.5, 15_000))
    people = np.array(steps).T
    replayed = without_intervention(people, Top(0.1), method="replay", replicates=2)
    moments = without_intervention(people, Top(0.1), replicates=2)
    assert replayed.reliability.value == pytest.approx(0.5, abs=0.03)
    assert moments.reliability.value < 0.35


def test_growth_that_everyone_shares_is_left_to_mean_after() -> None:
    people = _people(40_000, 4, np.random.default_rng(13)) + np.arange(4)
    truth = TRUTH.expected(Above(4))
    found = without_intervention(people, Above(7), mean_after=TRUTH.mean + 4, replicates=20)
    assert found.after.value - 4 == pytest.approx(truth.after, rel=0.05)
    stopped = without_intervention(people, Above(7), replicates=20)
    assert stopped.after.value - 3 == pytest.approx(truth.after, rel=0.05)


@given(st.integers(0, 2**31), st.floats(0.1, 9), st.floats(-20, 20))
@settings(max_examples=25, deadline=None)
def test_units_and_the_order_of_people_do_not_matter(seed: int, by: float, plus: float) -> None:
    rng = np.random.default_rng(seed)
    people = rng.normal(rng.normal(50, 5, (120, 1)), 3, (120, 4))
    first = without_intervention(people, Top(0.2), window=2, replicates=2)
    other = without_intervention(rng.permutation(people) * by + plus, Top(0.2), window=2, replicates=2)
    assert other.reliability.value == pytest.approx(float(first.reliability.value))
    assert other.change.value == pytest.approx(float(first.change.value) * by)


def test_the_same_seed_gives_the_same_interval() -> None:
    people = _people(500, 3, np.random.default_rng(14))
    a, b, c = (without_intervention(people, Above(3), replicates=50, seed=s).change.lower for s in (1, 1, 2))
    assert a == b != c


def test_people_level_at_the_cut_are_chosen_in_part() -> None:
    people = np.array([[0, 2.0]] * 50 + [[0, 1.0]] * 50 + [[0, 0.0]] * 100)
    found = without_intervention(people, Top(0.375), replicates=10)
    assert found.n_chosen == 75
    assert found.before.value == pytest.approx((50 * 2 + 25 * 1) / 75)


def test_too_few_periods_people_or_outcomes_are_named() -> None:
    people = _people(100, 3, np.random.default_rng(15))
    with pytest.raises(TooFewPeriodsError):
        spread(people[:, :1])
    with pytest.raises(TooFewPeriodsError):
        without_intervention(people, Above(3), window=4)
    with pytest.raises(TooFewPeriodsError):
        without_intervention(people, Above(3), follow_up=0, method="replay")
    with pytest.raises(TooFewPeriodsError):
        without_intervention(people, Above(3), window=2, follow_up=2, method="replay")
    with pytest.raises(TooFewChosenError):
        without_intervention(people, Above(500))
    with pytest.raises(UnknownChoiceError):
        without_intervention(people, Above(1), method="guess")  # type: ignore[arg-type]
    with pytest.raises(ShapeError):
        spread([1, 2, 3])
    with pytest.raises(ShapeError):
        without_intervention(people, Above(1), outcome=[1, 2])
    with pytest.raises(NotANumberError):
        without_intervention(people, Above(1), outcome=np.full(100, np.nan))
