"""What can be wrong with data that should show an effect; each fault has its own name."""

from __future__ import annotations

from doorstep.errors import DataError


class NotBinaryError(DataError):
    """A column that says yes or no holds something else."""


class OneGroupError(DataError):
    """Everybody is in the same group, so there is nothing to compare with."""


class NoOverlapError(DataError):
    """No comparison person is like any treated person."""


class ExposureError(DataError):
    """Somebody's time at risk is nought or below."""


class CollinearError(DataError):
    """A covariate is a sum of the others, or does not vary, so it has no coefficient of its own."""


class SeparationError(DataError):
    """The covariates tell the two groups apart without fail, so a logistic model has no finite answer."""


class NotConvergedError(DataError):
    """A model did not settle on an answer."""


class InfeasibleTargetError(DataError):
    """No weights of the comparison people reach the treated people's means."""


class TooFewClustersError(DataError):
    """Fewer clusters than a clustered standard error can exist with."""


class NotAPanelError(DataError):
    """Units are not all seen once in each period, or change what must stay the same."""
