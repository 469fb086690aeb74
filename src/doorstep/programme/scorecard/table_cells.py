"""Cells of tables for sums and rates: the number itself, or the text of its range where something is hidden."""

from __future__ import annotations

from doorstep.programme.scorecard.exhibits import Cell
from doorstep.programme.scorecard.pooling import Between, Rate
from doorstep.programme.scorecard.sentences import fixed


def count_cell(found: Between | None) -> Cell:
    """Return a count: a number, `0 to 5` where hidden, `*` where nothing bounds it, None where nothing was sent."""
    if found is None:
        return None
    if found.high is None:
        return f"{found.low:,.0f} or more" if found.low else "*"
    return int(found.low) if found.is_exact else f"{found.low:,.0f} to {found.high:,.0f}"


def value_cell(found: Between, decimals: int = 1) -> Cell:
    """Return a rate or share: a number, or its range as text; ends that read alike are said once."""
    if found.high is None:
        return f"{fixed(found.low, decimals)} or more" if found.low else "*"
    low, high = fixed(found.low, decimals), fixed(found.high, decimals)
    return found.low if found.is_exact else low if low == high else f"{low} to {high}"


def rate_cells(found: Rate | None, decimals: int = 1) -> tuple[Cell, Cell, Cell]:
    """Return value, lower and upper limit; None where there is no rate."""
    return (value_cell(found.value, decimals), found.lower, found.upper) if found else (None, None, None)
