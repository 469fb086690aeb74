"""Every family of oracles; each module adds its own."""

from __future__ import annotations

import oracle_charts
import oracle_indicators
from oracle_kit import Family

FAMILIES: tuple[Family, ...] = (*oracle_indicators.FAMILIES, *oracle_charts.FAMILIES)
