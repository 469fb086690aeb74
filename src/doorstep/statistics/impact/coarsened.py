"""Coarsened exact matching: people are compared within cells of coarse values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.faults import NoOverlapError
from doorstep.statistics.impact.inputs import Covariates, labels, two_groups
from doorstep.statistics.results import Bools, Floats, Ints, Numbers


@dataclass(frozen=True)
class CoarsenedMatching:
    """`weights` (n), the `cell` of each person (n), and who fell out because their cell holds one group only."""

    weights: Floats
    cell: Ints
    n_cells: int
    n_cells_shared: int
    n_treated_unmatched: int
    n_comparison_unmatched: int


def match_coarsened(treated: Numbers, coarse: Covariates) -> CoarsenedMatching:
    """Weight people within cells of equal coarse values.

    `coarse` are named columns of values already coarsened (ten-year ages, quintiles, sexes); words will do. Within
    shared cells a treated person weighs 1 and a comparison person (nt/nc) * (NC/NT), nt and nc being the people of
    the cell and NT and NC all those in shared cells; so the comparison weights add up to NC. Others weigh 0.
    Errors: NotBinaryError, OneGroupError, ShapeError, NoOverlapError (no cell is shared).
    Source: Iacus, King and Porro, Political Analysis 2012;20:1-24.
    """
    has = two_groups("treated", treated)
    cell = _cells(coarse, len(has))
    n_treated, n_comparison = (np.bincount(cell[group], minlength=cell.max() + 1) for group in (has, ~has))
    shared = (n_treated > 0) & (n_comparison > 0)
    if not shared.any():
        raise NoOverlapError(
            f"no cell of {len(shared)} holds both groups", expected="shared cells", do="use coarser values"
        )
    ratio = np.where(shared, n_treated / np.maximum(n_comparison, 1), 0.0)
    scale = n_comparison[shared].sum() / n_treated[shared].sum()
    weights = np.where(has, shared[cell].astype(np.float64), ratio[cell] * scale)
    return CoarsenedMatching(
        weights, cell, len(shared), int(shared.sum()), _outside(has, shared, cell), _outside(~has, shared, cell)
    )


def _cells(coarse: Covariates, n: int) -> Ints:
    cell = np.zeros(n, dtype=np.int64)
    for name, values in coarse.items():
        found = labels(name, values, n)
        # Numbered anew after each column, so that many columns cannot run out of whole numbers.
        cell = np.unique(cell * (found.max() + 1) + found, return_inverse=True)[1].astype(np.int64)
    return cell


def _outside(group: Bools, shared: Bools, cell: Ints) -> int:
    return int((group & ~shared[cell]).sum())
