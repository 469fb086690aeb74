"""Whether a service changed anything: the groups made alike, the difference, its interval, and what it rests on.

In: arrays, one value per person, or per unit and period. Out: small frozen results; each effect says what it is
compared with and what must hold. No change before and after is offered without something to compare it with.
Plane: none; nothing here knows what a person is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.statistics.impact.aggregation import Aggregate as Aggregate
    from doorstep.statistics.impact.balance import Balance as Balance
    from doorstep.statistics.impact.balance import balance_table as balance_table
    from doorstep.statistics.impact.balancing import Balancing as Balancing
    from doorstep.statistics.impact.balancing import balance_by_entropy as balance_by_entropy
    from doorstep.statistics.impact.coarsened import CoarsenedMatching as CoarsenedMatching
    from doorstep.statistics.impact.coarsened import match_coarsened as match_coarsened
    from doorstep.statistics.impact.differences import TwoPeriods as TwoPeriods
    from doorstep.statistics.impact.differences import difference_in_differences as difference_in_differences
    from doorstep.statistics.impact.effects import Effect as Effect
    from doorstep.statistics.impact.evalue import EValue as EValue
    from doorstep.statistics.impact.evalue import e_value as e_value
    from doorstep.statistics.impact.matching import Matching as Matching
    from doorstep.statistics.impact.matching import match_nearest as match_nearest
    from doorstep.statistics.impact.models import Regression as Regression
    from doorstep.statistics.impact.models import fit_regression as fit_regression
    from doorstep.statistics.impact.models import rate_ratio as rate_ratio
    from doorstep.statistics.impact.power import Detectable as Detectable
    from doorstep.statistics.impact.power import detectable_rate_ratio as detectable_rate_ratio
    from doorstep.statistics.impact.propensity import Propensity as Propensity
    from doorstep.statistics.impact.propensity import propensity_scores as propensity_scores
    from doorstep.statistics.impact.series import SegmentedSeries as SegmentedSeries
    from doorstep.statistics.impact.series import segmented_series as segmented_series
    from doorstep.statistics.impact.staggered import Staggered as Staggered
    from doorstep.statistics.impact.staggered import staggered_effects as staggered_effects

# The door's names, imported on first use: NumPy, SciPy and the models are heavy and `doorstep --help` must stay quick.
_HOMES = {
    "Aggregate": "aggregation",
    "Balance": "balance",
    "balance_table": "balance",
    "Balancing": "balancing",
    "balance_by_entropy": "balancing",
    "CoarsenedMatching": "coarsened",
    "match_coarsened": "coarsened",
    "TwoPeriods": "differences",
    "difference_in_differences": "differences",
    "Effect": "effects",
    "EValue": "evalue",
    "e_value": "evalue",
    "Matching": "matching",
    "match_nearest": "matching",
    "Regression": "models",
    "fit_regression": "models",
    "rate_ratio": "models",
    "Detectable": "power",
    "detectable_rate_ratio": "power",
    "Propensity": "propensity",
    "propensity_scores": "propensity",
    "SegmentedSeries": "series",
    "segmented_series": "series",
    "Staggered": "staggered",
    "staggered_effects": "staggered",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
