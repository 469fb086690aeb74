"""Difference in differences with two groups and one start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.effects import Effect, cluster_notes, effect
from doorstep.statistics.impact.faults import NotAPanelError, OneGroupError, TooFewClustersError
from doorstep.statistics.impact.inputs import distinct, one_column, two_groups, weights_of
from doorstep.statistics.results import Bools, Floats, Ints, Numbers

TERMS = ("(Intercept)", "treated", "post", "treated:post")
ASSUMPTIONS = (
    "Without the service both groups would have changed by the same amount.",
    "The service did not change the comparison units, and nobody acted on it before it began.",
)


@dataclass(frozen=True)
class TwoPeriods:
    """`coefficients` (4) of TERMS with ordinary and unit-clustered covariances; `effect` is `treated:post`."""

    effect: Effect
    coefficients: Floats
    ordinary_covariance: Floats
    covariance: Floats
    n: int
    n_treated_units: int
    n_comparison_units: int

    @property
    def standard_errors(self) -> Floats:
        """Unit-clustered standard errors (4)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def ordinary_standard_errors(self) -> Floats:
        """Standard errors that take the rows as independent (4), to compare."""
        return np.asarray(np.sqrt(np.diag(self.ordinary_covariance)))


def difference_in_differences(
    y: Numbers,
    treated: Numbers,
    post: Numbers,
    unit: Numbers,
    *,
    weights: Numbers | None = None,
    confidence: float = 0.95,
) -> TwoPeriods:
    """Fit y ~ treated * post by (weighted) least squares: the treated units' change less the comparison units'.

    One row per unit and time; `treated` is the same in all rows of a unit, `post` is 0 before the start and 1
    after. Errors are clustered on unit, S G/(G-1) (n-1)/(n-k); the interval uses t with G - 1 degrees of freedom.
    Where the treated began at several times use `staggered_effects`.
    Errors: NotBinaryError, OneGroupError, NotAPanelError, TooFewClustersError, ShapeError, NegativeCountError.
    Source: Bertrand, Duflo and Mullainathan, Quarterly Journal of Economics 2004;119:249-275.
    """
    values = one_column("y", y)
    n = len(values)
    has, after = two_groups("treated", treated, n), two_groups("post", post, n)
    (names, group), weight = distinct("unit", unit, n), weights_of(weights, n)
    used = weight > 0
    sizes = _units(has[used], group[used], names)
    _check_cells(has[used], after[used])
    design = np.column_stack([np.ones(n), has, after, has & after]).astype(np.float64)
    return _fit(values[used], design[used], group[used], weight[used], sizes, confidence)


def _fit(
    y: Floats, design: Floats, group: Ints, weight: Floats, sizes: tuple[int, int], confidence: float
) -> TwoPeriods:
    n, k, clusters = len(y), len(TERMS), sum(sizes)
    inverse = np.linalg.inv(design.T @ (design * weight[:, None]))
    coefficients = inverse @ design.T @ (weight * y)
    residuals = y - design @ coefficients
    ordinary = inverse * (weight @ residuals**2) / (n - k)
    scores = design * (weight * residuals)[:, None]
    sums = np.column_stack([np.bincount(group, column) for column in scores.T])
    covariance = inverse @ (sums.T @ sums) @ inverse * clusters / (clusters - 1) * (n - 1) / (n - k)
    found = effect(
        "difference",
        float(coefficients[3]),
        float(np.sqrt(covariance[3, 3])),
        confidence=confidence,
        comparison="the change of the comparison units over the same time",
        assumptions=ASSUMPTIONS,
        notes=cluster_notes(clusters),
        freedom=clusters - 1,
    )
    return TwoPeriods(found, coefficients, ordinary, covariance, n, *sizes)


def _check_cells(has: Bools, after: Bools) -> None:
    for group, name in ((has, "treated"), (~has, "comparison")):
        for time, when in ((after, "after"), (~after, "before")):
            if not (group & time).any():
                raise OneGroupError(
                    f"there is no row of {name} units {when} the start", expected="both groups before and after"
                )


def _units(has: Bools, group: Ints, names: tuple[str, ...]) -> tuple[int, int]:
    """Return how many units are treated and not. NotAPanelError where a unit is both."""
    rows, treated_rows = np.bincount(group), np.bincount(group, has)
    mixed = (treated_rows > 0) & (treated_rows < rows)
    if mixed.any():
        raise NotAPanelError(
            f"unit {names[int(np.argmax(mixed))]} is treated in some rows only",
            expected="treated to say who ever has the service; post says when",
        )
    found = int((treated_rows > 0).sum()), int(((rows > 0) & (treated_rows == 0)).sum())
    if min(found) < 2:
        raise TooFewClustersError(
            f"{found[0]} treated and {found[1]} comparison unit(s)",
            expected="2 or more of each: one unit's change cannot be told apart from chance",
        )
    return found
