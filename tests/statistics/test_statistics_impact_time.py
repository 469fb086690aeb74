"""Changes over time: one series, two groups, several starts; and how strong a hidden cause must be."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.statistics.impact import (
    difference_in_differences,
    e_value,
    segmented_series,
    staggered_effects,
)
from doorstep.statistics.impact.evalue import RatioError
from doorstep.statistics.impact.faults import (
    NoOverlapError,
    NotAPanelError,
    NotBinaryError,
    OneGroupError,
    TooFewClustersError,
)
from doorstep.statistics.results import Floats, NotANumberError, ShapeError

# One series


def _series(n: int = 48, n_before: int = 24) -> Floats:
    """A level of 100, a trend of 2, a season, and from the start on -10 and -0.5 a month; no noise."""
    t = np.arange(1, n + 1)
    since = np.maximum(t - n_before, 0)
    season = 3 * np.sin(2 * np.pi * t / 12) - np.cos(2 * np.pi * t / 12)
    return np.asarray(100 + 2 * t - 10 * (since > 0) - 0.5 * since + season)


@pytest.mark.parametrize("errors", ["remembering", "newey-west"])
def test_a_series_without_noise_gives_back_what_it_was_made_of(errors: Any) -> None:
    found = segmented_series(_series(), 24, errors=errors)
    assert found.terms == ("(Intercept)", "t", "post", "t_since", "sin", "cos")
    assert found.coefficients == pytest.approx([100, 2, -10, -0.5, 3, -1])
    assert found.difference_at(1).value == pytest.approx(-10 - 0.5)
    assert found.difference_at(24).value == pytest.approx(-10 - 0.5 * 24)
    assert found.mean_difference().value == pytest.approx(-10 - 0.5 * np.arange(1, 25).mean())


def test_newey_west_errors_are_those_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    y = _series() + np.convolve(rng.normal(size=50), [0.5, 0.3, 0.2], "valid")
    t = np.arange(1.0, 49)
    since = np.maximum(t - 24, 0)
    design = np.column_stack([np.ones(48), t, since > 0, since])
    for lag in (0, 1, 3, 6):
        theirs = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": False})
        ours = segmented_series(y, 24, season=None, errors="newey-west", lag=lag)
        assert ours.coefficients == pytest.approx(theirs.params)
        assert ours.covariance == pytest.approx(theirs.cov_params())
        pick = np.array([0, 0, 1, 5])
        assert ours.difference_at(5).standard_error == pytest.approx(np.sqrt(pick @ theirs.cov_params() @ pick))


def _restricted_likelihood(memory: float, y: Floats, design: Floats) -> float:
    """Write the whole covariance matrix down and use the textbook's formula: slow, short, another route."""
    n, k = design.shape
    gap = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    v = memory**gap / (1 - memory**2)
    inverse = np.linalg.inv(v)
    information = design.T @ inverse @ design
    left = y - design @ np.linalg.solve(information, design.T @ inverse @ y)
    scale = left @ inverse @ left
    return -float((n - k) * np.log(scale) + np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1])


def test_noise_that_remembers_is_fitted_where_its_restricted_likelihood_is_highest() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(size=48)
    for i in range(1, 48):
        noise[i] += 0.5 * noise[i - 1]
    y = _series() + noise
    found = segmented_series(y, 24)
    t = np.arange(1.0, 49)
    wave = (np.sin(2 * np.pi * t / 12), np.cos(2 * np.pi * t / 12))
    design = np.column_stack([np.ones(48), t, t > 24, np.maximum(t - 24, 0), *wave])
    others = np.linspace(-0.9, 0.9, 181)
    best = others[np.argmax([_restricted_likelihood(r, y, design) for r in others])]
    assert found.memory == pytest.approx(best, abs=0.006)
    gap = np.abs(np.subtract.outer(np.arange(48), np.arange(48)))
    inverse = np.linalg.inv(found.memory**gap)
    covariance = np.linalg.inv(design.T @ inverse @ design)
    b = covariance @ design.T @ inverse @ y
    left = y - design @ b
    assert found.coefficients == pytest.approx(b)
    assert found.covariance == pytest.approx(covariance * (left @ inverse @ left) / (48 - 6))


def test_intervals_of_a_short_series_hold_the_truth_about_as_often_as_they_say() -> None:
    held = {"remembering": 0, "newey-west": 0}
    t = np.arange(1, 49)
    for seed in range(200):
        noise = np.random.default_rng(seed).normal(size=60)
        for i in range(1, 60):
            noise[i] += 0.3 * noise[i - 1]
        y = 100 + 0.3 * t - 4 * (t > 24) + noise[12:]
        for errors in held:
            found = segmented_series(y, 24, errors=errors).mean_difference()  # type: ignore[arg-type]
            held[errors] += found.lower <= -4 <= found.upper
    assert 0.88 <= held["remembering"] / 200 <= 0.99
    assert held["newey-west"] / 200 < 0.85  # why it is not the default


def test_a_series_says_that_it_has_only_its_own_trend_to_compare_with() -> None:
    found = segmented_series(_series(36, 18), 18).mean_difference()
    assert "own" in found.comparison
    assert any("no comparison group" in note for note in found.notes)
    assert any("Only 18 points before" in note for note in found.notes)
    assert not any("too narrow" in note for note in found.notes)
    assert any("too narrow" in note for note in segmented_series(_series(36, 18), 18, errors="newey-west").notes)


@pytest.mark.parametrize("n_before", [0, 2, 46, 48])
def test_a_series_with_one_side_only_is_refused(n_before: int) -> None:
    with pytest.raises(OneGroupError):
        segmented_series(_series(), n_before)


def test_no_difference_is_given_for_points_that_were_not_seen() -> None:
    found = segmented_series(_series(), 24)
    for point in (0, 25):
        with pytest.raises(UsageError, match="1 to 24"):
            found.difference_at(point)
    with pytest.raises(ShapeError):
        segmented_series(_series()[:6], 3)
    with pytest.raises(UsageError):
        segmented_series(_series(), 24, lag=-1)
    with pytest.raises(UsageError, match="newey-west"):
        segmented_series(_series(), 24, errors="ordinary")  # type: ignore[arg-type]


# Two groups, one start


def _two(seed: int = 5) -> tuple[Floats, Floats, Floats, Floats]:
    """Twelve units over six times, the first five treated, the start before the fourth time."""
    rng = np.random.default_rng(seed)
    unit, time = np.repeat(np.arange(12.0), 6), np.tile(np.arange(6.0), 12)
    treated, post = (unit < 5).astype(float), (time >= 3).astype(float)
    y = rng.normal(size=12)[unit.astype(int)] + time + rng.normal(size=72) - 2 * treated * post
    return y, treated, post, unit


def test_the_effect_is_the_difference_of_the_two_changes() -> None:
    y, treated, post, unit = _two()
    found = difference_in_differences(y, treated, post, unit)

    def mean(a: int, b: int) -> float:
        return float(y[(treated == a) & (post == b)].mean())

    assert found.effect.value == pytest.approx((mean(1, 1) - mean(1, 0)) - (mean(0, 1) - mean(0, 0)))
    assert (found.n_treated_units, found.n_comparison_units) == (5, 7)
    assert "comparison units" in found.effect.comparison
    assert found.effect.notes == ("Only 12 clusters: with fewer than 40 the interval tends to be too narrow.",)


def test_unit_clustered_errors_are_those_of_statsmodels_with_weights_too() -> None:
    import statsmodels.api as sm

    y, treated, post, unit = _two()
    weights = np.random.default_rng(1).uniform(0.5, 2, 12)[unit.astype(int)]
    design = np.column_stack([np.ones(72), treated, post, treated * post])
    theirs = sm.WLS(y, design, weights=weights).fit(cov_type="cluster", cov_kwds={"groups": unit})
    ours = difference_in_differences(y, treated, post, unit, weights=weights)
    assert ours.coefficients == pytest.approx(theirs.params)
    assert ours.covariance == pytest.approx(theirs.cov_params())
    half = 2.200985160082949 * ours.effect.standard_error  # t with 11 degrees of freedom
    assert ours.effect.upper - ours.effect.value == pytest.approx(half)


def test_swapping_groups_or_times_turns_the_sign() -> None:
    y, treated, post, unit = _two()
    one = difference_in_differences(y, treated, post, unit).effect
    for other in (
        difference_in_differences(y, 1 - treated, post, unit).effect,
        difference_in_differences(y, treated, 1 - post, unit).effect,
    ):
        assert [other.value, other.lower, other.upper] == pytest.approx([-one.value, -one.upper, -one.lower])


def test_two_periods_faults_are_named() -> None:
    y, treated, post, unit = _two()
    with pytest.raises(OneGroupError):
        difference_in_differences(y, np.ones(72), post, unit)
    with pytest.raises(OneGroupError, match="post"):
        difference_in_differences(y, treated, np.ones(72), unit)
    with pytest.raises(OneGroupError, match="comparison units before"):
        difference_in_differences(y, treated, np.maximum(post, 1 - treated), unit)
    with pytest.raises(NotAPanelError, match="treated in some rows only"):
        difference_in_differences(y, treated * post, post, unit)
    with pytest.raises(NotBinaryError):
        difference_in_differences(y, treated * 2, post, unit)
    with pytest.raises(TooFewClustersError, match="1 treated"):
        difference_in_differences(y, unit == 0, post, unit)


# Several starts


def _panel(seed: int, sizes: dict[int, int], n_periods: int = 5, effects: dict[int, float] | None = None) -> Floats:
    """Rows of y, unit, period, first period with the service: unit and period effects, noise, an effect by group."""
    rng = np.random.default_rng(seed)
    first = np.repeat(list(sizes), list(sizes.values()))
    unit, period = np.repeat(np.arange(len(first)), n_periods), np.tile(np.arange(1, n_periods + 1), len(first))
    start = first[unit]
    effect = np.array([(effects or {}).get(int(g), 0.0) for g in start])
    y = rng.normal(size=len(first))[unit] + 0.5 * period + rng.normal(size=len(unit))
    return np.vstack([y + effect * ((start > 0) & (period >= start)), unit, period, start]).astype(float)


def test_with_one_start_and_two_periods_it_is_the_difference_of_mean_changes() -> None:
    rows = _panel(1, {0: 9, 2: 6}, n_periods=2)
    change, start = rows[0, 1::2] - rows[0, ::2], rows[3, ::2]
    treated, others = change[start == 2], change[start == 0]
    for method in ("dr", "ipw", "reg"):
        found = staggered_effects(*rows, control="never", method=method)
        assert found.estimate.value == pytest.approx([treated.mean() - others.mean()])
        assert found.standard_error == pytest.approx([np.sqrt(treated.var() / 6 + others.var() / 9)])
        assert (found.n_treated.tolist(), found.n_comparison.tolist()) == ([6], [9])


def test_a_cell_compares_with_the_period_before_the_start() -> None:
    rows = _panel(2, {0: 5, 3: 4})
    y, start = rows[0].reshape(9, 5), rows[3].reshape(9, 5)[:, 0]
    found = staggered_effects(*rows)
    expected = []
    for now, base in ((1, 0), (2, 1), (3, 1), (4, 1)):  # positions of periods 2 to 5
        change = y[:, now] - y[:, base]
        expected.append(change[start == 3].mean() - change[start == 0].mean())
    assert found.estimate.value == pytest.approx(expected)


def test_those_who_begin_later_stand_in_only_until_they_begin() -> None:
    rows = _panel(3, {0: 5, 2: 5, 4: 5})
    assert staggered_effects(*rows, control="never").n_comparison.tolist() == [5] * 8
    found = staggered_effects(*rows, control="not yet")
    free = dict(zip(zip(found.group, found.period, strict=True), found.n_comparison, strict=True))
    assert [free[2, t] for t in (2, 3, 4, 5)] == [10, 10, 5, 5]
    assert [free[4, t] for t in (2, 3, 4, 5)] == [5] * 4


def test_without_anybody_who_never_begins_late_cells_are_left_out_and_named() -> None:
    found = staggered_effects(*_panel(4, {3: 6, 5: 6}))
    assert [(g, t) for g, t in zip(found.group, found.period, strict=True) if t >= g] == [(3, 3), (3, 4)]
    assert "group 3 in period 5: no unit is left to compare with" in found.not_estimable
    assert any("could not be estimated" in note for note in found.aggregate("simple").overall.notes)
    with pytest.raises(OneGroupError, match="every unit begins"):
        staggered_effects(*_panel(4, {3: 6, 5: 6}), control="never")


def test_averages_weigh_groups_by_size() -> None:
    found = staggered_effects(*_panel(5, {0: 6, 2: 2, 4: 6}))
    value = dict(zip(zip(found.group, found.period, strict=True), found.estimate.value, strict=True))
    by_group = {2: np.mean([value[2, t] for t in (2, 3, 4, 5)]), 4: np.mean([value[4, t] for t in (4, 5)])}
    group, dynamic = found.aggregate("group"), found.aggregate("dynamic")
    calendar, simple = found.aggregate("calendar"), found.aggregate("simple")
    assert group.estimate.value == pytest.approx(list(by_group.values()))
    assert group.overall.value == pytest.approx((2 * by_group[2] + 6 * by_group[4]) / 8)
    at_start = (2 * value[2, 2] + 6 * value[4, 4]) / 8
    after_one = (2 * value[2, 3] + 6 * value[4, 5]) / 8
    assert dynamic.levels.tolist() == [-2, -1, 0, 1, 2, 3]
    assert dynamic.estimate.value[2:] == pytest.approx([at_start, after_one, value[2, 4], value[2, 5]])
    assert dynamic.overall.value == pytest.approx(np.mean([at_start, after_one, value[2, 4], value[2, 5]]))
    in_4, in_5 = ((2 * value[2, t] + 6 * value[4, t]) / 8 for t in (4, 5))
    assert calendar.estimate.value == pytest.approx([value[2, 2], value[2, 3], in_4, in_5])
    assert simple.overall.value == pytest.approx(
        (2 * sum(value[2, t] for t in (2, 3, 4, 5)) + 6 * (value[4, 4] + value[4, 5])) / (2 * 4 + 6 * 2)
    )
    assert simple.levels.size == 0


def _resampled(rows: Floats, kind: Any, times: int) -> Floats:
    """Draw units anew, with replacement, and estimate again."""
    rng = np.random.default_rng(0)
    n_periods = len(np.unique(rows[2]))
    units = rows.reshape(4, -1, n_periods)
    found = []
    for _ in range(times):
        again = units[:, rng.integers(0, units.shape[1], units.shape[1])].copy()
        again[1] = np.arange(units.shape[1])[:, None]
        found.append(staggered_effects(*again.reshape(4, -1), method="reg").aggregate(kind).overall.value)
    return np.array(found)


@pytest.mark.parametrize("kind", ["simple", "group", "calendar", "dynamic"])
def test_errors_allow_for_the_sizes_of_groups_being_chance(kind: str) -> None:
    # Groups with very unlike effects: who happens to be in which group decides most of the average.
    rows = _panel(6, {0: 30, 2: 20, 3: 20, 4: 20}, effects={2: 0, 3: 20, 4: 40})
    ours = staggered_effects(*rows, method="reg").aggregate(kind).overall.standard_error  # type: ignore[arg-type]
    assert ours == pytest.approx(_resampled(rows, kind, 250).std(), rel=0.15)


def test_the_doubly_robust_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held, values, errors = 0, [], []
    for seed in range(150):
        rows = _panel(seed, {0: 30, 2: 15, 4: 15}, n_periods=4, effects={2: -1, 4: -1})
        rng = np.random.default_rng(seed + 1000)
        x = rng.normal(size=60) + (rows[3, ::4] > 0)  # who begins differs in x,
        rows[0] += 0.5 * np.repeat(x, 4) * rows[2]  # and those with a high x rise anyway
        found = staggered_effects(*rows, covariates={"x": np.repeat(x, 4)}).aggregate("simple").overall
        held += found.lower <= -1 <= found.upper
        values.append(found.value)
        errors.append(found.standard_error)
    assert np.mean(values) == pytest.approx(-1, abs=3 * np.std(values) / np.sqrt(150))
    assert 0.88 <= held / 150 <= 0.99  # 0.95 -/+ 3 Monte Carlo errors, and a little for 60 units
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.2)


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_neither_the_order_of_rows_nor_the_names_of_units_matter(seed: int) -> None:
    rows = _panel(seed, {0: 6, 2: 5, 3: 5})
    order = np.random.default_rng(seed).permutation(rows.shape[1])
    named = np.array([f"practice {int(u)}" for u in rows[1]])
    one = staggered_effects(*rows).aggregate("dynamic")
    other = staggered_effects(rows[0, order], named[order], rows[2, order], rows[3, order]).aggregate("dynamic")
    assert other.estimate.value == pytest.approx(one.estimate.value)
    assert other.overall.standard_error == pytest.approx(one.overall.standard_error)


@pytest.mark.parametrize("method", ["dr", "ipw", "reg"])
def test_a_weight_of_two_is_a_unit_twice(method: Any) -> None:
    rows = _panel(8, {0: 8, 2: 6, 4: 6})
    x = np.random.default_rng(8).normal(size=20)
    weight = np.random.default_rng(9).integers(1, 4, 20)
    one = staggered_effects(*rows, covariates={"x": np.repeat(x, 5)}, weights=np.repeat(weight * 0.1, 5), method=method)
    twice = np.repeat(np.arange(20), weight)
    again = rows.reshape(4, 20, 5)[:, twice].copy()
    whose = again[1].copy()
    again[1] = np.arange(len(twice))[:, None]
    other = staggered_effects(
        *again.reshape(4, -1), covariates={"x": np.repeat(x[twice], 5)}, clusters=whose.ravel(), method=method
    )
    for kind in ("simple", "group", "dynamic", "calendar"):
        a, b = one.aggregate(kind), other.aggregate(kind)
        assert [a.overall.value, a.overall.standard_error] == pytest.approx(
            [b.overall.value, b.overall.standard_error], rel=1e-6
        )


def test_units_that_began_before_the_panel_are_left_out_and_counted() -> None:
    rows = _panel(10, {0: 6, 1: 3, 3: 6, 9: 4})
    found = staggered_effects(*rows)
    assert set(found.group) == {3}
    assert found.n_comparison.tolist() == [10] * 4  # 9 lies beyond the panel: never, as far as it can tell
    assert "3 unit(s) began by the first period and are left out." in found.notes


@pytest.mark.parametrize("method", ["dr", "ipw"])
def test_covariates_that_tell_the_groups_apart_leave_no_cell(method: Any) -> None:
    rows = _panel(11, {0: 6, 3: 6})
    with pytest.raises(NoOverlapError, match="no cell can be estimated"):
        staggered_effects(*rows, covariates={"x": rows[3]}, method=method)


def test_an_average_of_nothing_from_the_start_on_is_refused() -> None:
    rows = _panel(15, {0: 8, 3: 8}, n_periods=3)
    noise = np.random.default_rng(15).normal(size=rows.shape[1])
    x = np.where(rows[2] == 2, rows[3], noise)  # in the last period before the start x tells the groups apart
    found = staggered_effects(*rows, covariates={"x": x})
    assert found.period.tolist() == [2]
    assert found.not_estimable[0].startswith("group 3 in period 3: x ")
    with pytest.raises(NoOverlapError, match="from the start on"):
        found.aggregate("simple")


def test_panel_faults_are_named() -> None:
    rows = _panel(12, {0: 6, 3: 6})
    with pytest.raises(NotAPanelError, match="unit 0 has 0 rows of one period"):
        staggered_effects(*rows[:, 1:])
    with pytest.raises(NotAPanelError, match="has 2 rows"):
        staggered_effects(*np.column_stack([rows, rows[:, :1]]))
    changed = rows.copy()
    changed[3, 7] = 4
    with pytest.raises(NotAPanelError, match="first_treated changes within unit 1"):
        staggered_effects(*changed)
    with pytest.raises(OneGroupError, match="no unit began"):
        staggered_effects(*_panel(1, {0: 8}))
    with pytest.raises(OneGroupError, match="same period"):
        staggered_effects(*_panel(1, {3: 8}))
    with pytest.raises(UsageError):
        staggered_effects(*rows, control="all")  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        staggered_effects(*rows).aggregate("overall")  # type: ignore[arg-type]
    with pytest.raises(NotAPanelError, match="no rows"):
        staggered_effects([], [], [], [])


def test_small_groups_are_noted() -> None:
    found = staggered_effects(*_panel(13, {0: 6, 2: 3, 3: 6}))
    assert found.notes == ("Group 2 has fewer than 5 units: its interval says little.",)


def test_a_unit_without_a_label_is_named_by_its_row() -> None:
    rows = _panel(14, {0: 3, 3: 3})
    units: list[Any] = [f"P{int(u)}" for u in rows[1]]
    units[4] = None
    with pytest.raises(NotANumberError, match="unit is missing in row 4"):
        staggered_effects(rows[0], units, rows[2], rows[3])


# Hidden causes


def test_the_published_example_comes_out() -> None:
    # VanderWeele and Ding 2017: 3.9 (1.8 to 8.7) has E-values 7.2 and 3.0.
    found = e_value(3.9, 1.8, 8.7)
    assert float(found.value) == pytest.approx(7.26, abs=0.005)
    assert float(found.limit) == pytest.approx(3.0)


@given(st.floats(0.05, 20), st.floats(1, 3), st.floats(1, 3))
def test_inverting_a_ratio_changes_nothing(ratio: float, down: float, up: float) -> None:
    for kind in ("rate ratio", "odds ratio of a common outcome", "hazard ratio of a common outcome"):
        one = e_value(ratio, ratio / down, ratio * up, kind=kind)
        other = e_value(1 / ratio, 1 / (ratio * up), down / ratio, kind=kind)
        assert float(other.value) == pytest.approx(float(one.value))
        assert float(other.limit) == pytest.approx(float(one.limit))
        assert 1 <= one.limit <= one.value


def test_an_interval_that_holds_one_needs_no_hidden_cause() -> None:
    assert e_value([0.9, 1.2], [0.7, 0.8], [1.1, 1.5]).limit.tolist() == [1, 1]


def test_odds_of_a_common_outcome_shrink_to_their_root() -> None:
    found = e_value(4.0, 2.25, 9.0, kind="odds ratio of a common outcome")
    assert float(found.value) == pytest.approx(2 + np.sqrt(2))
    assert float(found.limit) == pytest.approx(1.5 + np.sqrt(0.75))


@pytest.mark.parametrize("wrong", [(0.0, 0.0, 1.0), (-1, -2, 1), (2, 2.5, 3), (2, 1, 1.5)])
def test_ratios_that_cannot_be_are_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(RatioError):
        e_value(*wrong)


def test_no_effect_calls_a_difference_an_improvement() -> None:
    y, treated, post, unit = _two()
    with warnings.catch_warnings():
        effects = [
            difference_in_differences(y, treated, post, unit).effect,
            segmented_series(_series(), 24).mean_difference(),
            *(staggered_effects(*_panel(1, {0: 6, 3: 6})).aggregate(k).overall for k in ("simple", "group")),
        ]
    for found in effects:
        words = " ".join((found.comparison, *found.assumptions, *found.notes)).lower()
        assert found.comparison and found.assumptions
        assert not any(word in words for word in ("improv", "impact", "success", "saved"))
