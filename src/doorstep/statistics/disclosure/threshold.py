"""The published rule: numbers below the threshold are not shown."""

from __future__ import annotations

from doorstep.errors import UsageError
from doorstep.statistics.disclosure.table import Cell, Table

THRESHOLD = 6


def primary(table: Table, threshold: int = THRESHOLD) -> frozenset[Cell]:
    """Return the cells whose number is below `threshold`, nought included.

    Raises UsageError where the threshold is below 1. Source: NHS England, Measurement Guide for the National
    Neighbourhood Health Implementation Programme (December 2025), small number suppression.
    """
    if threshold < 1:
        raise UsageError(f"a threshold of {threshold} hides nothing", expected="a whole number from 1")
    return frozenset(cell for cell in table.cells() if table.value(cell) < threshold)
