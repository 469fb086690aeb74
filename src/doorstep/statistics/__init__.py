"""Pure methods of public health, usable without the rest of Doorstep: rates, standardisation, inequality and more.

In: arrays of counts and populations (or data frames, through `doorstep.statistics.frames`). Out: small frozen results,
`Estimate(value, lower, upper)` first of all; NaN is a documented blank. Plane: none; nothing here knows what a person
is. Modules with doors of their own: `funnels`, `spc`, `regression_to_mean`, `disclosure`, `impact`, `risk`. The names
below are imported on first use; README.md in this folder shows how.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.statistics.inequality import Inequality as Inequality
    from doorstep.statistics.inequality import concentration_index as concentration_index
    from doorstep.statistics.inequality import slope_index as slope_index
    from doorstep.statistics.inequality import standard_errors_from_limits as standard_errors_from_limits
    from doorstep.statistics.life_tables import life_expectancy as life_expectancy
    from doorstep.statistics.means import mean as mean
    from doorstep.statistics.means import mean_of_summaries as mean_of_summaries
    from doorstep.statistics.proportions import proportion as proportion
    from doorstep.statistics.quantiles import quantile_rank as quantile_rank
    from doorstep.statistics.rates import poisson_limits as poisson_limits
    from doorstep.statistics.rates import rate as rate
    from doorstep.statistics.results import Estimate as Estimate
    from doorstep.statistics.standardised import directly_standardised_rate as directly_standardised_rate
    from doorstep.statistics.standardised import events_and_squares as events_and_squares
    from doorstep.statistics.standardised import expected_events as expected_events
    from doorstep.statistics.standardised import indirectly_standardised_rate as indirectly_standardised_rate
    from doorstep.statistics.standardised import indirectly_standardised_ratio as indirectly_standardised_ratio
    from doorstep.statistics.standardised import standardised_ratio as standardised_ratio
    from doorstep.statistics.standards import ESP_2013 as ESP_2013
    from doorstep.statistics.summaries import gini as gini
    from doorstep.statistics.summaries import weighted_mean as weighted_mean
    from doorstep.statistics.summaries import weighted_median as weighted_median
    from doorstep.statistics.summaries import weighted_quantile as weighted_quantile
    from doorstep.statistics.summaries import weighted_variance as weighted_variance

# NumPy and SciPy are heavy and `doorstep --help` must stay quick. No name may be that of a module of this room: the
# module, once imported, would stand in front of it.
_HOMES = {
    "ESP_2013": "standards",
    "Estimate": "results",
    "Inequality": "inequality",
    "concentration_index": "inequality",
    "directly_standardised_rate": "standardised",
    "events_and_squares": "standardised",
    "expected_events": "standardised",
    "gini": "summaries",
    "indirectly_standardised_rate": "standardised",
    "indirectly_standardised_ratio": "standardised",
    "life_expectancy": "life_tables",
    "mean": "means",
    "mean_of_summaries": "means",
    "poisson_limits": "rates",
    "proportion": "proportions",
    "quantile_rank": "quantiles",
    "rate": "rates",
    "slope_index": "inequality",
    "standard_errors_from_limits": "inequality",
    "standardised_ratio": "standardised",
    "weighted_mean": "summaries",
    "weighted_median": "summaries",
    "weighted_quantile": "summaries",
    "weighted_variance": "summaries",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
