"""The one place where the generalised linear models of statsmodels are called."""

from __future__ import annotations

import warnings
from typing import Any, Literal

import numpy as np

from doorstep.statistics.results import Floats, Ints

# What the library warns of and we look after otherwise: separation and steps that do not settle have checks and named
# errors of their own; with weights it says that sandwich errors are "not fully supported", yet they equal those of R's
# sandwich package for weights that are any number, which the tests check.
LOOKED_AFTER = (
    "Perfect separation",
    "Maximum number of iteration",
    "cov_type not fully supported",
)


def fit_glm(
    y: Floats,
    design: Floats,
    family: Any,
    *,
    offset: Floats | None,
    weight: Floats | None,
    start: Floats | None = None,
    scale: float | Literal["X2"] = 1.0,
    sandwich: Literal["nonrobust", "HC0", "cluster"] = "nonrobust",
    clusters: Ints | None = None,
) -> Any:
    """Return the library's results; `weight` multiplies each row's likelihood, sandwiches have no correction."""
    from statsmodels.genmod.generalized_linear_model import GLM

    kwds = {"groups": clusters, "use_correction": False} if sandwich == "cluster" else None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        for message in LOOKED_AFTER:
            warnings.filterwarnings("ignore", message=message)
        model = GLM(y, design, family=family, offset=offset, var_weights=weight)
        return model.fit(start_params=start, maxiter=200, tol=1e-12, scale=scale, cov_type=sandwich, cov_kwds=kwds)
