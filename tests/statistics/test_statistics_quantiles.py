"""Quantiles of areas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from doorstep.statistics import quantile_rank
from doorstep.statistics.results import ChoiceError, NotANumberError, ShapeError

DIFFERENT = some.lists(some.integers(-10_000, 10_000), min_size=10, max_size=80, unique=True)


def test_ten_areas_in_five_quantiles_from_either_end() -> None:
    scores = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert quantile_rank(scores, 5, first="lowest").tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert quantile_rank(scores, 5).tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_ties_share_the_quantile_of_the_first_of_them() -> None:
    assert quantile_rank([1, 2, 2, 2, 3, 4], 3, first="lowest").tolist() == [1, 1, 1, 1, 3, 3]


def test_blanks_count_for_nothing_and_groups_stand_alone() -> None:
    values = [5, np.nan, 1, 3, 9, 8]
    found = quantile_rank(values, 2, groups=["n", "n", "n", "s", "s", "s"], first="lowest")
    assert found.tolist()[0] == 2
    assert np.isnan(found[1])
    assert found.tolist()[2:] == [1, 1, 2, 1]


def test_a_group_with_fewer_values_than_quantiles_is_blank() -> None:
    found = quantile_rank([1, 2, np.nan, 4, 5, 6], 3, groups=[0, 0, 0, 1, 1, 1], first="lowest")
    assert np.isnan(found[:3]).all()
    assert found[3:].tolist() == [1, 2, 3]


@given(DIFFERENT, some.integers(2, 10))
def test_quantiles_are_as_equal_in_size_as_can_be(values: list[int], k: int) -> None:
    sizes = np.bincount(quantile_rank(values, k).astype(int), minlength=k + 1)[1:]
    assert sizes.sum() == len(values)
    assert sizes.max() - sizes.min() <= 1


@given(some.lists(some.integers(0, 30), min_size=5, max_size=60), some.sampled_from(["highest", "lowest"]), some.data())
def test_only_the_order_of_values_matters(values: list[int], first: Any, data: some.DataObject) -> None:
    order = data.draw(some.permutations(range(len(values))))
    found = quantile_rank(values, 5, first=first)
    assert (quantile_rank(np.exp(np.array(values) / 10), 5, first=first) == found).all()
    assert (quantile_rank(np.array(values)[order], 5, first=first) == found[order]).all()


@given(some.lists(some.integers(0, 30), min_size=5, max_size=60))
def test_a_higher_value_never_lies_in_a_lower_quantile(values: list[int]) -> None:
    found = quantile_rank(np.sort(values), 5, first="lowest")
    assert (np.diff(found) >= 0).all()
    assert found[0] == 1


def test_no_values_have_no_quantiles() -> None:
    assert quantile_rank([]).shape == (0,)
    assert np.isnan(quantile_rank([np.nan, np.nan])).all()


def test_what_has_no_order_is_refused_by_name() -> None:
    with pytest.raises(ShapeError, match="2 dimensions"):
        quantile_rank([[1, 2], [3, 4]])
    with pytest.raises(ShapeError, match="one group for each value"):
        quantile_rank([1, 2], groups=[1])
    with pytest.raises(NotANumberError):
        quantile_rank([1, np.inf])
    with pytest.raises(ChoiceError):
        quantile_rank([1, 2], 0)
    with pytest.raises(ChoiceError):
        quantile_rank([1, 2], first="biggest")  # type: ignore[arg-type]
