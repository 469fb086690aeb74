"""Counts that repeat within people, and areas that differ: limits for events would be too narrow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.statistics.funnels import RepeatedCountError, TooFewAreasError, funnel, person_dispersion, poisson_limits
from doorstep.statistics.results import ProportionError, ZeroPopulationError


@pytest.mark.parametrize("counted", ["days", "repeats"])
@pytest.mark.parametrize("dispersion", ["none", "additive"])
def test_limits_for_events_are_refused_for_counts_that_repeat(counted: str, dispersion: str) -> None:
    with pytest.raises(RepeatedCountError, match="person_dispersion") as refusal:
        funnel("rate", [700, 900, 400], [9000] * 3, counted=counted, dispersion=dispersion)  # type: ignore[arg-type]
    assert refusal.value.exit_code == 2


def test_what_is_counted_must_be_said() -> None:
    with pytest.raises(TypeError):
        funnel("rate", [700, 900], [9000, 9000])  # type: ignore[call-arg]


def test_one_stay_of_ten_days_a_hundred_people_counts_as_ten_independent_days_would() -> None:
    # 99 noughts and a 10: mean 0.1, variance (100 - 100 x 0.01)/99 = 1
    assert person_dispersion([0] * 99 + [10]) == pytest.approx(1 / 0.1)
    assert person_dispersion([1] * 50) == 1  # never narrower than events
    with pytest.raises(ZeroPopulationError):
        person_dispersion([0, 0, 0])


def _bed_days(areas: int, people: int, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Make people's bed days: 8% have a stay, of geometric length with mean 9; areas do not differ."""
    stays = rng.random((areas, people)) < 0.08
    return np.where(stays, rng.geometric(1 / 9, (areas, people)), 0).astype(float)


def test_bed_days_of_areas_that_do_not_differ_are_seldom_flagged_only_with_the_person_level() -> None:
    days = _bed_days(400, 1500, np.random.default_rng(11))
    totals, people = days.sum(axis=1), np.full(400, 1500.0)
    as_events = funnel("rate", totals, people, counted="events")
    by_person = funnel("rate", totals, people, counted="days", within_people=person_dispersion(days))
    by_areas = funnel("rate", totals, people, counted="days", dispersion="multiplicative")
    assert (as_events.position != 0).mean() > 0.5
    assert (by_person.position != 0).mean() == pytest.approx(0.05, abs=0.033)  # three standard errors
    assert (by_areas.position != 0).mean() == pytest.approx(0.05, abs=0.033)
    assert by_areas.dispersion.factor == pytest.approx(person_dispersion(days), rel=0.25)


def test_the_moment_estimator_is_the_formula_done_by_hand() -> None:
    # expected 100 each: s = 0.05, y = sqrt(O/E); O = 64, 100, 144 gives y = 0.8, 1, 1.2 and z = -4, 0, 4
    chart = funnel("ratio", [64, 100, 144], [100] * 3, counted="events", dispersion="additive", winsorised=0)
    phi = (16 + 0 + 16) / 3
    w = 400.0
    tau2 = (3 * phi - 2) / (3 * w - 3 * w**2 / (3 * w))
    assert chart.dispersion.phi == pytest.approx(phi)
    assert chart.dispersion.tau2 == pytest.approx(tau2)
    upper = (1 + 1.959963984540054 * (1 / w + tau2) ** 0.5) ** 2
    assert chart.limits_at([100]).upper[0, 0] == pytest.approx(100 * upper)
    assert chart.dispersion.between_areas() == pytest.approx(2 * tau2**0.5)
    assert "additive" in chart.dispersion.text()


def test_repeats_within_people_are_taken_out_before_areas_are_said_to_differ() -> None:
    # the same three areas with a sampling variance of 4/(4 E): z = -2, 0, 2
    chart = funnel(
        "ratio", [64, 100, 144], [100] * 3, counted="days", dispersion="additive", winsorised=0, within_people=4
    )
    phi, w = 8 / 3, 100.0
    tau2 = (3 * phi - 2) / (2 * w)
    assert chart.dispersion.phi == pytest.approx(phi)
    assert chart.dispersion.tau2 == pytest.approx(tau2)
    upper = (1 + 1.959963984540054 * (1 / w + tau2) ** 0.5) ** 2
    assert chart.limits_at([100]).upper[0, 0] == pytest.approx(100 * upper)


def test_a_trace_of_variance_between_areas_does_not_narrow_the_limits() -> None:
    y = 1 + 1.001 * np.array([1, -1] * 50) / (4 * 10) ** 0.5  # z = 1.001 and -1.001 with 10 expected
    chart = funnel("ratio", 10 * y**2, [10] * 100, counted="events", dispersion="additive", winsorised=0)
    assert 0 < chart.dispersion.tau2 < 0.001
    exact, wide = poisson_limits([10]), chart.limits_at([10])
    np.testing.assert_allclose(wide.lower[:, 0], 10 * exact.lower[:, 0])
    assert (wide.upper[:, 0] >= 10 * exact.upper[:, 0]).all()


def test_multiplicative_limits_are_the_root_of_phi_wider() -> None:
    chart = funnel("ratio", [64, 100, 144], [100] * 3, counted="events", dispersion="multiplicative", winsorised=0)
    upper = (1 + 1.959963984540054 * 0.05 * (32 / 3) ** 0.5) ** 2
    assert chart.limits_at([100]).upper[0, 0] == pytest.approx(100 * upper)
    assert "multiplicative: variance times 10.67" in chart.dispersion.text()


def test_winsorising_does_not_narrow_multiplicative_limits() -> None:
    x = np.random.default_rng(3).normal(400, 3 * 20, 50_000).round()  # nine times the Poisson variance
    for share in (0, 0.05, 0.1, 0.25):
        chart = funnel(
            "ratio", x, np.full(x.size, 400), counted="repeats", dispersion="multiplicative", winsorised=share
        )
        assert chart.dispersion.factor == pytest.approx(9, rel=0.04)
        assert (chart.position != 0).mean() == pytest.approx(0.05, abs=0.006)


def test_a_few_areas_say_too_little_of_how_much_one_person_adds() -> None:
    with pytest.raises(RepeatedCountError, match="9 areas"):
        funnel("rate", [700] * 9, [9000] * 9, counted="days", dispersion="multiplicative")
    assert funnel("rate", [700] * 9, [9000] * 9, counted="days", within_people=4).dispersion.sampling == 4


def test_winsorising_keeps_one_wild_area_from_widening_the_limits_of_all() -> None:
    x = np.array([100] * 10 + [95, 105] * 5 + [1000])
    raw = funnel("ratio", x, np.full(21, 100), counted="events", dispersion="additive", winsorised=0)
    calm = funnel("ratio", x, np.full(21, 100), counted="events", dispersion="additive")
    assert raw.dispersion.tau2 > 0.2
    assert calm.dispersion.tau2 == 0
    assert calm.position[-1] == 2
    assert "no variance between areas found" in calm.dispersion.text()


def test_variance_between_areas_that_was_put_in_is_found_and_flags_are_then_rare() -> None:
    rng = np.random.default_rng(5)
    expected = rng.uniform(50, 600, 1500)
    true = rng.normal(1, 0.2, 1500).clip(0.2)
    x = rng.poisson(expected * true)
    chart = funnel("ratio", x, expected, counted="events", dispersion="additive", winsorised=0)
    assert chart.dispersion.between_areas() == pytest.approx(0.2, abs=0.02)
    assert (chart.position != 0).mean() == pytest.approx(0.05, abs=0.02)
    assert (funnel("ratio", x, expected, counted="events").position != 0).mean() > 0.3


def test_proportions_widen_on_their_own_scale_and_stay_between_nought_and_all() -> None:
    rng = np.random.default_rng(8)
    n = rng.integers(200, 900, 800)
    x = rng.binomial(n, rng.normal(0.3, 0.05, 800).clip(0.05, 0.95))
    chart = funnel("proportion", x, n, counted="people", dispersion="additive", winsorised=0)
    assert chart.dispersion.between_areas(chart.baseline) == pytest.approx(0.05, abs=0.006)
    assert (chart.position != 0).mean() == pytest.approx(0.05, abs=0.025)
    limits = chart.limits_at([1, 2, 5, 1000])
    assert limits.lower[:, 0].tolist() == [0, 0]
    assert limits.upper[:, 0].tolist() == [100, 100]
    assert (np.diff(limits.lower) >= 0).all()
    assert (np.diff(limits.upper) <= 0).all()
    apart = funnel("proportion", [0, 500, 5, 10], [1000] * 4, counted="people", dispersion="additive", winsorised=0)
    assert apart.limits_at([1000]).lower[:, 0].tolist() == [0, 0]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.floats(0.5, 300)), min_size=3, max_size=15),
    st.sampled_from(["additive", "multiplicative"]),
)
def test_widening_never_narrows_and_labels_agree_with_the_widened_limits(
    areas: list[tuple[int, float]], method: str
) -> None:
    x, n = np.array(areas).T
    exact = funnel("ratio", x, n, counted="events")
    wide = funnel("ratio", x, n, counted="events", dispersion=method)  # type: ignore[arg-type]
    inner, outer = exact.limits_at(n), wide.limits_at(n)
    assert (outer.upper >= inner.upper).all()
    assert (outer.lower <= inner.lower).all()
    assert (np.abs(wide.position) <= np.abs(exact.position)).all()
    for i, beyond in enumerate((1, 2)):
        clear = np.minimum(np.abs(wide.value - outer.upper[i]), np.abs(wide.value - outer.lower[i])) > 1e-7
        assert ((wide.value > outer.upper[i]) == (wide.position >= beyond))[clear].all()
        assert ((wide.value < outer.lower[i]) == (wide.position <= -beyond))[clear].all()


def test_two_areas_and_a_winsorised_half_are_refused() -> None:
    with pytest.raises(TooFewAreasError):
        funnel("ratio", [64, 100], [100, 100], counted="events", dispersion="additive")
    with pytest.raises(ProportionError):
        funnel("ratio", [64, 100, 90], [100] * 3, counted="events", dispersion="additive", winsorised=0.5)
