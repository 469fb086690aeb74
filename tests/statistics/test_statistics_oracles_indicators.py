"""The indicators agree with another package's answers, blank for blank."""

from __future__ import annotations

import numpy as np
import pytest
from oracle_indicators import FAMILIES
from oracle_kit import SHIPPED, Family, compare


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_answer_lies_within_its_tolerance(family: Family) -> None:
    found = list(family(SHIPPED))
    assert found
    assert [c for c in found if not c.agrees] == []


@pytest.mark.parametrize("wrong", [1.0 + 3e-9, np.nan, 2.0])
def test_an_answer_that_differs_is_noticed(wrong: float) -> None:
    assert compare("file", "what", [1.0, 1.0], [1.0, 1.0]).agrees
    assert not compare("file", "what", [1.0, wrong], [1.0, 1.0]).agrees
