"""The engines that must say the same: each takes a case and returns the rows of the person table and the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine import plain

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Everything that a person table is made from."""

    tables: Mapping[str, list[Row]]
    shelf: Shelf
    codes: Sequence[Row]
    as_at: date
    practices: tuple[str, ...] = ("HERE",)
    place_score: PlaceScore | None = None


@dataclass(frozen=True)
class Made:
    """The rows that one engine made, in the order of person_id."""

    people: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)


def by_plain(case: Case) -> Made:
    """Compute in plain Python."""
    made = plain.person_table(
        case.tables,
        case.shelf,
        as_at=case.as_at,
        practices=case.practices,
        codes=case.codes,
        place_score=case.place_score,
    )
    return Made(made.people, made.history)


Engine = Callable[[Case], Made]

ENGINES: dict[str, Engine] = {"plain": by_plain}
