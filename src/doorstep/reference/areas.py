"""Areas and deprivation: which edition a set of LSOA codes is of, and which table may be joined to it.

The edition is part of the key. Most codes stand for the same place in both editions, so a join of the wrong index finds
a decile for 94% of areas and silently none, or the wrong one, for the rest. Here a mixed join is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from doorstep.errors import DataError, UsageError
from doorstep.reference.tables import table

Vintage = Literal["2011", "2021"]


@dataclass(frozen=True)
class DeprivationJoin:
    """How to read a decile (1 most deprived … 10): join `table` on `key` and take `decile`."""

    index: str
    lsoa_vintage: Vintage
    table: Path
    key: str
    decile: str


_JOINS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("imd2025", "2021"): ("lsoa21", "lsoa21", "imd2025_decile"),
    ("imd2019", "2011"): ("lsoa11", "lsoa11", "imd2019_decile"),
    ("imd2019_on_lsoa21", "2021"): ("imd2019_on_lsoa21", "lsoa21", "imd2019_decile"),
}
_INDICES = tuple(dict.fromkeys(index for index, _ in _JOINS))
_INSTEAD = {
    ("imd2019", "2021"): "use the converted table: deprivation('imd2019_on_lsoa21', '2021')",
    ("imd2025", "2011"): "carry the codes to 2021 first, with the table lsoa21_of_lsoa11",
    ("imd2019_on_lsoa21", "2011"): "use the index on its own areas: deprivation('imd2019', '2011')",
}


def deprivation(index: str, lsoa_vintage: Vintage) -> DeprivationJoin:
    """Return which table and columns give the decile of an LSOA.

    `index` is imd2025, imd2019 or imd2019_on_lsoa21. Raises UsageError for another index or vintage, and DataError
    for a mixed vintage (an index published on other areas than the codes are of).
    """
    if index not in _INDICES or lsoa_vintage not in ("2011", "2021"):
        raise UsageError(
            f"there is no index {index!r} on {lsoa_vintage!r} areas",
            expected=f"one of {', '.join(_INDICES)}, and 2011 or 2021",
        )
    if (index, lsoa_vintage) not in _JOINS:
        raise DataError(
            f"mixed vintage: {index} is not published on {lsoa_vintage} LSOA codes",
            expected="an index and codes of one edition",
            do=_INSTEAD[index, lsoa_vintage],
        )
    name, key, decile = _JOINS[index, lsoa_vintage]
    return DeprivationJoin(index, lsoa_vintage, table(name), key, decile)


@cache
def _codes(name: str) -> frozenset[str]:
    import pyarrow.parquet as pq  # heavy: only when codes are asked about

    return frozenset(pq.read_table(table(name), columns=[name]).column(name).to_pylist())


def lsoa_vintage(codes: Iterable[str | None]) -> Vintage:
    """Return the edition that a set of LSOA codes is of; 2021 where every code is the same area in both.

    Blanks and codes of neither edition (other countries, typing errors) are left aside. Raises DataError for a mixed
    set, naming codes of each edition, and for a set without one English LSOA code.
    """
    given = {code for code in codes if code}
    only_2011 = (given & _codes("lsoa11")) - _codes("lsoa21")
    only_2021 = (given & _codes("lsoa21")) - _codes("lsoa11")
    if only_2011 and only_2021:
        raise DataError(
            f"mixed vintage: {len(only_2011):,} LSOA code(s) exist only in the 2011 edition ({_some(only_2011)}) and "
            f"{len(only_2021):,} only in the 2021 edition ({_some(only_2021)})",
            expected="codes of one edition",
            do="ask the sender for one edition, or map the two columns apart",
        )
    if not given & (_codes("lsoa11") | _codes("lsoa21")):
        raise DataError(
            f"no English LSOA code among {len(given):,} different value(s)" + (f" ({_some(given)})" if given else ""),
            expected="codes such as E01006920",
        )
    return "2011" if only_2011 else "2021"


def _some(codes: Iterable[str], most: int = 3) -> str:
    ordered = sorted(codes)
    return ", ".join(ordered[:most]) + (" …" if len(ordered) > most else "")


def convert_lsoa11() -> Path:
    """Return the table that reads a 2011 code as one 2021 code: lsoa11, lsoa21, change_code, share.

    For a record with one code. To share out counts or average rates use `lsoa11_lsoa21` with its two shares.
    """
    return table("lsoa21_of_lsoa11")


def quintile(decile: int) -> int:
    """Return the quintile (1 most deprived … 5) of a national decile (1 … 10): quintiles are pairs of deciles."""
    if not 1 <= decile <= 10:
        raise DataError(f"{decile} is not a decile", expected="1 (most deprived) to 10")
    return (decile + 1) // 2
