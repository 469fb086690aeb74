"""Regression to the mean: what people chosen for a high period would do next with no intervention.

In: a model of people (`GammaPoisson`, `NormalMeasure`), or their own earlier periods, and the rule that chooses them
(`Above`, `Top`). Out: the change to expect from choosing alone, and how much of an observed fall it explains. The
models have closed forms; `without_intervention` works from data, with an interval. Plane: none.
"""

from doorstep.statistics.regression_to_mean.models import (
    Above,
    Expected,
    GammaPoisson,
    NormalMeasure,
    Rule,
    TooFewChosenError,
    Top,
)
from doorstep.statistics.regression_to_mean.observed import FEWEST_CHOSEN, NoIntervention, without_intervention
from doorstep.statistics.regression_to_mean.spread import Spread, TooFewPeriodsError, spread

__all__ = [
    "FEWEST_CHOSEN",
    "Above",
    "Expected",
    "GammaPoisson",
    "NoIntervention",
    "NormalMeasure",
    "Rule",
    "Spread",
    "TooFewChosenError",
    "TooFewPeriodsError",
    "Top",
    "spread",
    "without_intervention",
]
