"""Inequality between groups in order of advantage: slope and relative index, and the concentration index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.blocks import by_rows
from doorstep.statistics.results import (
    ChoiceError,
    Estimate,
    Floats,
    Numbers,
    ProportionError,
    ShapeError,
    counts,
    numbers,
    populations,
    together,
    two_sided_z,
)
from doorstep.statistics.simulation import percentiles_of_ends

Scale = Literal["identity", "log", "logit"]
Line = Literal["values", "scale"]


@dataclass(frozen=True)
class Inequality:
    """Slope index (a difference), relative index (a ratio) and the value at the first end, by area.

    `draws` is how many simulated values the limits rest on; 0 where they are in closed form.
    """

    slope: Estimate
    relative: Estimate
    intercept: Floats
    draws: int


@dataclass(frozen=True)
class _Fit:
    """The weights that make slope and middle of the fitted line out of the values of the groups, (..., groups) each.

    `size` and `sign` are those of the multiplier: below nought it has the first end over the last.
    """

    slope: Floats
    middle: Floats
    size: float
    sign: float

    def ends(self) -> tuple[Floats, Floats]:
        """Return the weights of the end that is over, and of the end that is under, in the relative index."""
        return self.middle + self.sign * self.slope / 2, self.middle - self.sign * self.slope / 2

    def first(self, values: Floats) -> Floats:
        """Return the value at the first end."""
        return _of(self.middle - self.slope / 2, values)


def slope_index(
    values: Numbers,
    population: Numbers,
    standard_errors: Numbers,
    *,
    scale: Scale = "identity",
    line: Line = "values",
    multiplier: float = 1.0,
    confidence: float = 0.95,
    draws_log2: int = 18,
    seed: int = 1,
) -> Inequality:
    """Return the slope and relative index of inequality of groups in order of advantage, the last dimension.

    With a the groups' shares of the population and b the middle of their cumulative share, the line alpha + beta x is
    fitted to values y at b by least squares weighted by a. Slope index = multiplier * beta, the value at x = 1 less
    that at x = 0; relative index = (alpha + beta) / alpha; intercept = alpha * |multiplier|. Put the most deprived
    group first: a harm that they suffer more of then has a slope below nought. A `multiplier` below nought turns both
    indices round (and the relative index over); its size changes the unit.

    `values` (a million areas at once if need be), `population` and `standard_errors` are (..., groups) and broadcast.
    `scale` says on which scale the values vary normally, and so what `standard_errors` are of: the values themselves
    ("identity": life expectancy, means), their logarithm ("log": rates) or their logit ("logit": proportions, as
    shares). `standard_errors_from_limits` gives them from published limits. With `line="scale"` the line is fitted on
    that scale too, and its two ends are turned back into values.

    Limits: where beta = sum c y, its standard error is sqrt(sum (c se)^2), and the slope's limits beta -/+ z times
    that; the relative index, a ratio of normal variables, has Fieller's limits; both are exact where the errors are.
    With `line="scale"` the limits of beta are turned back into values about the middle of the line. On another scale
    with a line through values there is no closed form: limits are percentiles of 2**`draws_log2` draws, the same draws
    for every area and call with that `seed`, so that an area's limits do not depend on the areas beside it.

    The relative index is blank (all three) where the end that divides is not clear of nought.

    Errors: ShapeError below two groups, ProportionError for a value the scale cannot hold, NegativeCountError for a
    standard error below nought, ZeroPopulationError, NotANumberError, ChoiceError, ConfidenceError, UsageError.
    Source: Mackenbach and Kunst, Soc Sci Med 1997; 44: 757-771; Fieller, JRSS B 1954; 16: 175-185.
    """
    y, n, se = _groups(values, population, standard_errors)
    _known_choices(scale, line, multiplier)
    draws = 0 if scale == "identity" or line == "scale" else 2**draws_log2

    def work(*block: Floats) -> tuple[Floats, ...]:
        return _index(*block, scale=scale, multiplier=multiplier, confidence=confidence, draws=draws, seed=seed)

    *both, intercept = by_rows(work, y, _to_scale(y, scale), n, se)
    return Inequality(Estimate(*both[:3]), Estimate(*both[3:]), intercept, draws)


def standard_errors_from_limits(
    lower: Numbers, upper: Numbers, *, scale: Scale = "identity", confidence: float = 0.95
) -> Floats:
    """Return the standard errors that limits imply: (T(upper) - T(lower)) / (2 z), T being the scale's function.

    The limits broadcast to one shape, that of the result; `confidence` is theirs. The unit is that of the scale.

    Errors: ProportionError for a limit the scale cannot hold (nought on "log"; 0 or 1 on "logit"), UsageError where an
    upper limit is below its lower, NotANumberError, ShapeError, ConfidenceError.
    """
    low, high = together(lower=numbers("lower", lower), upper=numbers("upper", upper))
    if (high < low).any():
        raise UsageError("an upper limit is below its lower limit", expected="lower limits first, then upper")
    return np.asarray((_to_scale(high, scale) - _to_scale(low, scale)) / (2 * two_sided_z(confidence)))


def concentration_index(
    values: Numbers, population: Numbers, standard_errors: Numbers, *, confidence: float = 0.95
) -> Estimate:
    """Return the concentration index of groups in order of advantage, with Fieller's limits.

    sum(a y (2 b - 1)) / sum(a y), for shares a of the population and middles b of their cumulative share: between -1
    (all with the first group) and 1 (all with the last) for values of 0 or more; 0 is equality. Shapes as for
    `slope_index`; `standard_errors` are of the values, taken as normal. Blank where the mean is not clear of nought.

    Errors: ShapeError, NegativeCountError, ZeroPopulationError, NotANumberError, ConfidenceError.
    Source: Kakwani, Wagstaff and van Doorslaer, J Econometrics 1997; 77: 87-103.
    """
    y, n, se = _groups(values, population, standard_errors)
    share = n / n.sum(axis=-1, keepdims=True)
    return _fieller(y, se, share * (2 * _middles(share) - 1), share, two_sided_z(confidence))


def _index(
    y: Floats,
    t: Floats,
    n: Floats,
    se: Floats,
    *,
    scale: Scale,
    multiplier: float,
    confidence: float,
    draws: int,
    seed: int,
) -> tuple[Floats, ...]:
    """Return slope and relative index, value and limits of each, and the intercept; `t` are values on their scale."""
    fit, z = _fit(n, multiplier), two_sided_z(confidence)
    if draws:
        slope, relative, first = _simulated(y, t, se, fit, scale, confidence, draws, seed)
    elif scale == "identity":
        slope, relative, first = _exact(y, se, fit, z)
    else:
        slope, relative, first = _on_scale(t, se, fit, scale, z)
    in_unit = (of * fit.size for of in (slope.value, slope.lower, slope.upper))
    return (*in_unit, relative.value, relative.lower, relative.upper, first * fit.size)


def _exact(y: Floats, se: Floats, fit: _Fit, z: float) -> tuple[Estimate, Estimate, Floats]:
    over, under = fit.ends()
    slope, half = _of(over - under, y), z * np.sqrt(_of((over - under) ** 2, se**2))
    return Estimate(slope, slope - half, slope + half), _fieller(y, se, over, under, z), fit.first(y)


def _on_scale(t: Floats, se: Floats, fit: _Fit, scale: Scale, z: float) -> tuple[Estimate, Estimate, Floats]:
    slope, half = _of(fit.slope, t), z * np.sqrt(_of(fit.slope**2, se**2))
    over, under = (
        [_from_scale(_of(fit.middle, t) + side * fit.sign * of, scale) for of in (slope, slope - half, slope + half)]
        for side in (0.5, -0.5)
    )
    return (
        _in_order(*(a - b for a, b in zip(over, under, strict=True))),
        _in_order(*(a / b for a, b in zip(over, under, strict=True))),
        _from_scale(fit.first(t), scale),
    )


def _simulated(
    y: Floats, t: Floats, se: Floats, fit: _Fit, scale: Scale, confidence: float, draws: int, seed: int
) -> tuple[Estimate, Estimate, Floats]:
    over, under = fit.ends()
    found = percentiles_of_ends(
        t, se, over, under, lambda values: _from_scale(values, scale), confidence=confidence, draws=draws, seed=seed
    )
    with np.errstate(divide="ignore", invalid="ignore"):  # what divides by nought is blank below
        ratio = _of(over, y) / _of(under, y)
    return (
        Estimate(_of(over - under, y), *found.difference),
        Estimate(ratio, *found.ratio).blank_where(found.lowest_under <= 0),
        fit.first(y),
    )


def _fieller(y: Floats, se: Floats, over: Floats, under: Floats, z: float) -> Estimate:
    """Return the ratio of two weighted sums of independent normal values, with Fieller's limits.

    The limits r solve (m1 - r m2)^2 = z^2 (v11 - 2 r v12 + r^2 v22) for sums m and their variances v; blank where the
    sum that divides is not clear of nought, for then they are no interval.
    """
    m1, m2, variance = _of(over, y), _of(under, y), se**2
    a = m2**2 - z**2 * _of(under**2, variance)
    b = m1 * m2 - z**2 * _of(over * under, variance)
    c = m1**2 - z**2 * _of(over**2, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.maximum(b**2 - a * c, 0))  # never below nought but by rounding where a is above it
        return _in_order(m1 / m2, (b - root) / a, (b + root) / a).blank_where(a <= 0)


def _fit(population: Floats, multiplier: float) -> _Fit:
    share = population / population.sum(axis=-1, keepdims=True)
    about = share * (_middles(share) - 0.5)  # the mean of b, weighted by a, is 1/2 whatever the shares
    slope = about / _of(about, _middles(share) - 0.5)[..., None]
    return _Fit(slope, share, abs(multiplier), 1.0 if multiplier > 0 else -1.0)


def _middles(share: Floats) -> Floats:
    return np.asarray(np.cumsum(share, axis=-1) - share / 2)


def _of(weights: Floats, values: Floats) -> Floats:
    return np.asarray((weights * values).sum(axis=-1))


def _in_order(value: Floats, one: Floats, other: Floats) -> Estimate:
    return Estimate(value, np.minimum(one, other), np.maximum(one, other))


def _groups(values: Numbers, population: Numbers, standard_errors: Numbers) -> tuple[Floats, ...]:
    found = together(
        values=numbers("values", values),
        population=populations("population", population),
        standard_errors=counts("standard_errors", standard_errors),
    )
    if found[0].ndim == 0 or found[0].shape[-1] < 2:
        raise ShapeError(f"values have shape {found[0].shape}", expected="two or more groups along the last dimension")
    return found


def _known_choices(scale: str, line: str, multiplier: float) -> None:
    if scale not in get_args(Scale) or line not in get_args(Line):
        raise ChoiceError(f"scale {scale!r}, line {line!r}", expected=f"scale {get_args(Scale)}, line {get_args(Line)}")
    if not np.isfinite(multiplier) or multiplier == 0:
        raise UsageError(f"the multiplier is {multiplier}", expected="a number other than 0")


def _to_scale(values: Floats, scale: Scale) -> Floats:
    if scale == "identity":
        return values
    top = np.inf if scale == "log" else 1.0
    bad = (values <= 0) | (values >= top)
    if bad.any():
        at = np.argwhere(bad)[0]
        raise ProportionError(
            f"{values[tuple(at)]:g} at position {', '.join(map(str, at))} has no {scale}",
            expected="values above 0" if scale == "log" else "shares above 0 and below 1",
        )
    return np.asarray(np.log(values) if scale == "log" else np.log(values / (1 - values)))


def _from_scale(values: Floats, scale: Scale) -> Floats:
    return np.asarray(np.exp(values) if scale == "log" else 1 / (1 + np.exp(-values)))
