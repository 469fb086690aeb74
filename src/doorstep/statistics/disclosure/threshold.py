"""The published rules: which numbers are small, and how the others are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doorstep.errors import DataError, UsageError
from doorstep.statistics.disclosure.table import Cell, Table

THRESHOLD = 6


@dataclass(frozen=True)
class SmallNumbers:
    """A rule for small numbers: those up to `largest` are hidden, nought too unless `nought_shown`.

    Other numbers are shown to the nearest multiple of `base` (1: as they are; a half goes up). Data sets have rules
    of their own, so that a rule belongs to a source and not to a method. Raises UsageError where the rule hides
    nothing.
    """

    largest: int
    nought_shown: bool = False
    base: int = 1

    def __post_init__(self) -> None:
        if self.largest < self.smallest:
            raise UsageError(
                f"a rule that hides up to {self.largest} hides nothing", expected=f"a whole number from {self.smallest}"
            )
        if self.base < 1:
            raise UsageError(f"a base of {self.base}", expected="a whole number from 1")

    @property
    def smallest(self) -> int:
        """The smallest number that is hidden: a reader knows that `*` is not less."""
        return 1 if self.nought_shown else 0

    @property
    def ends(self) -> tuple[int, int]:
        """The two numbers that must stay possible for a hidden one; they differ, so that nothing is pinned."""
        return self.smallest, max(self.largest, self.smallest + 1)

    def hides(self, count: int) -> bool:
        """Say whether a count is small. Raises DataError on a negative count."""
        if count < 0:
            raise DataError(f"a count of {count}", expected="whole numbers from 0")
        return self.smallest <= count <= self.largest

    def shown(self, count: int) -> int | None:
        """Return a count as shown, None where it is hidden (print `*`). Raises DataError on a negative count."""
        if self.hides(count):
            return None
        return self.base * ((2 * count + self.base) // (2 * self.base))


BELOW_5, BELOW_6, BELOW_10 = SmallNumbers(4), SmallNumbers(5), SmallNumbers(9)

# Nought stays, 1 to 7 hidden, others to the nearest 5. Source: NHS Digital, change to disclosure control methodology
# for HES and ECDS from September 2018 (below national level).
HES = SmallNumbers(7, nought_shown=True, base=5)


def below(threshold: int) -> SmallNumbers:
    """Return the rule that hides every number below `threshold`, nought included; UsageError below 1."""
    if threshold < 1:
        raise UsageError(f"a threshold of {threshold} hides nothing", expected="a whole number from 1")
    return SmallNumbers(threshold - 1)


def primary(table: Table, threshold: int = THRESHOLD) -> frozenset[Cell]:
    """Return the cells whose number is below `threshold`, nought included; cells never printed are left out.

    Raises UsageError where the threshold is below 1. Source: NHS England, Measurement Guide for the National
    Neighbourhood Health Implementation Programme (December 2025), small number suppression.
    """
    rule = below(threshold)
    return frozenset(cell for cell in table.printable() if rule.hides(table.value(cell)))


def percentages(numerators: Iterable[int], denominators: Iterable[int], rule: SmallNumbers) -> tuple[float | None, ...]:
    """Return percentages made from the shown numbers only: None (print `*`) where either is hidden.

    A percentage of the true numbers gives back a hidden or rounded count. Nought of nought is NaN. Raises DataError
    on a negative count or lists of different lengths. Source: NHS Digital, as for `HES`.
    """
    pairs = list(_pairs(list(numerators), list(denominators)))
    return tuple(_percentage(rule.shown(numerator), rule.shown(denominator)) for numerator, denominator in pairs)


def _pairs(numerators: list[int], denominators: list[int]) -> Iterable[tuple[int, int]]:
    if len(numerators) != len(denominators):
        raise DataError(
            f"{len(numerators)} numerators and {len(denominators)} denominators", expected="as many of each"
        )
    return zip(numerators, denominators, strict=True)


def _percentage(numerator: int | None, denominator: int | None) -> float | None:
    if numerator is None or denominator is None:
        return None
    return 100 * numerator / denominator if denominator else float("nan")
