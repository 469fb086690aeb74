"""The fit against statsmodels and scipy, planted coefficients found again, and the terms worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from risk_tables import drawn_frame
from scipy.optimize import minimize

from doorstep.errors import DataError
from doorstep.planning.admission_risk.design import Term, as_words, matrix
from doorstep.planning.admission_risk.fitting import choose_penalty, fit_ridge, risk_of
from doorstep.planning.admission_risk.regressions import linear, poisson
from doorstep.planning.admission_risk.score import Score, prepare, score_of


def people(n: int = 3000, seed: int = 3) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n, 4)).astype(np.float32)
    logit = -1 + z @ np.array([0.8, -0.5, 0.0, 0.2])
    return z, rng.random(n) < 1 / (1 + np.exp(-logit))


def test_with_next_to_no_penalty_it_is_the_maximum_likelihood_of_statsmodels() -> None:
    z, had = people()
    theirs = sm.GLM(had.astype(float), sm.add_constant(z.astype(float)), family=sm.families.Binomial()).fit()
    mine = fit_ridge(z, had, 1e-9)
    np.testing.assert_allclose(mine.coefficients, theirs.params, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(mine.covariance)), theirs.bse, rtol=1e-4)
    np.testing.assert_allclose(risk_of(z, mine.coefficients), theirs.fittedvalues, rtol=1e-5)


@pytest.mark.parametrize("penalty", [1.0, 30.0, 1000.0])
def test_with_a_penalty_it_is_the_minimum_that_a_general_minimiser_finds(penalty: float) -> None:
    z, had = people(800)
    x = np.column_stack([np.ones(len(z)), z.astype(float)])

    def loss(b: Any) -> Any:
        return np.logaddexp(0, np.where(had, -x @ b, x @ b)).sum() + penalty / 2 * (b[1:] ** 2).sum()

    theirs = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-7}).x
    np.testing.assert_allclose(fit_ridge(z, had, penalty).coefficients, theirs, atol=1e-4)


def test_a_larger_penalty_draws_coefficients_to_nought_and_leaves_the_level() -> None:
    z, had = people()
    size = [np.abs(fit_ridge(z, had, p).coefficients[1:]).sum() for p in (1.0, 100.0, 10_000.0)]
    assert size[0] > size[1] > size[2]
    flat = fit_ridge(z, had, 1e9)
    assert risk_of(z, flat.coefficients).mean() == pytest.approx(had.mean(), abs=1e-4)


def test_planted_coefficients_lie_within_their_intervals() -> None:
    """Log odds 0.04 a year, 0.8 for diabetes, 0.5 for each admission: 19 of 20 draws, each coefficient, at 95%."""
    planted = {"age": 0.04, "diabetes": 0.8, "emergency_admissions_12m": 0.5}
    inside = dict.fromkeys(planted, 0)
    for seed in range(40):
        frame = drawn_frame(4000, seed)
        score = score_of("m", "m", prepare([Term(c, "value") for c in planted], frame.columns), frame.admitted, 1.0)
        for weight in score.weights:
            _, low, high = weight.per_unit
            inside[weight.term.column] += low <= planted[weight.term.column] <= high
    assert all(count >= 34 for count in inside.values()), inside  # 34 of 40 has a chance of 1% at 95%


def test_cross_validation_wants_a_large_penalty_for_noise_and_a_small_one_for_signal() -> None:
    rng = np.random.default_rng(4)
    noise = rng.standard_normal((600, 30)).astype(np.float32)
    grid = [1.0, 100.0, 10_000.0]
    chosen, deviance = choose_penalty(noise, rng.random(600) < 0.3, grid, folds=5, seed=1)
    assert chosen == 10_000.0 and set(deviance) == set(grid)
    z, had = people()
    assert choose_penalty(z, had, grid, folds=5, seed=1)[0] == 1.0
    assert choose_penalty(z, had, grid, folds=5, seed=1) == choose_penalty(z, had, grid, folds=5, seed=1)


def test_too_few_on_one_side_is_refused() -> None:
    z, _ = people(500)
    had = np.zeros(500, dtype=bool)
    had[:19] = True
    with pytest.raises(DataError, match="19 people on one side"):
        fit_ridge(z, had, 1.0)
    with pytest.raises(DataError, match="19 people on one side"):
        fit_ridge(z, ~had, 1.0)


def test_terms_by_hand() -> None:
    columns = {
        "age": np.array([40, 70, 90]),
        "n": np.array([0, 3, 9]),
        "hfrs": np.array([np.nan, 2.5, 0.0]),
        "sex": np.array(["1", None, "2"], dtype=object),
        "q": np.array([1.0, np.nan, 5.0]),
    }
    terms = [
        Term("age", "value"), Term("age", "above", 65.0), Term("n", "any"), Term("n", "capped", 6.0),
        Term("hfrs", "known"), Term("hfrs", "value"), Term("sex", "is", "1"), Term("sex", "unknown"),
        Term("q", "is", "1"), Term("q", "unknown"),
    ]  # fmt: skip
    assert matrix(terms, columns).tolist() == [
        [40, 0, 0, 0, 0, 0, 1, 0, 1, 0],
        [70, 5, 1, 3, 1, 2.5, 0, 1, 0, 1],
        [90, 25, 1, 6, 1, 0, 0, 0, 0, 0],
    ]
    assert as_words(np.array([5, 1])).tolist() == ["5", "1"]


def test_a_score_by_hand_and_back_from_plain_values() -> None:
    """Risk of a person at the mean is that of the intercept; terms that never vary are left out and named."""
    frame = drawn_frame(2000)
    columns = {**frame.columns, "flat": np.ones(2000)}
    prepared = prepare([Term("age", "value"), Term("flat", "value")], columns)
    assert prepared.never_vary == ("flat",)
    score = score_of("m", "m", prepared, frame.admitted, 1.0)
    (weight,) = score.weights
    at_mean = score.risk({"age": np.array([weight.mean, weight.mean + weight.deviation])})
    expected = 1 / (1 + np.exp(-np.array([score.intercept, score.intercept + weight.coefficient])))
    np.testing.assert_allclose(at_mean, expected, rtol=1e-5)
    assert Score.of_plain(score.plain()) == score
    with pytest.raises(DataError, match="no column age"):
        score.risk({"sex": np.array(["1"], dtype=object)})


def test_regressions_and_their_limits_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(900), rng.standard_normal((900, 2))])
    mean = 2 + x @ np.array([0.0, 0.5, -0.2]) + rng.standard_normal(900) * np.exp(x[:, 1] / 2)
    count = rng.poisson(np.exp(x @ np.array([0.1, 0.4, -0.3])) * rng.gamma(2, 0.5, 900)).astype(float)
    for mine, theirs in (
        (linear(mean, x), sm.OLS(mean, x).fit(cov_type="HC0")),
        (poisson(count, x), sm.GLM(count, x, family=sm.families.Poisson()).fit(cov_type="HC0")),
    ):
        np.testing.assert_allclose(mine.coefficients, theirs.params, rtol=1e-6)
        np.testing.assert_allclose(mine.covariance, theirs.cov_params(), rtol=1e-5)
        effect = mine.effect(1)
        np.testing.assert_allclose([effect.lower, effect.upper], theirs.conf_int()[1], rtol=1e-5)


def test_a_condition_whose_people_never_used_care_does_not_stop_the_rates() -> None:
    group = np.tile([0.0, 1.0], 400)
    rare = (np.arange(800) < 6).astype(float)
    count = np.where(rare > 0, 0.0, 1.0 + group)
    found = poisson(count, np.column_stack([np.ones(800), group, rare]))
    assert np.exp(found.coefficients[1]) == pytest.approx(2.0, rel=1e-6)
    assert found.fitted[rare > 0].max() < 1e-4
