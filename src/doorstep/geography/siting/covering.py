"""Maximal covering with HiGHS: multipliers from the linear relaxation, and a better choice from the whole programme.

Minimise the people left uncovered: s_i + (open sites within reach of i) >= 1. The row duals of the relaxation are the
multipliers that `bounding.certified` counts from, so no tolerance of the solver enters the bound. Church and ReVelle
(1974), Papers of the Regional Science Association 32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from doorstep.geography.siting.pairs import Pairs
from doorstep.geography.siting.rules import Budget, Flags, Floats, Quotas, Rule


def relaxed_multipliers(pairs: Pairs, weights: Floats, rule: Rule, seconds: float) -> Floats | None:
    """Return the areas' multipliers from the linear relaxation; None where the time did not suffice."""
    model = _run(_programme(pairs, weights, rule, whole=False), seconds)
    duals = np.asarray(model.getSolution().row_dual, dtype=np.float64)
    if len(duals) < pairs.n_areas:
        return None
    return np.clip(duals[: pairs.n_areas], 0.0, weights)


def best_whole(pairs: Pairs, weights: Floats, rule: Rule, begin: Flags, seconds: float, enough: float) -> Flags:
    """Return the first choice found by branch and bound with `enough` or less uncovered, else its best in the time."""
    import highspy

    model = _programme(pairs, weights, rule, whole=True)
    covered = np.bincount(pairs.rows, begin[pairs.cols], minlength=pairs.n_areas) > 0
    known = highspy.HighsSolution()
    known.col_value = [*begin.astype(float).tolist(), *(~covered).astype(float).tolist()]
    model.setSolution(known)
    model.setOptionValue("objective_target", enough)
    _run(model, seconds)
    found = np.asarray(model.getSolution().col_value[: pairs.n_sites]) > 0.5
    return found if len(found) == pairs.n_sites and found.any() else begin


def _run(model: Any, seconds: float) -> Any:
    model.setOptionValue("time_limit", float(seconds))
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_rel_gap", 1e-6)
    model.setOptionValue("mip_max_nodes", 500)  # a limit that is the same on a busy machine
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
