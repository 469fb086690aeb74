"""E-values: how strong something unmeasured must be to explain an effect away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from doorstep.errors import DataError, UsageError
from doorstep.statistics.results import Floats, Numbers, numbers, together

Kind = Literal["rate ratio", "hazard ratio of a common outcome", "odds ratio of a common outcome"]


class RatioError(DataError):
    """A ratio is not above 0, or its interval does not hold it."""


@dataclass(frozen=True)
class EValue:
    """`value` is for the estimate, `limit` for the limit of its interval nearer 1 (1 where the interval holds 1)."""

    value: Floats
    limit: Floats


def e_value(ratio: Numbers, lower: Numbers, upper: Numbers, *, kind: Kind = "rate ratio") -> EValue:
    """Return RR + sqrt(RR (RR - 1)) of ratios and of their limits; a ratio below 1 is inverted first.

    A hidden cause must be tied to both service and outcome by at least this ratio each, beyond what was measured,
    to explain the effect away. Ratios of outcomes that more than 15% have are first made like risk ratios: an odds
    ratio OR as sqrt(OR), a hazard ratio HR as (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)).
    Errors: RatioError, NotANumberError, ShapeError, UsageError.
    Source: VanderWeele and Ding, Annals of Internal Medicine 2017;167:268-274.
    """
    found = together(ratio=numbers("ratio", ratio), lower=numbers("lower", lower), upper=numbers("upper", upper))
    _check(*found)
    point, low, high = (_as_risk_ratio(values, kind) for values in found)
    nearer = np.where(point >= 1, np.maximum(low, 1.0), np.minimum(high, 1.0))
    return EValue(_explained_by(point), _explained_by(nearer))


def _explained_by(ratio: Floats) -> Floats:
    above = np.where(ratio < 1, 1 / ratio, ratio)
    return np.asarray(above + np.sqrt(above * (above - 1)))


def _as_risk_ratio(ratio: Floats, kind: Kind) -> Floats:
    if kind == "rate ratio":
        return ratio
    if kind == "odds ratio of a common outcome":
        return np.asarray(np.sqrt(ratio))
    if kind == "hazard ratio of a common outcome":
        return np.asarray((1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio)))
    raise UsageError(f"the kind of ratio is {kind!r}", expected="rate, hazard or odds ratio, as the manual spells them")


def _check(ratio: Floats, lower: Floats, upper: Floats) -> None:
    bad = (lower <= 0) | (ratio < lower) | (ratio > upper)
    if bad.any():
        at = tuple(np.argwhere(bad)[0])
        raise RatioError(
            f"the ratio is {ratio[at]:g} with limits {lower[at]:g} and {upper[at]:g}",
            expected="0 < lower <= ratio <= upper",
        )
