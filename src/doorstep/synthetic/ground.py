"""The real ground under the made-up people: areas, practices, and who lives and is registered where."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doorstep.errors import DataError, UsageError
from doorstep.reference import places
from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.residents import Residents
from doorstep.synthetic.schedules import GROUPS, schedules
from doorstep.synthetic.tables import by_code, column, positions, read, selected

N_ELSEWHERE = 40
ENGLAND = "England"
# Who is from elsewhere, where the ground is all of England: the national codes for a practice that is not known or not
# applicable, and areas of Wales.
DEFAULT_PRACTICES = ("V81997", "V81998", "V81999")
WELSH_LSOAS = ("W01000001", "W01000100", "W01000500", "W01001000", "W01001500")
# The 16 ethnic categories of NHS records, in order of the census's five groups.
CATEGORIES_OF_GROUP: dict[str, dict[str, float]] = {g: schedules()["ethnic_category"]["shares"][g] for g in GROUPS}
CATEGORIES = tuple(c for shares in CATEGORIES_OF_GROUP.values() for c in shares)


@dataclass(frozen=True)
class Ground:
    """Areas and practices of one Place, and the distributions people are drawn from.

    LSOAs are those where the practices' patients live, `inside` the Place's area or not. A cell pairs an LSOA with a
    practice: cells are in order of LSOA and, within it, of the number of patients, the largest first. `residents` says
    who lives in each LSOA.
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
    residents: Residents
    postcodes: dict[int, tuple[str, ...]]
    elsewhere_practices: tuple[str, ...]
    elsewhere_lsoas_2011: tuple[str, ...]

    @cached_property
    def edges(self) -> dict[str, Floats]:
        """Cumulated shares of the cells: of the registered (`settled`), of `newcomers`, of `births`."""
        return {name: np.cumsum(weight) / weight.sum() for name, weight in self._weights.items()}

    @cached_property
    def _weights(self) -> dict[str, Floats]:
        weight, lsoa = self.cell_weight, self.cell_lsoa
        newcomers, births = self.residents.joins[lsoa], self.residents.births[lsoa]
        return {"settled": weight, "newcomers": weight * newcomers, "births": weight * births}

    @cached_property
    def newcomers(self) -> float:
        """How often somebody joins here, against the average of England."""
        return float(self._weights["newcomers"].sum() / self.cell_weight.sum())

    @cached_property
    def births(self) -> float:
        """Births a year for each person registered."""
        return float(self._weights["births"].sum() / self.cell_weight.sum())

    def along(self, name: str, settled: Floats) -> Floats:
        """Return which share of newcomers or births belongs to the first so many of the registered."""
        start = np.concatenate([[0.0], self.edges["settled"]])
        return np.asarray(np.interp(settled, start, np.concatenate([[0.0], self.edges[name]])))

    @cached_property
    def cells_of_practice(self) -> tuple[Ints, Floats, Floats]:
        """The cells in order of practice, their weight cumulated from 0, and where each practice starts."""
        order = np.argsort(self.cell_practice, kind="stable")
        total = np.concatenate([[0.0], np.cumsum(self.cell_weight[order])])
        first = np.searchsorted(self.cell_practice[order], np.arange(len(self.practices) + 1))
        return order, total, total[first]

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
        practices = selected("practices", "practice", "icb", icb)
        return cls._from(
            name, places.plain(name).replace(" ", "-"), practices, selected("lsoa21", "lsoa21", "icb24_nhs", icb), icb
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
        areas = by_code("lsoa21", "lsoa21", lsoas, ["imd2025_decile", "ltla24"])
        decile = areas["imd2025_decile"].astype(np.int8)
        weight: Floats = np.bincount(cells.lsoa, cells.weight).astype(float)
        inside = np.ones(len(lsoas), bool) if area is None else np.isin(lsoas, list(area))
        return cls(
            name=name,
            slug=slug,
            practices=cells.practices,
            lsoas=lsoas,
            lsoas_2011=_editions_2011(lsoas),
            inside=inside,
            decile=decile,
            list_size=round(float(np.sum(cells.weight))),
            cell_practice=cells.practice,
            cell_lsoa=cells.lsoa,
            cell_weight=cells.weight,
            residents=Residents.of(lsoas, areas["ltla24"], decile, weight),
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
    table = read("lsoa21", ["icb24_nhs", "icb24_name"]).group_by(["icb24_nhs", "icb24_name"]).aggregate([])
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
    """Patients by practice and 2021 LSOA, in order of LSOA, the largest first; positions in the two lists of codes."""

    practices: tuple[str, ...]
    lsoas: tuple[str, ...]
    practice: Ints
    lsoa: Ints
    weight: Floats


def _cells(practices: Sequence[str] | None) -> _Cells:
    """Return patients by practice and 2021 LSOA, from registrations by 2011 LSOA and the ONS lookup's shares."""
    chosen = None if practices is None else [("practice", "in", list(practices))]
    lists = read("registrations", ["practice", "lsoa11", "patients"], chosen)
    lookup = read("lsoa11_lsoa21", ["lsoa11", "lsoa21", "share_of_lsoa11"])
    joined = lists.join(lookup, "lsoa11", join_type="inner")
    joined = joined.filter(pc.is_in(joined["lsoa21"], value_set=column("lsoa21", "lsoa21")))
    weight = pa.array(np.asarray(joined["patients"]) * np.asarray(joined["share_of_lsoa11"]))
    cells = joined.append_column("weight", weight).group_by(["practice", "lsoa21"]).aggregate([("weight", "sum")])
    # Rounded, for the order in which threads add up decides the last digit.
    cells = cells.append_column("patients", pc.round(cells["weight_sum"], 3))
    cells = cells.sort_by([("lsoa21", "ascending"), ("patients", "descending"), ("practice", "ascending")])
    names = {key: tuple(sorted(pc.unique(cells[key]).to_pylist())) for key in ("practice", "lsoa21")}
    return _Cells(
        names["practice"],
        names["lsoa21"],
        positions(cells["practice"], names["practice"]).astype(np.int16),
        positions(cells["lsoa21"], names["lsoa21"]).astype(np.int32),
        np.asarray(cells["patients"], dtype=np.float64),
    )


def _editions_2011(lsoas: Any) -> tuple[str, ...]:
    """Return for each 2021 LSOA the 2011 LSOA that most of it was; its own code where the change was irregular."""
    wanted = list(map(str, lsoas))
    regular = [("lsoa21", "in", wanted), ("change_code", "!=", "X")]
    lookup = read("lsoa11_lsoa21", ["lsoa11", "lsoa21", "share_of_lsoa21"], regular)
    lookup = lookup.sort_by([("share_of_lsoa21", "ascending"), ("lsoa11", "ascending")])
    best = dict(zip(lookup["lsoa21"].to_pylist(), lookup["lsoa11"].to_pylist(), strict=True))
    return tuple(best.get(code, code) for code in wanted)


def _postcodes(lsoas: Any) -> dict[int, tuple[str, ...]]:
    """Return a few real postcodes for each LSOA by its position; empty where the table does not reach."""
    table = read("postcodes_cm", ["postcode", "lsoa21"], [("lsoa21", "in", list(map(str, lsoas)))]).to_pydict()
    found: dict[str, list[str]] = {}
    for postcode, lsoa in zip(table["postcode"], table["lsoa21"], strict=True):
        found.setdefault(lsoa, []).append(postcode)
    return {i: tuple(found[str(lsoa)]) for i, lsoa in enumerate(lsoas) if str(lsoa) in found}


def _elsewhere(name: str, key: str, icb: str, own: str, used: Any) -> tuple[str, ...]:
    """Return a few codes of other systems, spread over the country, that no registered person has."""
    table = read(name, [key, icb]).sort_by(key).to_pydict()
    mine = set(map(str, used))
    others = [code for code, system in zip(table[key], table[icb], strict=True) if system != own and code not in mine]
    return tuple(others[:: max(1, len(others) // N_ELSEWHERE)][:N_ELSEWHERE])
