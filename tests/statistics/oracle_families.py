"""Every family of oracles; each module adds its own."""

from __future__ import annotations

import oracle_disclosure
from oracle_kit import Family

FAMILIES: tuple[Family, ...] = (*oracle_disclosure.FAMILIES,)
