"""Maximal covering with HiGHS: multipliers from the linear relaxation, and the best choice from the whole programme.

Minimise the people left uncovered: s_i + (open sites within reach of i) >= 1. The row duals of the relaxation are the
multipliers that `bounding.certified` counts from, so no tolerance of the solver enters that bound. Reach is sparse, and
branch and bound often proves the best choice in seconds; its own bound is taken where it is the higher. Church and
ReVelle (1974), Papers of the Regional Science Association 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from doorstep.geography.siting.pairs import Pairs
from doorstep.geography.siting.rules import Budget, Flags, Floats, Quotas, Rule

TOLERANCE = 1e-6  # HiGHS's own on rows and whole numbers; the weights sum to one, so its bound is out by no more


@dataclass(frozen=True)
class Relaxed:
    """The linear relaxation: each area's multiplier, and how far it opens each candidate (0 to 1)."""

    multipliers: Floats
    opened: Floats


@dataclass(frozen=True)
class Whole:
    """What branch and bound ended with: its best choice, and the share that no choice leaves fewer uncovered than."""

    is_open: Flags
    bound: float


def relaxed(pairs: Pairs, weights: Floats, rule: Rule, seconds: float) -> Relaxed | None:
    """Return the linear relaxation's answer; None where the time did not suffice."""
    import highspy

    model = _run(_programme(pairs, weights, rule, whole=False), seconds)
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = model.getSolution()
    multipliers = np.asarray(found.row_dual[: pairs.n_areas], dtype=np.float64)
    opened = np.asarray(found.col_value[: pairs.n_sites], dtype=np.float64)
    return Relaxed(np.clip(multipliers, 0.0, weights), np.clip(opened, 0.0, 1.0))


def best_whole(pairs: Pairs, weights: Floats, rule: Rule, begin: Flags, seconds: float) -> Whole:
    """Return the best choice, or the best that branch and bound came to in the time, beginning with one that is known.

    The bound is HiGHS's, less its tolerance; minus infinity where it has none.
    """
    import highspy

    model = _programme(pairs, weights, rule, whole=True)
    covered = np.bincount(pairs.rows, begin[pairs.cols], minlength=pairs.n_areas) > 0
    known = highspy.HighsSolution()
    known.col_value = [*begin.astype(float).tolist(), *(~covered).astype(float).tolist()]
    model.setSolution(known)
    model.setOptionValue("mip_rel_gap", TOLERANCE)
    _run(model, seconds)
    found = np.asarray(model.getSolution().col_value[: pairs.n_sites]) > 0.5
    bound = float(model.getInfo().mip_dual_bound) - TOLERANCE
    return Whole(
        found if len(found) == pairs.n_sites and found.any() else begin, bound if np.isfinite(bound) else -np.inf
    )


def _run(model: Any, seconds: float) -> Any:
    model.setOptionValue("time_limit", float(seconds))
    model.setOptionValue("threads", 1)
    model.run()
    return model


def _programme(pairs: Pairs, weights: Floats, rule: Rule, *, whole: bool) -> Any:
    """Build the programme: a column for each site and each area, a row for each area, then the rule's rows."""
    import highspy

    n, m = pairs.n_areas, pairs.n_sites
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    matrix, low, high = _rule_rows(rule, m)
    lp.num_col_, lp.num_row_ = m + n, n + len(low)
    lp.col_cost_ = np.concatenate([np.zeros(m), weights])
    lp.col_lower_, lp.col_upper_ = np.zeros(m + n), np.ones(m + n)
    lp.row_lower_ = np.concatenate([np.ones(n), low])
    lp.row_upper_ = np.concatenate([np.full(n, highspy.kHighsInf), high])
    rows = np.concatenate([pairs.rows, np.arange(n), n + matrix[0]])
    cols = np.concatenate([pairs.cols, m + np.arange(n), matrix[1]])
    values = np.concatenate([np.ones(len(pairs.rows) + n), matrix[2]])
    order = np.lexsort((rows, cols))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(cols, minlength=m + n))]).astype(np.int32)
    lp.a_matrix_.index_, lp.a_matrix_.value_ = rows[order].astype(np.int32), values[order]
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * m + [highspy.HighsVarType.kContinuous] * n
    model.passModel(lp)
    return model


def _rule_rows(rule: Rule, m: int) -> tuple[tuple[Any, Any, Floats], Floats, Floats]:
    """Return the rule's rows as (row, column, value), with their lower and upper bounds."""
    sites = np.arange(m)
    match rule:
        case Quotas(group=group, quota=quota):
            wanted = np.array(quota, dtype=np.float64)
            return (group, sites, np.ones(m)), wanted, wanted
        case Budget(costs=costs, budget=budget):
            return (np.zeros(m, dtype=np.intp), sites, costs), np.zeros(1), np.array([budget])
