"""Every family of oracles; each module adds its own."""

from __future__ import annotations

import oracle_charts
import oracle_impact
import oracle_indicators
import oracle_risk
from oracle_kit import Family

FAMILIES: tuple[Family, ...] = (
    *oracle_indicators.FAMILIES,
    *oracle_charts.FAMILIES,
    *oracle_impact.FAMILIES,
    *oracle_risk.FAMILIES,
)
