"""Who lives in each Place's real areas, by age, ethnic group and fifth of deprivation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

from doorstep.reference import places
from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.programme_returns.rates import constants
from doorstep.synthetic.tables import by_code, column, positions, read

BANDS, GROUPS, FIFTHS = 9, 5, 5
_EDGES = np.array([18, 20, 30, 40, 50, 60, 70, 80, 90])
_ETHNIC = ["white", "black", "asian", "mixed", "other"]  # in the return's order


@cache
def _adults() -> dict[str, tuple[Floats, Floats]]:
    """Return, by Place, adults by band of age and fifth, and people by fifth and ethnic group."""
    codes = column("lsoa21", "lsoa21")
    order = codes.to_pylist()
    decile = by_code("lsoa21", "lsoa21", order, ["imd2025_decile"])["imd2025_decile"]
    of_fifth = ((decile[:, None] + 1) // 2 == np.arange(1, FIFTHS + 1)).astype(float)
    groups = by_code("ethnicity_lsoa21", "lsoa21", order, _ETHNIC)
    ethnic = np.stack([groups[name] for name in _ETHNIC], axis=1).astype(float)
    ages = _by_band(codes)
    found = {}
    for place in places.all_places():
        at = positions(pa.array(place.lsoas(), pa.string()), codes)
        found[place.slug] = (ages[at].T @ of_fifth[at], of_fifth[at].T @ ethnic[at])
    return found


def _by_band(codes: pa.Array) -> Floats:
    """Return adults by LSOA, in the order of `codes`, and band of age."""
    table = read("age_lsoa21", ["lsoa21", "age", "persons"], [("age", ">=", int(_EDGES[0]))])
    band = np.searchsorted(_EDGES, table["age"].to_numpy(), side="right") - 1
    cell = positions(table["lsoa21"].combine_chunks(), codes) * BANDS + band
    persons = table["persons"].to_numpy().astype(float)
    return np.asarray(np.bincount(cell, persons, len(codes) * BANDS).reshape(-1, BANDS), dtype=float)


@cache
def cohort_mix(slug: str) -> Floats:
    """Return the shares of the national target group among a Place's adults: by age, ethnic group and fifth (9, 5, 5).

    The older are more often of the group White than the people of all ages of the same fifth of the same Place.
    """
    given = constants()["cohort"]
    ages, ethnic = _adults()[slug]
    eligible = ages * np.array(given["by_age"])[:, None] * np.array(given["by_fifth"])[None, :]
    odds = np.ones((BANDS, GROUPS))
    odds[:, 0] = given["white_odds"]
    shares = ethnic[None, :, :] * odds[:, None, :]
    shares /= np.maximum(shares.sum(axis=2, keepdims=True), 1e-12)
    joint = eligible[:, None, :] * np.swapaxes(shares, 1, 2)
    return np.asarray(joint / joint.sum())


@cache
def standard_ages_and_fifths() -> Floats:
    """Return the shares of all Places' target groups by age and fifth (9, 5): what levels are the average over."""
    weights = {slug: ages.sum() for slug, (ages, _) in _adults().items()}
    total = sum(cohort_mix(slug).sum(axis=1) * weight for slug, weight in weights.items())
    return np.asarray(total / np.sum(total))
