"""Making groups alike: propensities, pairs, cells, weights, and the table that shows whether it worked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.statistics.impact import (
    balance_by_entropy,
    balance_table,
    match_coarsened,
    match_nearest,
    propensity_scores,
)
from doorstep.statistics.impact.faults import (
    CollinearError,
    InfeasibleTargetError,
    NoOverlapError,
    NotBinaryError,
    OneGroupError,
    SeparationError,
)
from doorstep.statistics.results import Floats, NotANumberError, ProportionError, ShapeError

TREATED = [1, 1, 0, 0, 0, 0]
SEEDS = st.integers(0, 2**32 - 1)


def _people(seed: int, n: int = 120) -> tuple[Floats, dict[str, Floats]]:
    """Draw people whose age and sex bear on who has the service."""
    rng = np.random.default_rng(seed)
    age, female = rng.normal(70, 10, n), rng.integers(0, 2, n).astype(float)
    treated = (rng.random(n) < 1 / (1 + np.exp(1.5 - (age - 70) / 12 - 0.3 * female))).astype(float)
    treated[:4] = 1, 0, 1, 0
    female[:4] = 1, 1, 0, 0
    return treated, {"age": age, "female": female}


# Propensity scores


def test_a_propensity_within_the_groups_of_one_yes_or_no_is_the_share_treated() -> None:
    treated = [1, 0, 0, 0, 1, 1, 0, 0]
    found = propensity_scores(treated, {"frail": [0, 0, 0, 0, 1, 1, 1, 1]})
    assert found.score == pytest.approx([1 / 4] * 4 + [2 / 4] * 4)
    assert found.coefficients == pytest.approx([np.log((1 / 4) / (3 / 4)), np.log(3)])
    assert found.terms == ("(Intercept)", "frail")


def test_scores_outside_the_other_groups_range_are_outside_common_support() -> None:
    treated = [0, 0, 1, 0, 1, 0, 1, 1]
    found = propensity_scores(treated, {"age": [50, 60, 65, 70, 75, 80, 85, 90]})
    assert found.in_common_support.tolist() == [False, False, True, True, True, True, False, False]


@given(SEEDS, st.floats(0.01, 100), st.floats(-500, 500))
@settings(max_examples=15, deadline=None)
def test_a_propensity_does_not_depend_on_a_covariates_unit(seed: int, scale: float, shift: float) -> None:
    treated, covariates = _people(seed)
    other = {"age": covariates["age"] * scale + shift, "female": covariates["female"]}
    assert propensity_scores(treated, other).score == pytest.approx(
        propensity_scores(treated, covariates).score, rel=1e-6, abs=1e-9
    )


@pytest.mark.parametrize("age", [[1, 2, 3, 4, 5, 6], [1, 2, 3, 3, 4, 5], [0, 0, 0, 0, 1, 1]])
def test_perfect_and_nearly_perfect_separation_is_named_with_its_covariate(age: list[float]) -> None:
    with pytest.raises(SeparationError, match="age"):
        propensity_scores([0, 0, 0, 1, 1, 1], {"age": age})


def test_an_honest_score_of_a_rare_service_is_not_taken_for_separation() -> None:
    rng = np.random.default_rng(2)
    age = rng.normal(60, 15, 4000)
    treated = rng.random(4000) < 1 / (1 + np.exp(7 - (age - 60) / 10))
    assert 3 <= treated.sum() <= 60
    assert propensity_scores(treated, {"age": age}).coefficients[1] == pytest.approx(0.1, abs=0.05)


def test_a_covariate_that_says_nothing_new_is_named() -> None:
    with pytest.raises(CollinearError, match="months"):
        propensity_scores(TREATED, {"years": [1, 5, 2, 4, 9, 3], "months": [12, 60, 24, 48, 108, 36]})
    with pytest.raises(CollinearError, match="place"):
        propensity_scores(TREATED, {"place": [3] * 6})


@pytest.mark.parametrize(
    ("treated", "age", "error"),
    [
        ([1, 1, 2, 0, 0, 0], [1, 2, 3, 4, 5, 6], NotBinaryError),
        ([1] * 6, [1, 2, 3, 4, 5, 6], OneGroupError),
        ([], [], OneGroupError),
        (TREATED, [1, 2, 3], ShapeError),
        (TREATED, [1, 2, 3, float("nan"), 5, 6], NotANumberError),
        ([TREATED], [1, 2, 3, 4, 5, 6], ShapeError),
    ],
)
def test_wrong_data_are_named(treated: Any, age: list[float], error: type[Exception]) -> None:
    with pytest.raises(error):
        propensity_scores(treated, {"age": age})
    with pytest.raises(error):
        balance_by_entropy(treated, {"age": age})
    with pytest.raises(error):
        balance_table(treated, {"age": age})
    with pytest.raises(error):
        match_coarsened(treated, {"age": age})


# Pairs


def _greedy(score: Floats, treated: Floats, caliper: float, logit: bool) -> dict[int, int]:
    """Match by looking at everybody each time: slow, short, and plainly the rule."""
    score = np.round(score, 12)
    place = np.log(score / (1 - score)) if logit else score
    limit = np.inf if np.isinf(caliper) else caliper * place.std(ddof=1)
    free, pairs = [int(i) for i in np.flatnonzero(treated == 0)], {}
    for t in sorted(np.flatnonzero(treated == 1), key=lambda i: (-place[i], i)):
        options = sorted((round(abs(place[c] - place[t]), 12), c) for c in free)
        if options and options[0][0] <= limit:
            pairs[int(t)] = options[0][1]
            free.remove(options[0][1])
    return pairs


@given(SEEDS, st.integers(2, 60), st.sampled_from([3, 10, 1000]), st.sampled_from([0.05, 0.3, np.inf]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_pairs_are_those_of_looking_at_everybody(seed: int, n: int, values: int, caliper: float, logit: bool) -> None:
    rng = np.random.default_rng(seed)
    score, treated = rng.integers(1, values, n) / values, rng.integers(0, 2, n).astype(float)
    treated[:2] = 0, 1
    expected = _greedy(score, treated, caliper, logit)
    width, scale = None if np.isinf(caliper) else caliper, "logit" if logit else "propensity"
    if not expected:
        with pytest.raises(NoOverlapError):
            match_nearest(score, treated, scale=scale, caliper=width)  # type: ignore[arg-type]
        return
    found = match_nearest(score, treated, scale=scale, caliper=width)  # type: ignore[arg-type]
    assert {int(a): int(b) for a, b in found.pairs} == expected
    assert found.weights.sum() == 2 * found.n_matched == 2 * len(expected)
    assert sorted([*found.unmatched, *expected]) == np.flatnonzero(treated).tolist()


def test_the_likeliest_treated_person_chooses_first_and_the_lower_row_wins_a_tie() -> None:
    #          treated        comparison
    score = [0.50, 0.70, 0.40, 0.60, 0.60, 0.80]
    found = match_nearest(score, [1, 1, 0, 0, 0, 0], scale="propensity", caliper=None)
    assert found.pairs.tolist() == [[0, 2], [1, 3]]  # 0.7 is as near 0.6 as 0.8, and 0.5 as near 0.4 as 0.6
    backwards = match_nearest(score, [1, 1, 0, 0, 0, 0], scale="propensity", caliper=None, order=[6, 5, 4, 3, 2, 1])
    assert backwards.pairs.tolist() == [[0, 4], [1, 5]]


def test_a_pair_shares_its_exact_group() -> None:
    found = match_nearest(
        [0.5, 0.5, 0.5, 0.4], [1, 1, 0, 0], scale="propensity", caliper=None, exact=["F", "M", "M", "F"]
    )
    assert found.pairs.tolist() == [[0, 3], [1, 2]]
    alone = match_nearest([0.5, 0.5, 0.5, 0.4], [1, 1, 0, 0], caliper=None, exact=["F", "X", "M", "F"])
    assert alone.pairs.tolist() == [[0, 3]]
    assert alone.unmatched.tolist() == [1]


def test_everybody_is_offered_a_first_comparison_person_before_anybody_a_second() -> None:
    score = [0.60, 0.58, 0.59, 0.57, 0.30]
    found = match_nearest(score, [1, 1, 0, 0, 0], scale="propensity", caliper=None, ratio=2)
    assert found.pairs.tolist() == [[0, 2], [0, 4], [1, 3]]
    assert found.weights.tolist() == [1, 1, 1 / 2, 1, 1 / 2]
    assert found.weights[2:].sum() == found.n_matched == 2


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_pairs_do_not_depend_on_the_order_of_the_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score, treated = rng.integers(1, 20, 40) / 20, np.r_[0.0, 1.0, rng.integers(0, 2, 38)]
    ids, shuffled = np.arange(40), rng.permutation(40)
    found = match_nearest(score, treated, caliper=None, order=ids)
    other = match_nearest(score[shuffled], treated[shuffled], caliper=None, order=ids[shuffled])
    assert {tuple(p) for p in found.pairs.tolist()} == {tuple(p) for p in shuffled[other.pairs].tolist()}


def test_nobody_within_reach_is_an_error_and_not_an_empty_answer() -> None:
    with pytest.raises(NoOverlapError, match="no treated person of 2"):
        match_nearest([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], caliper=0.1)


@pytest.mark.parametrize("score", [0.0, 1.0, -0.2, 1e-14])
def test_a_score_must_lie_between_nought_and_one(score: float) -> None:
    with pytest.raises(ProportionError, match="row 1"):
        match_nearest([0.5, score, 0.5], [1, 0, 0])


@pytest.mark.parametrize("wrong", [{"caliper": 0.0}, {"caliper": -1.0}, {"ratio": 0}, {"scale": "probit"}])
def test_a_caliper_ratio_or_scale_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        match_nearest([0.5, 0.4, 0.5], [1, 0, 0], **wrong)


# Cells


def test_cells_weigh_comparison_people_to_the_treated_peoples_cells() -> None:
    #         60s: 2 treated, 1 comparison   70s: 1 and 3     80s: 1 and 0   90s: 0 and 1
    treated = [1, 1, 0, 1, 0, 0, 0, 1, 0]
    decade = [6, 6, 6, 7, 7, 7, 7, 8, 9]
    found = match_coarsened(treated, {"decade": decade, "sex": ["F"] * 9})
    assert found.weights == pytest.approx([1, 1, 2 / 1 * 4 / 3, 1, 1 / 3 * 4 / 3, 1 / 3 * 4 / 3, 1 / 3 * 4 / 3, 0, 0])
    assert (found.n_treated_unmatched, found.n_comparison_unmatched) == (1, 1)
    assert (found.n_cells, found.n_cells_shared) == (4, 2)
    assert balance_table(treated, {"decade": decade}, found.weights).largest == pytest.approx(0)


def test_no_shared_cell_is_an_error() -> None:
    with pytest.raises(NoOverlapError):
        match_coarsened(TREATED, {"ward": ["a", "a", "b", "b", "c", "c"]})


# Weights


def test_balancing_one_yes_or_no_weighs_each_side_to_the_treated_share() -> None:
    treated = [1, 1, 1, 0, 0, 0, 0]
    female = [1, 1, 0, 1, 0, 0, 0]
    found = balance_by_entropy(treated, {"female": female})
    assert found.weights == pytest.approx([1, 1, 1, 2, 1 / 3, 1 / 3, 1 / 3])
    assert found.effective_comparison == pytest.approx(3**2 / (2**2 + 3 * (1 / 3) ** 2))
    assert found.largest_share == pytest.approx(2 / 3)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_balancing_reaches_the_means_and_weights_add_up_to_the_treated(seed: int) -> None:
    treated, covariates = _people(seed)
    found = balance_by_entropy(treated, covariates)
    after, before = balance_table(treated, covariates, found.weights), balance_table(treated, covariates)
    assert after.largest < 1e-8
    assert after.largest <= before.largest
    assert found.weights[treated == 0].sum() == pytest.approx(treated.sum())
    assert (found.weights >= 0).all()
    assert after.effective_comparison == pytest.approx(found.effective_comparison)


@given(SEEDS, st.floats(0.001, 1000), st.floats(-1000, 1000))
@settings(max_examples=20, deadline=None)
def test_weights_depend_neither_on_units_nor_on_the_order_of_rows(seed: int, scale: float, shift: float) -> None:
    treated, covariates = _people(seed)
    found = balance_by_entropy(treated, covariates).weights
    shuffled = np.random.default_rng(seed).permutation(len(treated))
    other = {"female": covariates["female"][shuffled], "age": (covariates["age"] * scale + shift)[shuffled]}
    assert balance_by_entropy(treated[shuffled], other).weights == pytest.approx(found[shuffled], rel=1e-5, abs=1e-8)


def test_a_column_twice_or_one_that_never_varies_does_no_harm() -> None:
    treated, covariates = _people(4)
    found = balance_by_entropy(treated, covariates).weights
    more = {**covariates, "male": 1 - covariates["female"], "place": np.ones(len(treated))}
    assert balance_by_entropy(treated, more).weights == pytest.approx(found, rel=1e-7)


def test_a_mean_that_nobody_reaches_is_named() -> None:
    with pytest.raises(InfeasibleTargetError, match="mean of age is 80"):
        balance_by_entropy([1, 1, 0, 0], {"sex": [0, 1, 0, 1], "age": [79, 81, 60, 70]})
    with pytest.raises(InfeasibleTargetError, match="mean of frail is 1"):
        balance_by_entropy([1, 1, 0, 0], {"frail": [1, 1, 0, 1]})


def test_means_that_can_be_reached_one_by_one_but_not_together_are_named() -> None:
    # Of the comparison people nobody has both conditions, so 90% with each cannot be had.
    both = {"lung": [1] * 9 + [0] + [1, 0, 0] * 4, "heart": [0] + [1] * 9 + [0, 1, 0] * 4, "age": [70, 71] * 11}
    with pytest.raises(InfeasibleTargetError, match=r"missed: .*(lung|heart)") as error:
        balance_by_entropy([1] * 10 + [0] * 12, both)
    assert "age" not in error.value.seen


# Balance


def test_differences_are_in_standard_deviations_of_the_groups_before_weighting() -> None:
    treated, age = [1, 1, 1, 0, 0, 0], [70, 80, 90, 60, 70, 80]
    found = balance_table(treated, {"age": age})
    assert found.difference == pytest.approx([(80 - 70) / np.sqrt((100 + 100) / 2)])
    assert found.variance_ratio == pytest.approx([1])
    weighted = balance_table(treated, {"age": age}, [1, 1, 1, 0, 1, 1])
    assert weighted.difference == pytest.approx([(80 - 75) / 10])
    assert weighted.variance_ratio == pytest.approx([100 / 50])
    assert weighted.effective_comparison == 2


def test_swapping_the_groups_turns_the_sign_and_the_ratio() -> None:
    treated, covariates = _people(9)
    one, other = balance_table(treated, covariates), balance_table(1 - treated, covariates)
    assert other.difference == pytest.approx(-one.difference)
    assert other.variance_ratio == pytest.approx(1 / one.variance_ratio)


def test_a_column_that_varies_in_neither_group_is_alike_or_infinitely_apart() -> None:
    found = balance_table([1, 1, 0, 0], {"same": [2, 2, 2, 2], "apart": [1, 1, 0, 0]})
    assert found.difference.tolist() == [0, np.inf]
    assert np.isnan(found.variance_ratio).all()


def test_weights_that_leave_nobody_to_compare_with_are_an_error() -> None:
    with pytest.raises(OneGroupError, match="no comparison person"):
        balance_table([1, 1, 0], {"age": [1, 2, 3]}, [1, 1, 0])
