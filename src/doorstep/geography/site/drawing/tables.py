"""The tables of an audit, on its page and as files: who is registered where, what each follows, what is to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from doorstep.geography.neighbourhoods import NeighbourhoodSet
from doorstep.geography.neighbourhoods.auditing import Audit, flow_rows
from doorstep.geography.neighbourhoods.ground import areas, pcn_names, practice_names
from doorstep.geography.site.drawing.changing import label_of

LEAST = 0.01  # a practice with fewer of every neighbourhood's patients than this is counted among the others
NEAREST = 3  # units that the page names for each neighbourhood and kind; the file has all
KINDS = {"ward": "Ward", "pcn": "Primary care network", "council": "Council"}


@dataclass(frozen=True)
class Practice:
    """A row of the matrix: the share of each neighbourhood's patients who are with this practice."""

    code: str
    name: str
    team: str
    patients: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Matrix:
    """Practices by neighbourhoods, the largest first in each team; `others` are shares of practices left out."""

    heads: tuple[str, ...]
    practices: tuple[Practice, ...]
    others: tuple[float, ...]
    n_others: int


def matrix(made: NeighbourhoodSet, found: Audit) -> Matrix:
    """Return which practices the patients living in each neighbourhood are with, as shares of them."""
    ids = [n.id for n in made.neighbourhoods]
    living = {one: found.flows.living_in(one) for one in ids}
    labels, names = {n.id: label_of(n) for n in made.neighbourhoods}, practice_names()
    shown: list[Practice] = []
    others: list[Practice] = []
    for code, held in found.flows.patients.items():
        shares = tuple(held.get(one, 0.0) / living[one] if living[one] else 0.0 for one in ids)
        team = " and ".join(labels[one] for one in found.flows.teams.get(code, ()))
        row = Practice(code, names.get(code, code), team, sum(held.values()), shares)
        (shown if max(shares) >= LEAST or row.team else others).append(row)
    order = {label: i for i, label in enumerate(labels.values())}
    shown.sort(key=lambda row: (order.get(row.team, len(order)) + (not row.team), -max(row.shares), row.code))
    left = tuple(sum(row.shares[i] for row in others) for i in range(len(ids)))
    return Matrix(tuple(labels.values()), tuple(shown), left, len(others))


@dataclass(frozen=True)
class Unit:
    """A ward, network or council and what it has in common with a neighbourhood."""

    kind: str
    name: str
    people: float
    of_neighbourhood: float
    of_unit: float


def nearest(found: Audit) -> dict[str, dict[str, list[Unit]]]:
    """Return, for each neighbourhood, the units of each kind that hold most of it."""
    made: dict[str, dict[str, list[Unit]]] = {row.id: {kind: [] for kind in KINDS} for row in found.rows}
    for one in found.overlaps:
        held = made[one.neighbourhood][one.kind]
        if len(held) < NEAREST:
            held.append(Unit(one.kind, _unit_name(one.kind, one.unit), one.people, one.of_neighbourhood, one.of_unit))
    return made


def _unit_name(kind: str, unit: str) -> str:
    if kind == "pcn":
        return pcn_names().get(unit, unit).title().replace("Pcn", "PCN")
    return next(
        (a.ward_name if kind == "ward" else a.council_name for a in areas().values() if unit in (a.ward, a.council)),
        unit,
    )


def _neighbourhoods(_: NeighbourhoodSet, found: Audit) -> Iterator[dict[str, Any]]:
    return (asdict(row) for row in found.rows)


def _findings(_: NeighbourhoodSet, found: Audit) -> Iterator[dict[str, Any]]:
    for count in found.checks:
        yield {"kind": "count", "words": count.what, "n": count.n, "of": count.of}
    for ask in found.asks:
        yield {"kind": "to do or to record", "words": ask, "n": "", "of": ""}
    for note in found.notes:
        yield {"kind": "note", "words": note, "n": "", "of": ""}


def _overlaps(_: NeighbourhoodSet, found: Audit) -> Iterator[dict[str, Any]]:
    return (asdict(one) | {"people": round(one.people, 1)} for one in found.overlaps)


def _flows(_: NeighbourhoodSet, found: Audit) -> Iterator[dict[str, Any]]:
    names = practice_names()
    for row in flow_rows(found.flows):
        yield {**row, "practice_name": names.get(row["practice"], "")}


FILES: dict[str, Callable[[NeighbourhoodSet, Audit], Iterator[dict[str, Any]]]] = {
    "findings": _findings,
    "neighbourhoods": _neighbourhoods,
    "overlaps": _overlaps,
    "flows": _flows,
}


def file_of(name: str, made: NeighbourhoodSet, found: Audit) -> tuple[Sequence[str], list[list[Any]]]:
    """Return the header and the rows of one of FILES; the set's id and version stand in each row."""
    told = list(FILES[name](made, found))
    header = list(told[0]) if told else []
    return ["set", *header], [[made.reference, *(row[column] for column in header)] for row in told]
