"""Funnel charts: which areas lie further from the baseline than chance would put them.

In: a numerator and a denominator for each area, and what was counted. Out: values, limits for drawing, z-scores and
labels. Limits are exact (score for proportions, chi-squared for rates and ratios) and may be widened by variance
between areas. Poisson limits for bed days are refused. Plane: none.
"""

from doorstep.statistics.funnels.counted import Counted, RepeatedCountError, person_dispersion
from doorstep.statistics.funnels.dispersion import Dispersion, TooFewAreasError
from doorstep.statistics.funnels.funnel import PROGRAMME_LEVELS, BaselineError, Funnel, funnel
from doorstep.statistics.funnels.limits import EventLimits, Limits, limits_at_events, poisson_limits, proportion_limits
from doorstep.statistics.funnels.published import published_labels

__all__ = [
    "PROGRAMME_LEVELS",
    "BaselineError",
    "Counted",
    "Dispersion",
    "EventLimits",
    "Funnel",
    "Limits",
    "RepeatedCountError",
    "TooFewAreasError",
    "funnel",
    "limits_at_events",
    "person_dispersion",
    "poisson_limits",
    "proportion_limits",
    "published_labels",
]
