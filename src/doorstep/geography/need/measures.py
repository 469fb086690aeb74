"""Measures of areas: those that ship, and a user's own with their stated edition of areas.

Nothing is joined by hope: a file says which edition its codes are of, and codes that only the other edition has refuse
it. Values on 2011 areas are carried to 2021 areas by the ONS pairs: a rate as the mean over the people of the new area,
a count by the shares of the old area's people; what could not be carried is listed.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from doorstep.errors import DataError, UsageError
from doorstep.geography.brought import reading
from doorstep.reference import table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Kind = Literal["rate", "count"]
# Columns of the shipped table that an index may read.
SHIPPED = (
    "acute_morbidity", "illness_and_disability", "mental_health", "years_of_life_lost", "disabled",
    "asked_about_disability", "aged_65", "patients_per_gp",
)  # fmt: skip


@dataclass(frozen=True)
class Measures:
    """Columns of numbers over the 2021 areas, in the order of `codes`; NaN is a blank."""

    codes: tuple[str, ...]
    columns: Mapping[str, Floats]

    def column(self, name: str) -> Floats:
        """Return one column; UsageError where it is not there."""
        if name not in self.columns:
            raise UsageError(
                f"there is no measure {name!r}",
                expected=f"one of {', '.join(sorted(self.columns))}",
                do="bring a file that has it with --measure",
            )
        return self.columns[name]

    def having(self, brought: Brought) -> Measures:
        """Return these and a measure that was brought; UsageError where the name is taken."""
        if brought.name in self.columns:
            raise UsageError(
                f"a measure called {brought.name!r} is there already", do="give the file's column another name"
            )
        return Measures(self.codes, {**self.columns, brought.name: brought.values})


@dataclass(frozen=True)
class Brought:
    """A user's measure on the 2021 areas. `not_carried` are 2011 codes whose value reached no area, with why."""

    name: str
    values: Floats
    vintage: str
    n_rows: int
    n_areas: int
    not_carried: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_level(self) -> bool:
        """True where no two areas have different values."""
        there = self.values[self.values == self.values]  # NaN is not itself
        return len(there) > 0 and bool((there == there[0]).all())


@cache
def shipped() -> Measures:
    """Return the measures that ship, over all 33,755 areas."""
    import numpy as np
    import pyarrow.parquet as pq

    found = pq.ParquetFile(table("need_lsoa21")).read(columns=["lsoa21", *SHIPPED])
    # By way of lists: Arrow's own way to numpy loads pandas, which takes a second.
    columns = {name: np.array(found[name].to_pylist(), dtype=np.float64) for name in SHIPPED}
    return Measures(tuple(found["lsoa21"].to_pylist()), columns)


def bring(path: Path, *, vintage: str, kind: Kind, column: str = "") -> Brought:
    """Read a CSV with a column of area codes (`lsoa11` or `lsoa21`, or a heading that starts so) and one of numbers.

    `vintage` is the edition the codes are of, `2011` or `2021`; `kind` is what the numbers are: a rate (or mean, or
    score), or a count. Raises UsageError for a vintage that is not stated or unknown, DataError where codes are of the
    other edition or of none, a code stands twice, a value is no number, or no area has one.
    """
    if vintage not in ("2011", "2021"):
        raise UsageError(
            f"the edition of the areas is {vintage or 'not stated'}", expected="2011 or 2021", where=str(path),
            do="look in the publisher's notes: codes alone do not tell, most are the same in both",
        )  # fmt: skip
    name, rows = _read(path, vintage, column)
    _check_edition(path, rows, vintage)
    if not any(math.isfinite(value) for value in rows.values()):
        raise DataError(f"{name} has no value", expected="a number for some areas", where=str(path))
    if vintage == "2021":
        import numpy as np

        values = np.array([rows.get(code, math.nan) for code in shipped().codes])
        return Brought(name, values, vintage, len(rows), int(np.isfinite(values).sum()))
    return _carried(name, rows, kind)


def _read(path: Path, vintage: str, column: str) -> tuple[str, dict[str, float]]:
    """Return the name of the numbers' column and the numbers by code."""
    with reading(path) as reader:
        headings = list(reader.fieldnames or ())
        key = _heading(path, headings, vintage)
        name = _value_heading(path, headings, key, column)
        return name, _numbers(path, reader, key, name)


def _heading(path: Path, headings: list[str], vintage: str) -> str:
    short = f"lsoa{vintage[2:]}"
    found = [h for h in headings if h.strip().lower().startswith("lsoa")]
    named = [h for h in found if h.strip().lower().startswith(short)]
    other = [h for h in found if h.strip().lower().startswith({"lsoa11": "lsoa21", "lsoa21": "lsoa11"}[short])]
    if other and not named:
        raise DataError(
            f"mixed vintage: the heading {other[0]!r} says another edition than {vintage}",
            expected=f"codes of {vintage}", where=str(path), do="state the edition that the file is of",
        )  # fmt: skip
    if not found:
        raise DataError("no heading starts with lsoa", expected=f"a column called {short}", where=f"{path}, first row")
    return (named or found)[0]


def _value_heading(path: Path, headings: list[str], key: str, column: str) -> str:
    others = [h for h in headings if h != key]
    if column and column in others:
        return column
    if not column and len(others) == 1:
        return others[0]
    raise UsageError(
        f"the file has {len(others)} columns besides the codes: {', '.join(others)}",
        expected=f"a column called {column!r}" if column else "the name of the one to read",
        where=str(path),
        do="name it with --column",
    )


def _numbers(path: Path, reader: csv.DictReader[str], key: str, name: str) -> dict[str, float]:
    rows: dict[str, float] = {}
    for number, row in enumerate(reader, start=2):
        if not any(row.values()):
            continue
        code, text = (row[key] or "").strip().upper(), (row[name] or "").strip().replace(",", "")
        if code in rows:
            raise DataError(f"{code} stands twice", where=f"{path}, row {number}", expected="one row an area")
        rows[code] = _number(text, f"{path}, row {number}")
    return rows


def _number(text: str, where: str) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError as error:
        raise DataError(f"{text!r} is no number", expected="a number, or nothing for a blank", where=where) from error
    if not math.isfinite(value):
        raise DataError(f"{text!r} is no finite number", expected="a number, or nothing for a blank", where=where)
    return value


@cache
def editions() -> Mapping[str, frozenset[str]]:
    """Return the codes of England's areas by edition, `2011` and `2021`."""
    import pyarrow.parquet as pq

    return {
        "2011": frozenset(pq.read_table(table("lsoa11"), columns=["lsoa11"])["lsoa11"].to_pylist()),
        "2021": frozenset(shipped().codes),
    }


def _check_edition(path: Path, rows: Mapping[str, float], vintage: str) -> None:
    known = editions()
    other = "2011" if vintage == "2021" else "2021"
    strange = [code for code in rows if code not in known[vintage]]
    of_other = [code for code in strange if code in known[other]]
    if of_other:
        raise DataError(
            f"mixed vintage: {len(of_other):,} codes exist only in {other}, such as {of_other[0]}",
            expected=f"codes of {vintage}, as stated", where=str(path),
            do=f"state {other} if the whole file is of that edition; a file of both has to be taken apart",
        )  # fmt: skip
    if strange:
        raise DataError(
            f"{len(strange):,} codes are no English areas of {vintage}, such as {strange[0]!r}",
            expected="LSOA codes that start E01", where=str(path), do="leave rows of other kinds of area out",
        )  # fmt: skip


@cache
def _pairs() -> tuple[tuple[str, str, str, float, float], ...]:
    import pyarrow.parquet as pq

    names = ("lsoa11", "lsoa21", "change_code", "share_of_lsoa11", "share_of_lsoa21")
    found = pq.read_table(table("lsoa11_lsoa21"), columns=list(names))
    return tuple(zip(*(found[name].to_pylist() for name in names), strict=True))


def _carried(name: str, rows: Mapping[str, float], kind: Kind) -> Brought:
    """Carry 2011 values to 2021 areas; a new area made of an old one without a value stays blank."""
    import numpy as np

    at = {code: i for i, code in enumerate(shipped().codes)}
    values, covered = np.zeros(len(at)), np.zeros(len(at))
    complex_codes = {}
    for old, new, change, of_old, of_new in _pairs():
        if change == "X" and old in rows:
            complex_codes[old] = "ONS: the areas changed in a way that has no simple match (X)"
            continue
        value = rows.get(old, math.nan)
        if math.isfinite(value):
            values[at[new]] += value * (of_old if kind == "count" else of_new)
            covered[at[new]] += of_new
    values[covered < 1 - 1e-6] = np.nan
    blank = {code: "no value in the file" for code, value in rows.items() if math.isnan(value)}
    reached = {old for old, new, _, _, _ in _pairs() if np.isfinite(values[at[new]])}
    beside = {code: "the area of 2021 also takes in one without a value" for code in rows if code not in reached}
    n_areas = int(np.isfinite(values).sum())
    return Brought(name, values, "2011", len(rows), n_areas, {**beside, **blank, **complex_codes})


def frame_of(names: tuple[str, ...]) -> Mapping[str, list[Any]]:
    """Return columns of the table of areas (names, councils, regions) in the order of the measures' codes."""
    import pyarrow.parquet as pq

    found = pq.ParquetFile(table("lsoa21")).read(columns=["lsoa21", *names])
    if tuple(found["lsoa21"].to_pylist()) != shipped().codes:
        raise DataError("the shipped tables are of different areas", where="reference", do="install the package again")
    return {name: found[name].to_pylist() for name in names}
