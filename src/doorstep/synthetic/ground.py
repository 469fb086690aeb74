"""The real ground under the made-up people: areas, practices, and who lives and is registered where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.errors import DataError, UsageError
from doorstep.reference import places
from doorstep.synthetic.arrays import Bools, Floats, Ints

N_AGES = 91
N_ELSEWHERE = 40
ENGLAND = "England"
# Who is from elsewhere, where the ground is all of England: the national codes for a practice that is not known or not
# applicable, and areas of Wales.
DEFAULT_PRACTICES = ("V81997", "V81998", "V81999")
WELSH_LSOAS = ("W01000001", "W01000100", "W01000500", "W01001000", "W01001500")
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
        found = places.find(place)
        return cls._from(found.name, found.slug, found.practices(), found.lsoas(), found.icb)

    @classmethod
    def of_system(cls, system: str) -> Ground:
        """Read the ground of an integrated care board by name or code, or of "England": every practice with a list.

        Raises UsageError, with the nearest names, where there is no such system.
        """
        if places.plain(system) == ENGLAND.lower():
            return cls._from(ENGLAND, ENGLAND.lower(), None, None, None)
        icb, name = find_system(system)
        practices = _select("practices", "practice", "icb", icb)
        return cls._from(
            name, places.plain(name).replace(" ", "-"), practices, _select("lsoa21", "lsoa21", "icb24_nhs", icb), icb
        )

    @classmethod
    def _from(
        cls, name: str, slug: str, of_practices: Sequence[str] | None, area: Sequence[str] | None, icb: str | None
    ) -> Ground:
        """Read the ground of some practices (None: all that have a list) and an area (None: all of England)."""
        cells = _cells(of_practices)
        if not len(cells.weight):
            raise DataError(f"no registrations are known for {name.strip()}", expected="a Place with lists")
        lsoas = cells.lsoas
        areas = _by("lsoa21", "lsoa21", lsoas, ["imd2025_decile", "ltla24"])
        inside = np.ones(len(lsoas), bool) if area is None else np.isin(lsoas, list(area))
        return cls(
            name=name,
            slug=slug,
            practices=cells.practices,
            lsoas=lsoas,
            lsoas_2011=_editions_2011(lsoas),
            inside=inside,
            decile=np.array(areas["imd2025_decile"], dtype=np.int8),
            list_size=round(float(np.sum(cells.weight))),
            cell_practice=cells.practice,
            cell_lsoa=cells.lsoa,
            cell_weight=cells.weight,
            ages=_ages(lsoas),
            female=_female(areas["ltla24"]),
            ethnicity=_ethnicity(lsoas),
            postcodes=_postcodes(lsoas),
            elsewhere_practices=DEFAULT_PRACTICES
            if icb is None
            else _elsewhere("practices", "practice", "icb", icb, cells.practices),
            elsewhere_lsoas_2011=WELSH_LSOAS
            if icb is None
            else _editions_2011(_elsewhere("lsoa21", "lsoa21", "icb24_nhs", icb, lsoas)),
        )


def find_system(name: str) -> tuple[str, str]:
    """Return code and short name of an integrated care board; "NHS" and "Integrated Care Board" may be left out."""
    table = _read("lsoa21", ["icb24_nhs", "icb24_name"]).group_by(["icb24_nhs", "icb24_name"]).aggregate([])
    systems = {_short(row["icb24_name"]): row["icb24_nhs"] for row in table.to_pylist()}
    known = {places.plain(short): (code, short) for short, code in systems.items()}
    known |= {places.plain(code): (code, short) for short, code in systems.items()}
    wanted = places.plain(_short(name.strip()))
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    raise UsageError(
        f"no integrated care board is called {name!r}",
        expected="one of the 42 boards of April 2024, by name or code, or England",
        where="--system",
        do="did you mean " + " or ".join(dict.fromkeys(known[n][1] for n in near)) + "?" if near else "",
    )


def _short(name: str) -> str:
    return re.sub(r"\s+(integrated care board|icb)$", "", re.sub(r"^nhs\s+", "", name, flags=re.I), flags=re.I)


@dataclass(frozen=True)
class _Cells:
    """Patients by practice and 2021 LSOA, in order of LSOA and then practice; positions in the two lists of codes."""

    practices: tuple[str, ...]
    lsoas: tuple[str, ...]
    practice: Ints
    lsoa: Ints
    weight: Floats


def _read(name: str, columns: list[str], filters: Any = None) -> pa.Table:
    return pq.read_table(reference.table(name), columns=columns, filters=filters)


def _by(name: str, key: str, order: Any, columns: list[str]) -> dict[str, list[Any]]:
    """Return columns of a reference table for the keys of `order`, in that order."""
    found = _read(name, [key, *columns], [(key, "in", list(map(str, order)))]).to_pydict()
    at = {value: i for i, value in enumerate(found[key])}
    return {c: [found[c][at[str(value)]] for value in order] for c in columns}


def _select(name: str, column: str, where: str, value: str) -> tuple[str, ...]:
    """Return the codes of a table's rows that belong to a system."""
    return tuple(sorted(_read(name, [column], [(where, "==", value)])[column].to_pylist()))


def _cells(practices: Sequence[str] | None) -> _Cells:
    """Return patients by practice and 2021 LSOA, from registrations by 2011 LSOA and the ONS lookup's shares."""
    chosen = None if practices is None else [("practice", "in", list(practices))]
    lists = _read("registrations", ["practice", "lsoa11", "patients"], chosen)
    lookup = _read("lsoa11_lsoa21", ["lsoa11", "lsoa21", "share_of_lsoa11"])
    joined = lists.join(lookup, "lsoa11", join_type="inner")
    weight = pa.array(np.asarray(joined["patients"]) * np.asarray(joined["share_of_lsoa11"]))
    cells = joined.append_column("weight", weight).group_by(["practice", "lsoa21"]).aggregate([("weight", "sum")])
    cells = cells.filter(pc.is_in(cells["lsoa21"], value_set=_column("lsoa21", "lsoa21")))
    cells = cells.sort_by([("lsoa21", "ascending"), ("practice", "ascending")])
    names = {key: tuple(sorted(pc.unique(cells[key]).to_pylist())) for key in ("practice", "lsoa21")}
    return _Cells(
        names["practice"],
        names["lsoa21"],
        _positions(cells["practice"], names["practice"]).astype(np.int16),
        _positions(cells["lsoa21"], names["lsoa21"]).astype(np.int32),
        np.asarray(cells["weight_sum"], dtype=np.float64),
    )


def _column(name: str, column: str) -> Any:
    return _read(name, [column])[column].combine_chunks()


def _positions(codes: Any, order: Sequence[str]) -> Ints:
    """Return where in `order` each code stands; -1 where it does not."""
    return np.asarray(pc.fill_null(pc.index_in(codes, value_set=pa.array(order, pa.string())), -1))


def _editions_2011(lsoas: Any) -> tuple[str, ...]:
    """Return for each 2021 LSOA the 2011 LSOA that most of it was; its own code where the change was irregular."""
    wanted = list(map(str, lsoas))
    regular = [("lsoa21", "in", wanted), ("change_code", "!=", "X")]
    lookup = _read("lsoa11_lsoa21", ["lsoa11", "lsoa21", "share_of_lsoa21"], regular)
    lookup = lookup.sort_by([("share_of_lsoa21", "ascending"), ("lsoa11", "ascending")])
    best = dict(zip(lookup["lsoa21"].to_pylist(), lookup["lsoa11"].to_pylist(), strict=True))
    return tuple(best.get(code, code) for code in wanted)


def _ages(lsoas: Sequence[str]) -> Floats:
    table = _read("age_lsoa21", ["lsoa21", "age", "persons"])
    row = _positions(table["lsoa21"], lsoas)
    at = row * N_AGES + np.minimum(np.asarray(table["age"]), N_AGES - 1)
    known = row >= 0
    persons: Floats = (
        np.bincount(at[known], np.asarray(table["persons"])[known], len(lsoas) * N_AGES)
        .astype(float)
        .reshape(-1, N_AGES)
    )
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
