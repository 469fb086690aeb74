"""Where somebody's list of areas stands in an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doorstep.errors import DataError, UsageError
from doorstep.geography.brought import reading
from doorstep.geography.need.index import Ranked
from doorstep.geography.need.measures import editions, frame_of, shipped

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
            _none_of_2021(strange) if strange else "the list is empty",
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


def _none_of_2021(codes: Sequence[str]) -> str:
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

    Rows without anything in them are passed over. Raises UsageError where there is no such file or column, DataError
    where the file is no text, and with every row that holds no area of 2021, or one that stands there already.
    """
    rows = _texts(path)
    codes = [(number, text, _code(text)) for number, text in rows]
    strange = [f"row {number}: {_strange(text)}" for number, text, code in codes if not code]
    if strange:
        raise DataError(
            some(strange), expected="codes such as E01007133, or areas' names", where=str(path),
            do="mend these rows, or take them out",
        )  # fmt: skip
    numbers: dict[str, list[str]] = {}
    for number, _, code in codes:
        numbers.setdefault(code, []).append(str(number))
    twice = [f"{code} stands twice (rows {', '.join(at)})" for code, at in numbers.items() if len(at) > 1]
    if twice:
        raise DataError(some(twice), expected="each area once", where=str(path))
    return tuple(numbers)


def some(faults: Sequence[str], limit: int = 5) -> str:
    """Join the first few faults of a list in one line, and say how many more there are."""
    more = f"; and {len(faults) - limit:,} more" if len(faults) > limit else ""
    return "; ".join(faults[:limit]) + more


def _texts(path: Path) -> list[tuple[int, str]]:
    """Return the number and the area's text of each row that holds anything."""
    with reading(path) as reader:
        headings = {(h or "").strip().lower(): h for h in reader.fieldnames or ()}
        key = next((headings[h] for h in ("lsoa21", "lsoa21_code", "lsoa_name") if h in headings), None)
        if key is None:
            raise UsageError(
                "no column of 2021 areas", expected="a column lsoa21 (codes) or lsoa_name (names)", where=str(path),
                do="a list on 2011 areas has to be carried over first",
            )  # fmt: skip
        filled = ((reader.line_num, row) for row in reader if any(isinstance(v, list) or v for v in row.values()))
        return [(number, (row[key] or "").strip()) for number, row in filled]


def _strange(text: str) -> str:
    of_2011 = " but one of 2011" if text.upper() in editions()["2011"] else ""
    return f"{text[:60]!r} is no area of 2021{of_2011}"


def _code(text: str) -> str:
    """Return the code that a text stands for, empty where it stands for none."""
    return text.upper() if text.upper() in editions()["2021"] else _by_name().get(_plain(text), "")
