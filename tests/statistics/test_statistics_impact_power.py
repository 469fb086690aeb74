"""How large an effect must be to be seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.statistics.impact import detectable_rate_ratio
from doorstep.statistics.impact.faults import ExposureError
from doorstep.statistics.results import ConfidenceError


def _seen(ratio: float, rate: float, treated: float, comparison: float) -> float:
    """Draw counts many times; return how often their Wald interval leaves 1 out."""
    rng = np.random.default_rng(1)
    a, b = rng.poisson(rate * ratio * treated, 20_000), rng.poisson(rate * comparison, 20_000)
    z = np.log(a / treated / (b / comparison)) / np.sqrt(1 / a + 1 / b)
    return float((np.abs(z) > 1.959963984540054).mean())


@pytest.mark.parametrize("power", [0.5, 0.8, 0.9])
def test_the_ratio_is_seen_as_often_as_was_asked(power: float) -> None:
    found = detectable_rate_ratio(0.4, 1500, 3000, power=power)
    assert _seen(found.fall, 0.4, 1500, 3000) == pytest.approx(power, abs=0.015)
    assert _seen(found.rise, 0.4, 1500, 3000) == pytest.approx(power, abs=0.015)


@given(st.floats(0.05, 3), st.floats(500, 50_000), st.floats(500, 50_000), st.floats(1.1, 5))
def test_more_years_see_smaller_effects_and_clusters_larger_ones_only(
    rate: float, treated: float, comparison: float, more: float
) -> None:
    one = detectable_rate_ratio(rate, treated, comparison)
    longer = detectable_rate_ratio(rate, treated * more, comparison * more)
    alike = detectable_rate_ratio(
        rate, treated, comparison, mean_cluster_size=1 + 100 * (more - 1), intracluster_correlation=0.01
    )
    assert 1 < longer.rise < one.rise < alike.rise
    assert alike.variance_factor == pytest.approx(more)
    if not np.isnan(one.fall):
        assert one.fall < longer.fall < 1
    as_few_years = detectable_rate_ratio(rate, treated / more, comparison / more)
    assert alike.rise == pytest.approx(as_few_years.rise)


def test_a_fall_that_nobody_could_see_is_blank() -> None:
    assert np.isnan(detectable_rate_ratio(0.1, 30, 30).fall)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"rate": 0.0}, ExposureError),
        ({"years_treated": -1.0}, ExposureError),
        ({"dispersion": 0.0}, UsageError),
        ({"mean_cluster_size": 0.5}, UsageError),
        ({"intracluster_correlation": 2.0}, UsageError),
        ({"power": 1.0}, ConfidenceError),
        ({"confidence": 0.0}, ConfidenceError),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        detectable_rate_ratio(**{"rate": 0.4, "years_treated": 100, "years_comparison": 100, **wrong})
