"""An index as its file says it: indicators, direction, weights, and what happens to blanks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.errors import DataError, UsageError
from doorstep.reference import DEFINITIONS

FOLDER = DEFINITIONS / "need"
HIGHER, LOWER = "higher is more need", "lower is more need"


@dataclass(frozen=True)
class Indicator:
    """One indicator: a `column` of the measures, or `numerator` over `denominator`."""

    id: str
    title: str
    direction: str
    weight: float
    source: str
    why: str
    column: str = ""
    numerator: str = ""
    denominator: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the measures that it reads."""
        return (self.column,) if self.column else (self.numerator, self.denominator)


@dataclass(frozen=True)
class NeedIndex:
    """One index. `least_weight` is the share of the whole weight below which an area gets no score."""

    id: str
    version: int
    title: str
    purpose: str
    owner: str
    status: str
    review_by: date
    areas: str
    least_weight: float
    why_weights: str
    caveats: tuple[str, ...]
    indicators: tuple[Indicator, ...]

    def with_weights(self, weights: Mapping[str, float]) -> NeedIndex:
        """Return the index with other weights; it says so in its version. UsageError for an indicator it lacks."""
        names = {i.id for i in self.indicators}
        unknown = sorted(set(weights) - names)
        if unknown:
            raise UsageError(f"no indicator {', '.join(unknown)}", expected=f"one of {', '.join(sorted(names))}")
        if not weights:
            return self
        changed = tuple(replace(i, weight=weights.get(i.id, i.weight)) for i in self.indicators)
        return _checked(replace(self, indicators=changed, status="weights changed by the user"), self.id)


def load(which: str | Path = "health_need") -> NeedIndex:
    """Read an index: a shipped id, or a file.

    Raises UsageError where there is none, DataError where the file does not say an index.
    """
    path = which if isinstance(which, Path) else FOLDER / f"{which}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in FOLDER.glob("*.toml")))
        raise UsageError(f"there is no index {str(which)!r}", expected=f"a file, or one of {known}")
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return _checked(_index(found, str(path)), str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"the file does not say an index: {error}",
            expected="id, version, title, … and [[indicator]] tables, as in the shipped health_need.toml",
            where=str(path),
        ) from error


def _index(found: dict[str, Any], where: str) -> NeedIndex:
    values = {key: value for key, value in found.items() if key != "indicator"}
    entries = found.get("indicator", [])
    faults = _unlike(NeedIndex, values, "the index", given=("caveats", "indicators"))
    faults += [fault for i, entry in enumerate(entries, 1) for fault in _unlike(Indicator, entry, f"[[indicator]] {i}")]
    if faults:
        raise DataError("; ".join(faults), expected="the keys of the shipped health_need.toml", where=where)
    indicators = tuple(Indicator(**entry) for entry in entries)
    return NeedIndex(**{**values, "caveats": tuple(values.get("caveats", ())), "indicators": indicators})


_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "str": (str, "a text"),
    "int": (int, "a whole number"),
    "float": ((int, float), "a number"),
}


def _unlike(kind: type, entry: object, what: str, given: tuple[str, ...] = ()) -> list[str]:
    """Say which keys of a table of the file are missing, unknown or of another kind."""
    if not isinstance(entry, dict):
        return [f"{what} is no table"]
    known = {f.name: f for f in fields(kind)}
    missing = [n for n, f in known.items() if f.default is MISSING and n not in entry and n not in given]
    unknown = [key for key in entry if key not in known]
    faults = [f"{what} has no {', '.join(missing)}"] if missing else []
    faults += [f"{what} has an unknown key {', '.join(unknown)}"] if unknown else []
    for name, value in entry.items():
        right, words = _KINDS.get(str(known[name].type) if name in known else "", (object, ""))
        if not isinstance(value, right):
            faults.append(f"{what}: {name} is {value!r} and not {words}")
    return faults


def _checked(index: NeedIndex, where: str) -> NeedIndex:
    """Return the index, or raise DataError with every fault in it."""
    faults = [] if index.indicators else ["no indicator"]
    names = [i.id for i in index.indicators]
    faults += [f"{name} twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for i in index.indicators:
        if bool(i.column) == bool(i.numerator and i.denominator):
            faults.append(f"{i.id}: neither a column nor a numerator with its denominator, or both")
        if i.direction not in (HIGHER, LOWER):
            faults.append(f"{i.id}: direction {i.direction!r} is neither {HIGHER!r} nor {LOWER!r}")
        if not 0 <= i.weight < float("inf"):
            faults.append(f"{i.id}: weight {i.weight} is no number from 0")
    if index.indicators and not sum(max(0.0, i.weight) for i in index.indicators) > 0:
        faults.append("all weights are 0")
    if not 0 < index.least_weight <= 1:
        faults.append(f"least_weight {index.least_weight} is not above 0 and at most 1")
    if index.areas != "2021":
        faults.append(f"areas of {index.areas!r}: only those of 2021 are ranked")
    if faults:
        raise DataError("; ".join(faults), expected="an index that can be computed", where=where)
    return index
