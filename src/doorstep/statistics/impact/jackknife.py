"""Standard errors by leaving out one cluster at a time."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.impact.faults import TooFewClustersError
from doorstep.statistics.results import Floats, Ints


def jackknife(design: Floats, score: Floats, information: Floats, group: Ints) -> Floats:
    """Return (G-1)/G * the sum over clusters of d_g d_g', d_g = (A - A_g)^-1 u_g (k by k).

    d_g is how far the coefficients move by one Newton step when cluster g is left out; `score` and `information` (n)
    are each row's slope and curvature of the likelihood in its linear predictor, u_g and A_g their sums within the
    cluster over x and xx'. TooFewClustersError where the coefficients cannot be had without some cluster.
    Source: MacKinnon, Nielsen and Webb, Journal of Applied Econometrics 2023;38:671-694 and Econometric Reviews 2025
    (logistic models).
    """
    whole = design.T @ (design * information[:, None])
    size = np.sqrt(np.diag(whole))
    total = np.zeros_like(whole)
    order = np.argsort(group, kind="stable")
    clusters = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    for rows in clusters:
        x = design[rows]
        left = whole - x.T @ (x * information[rows][:, None])
        if np.linalg.cond(left / np.outer(size, size)) > 1e12:
            raise TooFewClustersError(
                "a coefficient rests on one cluster alone: without it there is none",
                expected="both groups in two clusters or more",
            )
        step = np.linalg.solve(left, x.T @ score[rows])
        total += np.outer(step, step)
    return total * (len(clusters) - 1) / len(clusters)
