"""Who belongs to this Place: its practices and areas, and the people its person lists name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.home import Home

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Scope:
    """The Place's practices (ODS codes) and areas (LSOA 2021 codes)."""

    practices: frozenset[str]
    lsoas: frozenset[str]

    @classmethod
    def of(cls, home: Home) -> Scope:
        """Return the scope of the Place that the home's config.toml names."""
        from doorstep.reference import places

        place, practices = places.configured(home.config())
        return cls(frozenset(practices), frozenset(place.lsoas()))

    def create(self, con: duckdb.DuckDBPyConnection) -> None:
        """Create the temp tables place_practice(practice) and place_lsoa(lsoa21)."""
        for table, column, codes in (
            ("place_practice", "practice", self.practices),
            ("place_lsoa", "lsoa21", self.lsoas),
        ):
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(?::VARCHAR[]) AS {column}", [sorted(codes)]
            )


def row_is_inside(columns: frozenset[str]) -> str:
    """Return SQL that is true where the row's own practice or LSOA (alias `s`) is in the Place."""
    tests = []
    if "practice" in columns:
        tests.append("s.practice IN (SELECT practice FROM place_practice)")
    if "lsoa21" in columns:
        tests.append("s.lsoa21 IN (SELECT lsoa21 FROM place_lsoa)")
    return f"coalesce({' OR '.join(f'coalesce({t}, false)' for t in tests) or 'false'}, false)"


def row_says_where(columns: frozenset[str]) -> str:
    """Return SQL that is true where the row itself gives a practice or an LSOA (alias `s`)."""
    given = [f"s.{c} IS NOT NULL" for c in ("practice", "lsoa21") if c in columns]
    return f"({' OR '.join(given) or 'false'})"
