"""Who lives in each Place's real areas, by age, ethnic group and fifth of deprivation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doorstep.reference import places
from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.programme_returns.rates import constants
from doorstep.synthetic.tables import by_code, positions, read

BANDS, GROUPS, FIFTHS = 9, 5, 5
_EDGES = np.array([18, 20, 30, 40, 50, 60, 70, 80, 90])
_ETHNIC = ["white", "black", "asian", "mixed", "other"]  # in the return's order


@cache
def _adults() -> dict[str, tuple[Floats, Floats]]:
    """Return, by Place, adults by band of age and fifth, and people by fifth and ethnic group."""
    found = {}
    people = _by_band()
    for place in places.all_places():
        lsoas = place.lsoas()
        fifth = (by_code("lsoa21", "lsoa21", lsoas, ["imd2025_decile"])["imd2025_decile"] + 1) // 2 - 1
        groups = by_code("ethnicity_lsoa21", "lsoa21", lsoas, _ETHNIC)
        ages = _of(people, lsoas)
        of_fifth = (fifth[None, :] == np.arange(FIFTHS)[:, None]).astype(float)
        ethnic = np.stack([groups[name] for name in _ETHNIC], axis=1).astype(float)
        found[place.slug] = (ages.T @ of_fifth.T, of_fifth @ ethnic)
    return found


def _by_band() -> pa.Table:
    """Return adults by LSOA and band of age."""
    table = read("age_lsoa21", ["lsoa21", "age", "persons"], [("age", ">=", int(_EDGES[0]))])
    band = pa.array(np.searchsorted(_EDGES, table["age"].to_numpy(), side="right") - 1)
    lsoa = table["lsoa21"].combine_chunks()
    wide = pa.table({"lsoa21": lsoa, "band": band, "persons": table["persons"]})
    return wide.group_by(["lsoa21", "band"]).aggregate([("persons", "sum")])


def _of(people: pa.Table, lsoas: Sequence[str]) -> Floats:
    """Return adults by LSOA, in the order given, and band."""
    inside = people.filter(pc.is_in(people["lsoa21"], value_set=pa.array(lsoas, pa.string())))
    counts = np.zeros((len(lsoas), BANDS))
    rows = positions(inside["lsoa21"].combine_chunks(), pa.array(lsoas, pa.string()))
    counts[rows, inside["band"].to_numpy()] = inside["persons_sum"].to_numpy()
    return counts


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
