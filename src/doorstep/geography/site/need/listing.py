"""A reader's own list of areas, pasted or uploaded, set beside the index and then forgotten."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from doorstep.errors import DataError, UsageError
from doorstep.geography.need import Ranked
from doorstep.geography.need.comparing import Compared, compare, read_list
from doorstep.geography.site.need import facts, tables
from doorstep.web.requests import KnownRequest

LARGEST = 2_000_000  # bytes: every code and name of England is well under it


@dataclass(frozen=True)
class Line:
    """One area of a list, in words."""

    code: str
    name: str
    council: str
    rank: str
    interval: str


@dataclass(frozen=True)
class Listed:
    """A list beside the index: the counts, its areas by rank, and who stands higher and is not in it."""

    compared: Compared
    tops: tuple[tuple[str, int, int, str], ...]  # the share, how many ranks that is, how many listed, their share
    lines: tuple[Line, ...]
    missed: tuple[Line, ...]


def compared(request: KnownRequest, ranked: Ranked) -> Listed:
    """Compare the list that was sent. Raises UsageError or DataError where it is none."""
    found = compare(ranked, _sent(request))
    tops = tuple(
        (f"{share:.0%}", int(share * ranked.n_ranked), n, f"{n / found.n_listed:.0%}")
        for share, n in found.in_top.items()
    )
    ordered = sorted(found.ranks, key=lambda pair: (pair[1] == 0, pair[1], pair[0]))
    return Listed(found, tops, _lines(ranked, [code for code, _ in ordered]), _lines(ranked, found.missed))


def _sent(request: KnownRequest) -> Sequence[str]:
    """Return the codes of the file, or those that were pasted."""
    sent = request.FILES.get("file")
    if sent is None:
        return _pasted(request.POST.get("codes", ""))
    if (sent.size or 0) > LARGEST:
        raise UsageError("the file is over 2 MB", expected="a CSV of areas of England")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(sent.read())
        return _without_path(path)


def _without_path(path: Path) -> Sequence[str]:
    """Read the list; a fault names the row and never where the file lay."""
    try:
        return read_list(path)
    except (UsageError, DataError) as fault:
        row = fault.where.removeprefix(str(path)).lstrip(", ")
        raise type(fault)(f"{row}: {fault.seen}" if row else fault.seen, expected=fault.expected, do=fault.do) from None


def _pasted(text: str) -> Sequence[str]:
    codes = text.replace(",", " ").replace(";", " ").upper().split()
    twice = sorted(code for code, n in Counter(codes).items() if n > 1)
    if twice:
        raise DataError(f"{twice[0]} stands twice", expected="each area once")
    if not codes:
        raise UsageError("there is no list", expected="codes such as E01006453 in the box, or a CSV file")
    return codes


def _lines(ranked: Ranked, codes: Sequence[str]) -> tuple[Line, ...]:
    frame, at = facts.frame(), facts.positions()
    return tuple(
        Line(
            code,
            frame["lsoa21_name"][at[code]],
            frame["ltla24_name"][at[code]],
            f"{ranked.rank[at[code]]:,}",
            tables.interval(at[code]),
        )
        for code in codes
    )
