"""The real ground under the made-up people: areas, practices, and who lives and is registered where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.errors import DataError
from doorstep.reference import places
from doorstep.synthetic.arrays import Bools, Floats, Ints

N_AGES = 91
N_ELSEWHERE = 40
# 16 ethnic categories within the census's five groups; shares within a group are ours, for plausibility.
CATEGORIES_OF_GROUP = {
    "white": {"A": 0.93, "B": 0.02, "C": 0.05},
    "black": {"M": 0.25, "N": 0.60, "P": 0.15},
    "asian": {"H": 0.35, "J": 0.20, "K": 0.12, "L": 0.18, "R": 0.15},
    "mixed": {"D": 0.35, "E": 0.15, "F": 0.25, "G": 0.25},
    "other": {"S": 1.0},
}
CATEGORIES = tuple(c for shares in CATEGORIES_OF_GROUP.values() for c in shares)
_AGE_GROUPS = ("younger", "working_age", "older")


@dataclass(frozen=True)
class Ground:
    """Areas and practices of one Place, and the distributions people are drawn from.

    LSOAs are those where the practices' patients live, `inside` the Place's area or not. `cells` pairs a practice with
    an LSOA; `ages[l, a]` and `ethnicity[l, c]` are cumulated shares by LSOA, `female[l, g]` shares by broad age group.
    """

    name: str
    slug: str
    practices: tuple[str, ...]
    lsoas: tuple[str, ...]
    lsoas_2011: tuple[str, ...]
    inside: Bools
    decile: Ints
    list_size: int
    cell_practice: Ints
    cell_lsoa: Ints
    cell_weight: Floats
    ages: Floats
    female: Floats
    ethnicity: Floats
    postcodes: dict[int, tuple[str, ...]]
    elsewhere_practices: tuple[str, ...]
    elsewhere_lsoas_2011: tuple[str, ...]

    @classmethod
    def of(cls, place: str) -> Ground:
        """Read one Place's ground; DataError where its practices have no registered patients in the tables."""
        definition = places.find(place)
        cells = _cells(definition.practices())
        if not len(cells["weight"]):
            raise DataError(f"no registrations are known for {definition.name.strip()}", expected="a Place with lists")
        practices, cell_practice = np.unique(cells["practice"], return_inverse=True)
        lsoas, cell_lsoa = np.unique(cells["lsoa21"], return_inverse=True)
        areas = _by("lsoa21", "lsoa21", lsoas, ["imd2025_decile", "ltla24"])
        return cls(
            name=definition.name,
            slug=definition.slug,
            practices=tuple(map(str, practices)),
            lsoas=tuple(map(str, lsoas)),
            lsoas_2011=_editions_2011(lsoas),
            inside=np.isin(lsoas, np.array(definition.lsoas(), dtype=object)),
            decile=np.array(areas["imd2025_decile"], dtype=np.int8),
            list_size=round(float(np.sum(cells["weight"]))),
            cell_practice=cell_practice.astype(np.int16),
            cell_lsoa=cell_lsoa.astype(np.int32),
            cell_weight=cells["weight"],
            ages=_ages(lsoas),
            female=_female(areas["ltla24"]),
            ethnicity=_ethnicity(lsoas),
            postcodes=_postcodes(lsoas),
            elsewhere_practices=_elsewhere("practices", "practice", "icb", definition.icb, practices),
            elsewhere_lsoas_2011=_editions_2011(
                np.array(_elsewhere("lsoa21", "lsoa21", "icb24_nhs", definition.icb, lsoas))
            ),
        )


def _read(name: str, columns: list[str], filters: Any = None) -> pa.Table:
    return pq.read_table(reference.table(name), columns=columns, filters=filters)


def _by(name: str, key: str, order: Any, columns: list[str]) -> dict[str, list[Any]]:
    """Return columns of a reference table for the keys of `order`, in that order."""
    found = _read(name, [key, *columns], [(key, "in", list(map(str, order)))]).to_pydict()
    at = {value: i for i, value in enumerate(found[key])}
    return {c: [found[c][at[str(value)]] for value in order] for c in columns}


def _cells(practices: tuple[str, ...]) -> dict[str, Any]:
    """Return patients by practice and 2021 LSOA, from registrations by 2011 LSOA and the ONS lookup's shares."""
    lists = _read("registrations", ["practice", "lsoa11", "patients"], [("practice", "in", list(practices))])
    lookup = _read("lsoa11_lsoa21", ["lsoa11", "lsoa21", "share_of_lsoa11"])
    joined = lists.join(lookup, "lsoa11", join_type="inner")
    weighted = joined.append_column(
        "weight", pa.array(np.asarray(joined["patients"]) * np.asarray(joined["share_of_lsoa11"]))
    )
    cells = weighted.group_by(["practice", "lsoa21"]).aggregate([("weight", "sum")])
    cells = cells.sort_by([("lsoa21", "ascending"), ("practice", "ascending")])
    known = _read("lsoa21", ["lsoa21"])["lsoa21"]
    cells = cells.filter(pa.compute.is_in(cells["lsoa21"], value_set=known.combine_chunks()))
    return {
        "practice": np.asarray(cells["practice"].to_pylist(), dtype=object),
        "lsoa21": np.asarray(cells["lsoa21"].to_pylist(), dtype=object),
        "weight": np.asarray(cells["weight_sum"], dtype=np.float64),
    }


def _editions_2011(lsoas: Any) -> tuple[str, ...]:
    """Return for each 2021 LSOA the 2011 LSOA that most of it was; its own code where the change was irregular."""
    wanted = list(map(str, lsoas))
    regular = [("lsoa21", "in", wanted), ("change_code", "!=", "X")]
    lookup = _read("lsoa11_lsoa21", ["lsoa11", "lsoa21", "share_of_lsoa21"], regular)
    lookup = lookup.sort_by([("share_of_lsoa21", "ascending"), ("lsoa11", "ascending")])
    best = dict(zip(lookup["lsoa21"].to_pylist(), lookup["lsoa11"].to_pylist(), strict=True))
    return tuple(best.get(code, code) for code in wanted)


def _ages(lsoas: Any) -> Floats:
    table = _read("age_lsoa21", ["lsoa21", "age", "persons"], [("lsoa21", "in", list(map(str, lsoas)))])
    row = np.searchsorted(lsoas, np.asarray(table["lsoa21"].to_pylist(), dtype=object))
    persons = np.zeros((len(lsoas), N_AGES))
    np.add.at(persons, (row, np.minimum(np.asarray(table["age"]), N_AGES - 1)), np.asarray(table["persons"]))
    persons[persons.sum(axis=1) == 0] = persons.sum(axis=0)
    return _cumulated(persons)


def _cumulated(persons: Floats) -> Floats:
    shares: Floats = np.cumsum(persons, axis=1) / persons.sum(axis=1, keepdims=True)
    return shares


def _female(councils: list[str]) -> Floats:
    table = _read("sex_ltla", ["ltla24", "age_group", "female_share"]).to_pydict()
    share = dict(zip(zip(table["ltla24"], table["age_group"], strict=True), table["female_share"], strict=True))
    return np.array([[share.get((council, group), 0.51) for group in _AGE_GROUPS] for council in councils])


def _ethnicity(lsoas: Any) -> Floats:
    groups = _by("ethnicity_lsoa21", "lsoa21", lsoas, list(CATEGORIES_OF_GROUP))
    parts = [
        np.outer(np.asarray(groups[group], dtype=float) + 1e-9, list(shares.values()))
        for group, shares in CATEGORIES_OF_GROUP.items()
    ]
    return _cumulated(np.hstack(parts))


def _postcodes(lsoas: Any) -> dict[int, tuple[str, ...]]:
    """Return a few real postcodes for each LSOA by its position; empty where the table does not reach."""
    table = _read("postcodes_cm", ["postcode", "lsoa21"], [("lsoa21", "in", list(map(str, lsoas)))]).to_pydict()
    found: dict[str, list[str]] = {}
    for postcode, lsoa in zip(table["postcode"], table["lsoa21"], strict=True):
        found.setdefault(lsoa, []).append(postcode)
    return {i: tuple(found[str(lsoa)]) for i, lsoa in enumerate(lsoas) if str(lsoa) in found}


def _elsewhere(name: str, key: str, icb: str, own: str, used: Any) -> tuple[str, ...]:
    """Return a few codes of other systems, spread over the country, that no registered person has."""
    table = _read(name, [key, icb]).sort_by(key).to_pydict()
    mine = set(map(str, used))
    others = [code for code, system in zip(table[key], table[icb], strict=True) if system != own and code not in mine]
    return tuple(others[:: max(1, len(others) // N_ELSEWHERE)][:N_ELSEWHERE])
