"""How large an effect must be to be seen: worth knowing before anybody is asked to look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.impact.effects import quantile
from doorstep.statistics.impact.faults import ExposureError
from doorstep.statistics.results import confidence_level


@dataclass(frozen=True)
class Detectable:
    """The rate ratios nearest to 1 that would be seen, a fall and a rise; `fall` is NaN where even 0 would not be."""

    fall: float
    rise: float
    variance_factor: float


def detectable_rate_ratio(
    rate: float,
    years_treated: float,
    years_comparison: float,
    *,
    dispersion: float = 1.0,
    mean_cluster_size: float = 1.0,
    intracluster_correlation: float = 0.0,
    power: float = 0.8,
    confidence: float = 0.95,
) -> Detectable:
    """Return which rate ratios would be found different from 1 with the power asked for.

    `rate` is events per person-year without the service; years are person-years of each group; `dispersion` is how
    much more than Poisson counts people's counts vary. The ratio R solves |log R| = (z_confidence + z_power) *
    sqrt(f (1 / (rate R years_treated) + 1 / (rate years_comparison))), with the variance factor f = dispersion *
    (1 + (mean_cluster_size - 1) * intracluster_correlation). Errors: ExposureError, UsageError.
    Source: Hayes and Moulton, Cluster Randomised Trials, 2nd edition 2017, section 7.3.
    """
    _check(rate, years_treated, years_comparison, dispersion, mean_cluster_size, intracluster_correlation)
    from scipy.optimize import brentq

    factor = dispersion * (1 + (mean_cluster_size - 1) * intracluster_correlation)
    needed = quantile(confidence) + _z(power)
    treated, comparison = rate * years_treated / factor, rate * years_comparison / factor

    def short(log_ratio: float) -> float:
        """How far the effect falls short of what is needed; below 0 it would be seen."""
        return needed * float(np.sqrt(np.exp(-log_ratio) / treated + 1 / comparison)) - abs(log_ratio)

    rise = float(np.exp(brentq(short, 0, needed * (1 / treated + 1 / comparison) ** 0.5)))
    falls = np.linspace(0, -20, 2001)[1:]
    seen = [x for x in falls if short(float(x)) < 0]
    fall = float(np.exp(brentq(short, seen[0], 0))) if seen else float("nan")
    return Detectable(fall, rise, factor)


def _z(power: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(confidence_level(power)))


def _check(
    rate: float, treated: float, comparison: float, dispersion: float, cluster_size: float, correlation: float
) -> None:
    for name, value in (("rate", rate), ("years_treated", treated), ("years_comparison", comparison)):
        if not 0 < value < np.inf:
            raise ExposureError(f"{name} is {value:g}", expected="above 0")
    if not dispersion > 0 or not cluster_size >= 1 or not 0 <= correlation <= 1:
        raise UsageError(
            f"dispersion {dispersion:g}, mean cluster size {cluster_size:g}, correlation {correlation:g}",
            expected="a dispersion above 0, clusters of 1 or more, a correlation of 0 to 1",
        )
