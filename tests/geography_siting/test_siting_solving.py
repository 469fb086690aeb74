"""The choice and its bound against every choice there is, counted one by one on cases small enough."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.geography.siting import bounding
from doorstep.geography.siting.pairs import Beyond, Listed, nearest_two, pairs_of
from doorstep.geography.siting.rules import Budget, Flags, Floats, Quotas, Rule
from doorstep.geography.siting.solving import Aim, Problem, solve
from doorstep.geography.siting.worst_off import Bend

SETTINGS = settings(max_examples=25, deadline=None, derandomize=True)


def problem(seed: int, rule: Rule | None = None, aim: Aim = "median", *, n: int = 14, m: int = 8) -> Problem:
    """Return points and sites by lot in a square of 10, people by lot; where the seed is odd, a centre stands."""
    draw = np.random.default_rng(seed)
    areas, sites = draw.uniform(0, 10, (n, 2)), draw.uniform(0, 10, (m, 2))
    far = np.sqrt(((areas[:, None] - sites[None]) ** 2).sum(axis=2))
    base = np.sqrt(((areas - draw.uniform(0, 10, 2)) ** 2).sum(axis=1)) if seed % 2 else np.full(n, np.inf)
    weights = draw.integers(0, 9, n).astype(float) + (np.arange(n) == 0)
    quotas = rule or Quotas(np.zeros(m, dtype=np.intp), (3,))
    return Problem(Listed(far), weights, base, quotas, aim, within=2.5, seed=seed, counted=0)


def keeps(rule: Rule, is_open: Flags) -> bool:
    if isinstance(rule, Budget):
        return float(rule.costs[is_open].sum()) <= rule.budget + 1e-9
    return [int(is_open[rule.group == k].sum()) for k in range(len(rule.quota))] == list(rule.quota)


def choices(rule: Rule, m: int) -> Iterator[Flags]:
    for bits in itertools.product((False, True), repeat=m):
        is_open = np.array(bits)
        if is_open.any() and keeps(rule, is_open):
            yield is_open


def worst_tenth_by_people(distance: Floats, weights: Floats) -> float:
    """Line up ten of each of the people by distance, and average the last tenth of the line: no formula of ours."""
    line = np.repeat(distance, 10 * weights.astype(int))
    return float(np.sort(line)[-len(line) // 10 :].mean())


def cost(asked: Problem, is_open: Flags) -> float:
    assert isinstance(asked.distances, Listed)
    weights = asked.weights / asked.weights.sum()
    nearest = np.minimum(asked.base, asked.distances.values[:, is_open].min(axis=1))
    if asked.aim == "covering":
        return float(weights[nearest > asked.within].sum())
    mean = float(weights @ nearest)
    if asked.aim == "median":
        return mean
    return (1 - asked.share) * mean + asked.share * worst_tenth_by_people(nearest, asked.weights)


def best(asked: Problem) -> float:
    return min(cost(asked, is_open) for is_open in choices(asked.rule, asked.distances.n_sites))


@pytest.mark.parametrize("aim", ["median", "covering"])
@pytest.mark.parametrize("seed", range(12))
def test_the_choice_is_the_best_of_all_and_the_bound_is_not_above_it(seed: int, aim: Aim) -> None:
    asked = problem(seed, aim=aim)
    found = solve(asked)
    optimum = best(asked)
    assert found.value == pytest.approx(cost(asked, found.is_open))
    assert found.value == pytest.approx(optimum)
    assert found.bound <= optimum + 1e-12
    assert keeps(asked.rule, found.is_open)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
@pytest.mark.parametrize("seed", range(8))
def test_the_equity_choice_is_within_its_gap_of_the_best_of_all(seed: int, share: float) -> None:
    asked = replace(problem(seed, aim="equity"), share=share)
    found, optimum = solve(asked), best(asked)
    assert found.value == pytest.approx(cost(asked, found.is_open))
    assert found.bound <= optimum + 1e-12
    assert optimum <= found.value + 1e-12
    assert found.value == pytest.approx(optimum)
    assert found.gap < 0.05


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "rule",
    [
        Quotas(np.zeros(11, dtype=np.intp), (4,)),
        Quotas(np.arange(11) % 2, (1, 3)),
        Budget(np.array([2.0, 3, 4, 5, 6, 7, 8, 9, 4, 5, 6]), 16.0),
    ],
)
def test_equity_keeps_its_rule_and_its_bound_over_sixty_areas(rule: Rule, seed: int) -> None:
    asked = problem(seed, rule, "equity", n=60, m=11)
    found, optimum = solve(asked), best(asked)
    assert keeps(rule, found.is_open)
    assert found.bound <= optimum + 1e-12
    assert optimum <= found.value + 1e-12 <= optimum * 1.01


@pytest.mark.parametrize("aim", ["median", "covering"])
@pytest.mark.parametrize("seed", range(6))
def test_a_mix_of_new_and_repurposed_is_kept_and_best(seed: int, aim: Aim) -> None:
    asked = problem(seed, Quotas(np.array([0, 0, 0, 1, 1, 1, 1, 1]), (1, 2)), aim)
    found = solve(asked)
    assert keeps(asked.rule, found.is_open)
    assert found.value == pytest.approx(best(asked))
    assert found.bound <= best(asked) + 1e-12


@pytest.mark.parametrize("seed", range(10))
def test_a_budget_is_never_exceeded_and_its_bound_is_not_above_the_best(seed: int) -> None:
    costs = np.random.default_rng(100 + seed).integers(2, 9, 8).astype(float)
    asked = problem(seed, Budget(costs, 14.0))
    found, optimum = solve(asked), best(asked)
    assert keeps(asked.rule, found.is_open)
    assert found.bound <= optimum + 1e-12
    assert optimum <= found.value + 1e-12
    assert found.value <= optimum * 1.05


@SETTINGS
@given(
    st.integers(0, 10_000),
    st.integers(1, 5),
    st.lists(st.floats(0, 30, allow_nan=False), min_size=14, max_size=14),
    st.sampled_from(["median", "covering"]),
)
def test_whatever_the_multipliers_the_bound_is_not_above_the_best(seed: int, p: int, u: list[float], aim: Aim) -> None:
    asked = problem(seed, Quotas(np.zeros(8, dtype=np.intp), (p,)), aim)
    weights = asked.weights / asked.weights.sum()
    pairs = pairs_of(asked.distances, asked.base, 3)
    if aim == "covering":
        pairs = pairs_of(Beyond(asked.distances, asked.within), (asked.base > asked.within).astype(float), 3)
    bound = bounding.certified(pairs, weights, asked.rule, np.array(u) * weights)
    assert bound <= best(asked) + 1e-12


@SETTINGS
@given(
    st.lists(st.tuples(st.floats(0, 20), st.integers(1, 9)), min_size=1, max_size=12),
    st.floats(0, 20),
    st.floats(0, 5),
    st.floats(0.05, 0.95),
)
def test_a_stretch_is_bounded_by_its_low_end_and_by_the_bend_at_its_high_end(
    areas: list[tuple[float, int]], low: float, length: float, share: float
) -> None:
    far, people = np.array(areas, dtype=float).T
    weights, high = people / people.sum(), low + length

    def aim(low: float, high: float) -> float:
        bend = Bend(low, high, share)
        return float(weights @ bend(far)) + bend.constant

    least = min(aim(low, high), aim(high, high))
    assert all(least <= aim(t, t) + 1e-9 for t in np.linspace(low, high, 9))
    assert min(aim(t, t) for t in [0.0, *far]) == pytest.approx(
        (1 - share) * weights @ far + share * worst_tenth_by_people(far, people)
    )


@SETTINGS
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 5))
def test_the_steps_leave_out_no_pair_that_their_bound_needs(seed: int, nearest: int, p: int) -> None:
    asked = problem(seed, Quotas(np.zeros(8, dtype=np.intp), (p,)))
    weights = asked.weights / asked.weights.sum()
    pairs = pairs_of(asked.distances, asked.base, nearest)
    near = nearest_two(pairs, np.arange(8) < p)
    u = bounding.start(pairs, weights, near.first, near.second)
    done = bounding.climb(pairs, weights, asked.rule, u, float(weights @ near.first), 80, 0.0)
    assert done.bound == pytest.approx(bounding.certified(pairs, weights, asked.rule, done.multipliers))
    assert done.bound <= best(asked) + 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_covering_without_time_has_a_bound_and_with_time_the_proof(seed: int) -> None:
    asked = problem(seed, Quotas(np.zeros(14, dtype=np.intp), (3,)), "covering", n=40, m=14)
    hasty, found, optimum = solve(replace(asked, seconds=0.0)), solve(asked), best(asked)
    assert hasty.bound <= optimum + 1e-12 <= hasty.value + 2e-12
    assert found.value == pytest.approx(optimum)
    assert found.bound <= optimum
    assert found.gap < 1e-4
    assert hasty.by == "prices"


def test_what_only_branch_and_bound_can_prove_is_said_to_be_its_proof() -> None:
    # Two towns of three equal areas and three sites; a site reaches two areas of its town. Three half sites in each
    # reach everybody, three whole ones five areas of six: no price can tell the two apart.
    town = np.array([[0.0, 0.0, 9.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
    far = np.block([[town, np.full((3, 3), 9.0)], [np.full((3, 3), 9.0), town]])
    rule = Quotas(np.zeros(6, dtype=np.intp), (3,))
    asked = Problem(Listed(far), np.ones(6), np.full(6, np.inf), rule, "covering", within=2.5, counted=0)
    found, hasty = solve(asked), solve(replace(asked, seconds=0.0))
    assert found.value == hasty.value == pytest.approx(1 / 6)
    assert (found.by, hasty.by) == ("HiGHS", "prices")
    assert 1 / 6 - 2e-6 < found.bound < 1 / 6
    assert hasty.bound == 0.0


@SETTINGS
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_a_short_list_of_pairs_gives_the_same_nearest_as_all_of_them(seed: int, nearest: int) -> None:
    asked = problem(seed)
    assert isinstance(asked.distances, Listed)
    is_open = np.random.default_rng(seed).random(8) < 0.4
    is_open[seed % 8] = True
    found = nearest_two(pairs_of(asked.distances, asked.base, nearest), is_open)
    table = np.sort(np.column_stack([asked.distances.values[:, is_open], asked.base]), axis=1)
    assert found.first == pytest.approx(table[:, 0])
    assert found.second == pytest.approx(np.minimum(table[:, 1], asked.base))


@pytest.mark.parametrize("aim", ["median", "covering", "equity"])
@pytest.mark.parametrize(
    "rule", [Quotas(np.array([0, 0, 0, 1, 1, 1, 1, 1]), (1, 2)), Budget(np.array([2.0, 3, 4, 5, 6, 7, 8, 9]), 14.0)]
)
def test_where_choices_are_few_every_one_is_counted(rule: Rule, aim: Aim) -> None:
    asked = problem(5, rule, aim)
    found = solve(replace(asked, counted=256))
    assert found.value == found.bound == pytest.approx(best(asked))
    assert keeps(rule, found.is_open) and found.by == "count"


def test_more_centres_never_do_worse() -> None:
    values = [solve(problem(4, Quotas(np.zeros(8, dtype=np.intp), (p,)))).value for p in range(1, 9)]
    assert values == sorted(values, reverse=True)


def test_the_same_seed_gives_the_same_choice() -> None:
    asked = replace(problem(6, n=60, m=8), seed=3)
    one, other = solve(asked), solve(asked)
    assert one.is_open.tolist() == other.is_open.tolist()
    assert (one.value, one.bound) == (other.value, other.bound)


def test_more_centres_than_candidates_are_refused() -> None:
    with pytest.raises(UsageError, match="9 centres are asked of 8 candidate sites"):
        Quotas(np.zeros(8, dtype=np.intp), (9,))


def test_a_budget_that_pays_for_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="pays for no site"):
        Budget(np.array([5.0, 6.0]), 4.0)
