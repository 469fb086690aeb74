"""One siting instance as an integer programme: `python integer_sites.py TOOL AIM INSTANCE.npz OUT.json N LIMIT`.

TOOL is spopt (its model, solved by HiGHS through PuLP) or HiGHS (the same model handed over as arrays, for spopt takes
long to write it down). The instance holds `far` (km, areas by sites), `weight` (summing to 1) and `within` (km).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def by_spopt(aim: str, far: Floats, weight: Floats, within: float, n: int, limit: float) -> dict[str, Any]:
    """Solve spopt's p-median or maximal covering."""
    import pulp  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from spopt.locate import MCLP, PMedian  # type: ignore[import-not-found, import-untyped, unused-ignore]

    begin = time.monotonic()
    if aim == "median":
        model = PMedian.from_cost_matrix(far, weight, p_facilities=n)
    else:
        model = MCLP.from_cost_matrix(far, weight, within, p_facilities=n)
    built = time.monotonic() - begin
    model.problem.solve(pulp.HiGHS(msg=False, timeLimit=limit, threads=1))
    chosen = [j for j, v in enumerate(model.fac_vars) if (v.value() or 0.0) > 0.5]
    return {"built": built, "chosen": chosen, "bound": None, "status": pulp.LpStatus[model.problem.status]}


def by_highs(aim: str, far: Floats, weight: Floats, within: float, n: int, limit: float) -> dict[str, Any]:
    """Solve the same model, written as arrays: a column each site, then one each pair (or each area)."""
    begin = time.monotonic()
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.silent()
    model.setOptionValue("threads", 1)
    model.setOptionValue("time_limit", limit)
    model.passModel(_median(far, weight, n) if aim == "median" else _covering(far <= within, weight, n))
    built = time.monotonic() - begin
    model.run()
    info, values = model.getInfo(), model.getSolution().col_value
    found = info.primal_solution_status == 2  # a feasible point
    chosen = [j for j in range(far.shape[1]) if values[j] > 0.5] if found else []
    status = model.modelStatusToString(model.getModelStatus())
    bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else None
    return {"built": built, "chosen": chosen, "bound": bound, "status": status}


def _median(far: Floats, weight: Floats, n: int) -> Any:
    """Each area goes to one site, to an open one only; n are open."""
    areas, sites = far.shape
    pairs = areas * sites
    pair = np.arange(pairs)
    costs = np.concatenate([np.zeros(sites), (far * weight[:, None]).ravel()])
    lp = _empty(sites + pairs, areas + pairs + 1, costs)
    rows = np.concatenate([pair // sites, areas + pair, areas + pair, np.full(sites, areas + pairs)])
    columns = np.concatenate([sites + pair, sites + pair, pair % sites, np.arange(sites)])
    values = np.concatenate([np.ones(2 * pairs), -np.ones(pairs), np.ones(sites)])
    low = np.concatenate([np.ones(areas), np.full(pairs, -np.inf), [n]])
    high = np.concatenate([np.ones(areas), np.zeros(pairs), [n]])
    return _filled(lp, sites, (rows, columns, values), low, high)


def _covering(reached: NDArray[np.bool_], weight: Floats, n: int) -> Any:
    """An area that no open site reaches counts its weight; n sites are open."""
    areas, sites = reached.shape
    lp = _empty(sites + areas, areas + 1, np.concatenate([np.zeros(sites), weight]))
    area, site = np.nonzero(reached)
    rows = np.concatenate([area, np.arange(areas), np.full(sites, areas)])
    columns = np.concatenate([site, sites + np.arange(areas), np.arange(sites)])
    low, high = np.append(np.ones(areas), n), np.append(np.full(areas, np.inf), n)
    return _filled(lp, sites, (rows, columns, np.ones(len(rows))), low, high)


def _empty(columns: int, rows: int, costs: Floats) -> Any:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_, lp.col_cost_ = columns, rows, costs
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    return lp


def _filled(lp: Any, sites: int, entries: tuple[Any, Any, Any], low: Floats, high: Floats) -> Any:
    rows, columns, values = entries
    order = np.argsort(columns, kind="stable")
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=lp.num_col_))])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = rows[order], values[order]
    kinds = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * (lp.num_col_ - sites)
    lp.integrality_ = kinds
    return lp


def main() -> None:
    tool, aim, path, out, n, limit = sys.argv[1:]
    held = np.load(path)
    solve = by_spopt if tool == "spopt" else by_highs
    found = solve(aim, held["far"], held["weight"], float(held["within"]), int(n), float(limit))
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
