"""Rates compared by regression: small tables whose answer is known, and faults by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.statistics.impact import Effect, fit_regression, rate_ratio
from doorstep.statistics.impact.faults import (
    CollinearError,
    ExposureError,
    NotBinaryError,
    OneGroupError,
    SeparationError,
    TooFewClustersError,
)
from doorstep.statistics.results import Floats, NegativeCountError

# Treated: 6 events in 4 years. Comparison: 9 events in 12 years.
EVENTS, YEARS, TREATED = [2, 4, 3, 6], [1, 3, 6, 6], [1, 1, 0, 0]
OTHERS = "people of other practices"


def _people(seed: int, n: int = 80) -> tuple[Floats, Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    treated, practice = (rng.integers(0, k, n).astype(np.float64) for k in (2, 8))
    treated[:2] = 0, 1
    years = rng.uniform(0.2, 1, n)
    return np.asarray(rng.poisson(2 * years) + 1.0), years, treated, practice


def test_a_rate_ratio_is_the_ratio_of_the_two_rates() -> None:
    found = fit_regression(EVENTS, {"treated": TREATED}, family="poisson", exposure=YEARS)
    ratio = found.ratio("treated", comparison=OTHERS)
    assert ratio.value == pytest.approx((6 / 4) / (9 / 12))
    assert ratio.standard_error == pytest.approx(np.sqrt(1 / 6 + 1 / 9))
    assert ratio.lower == pytest.approx(2 * np.exp(-1.959963984540054 * np.sqrt(1 / 6 + 1 / 9)))
    assert ratio.measure == "rate ratio"
    assert ratio.comparison == OTHERS
    assert ratio.assumptions


def test_an_odds_ratio_is_that_of_the_four_cells() -> None:
    #        had it: 3 of 5 treated, 2 of 6 others
    died, treated = [1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0], [1] * 5 + [0] * 6
    found = fit_regression(died, {"treated": treated}, family="logit").ratio("treated", comparison=OTHERS)
    assert found.value == pytest.approx((3 / 2) / (2 / 4))
    assert found.standard_error == pytest.approx(np.sqrt(1 / 3 + 1 / 2 + 1 / 2 + 1 / 4))
    assert found.measure == "odds ratio"


def test_practices_are_added_up_before_they_are_squared() -> None:
    # Two practices in each group; a group's rate is its events over its years. The scores y - rate * years of a
    # practice's people add up, and the variance of a log rate is the sum of their squares over events squared.
    events, years = [4, 2, 1, 1, 3, 0, 2, 5], [1.0] * 8
    treated, practice = [1, 1, 1, 1, 0, 0, 0, 0], ["a", "a", "b", "b", "c", "c", "d", "d"]
    found = rate_ratio(events, years, treated, comparison=OTHERS, clusters=practice, errors="cluster")
    treated_part = ((6 - 4) ** 2 + (2 - 4) ** 2) / 8**2
    others_part = ((3 - 5) ** 2 + (7 - 5) ** 2) / 10**2
    assert found.standard_error == pytest.approx(np.sqrt((treated_part + others_part) * 4 / 3))
    assert found.notes == ("Only 4 clusters: with fewer than 40 the interval tends to be too narrow.",)


def test_leaving_out_one_practice_at_a_time_takes_one_newton_step_each() -> None:
    # With one group's rate being its events over its years, leaving out practice g moves the log rate by one Newton
    # step of -(events of g - rate * years of g) / (rate * years of the others).
    events, years = [4, 2, 1, 1, 3, 0, 2, 5], [1.0] * 8
    treated, practice = [1, 1, 1, 1, 0, 0, 0, 0], ["a", "a", "b", "b", "c", "c", "d", "d"]
    found = rate_ratio(events, years, treated, comparison=OTHERS, clusters=practice)
    moves = [(6 - 4) / 4, (2 - 4) / 4, (3 - 5) / 5, (7 - 5) / 5]
    error = np.sqrt(3 / 4 * np.sum(np.square(moves)))
    assert found.standard_error == pytest.approx(error)
    t_with_3 = 3.182446305284263
    assert found.upper == pytest.approx(found.value * np.exp(t_with_3 * error))


@pytest.mark.parametrize("family", ["poisson", "negative binomial", "logit"])
def test_the_jackknife_is_near_to_fitting_anew_without_each_practice(family: Any) -> None:
    rng = np.random.default_rng(3)
    practice, treated = np.repeat(np.arange(24), 40), rng.integers(0, 2, 960)
    mean = np.exp(-0.3 + rng.normal(0, 0.3, 24)[practice] - 0.2 * treated)
    y = rng.poisson(mean * rng.gamma(2, 0.5, 960))
    y = (y > 0).astype(int) if family == "logit" else y
    whole = fit_regression(y, {"treated": treated}, family=family, clusters=practice, errors="cluster jackknife")
    anew = [
        fit_regression(y[practice != g], {"treated": treated[practice != g]}, family=family).coefficients
        for g in range(24)
    ]
    error = np.sqrt(23 / 24 * ((np.array(anew) - whole.coefficients) ** 2).sum(axis=0))
    assert whole.standard_errors == pytest.approx(error, rel=0.03)
    assert whole.freedom == 23


def test_an_effect_that_rests_on_one_practice_alone_is_named() -> None:
    with pytest.raises(TooFewClustersError, match="one cluster alone"):
        rate_ratio([3, 4, 2, 5, 1, 2], [1.0] * 6, [1, 1, 0, 0, 0, 0], comparison=OTHERS, clusters=list("aabbcc"))


def test_practices_without_weight_are_no_clusters() -> None:
    events, years, treated, practice = _people(2)
    weights = (practice != 3).astype(float)
    one = rate_ratio(events, years, treated, comparison=OTHERS, clusters=practice, weights=weights)
    kept = practice != 3
    other = rate_ratio(events[kept], years[kept], treated[kept], comparison=OTHERS, clusters=practice[kept])
    assert [one.value, one.lower] == pytest.approx([other.value, other.lower])
    assert one.notes == other.notes


def test_forty_practices_need_no_warning() -> None:
    events, years, treated, _ = _people(1)
    found = rate_ratio(events, years, treated, comparison=OTHERS, clusters=np.arange(80) // 2)
    assert found.notes == ()


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_swapping_the_groups_inverts_the_ratio_and_its_interval(seed: int) -> None:
    events, years, treated, practice = _people(seed)
    one = rate_ratio(events, years, treated, comparison=OTHERS, clusters=practice)
    other = rate_ratio(events, years, 1 - treated, comparison="the treated", clusters=practice)
    assert [other.value, other.lower, other.upper] == pytest.approx([1 / one.value, 1 / one.upper, 1 / one.lower])


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_weight_of_two_is_a_person_twice(seed: int) -> None:
    events, years, treated, practice = _people(seed)
    weights = np.random.default_rng(seed).integers(0, 3, len(events))
    weights[:2] = 1
    twice = np.repeat(np.arange(len(events)), weights)
    one = rate_ratio(events, years, treated, comparison=OTHERS, clusters=practice, weights=weights)
    other = rate_ratio(events[twice], years[twice], treated[twice], comparison=OTHERS, clusters=practice[twice])
    assert one.value == pytest.approx(other.value)
    assert one.standard_error == pytest.approx(other.standard_error)


@given(st.integers(0, 10_000), st.floats(0.01, 100))
@settings(max_examples=15, deadline=None)
def test_a_ratio_depends_neither_on_the_unit_of_time_nor_on_the_size_of_weights(seed: int, scale: float) -> None:
    events, years, treated, practice = _people(seed)
    weights = np.random.default_rng(seed).uniform(0.1, 3, len(events))
    one = rate_ratio(events, years, treated, comparison=OTHERS, clusters=practice, weights=weights)
    other = rate_ratio(events, years * scale, treated, comparison=OTHERS, clusters=practice, weights=weights * scale)
    assert [other.value, other.standard_error] == pytest.approx([one.value, one.standard_error], rel=1e-6)


def test_quasi_poisson_widens_by_the_dispersion_and_moves_nothing() -> None:
    plain = fit_regression(EVENTS, {"treated": TREATED}, family="poisson", exposure=YEARS)
    quasi = fit_regression(EVENTS, {"treated": TREATED}, family="quasi-poisson", exposure=YEARS)
    expected = np.array([1.5, 4.5, 4.5, 4.5])
    dispersion = ((np.array(EVENTS) - expected) ** 2 / expected).sum() / (4 - 2)
    assert quasi.dispersion == pytest.approx(dispersion)
    assert quasi.coefficients == pytest.approx(plain.coefficients)
    assert quasi.standard_errors == pytest.approx(plain.standard_errors * np.sqrt(dispersion))


def test_counts_that_vary_less_than_poisson_counts_have_no_extra_variance() -> None:
    even = fit_regression([3, 3, 3, 4, 4, 4], {"treated": [0, 0, 0, 1, 1, 1]}, family="negative binomial")
    assert even.alpha == 0
    assert even.ratio("treated", comparison=OTHERS).value == pytest.approx(4 / 3)


def test_the_negative_binomial_finds_the_variance_that_was_drawn() -> None:
    rng = np.random.default_rng(11)
    treated = rng.integers(0, 2, 6000)
    mean = 1.5 * 0.8**treated
    y = rng.poisson(mean * rng.gamma(1 / 0.7, 0.7, 6000))
    found = fit_regression(y, {"treated": treated}, family="negative binomial")
    assert found.alpha == pytest.approx(0.7, abs=0.1)
    ratio = found.ratio("treated", comparison=OTHERS)
    assert ratio.lower < 0.8 < ratio.upper


def test_the_negative_binomials_likelihood_is_highest_where_it_stops() -> None:
    from scipy.stats import nbinom

    y, treated = np.array([0, 0, 1, 7, 2, 0, 0, 3, 12, 1]), np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    found = fit_regression(y, {"treated": treated}, family="negative binomial")

    def likelihood(shift: float, move: float) -> float:
        theta = np.exp(shift) / found.alpha
        mean = np.exp(found.coefficients[0] + (found.coefficients[1] + move) * treated)
        return float(nbinom.logpmf(y, theta, theta / (theta + mean)).sum())

    top = likelihood(0, 0)
    assert all(top > likelihood(*step) for step in [(0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)])


def _fit(**change: Any) -> Effect:
    given: dict[str, Any] = {"events": EVENTS, "exposure": YEARS, "treated": TREATED, "comparison": OTHERS}
    return rate_ratio(**{**given, **change})


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"exposure": [1, 0, 6, 6]}, ExposureError, "0 in row 1"),
        ({"exposure": [1, -2, 6, 6]}, ExposureError, "-2 in row 1"),
        ({"events": [2, -4, 3, 6]}, NegativeCountError, "-4"),
        ({"events": [0, 0, 0, 0]}, SeparationError, "nobody had an event"),
        ({"events": [0, 0, 3, 6]}, SeparationError, "treated"),
        ({"treated": [1, 1, 1, 1]}, OneGroupError, "all 4 rows"),
        ({"treated": [1, 1, 0, 0.5]}, NotBinaryError, "0.5 in row 3"),
        ({"clusters": ["a"] * 4}, TooFewClustersError, "1 cluster"),
        ({"covariates": {"again": [1, 1, 0, 0]}}, CollinearError, "again"),
        ({"weights": [1, 1, 0, 0]}, CollinearError, "treated"),
        ({"weights": [1, 1, -1, 0]}, NegativeCountError, "-1"),
        ({"comparison": " "}, UsageError, "comparison"),
    ],
)
def test_what_cannot_be_compared_is_named(change: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        _fit(**change)


@pytest.mark.parametrize(
    "wrong",
    [{"errors": "cluster"}, {"clusters": [1, 2, 3, 4]}, {"errors": "HC3"}, {"family": "gamma"}],
)
def test_a_choice_that_is_not_offered_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        fit_regression(EVENTS, {"treated": TREATED}, **{"family": "poisson", "exposure": YEARS, **wrong})
    with pytest.raises(UsageError, match="one of"):
        fit_regression(EVENTS, {"treated": TREATED}, family="poisson").ratio("age", comparison=OTHERS)


def test_a_logit_needs_yes_or_no_and_names_separation() -> None:
    with pytest.raises(NotBinaryError):
        fit_regression(EVENTS, {"treated": TREATED}, family="logit")
    with pytest.raises(SeparationError, match="treated"):
        fit_regression([1, 1, 0, 0], {"treated": TREATED}, family="logit")
