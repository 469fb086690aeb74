"""Every family of oracles; each module adds its own."""

from __future__ import annotations

from oracle_kit import Family

FAMILIES: tuple[Family, ...] = ()
