"""Reads oracle files and says how far an answer lies from theirs."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

SHIPPED = Path(__file__).parent / "oracles"
Row = dict[str, str]


@dataclass(frozen=True)
class Comparison:
    """One answer compared: `worst` is the largest error in units of the tolerance (above 1 is a failure)."""

    file: str
    what: str
    n: int
    worst: float

    @property
    def agrees(self) -> bool:
        """Every number was within its tolerance, and there was at least one."""
        return self.n > 0 and self.worst <= 1


Family = Callable[[Path], Iterator[Comparison]]


def read(folder: Path, name: str) -> list[Row]:
    """Read `<name>.csv` or `<name>.csv.gz` of a folder."""
    packed = folder / f"{name}.csv.gz"
    text = gzip.decompress(packed.read_bytes()).decode() if packed.exists() else (folder / f"{name}.csv").read_text()
    return list(csv.DictReader(io.StringIO(text)))


def number(text: str) -> float:
    """Read one number; blank and NA are NaN."""
    return float(text) if text not in ("", "NA") else float("nan")


def column(rows: Sequence[Row], name: str) -> npt.NDArray[np.float64]:
    """Return one column as numbers."""
    return np.array([number(row[name]) for row in rows], dtype=np.float64)


def grouped(rows: Sequence[Row], *names: str) -> dict[tuple[str, ...], list[Row]]:
    """Return the rows by the values of some columns, in order of appearance."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def compare(
    file: str, what: str, got: npt.ArrayLike, expected: npt.ArrayLike, rtol: float = 1e-9, atol: float = 1e-9
) -> Comparison:
    """Compare numbers; a blank must be blank on both sides."""
    mine, theirs = np.atleast_1d(np.asarray(got, float)), np.atleast_1d(np.asarray(expected, float))
    if mine.shape != theirs.shape or (np.isnan(mine) != np.isnan(theirs)).any():
        return Comparison(file, what, theirs.size, float("inf"))
    same = np.isnan(theirs) | (mine == theirs)  # infinities included
    with np.errstate(invalid="ignore"):
        error = np.where(same, 0.0, np.abs(mine - theirs) / np.maximum(atol, rtol * np.abs(theirs)))
    return Comparison(file, what, theirs.size, float(error.max(initial=0.0)))


def compare_labels(file: str, what: str, got: Sequence[str], expected: Sequence[str]) -> Comparison:
    """Compare words: one that differs is a failure."""
    differ = len(got) != len(expected) or any(a != b for a, b in zip(got, expected, strict=True))
    return Comparison(file, what, len(expected), float("inf") if differ else 0.0)
