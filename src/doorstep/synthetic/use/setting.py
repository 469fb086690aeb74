"""Where care is given: each area's own hospital, and how hospitals and practices differ from one another.

What concerns a whole list or hospital is drawn from streams that belong to no part, so that all parts agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Words
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.use.chances import normal, unit
from doorstep.synthetic.use.constants import Fitted, Singles, assumed, fitted

PEOPLE_A_HOSPITAL = 220_000
FEWEST = 3
URGENT_TREATMENT = "DS4"
COMMUNITY = ("DSC", "DSM")
_MORE = "ABCEFGHJKLMNPQRTUVWXYZ0123456789"


@dataclass(frozen=True)
class Setting:
    """Hospitals, which of them serves each LSOA, and what each practice and hospital does differently (factors)."""

    hospitals: tuple[str, ...]
    own: Ints
    practice: Mapping[str, Singles]
    stay: Singles
    depth: Singles
    fitted: Fitted

    @classmethod
    def of(cls, ground: Ground, parameters: Parameters, constants: Fitted | None = None) -> Setting:
        """Return the setting of a ground; `constants` are those that ship, where none are given."""
        found = _setting(ground.practices, ground.lsoas, ground.list_size, parameters.seed, parameters.without)
        return cls(**found, fitted=constants or fitted())

    def providers(self, lsoa: Ints, rng: np.random.Generator) -> Words:
        """Draw a hospital for each event: the area's own for most, one next to it for some."""
        n = len(self.hospitals)
        u = unit(rng, len(lsoa))
        own = assumed()["variation"]["own_hospital"]
        away = np.where(u < own, 0, 1 + ((u - own) * (2 / (1 - own))).astype(np.int64) % 2)
        at = (self.own[lsoa] + away) % n
        return Words(at.astype(np.int16), self.hospitals)


def hospital_codes(n: int) -> tuple[str, ...]:
    """Return n made-up codes: DS1 to DS3, then DA0, DA1, …"""
    more = [f"D{a}{b}" for a in _MORE[:12] for b in _MORE[::-1]]
    return (*(f"DS{i + 1}" for i in range(min(n, FEWEST))), *more[: max(0, n - FEWEST)])


@cache
def _order() -> dict[str, int]:
    """Position of each LSOA among all, by council and then neighbourhood: those of one place lie together."""
    table = pq.read_table(reference.table("lsoa21"), columns=["lsoa21", "ltla24", "msoa21"])
    table = table.sort_by([("ltla24", "ascending"), ("msoa21", "ascending"), ("lsoa21", "ascending")])
    return {code: i for i, code in enumerate(table["lsoa21"].to_pylist())}


@lru_cache(maxsize=4)
def _setting(
    practices: tuple[str, ...], lsoas: tuple[str, ...], list_size: int, seed: int, without: tuple[str, ...]
) -> dict[str, Any]:
    n = max(FEWEST, round(list_size / PEOPLE_A_HOSPITAL))
    place = np.argsort(np.argsort([_order()[code] for code in lsoas]))
    streams, spread = Streams(seed), assumed()["variation"]

    def factors(name: str, size: int, mechanism: str) -> Singles:
        sd = spread[name] * (mechanism not in without)
        drawn: Singles = np.exp(sd * normal(streams(name), size) - sd * sd / 2).astype(np.float32)
        return drawn

    return {
        "hospitals": hospital_codes(n),
        "own": (place * n // max(len(lsoas), 1)).astype(np.int16),
        "practice": {
            kind: factors(f"practice_{kind}", len(practices), "practice_variation")
            for kind in ("attendance", "general_practice", "outpatients")
        },
        "stay": factors("provider_stay", n, "provider_variation"),
        "depth": factors("provider_depth", n, "provider_variation"),
    }
