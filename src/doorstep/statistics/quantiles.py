"""Ranks areas into quantiles, such as deciles of deprivation."""

from __future__ import annotations

from typing import Literal

import numpy as np

from doorstep.statistics.results import ChoiceError, Floats, Ints, Numbers, ShapeError, numbers


def quantile_rank(
    values: Numbers,
    n_quantiles: int = 10,
    *,
    groups: Numbers | None = None,
    first: Literal["highest", "lowest"] = "highest",
) -> Floats:
    """Return the quantile, 1 to `n_quantiles`, of each value among the values of its group.

    q = k + 1 - ceil((N + 1 - r) k / N), for rank r (ties share the smallest) of N values in k quantiles, worked out in
    whole numbers. `values` has one dimension, and `groups`, any labels, one for each value. `first` says which end is
    quantile 1: with scores of deprivation, where high is deprived, "highest" makes 1 the most deprived.

    Blank (NaN): where the value is NaN, which counts for nothing; and in a group of fewer values than quantiles.

    Errors: ShapeError, ChoiceError, NotANumberError for an infinite value.
    Source: the ranking rule of the Public Health Outcomes Framework's deprivation deciles.
    """
    found = numbers("values", values, missing=True)
    if found.ndim != 1:
        raise ShapeError(f"values have {found.ndim} dimensions", expected="one dimension", do="name groups instead")
    if first not in ("highest", "lowest") or n_quantiles < 1:
        raise ChoiceError(f"{n_quantiles} quantiles from the {first}", expected="1 or more from 'highest' or 'lowest'")
    known = ~np.isnan(found)
    result = np.full(found.shape, np.nan)
    result[known] = _quantiles(
        -found[known] if first == "highest" else found[known], _codes(groups, found)[known], n_quantiles
    )
    return result


def _quantiles(values: Floats, group: Ints, k: int) -> Floats:
    rank, n = _ranks(values, group), np.bincount(group)[group] if group.size else group
    quantile = k + 1 + -(n + 1 - rank) * k // np.maximum(n, 1)
    return np.where(n < k, np.nan, quantile)


def _ranks(values: Floats, group: Ints) -> Ints:
    """Return the rank within its group of each value, from 1; ties share the smallest."""
    order = np.lexsort((values, group))
    v, g, at = values[order], group[order], np.arange(len(values))
    new_group = np.r_[True, g[1:] != g[:-1]][: len(v)]
    new_value = new_group | np.r_[True, v[1:] != v[:-1]][: len(v)]
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = (
        1 + np.maximum.accumulate(np.where(new_value, at, 0)) - np.maximum.accumulate(np.where(new_group, at, 0))
    )
    return rank


def _codes(groups: Numbers | None, values: Floats) -> Ints:
    if groups is None:
        return np.zeros(values.shape, dtype=np.int64)
    labels = np.asarray(groups)
    if labels.shape != values.shape:
        raise ShapeError(f"values {values.shape}, groups {labels.shape}", expected="one group for each value")
    try:
        return np.unique(labels, return_inverse=True)[1].astype(np.int64)
    except TypeError as error:
        raise ChoiceError(f"groups hold labels of several kinds: {error}", expected="labels of one kind") from error
