"""Where somebody's list of areas stands in an index."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doorstep.errors import DataError, UsageError
from doorstep.geography.need.index import Ranked
from doorstep.geography.need.measures import frame_of, shipped

TOPS = (0.01, 0.02, 0.03, 0.05, 0.1)


@dataclass(frozen=True)
class Compared:
    """A list against an index: how many stand in its top shares, and each area's rank in the list's order.

    `unranked` are areas of the list without a score.
    """

    n_listed: int
    in_top: Mapping[float, int]
    median_rank: float
    worst: tuple[str, int]
    ranks: tuple[tuple[str, int], ...]
    unranked: tuple[str, ...]
    missed: tuple[str, ...]


def compare(ranked: Ranked, listed: Sequence[str]) -> Compared:
    """Compare 2021 codes with an index. `missed` are as many areas as are listed, from the top, that the list lacks."""
    import numpy as np

    at = {code: int(r) for code, r in zip(ranked.codes, ranked.rank, strict=True)}
    strange = [code for code in listed if code not in at]
    if strange or not listed:
        raise DataError(
            _strange(strange) if strange else "the list is empty",
            expected="codes of England's small areas of 2021 (LSOA21), such as E01007133",
            do="correct or leave out those that are none; areas of 2011 have other codes where they changed",
        )
    ranks = tuple((code, at[code]) for code in listed)
    placed = [(code, r) for code, r in ranks if r]
    top = [c for c, _ in sorted(((c, r) for c, r in at.items() if r), key=lambda pair: pair[1])][: len(listed)]
    return Compared(
        len(listed),
        {share: sum(r <= share * ranked.n_ranked for _, r in placed) for share in TOPS},
        float(np.median([r for _, r in placed])) if placed else float("nan"),
        max(placed, key=lambda pair: pair[1]) if placed else ("", 0),
        ranks,
        tuple(code for code, r in ranks if not r),
        tuple(code for code in top if code not in set(listed)),
    )


def _strange(codes: Sequence[str]) -> str:
    if len(codes) == 1:
        return f"{codes[0]!r} is no small area of 2021"
    return f"{len(codes)} codes are no small areas of 2021, such as {codes[0]!r}"


@cache
def _by_name() -> Mapping[str, str]:
    names = frame_of(("lsoa21_name",))["lsoa21_name"]
    return {_plain(name): code for name, code in zip(names, shipped().codes, strict=True)}


def _plain(name: str) -> str:
    return " ".join(name.replace(".", "").casefold().split())


def read_list(path: Path) -> tuple[str, ...]:
    """Return the 2021 codes of a CSV: from a column `lsoa21` (or `lsoa21_code`), or `lsoa_name` with areas' names.

    Raises UsageError where there is no such file or column, DataError where a code or name is no area of 2021 or twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            headings = {(h or "").strip().lower(): h for h in reader.fieldnames or ()}
            key = next((headings[h] for h in ("lsoa21", "lsoa21_code", "lsoa_name") if h in headings), None)
            texts = [(row[key] or "").strip() for row in reader] if key else []
    except FileNotFoundError as error:
        raise UsageError("the file is not there", where=str(path)) from error
    if key is None:
        raise UsageError(
            "no column of 2021 areas", expected="a column lsoa21 (codes) or lsoa_name (names)", where=str(path),
            do="a list on 2011 areas has to be carried over first",
        )  # fmt: skip
    codes = tuple(_code(text, f"{path}, row {number}") for number, text in enumerate(texts, start=2))
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise DataError(f"{twice[0]} stands twice", where=str(path), expected="each area once")
    return codes


def _code(text: str, where: str) -> str:
    if text.upper() in _codes():
        return text.upper()
    if _plain(text) in _by_name():
        return _by_name()[_plain(text)]
    raise DataError(f"{text!r} is no area of 2021", expected="a code such as E01007133, or an area's name", where=where)


@cache
def _codes() -> frozenset[str]:
    return frozenset(shipped().codes)
