"""What the methods give back, and the checks that every method makes of what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from doorstep.errors import DataError, UsageError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.ArrayLike


class ShapeError(DataError):
    """Arrays that belong together do not have shapes that fit."""


class NegativeCountError(DataError):
    """A count, a number of deaths or a weight is below nought."""


class ZeroPopulationError(DataError):
    """A population or denominator is nought or below where a rate needs one."""


class NotANumberError(DataError):
    """A value is missing or infinite where the method has no documented blank for it."""


class ProportionError(DataError):
    """A numerator is larger than its denominator, or a share lies outside 0 to 1."""


class ConfidenceError(UsageError):
    """A confidence level or probability is not between 0 and 1."""


class ChoiceError(UsageError):
    """An argument is not one of those that the method knows, or a choice that must be stated was not."""


@dataclass(frozen=True)
class Estimate:
    """A value with its interval: three arrays of one shape; NaN is blank, and then all three are blank."""

    value: Floats
    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        for name in ("value", "lower", "upper"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        if not self.value.shape == self.lower.shape == self.upper.shape:
            shapes = f"value {self.value.shape}, lower {self.lower.shape}, upper {self.upper.shape}"
            raise ShapeError(f"an estimate has {shapes}", expected="three of one shape")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of each of the three."""
        return self.value.shape

    def blank_where(self, unreliable: Bools | bool) -> Estimate:
        """Return the same with all three blank where `unreliable` is true, or where one of the three is blank."""
        unknown = np.isnan(self.value) | np.isnan(self.lower) | np.isnan(self.upper) | unreliable
        return Estimate(*(np.where(unknown, np.nan, of) for of in (self.value, self.lower, self.upper)))


def numbers(name: str, values: Numbers, *, missing: bool = False) -> Floats:
    """Return values as float64. NotANumberError where one is NaN (unless `missing` is allowed) or infinite."""
    found = _as_floats(name, values)
    bad = np.isinf(found) if missing else ~np.isfinite(found)
    if bad.any():
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        raise NotANumberError(
            f"{name} holds {found[at]} ({int(bad.sum())} such value(s), the first at position {_at(at)})",
            expected="finite numbers",
            do="leave those areas out, or give the count that is missing",
        )
    return found


def counts(name: str, values: Numbers, *, missing: bool = False) -> Floats:
    """Return counts of 0 or more (fractions are allowed). NegativeCountError where one is below nought."""
    found = numbers(name, values, missing=missing)
    if (found < 0).any():
        at = tuple(int(i) for i in np.argwhere(found < 0)[0])
        raise NegativeCountError(f"{name} holds {found[at]:g} at position {_at(at)}", expected="0 or more")
    return found


def populations(name: str, values: Numbers) -> Floats:
    """Return populations or denominators above 0. ZeroPopulationError where one is not."""
    found = numbers(name, values)
    if (found <= 0).any():
        at = tuple(int(i) for i in np.argwhere(found <= 0)[0])
        raise ZeroPopulationError(
            f"{name} holds {found[at]:g} at position {_at(at)}", expected="above 0", do="leave such areas out"
        )
    return found


def confidence_level(confidence: float) -> float:
    """Return a confidence level as a share, such as 0.95. ConfidenceError where it is not between 0 and 1."""
    if np.ndim(confidence) or not 0 < confidence < 1:
        raise ConfidenceError(
            f"the confidence is {confidence}",
            expected="one share between 0 and 1, such as 0.95",
            do="call once for each level",
        )
    return float(confidence)


def two_sided_z(confidence: float) -> float:
    """Return z = Phi^-1(c + (1 - c) / 2), 1.96 for 0.95. ConfidenceError where c is not between 0 and 1."""
    return NormalDist().inv_cdf(0.5 + confidence_level(confidence) / 2)


def multiplier_above_nought(multiplier: float) -> float:
    """Return what a rate is per, such as 100,000. UsageError where it is not a number above 0."""
    if not 0 < multiplier < float("inf"):
        raise UsageError(f"the multiplier is {multiplier}", expected="a number above 0, such as 100_000")
    return float(multiplier)


def together(**arrays: Floats) -> tuple[Floats, ...]:
    """Broadcast arrays to one shape. ShapeError, naming each array with its shape, where that cannot be done."""
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ShapeError(
            f"these do not fit together: {shapes}", expected="the same shape, or one that repeats"
        ) from error


def _as_floats(name: str, values: Numbers) -> Floats:
    try:
        if isinstance(values, np.ma.MaskedArray):  # asarray would bring back what is masked
            return np.ma.filled(values.astype(np.float64), np.nan)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NotANumberError(f"{name} is no array of numbers: {error}", expected="finite numbers") from error


def _at(position: tuple[int, ...]) -> str:
    return ", ".join(map(str, position)) if position else "0"
