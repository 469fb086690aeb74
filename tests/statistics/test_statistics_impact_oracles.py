"""Every answer of impact and of risk agrees with the oracles."""

from __future__ import annotations

import oracle_impact
import oracle_risk
import pytest
from oracle_kit import SHIPPED, Family


@pytest.mark.parametrize("family", [*oracle_impact.FAMILIES, *oracle_risk.FAMILIES], ids=lambda f: f.__name__)
def test_every_answer_agrees_with_the_oracle(family: Family) -> None:
    found = list(family(SHIPPED))
    assert found
    assert [c for c in found if not c.agrees] == []
