"""The engines that the vignettes run on: every one makes the same row of the same person."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from vignettes_read import Vignette, vignettes

from doorstep import reference
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine import plain
from doorstep.planning.engine.columns import offered

PACKS = Path(__file__).parents[2] / "packs"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What an engine says of one person."""

    row: Row
    reasons: Mapping[str, plain.Reason]


@cache
def codes(*, packs: bool = True) -> tuple[Row, ...]:
    """Return the code lists: the shipped ones, and those of the packs, which a home takes in by itself."""
    return (*plain.read_rows(reference.table("codes")), *(_packed() if packs else ()))


@cache
def shelf(*, packs: bool = True) -> Shelf:
    """Return every definition that is on, where the packs are installed or not."""
    return offered(shipped(), {row["list_id"] for row in codes(packs=packs)}).shelf


@cache
def by_plain(*, packs: bool = True) -> Mapping[str, Answer]:
    """Return what the plain-Python engine says of every vignette."""
    found: dict[str, Answer] = {}
    for day, group in _by_day().items():
        computed = plain.person_table(
            _tables(group),
            shelf(packs=packs),
            as_at=day,
            practices=group[0].practices,
            codes=codes(packs=packs),
        )
        found |= {row["person_id"]: Answer(row, computed.reasons[row["person_id"]]) for row in computed.people}
    return found


ENGINES: Mapping[str, Callable[[], Mapping[str, Answer]]] = {"plain": by_plain}


def _packed() -> Iterable[Row]:
    for path in sorted(PACKS.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {"list_id": path.stem, "code": row["code"], "system": row["system"], "term": row["term"]}


def _by_day() -> dict[date, list[Vignette]]:
    found: dict[date, list[Vignette]] = {}
    for vignette in vignettes():
        found.setdefault(vignette.as_at, []).append(vignette)
    return found


def _tables(group: Sequence[Vignette]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for vignette in group:
        for name, rows in vignette.rows.items():
            found.setdefault(name, []).extend(rows)
    return found
