"""What a set is like: residents, patients, flows between practices and neighbourhoods, overlap with other units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from doorstep.geography.neighbourhoods.ground import Area, areas, pcn_of_practice, registered, residents
from doorstep.geography.neighbourhoods.model import NeighbourhoodSet

OUTSIDE = ""  # a row or column of people who are in no neighbourhood of the set
UNITS = ("council", "ward", "pcn")


@dataclass(frozen=True)
class Flows:
    """Patients of July 2022 by practice and the neighbourhood they live in (OUTSIDE: none of the set).

    `teams[p]` are the neighbourhoods whose teams practice p belongs to, and it counts for each. `is_stated` says
    whether the set names them, else it is the one where most of the practice's patients of the set live. `unlisted`
    are practices that the set names and the lists do not have.
    """

    patients: Mapping[str, Mapping[str, float]]
    teams: Mapping[str, tuple[str, ...]]
    is_stated: bool
    unlisted: tuple[str, ...] = ()

    def team_of(self, neighbourhood: str) -> list[str]:
        """Return the practices of a neighbourhood's team that the lists have."""
        return [practice for practice, ids in self.teams.items() if neighbourhood in ids]

    def living_in(self, neighbourhood: str) -> float:
        """Return the patients of any practice who live in a neighbourhood."""
        return sum(held.get(neighbourhood, 0.0) for held in self.patients.values())

    def registered_with(self, neighbourhood: str) -> float:
        """Return the patients of a neighbourhood's practices, wherever they live."""
        return sum(sum(self.patients[p].values()) for p in self.team_of(neighbourhood))

    def own_share(self, neighbourhood: str) -> float:
        """Return the share of the patients living in a neighbourhood who are with a practice of its team."""
        own = sum(self.patients[p].get(neighbourhood, 0.0) for p in self.team_of(neighbourhood))
        return own / self.living_in(neighbourhood) if self.living_in(neighbourhood) else 0.0


def flows(made: NeighbourhoodSet) -> Flows:
    """Return who is registered where, for every practice with a patient in the set or in one of its teams."""
    lists, home = registered(), _home_of(made)
    stated = teams(made)
    known = {p: ids for p, ids in stated.items() if p in lists.of_practice}
    concerned = {p for code in home for p in lists.in_area.get(code, ())} | known.keys()
    patients = {p: _by_home(lists.of_practice[p], home) for p in sorted(concerned)}
    unlisted = tuple(sorted(stated.keys() - known.keys()))
    return Flows(patients, known if stated else _likely(patients), bool(stated), unlisted)


def teams(made: NeighbourhoodSet) -> dict[str, tuple[str, ...]]:
    """Return the practices that a set states, each with the neighbourhoods whose teams have it, in the set's order."""
    found: dict[str, tuple[str, ...]] = {}
    for n in made.neighbourhoods:
        for practice in n.practices:
            found[practice] = (*found.get(practice, ()), n.id)
    return found


def _likely(patients: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[str, ...]]:
    return {p: (_most(held),) for p, held in patients.items() if _is_of_the_set(held)}


def likely_teams(who: Flows) -> dict[str, tuple[str, ...]]:
    """Return the team that each practice would be of by where its patients live, whatever the set states."""
    return _likely(who.patients)


def _home_of(made: NeighbourhoodSet) -> dict[str, str]:
    """Return the neighbourhood of each area; of several, the first, so that nobody is counted twice."""
    home: dict[str, str] = {}
    for code, neighbourhood in made.members():
        home.setdefault(code, neighbourhood.id)
    return home


def _by_home(held: Mapping[str, float], home: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for code, patients in held.items():
        where = home.get(code, OUTSIDE)
        found[where] = found.get(where, 0.0) + patients
    return found


def _is_of_the_set(held: Mapping[str, float]) -> bool:
    """Whether more than half of a practice's patients live in the set: a practice next door has its team elsewhere."""
    return held.get(OUTSIDE, 0.0) * 2 < sum(held.values())


def _most(held: Mapping[str, float]) -> str:
    return max((n for n in held if n != OUTSIDE), key=lambda n: (held[n], n))


@dataclass(frozen=True)
class Overlap:
    """The people that a neighbourhood and a unit have in common, and their share of each."""

    neighbourhood: str
    kind: str
    unit: str
    people: float
    of_neighbourhood: float
    of_unit: float


def overlap(made: NeighbourhoodSet, kind: str) -> list[Overlap]:
    """Return how neighbourhoods and units overlap, the largest first in each neighbourhood.

    `kind` is council or ward (residents) or pcn (patients of July 2022 by where they live).
    """
    held = unit_people(kind, {code for code, _ in made.members()})
    size = _unit_sizes(kind)
    return [row for n in made.neighbourhoods for row in _overlap_of(n.id, kind, _summed(held, n.areas), size)]


@cache
def _unit_sizes(kind: str) -> Mapping[str, float]:
    """Return the people of every unit of a kind in England; the same for every set, and slow to sum."""
    return _summed(unit_people(kind), areas())


def _overlap_of(neighbourhood: str, kind: str, here: Mapping[str, float], size: Mapping[str, float]) -> list[Overlap]:
    whole = sum(here.values()) or 1.0
    order = sorted(here, key=lambda unit: (-here[unit], unit))
    return [Overlap(neighbourhood, kind, u, here[u], here[u] / whole, here[u] / size[u]) for u in order]


def _summed(held: Mapping[str, Mapping[str, float]], codes: Iterable[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for code in codes:
        for unit, people in held.get(code, {}).items():
            found[unit] = found.get(unit, 0.0) + people
    return found


def unit_people(kind: str, codes: Iterable[str] | None = None) -> dict[str, dict[str, float]]:
    """Return area -> unit -> people: residents of the council or ward, or patients of each network who live there."""
    known = areas()
    wanted = known if codes is None else list(codes)
    if kind == "council":
        return {code: {known[code].council: float(known[code].people)} for code in wanted}
    if kind == "ward":
        return {code: {known[code].ward: float(known[code].people)} for code in wanted}
    in_area, pcn_of = registered().in_area, pcn_of_practice()
    found: dict[str, dict[str, float]] = {}
    for code in wanted:
        held = found.setdefault(code, {})
        for practice, patients in in_area.get(code, {}).items():
            if practice in pcn_of:
                held[pcn_of[practice]] = held.get(pcn_of[practice], 0.0) + patients
    return found


def undivided(held: Mapping[str, Mapping[str, float]], drawn: Sequence[Iterable[str]]) -> float:
    """Return the share of people whose unit is undivided: all of it that lies in the ground is in one drawn area.

    For lists, which scatter, read `in_main_area` beside it.
    """
    whole, largest = _largest(held, drawn)
    kept = sum(size for unit, size in whole.items() if largest[unit] >= size - 1e-6)
    return kept / sum(whole.values()) if whole else 1.0


def in_main_area(held: Mapping[str, Mapping[str, float]], drawn: Sequence[Iterable[str]]) -> float:
    """Return the share of people who live in the drawn area that holds most of their unit."""
    whole, largest = _largest(held, drawn)
    return sum(largest.values()) / sum(whole.values()) if whole else 1.0


def _largest(
    held: Mapping[str, Mapping[str, float]], drawn: Sequence[Iterable[str]]
) -> tuple[dict[str, float], dict[str, float]]:
    whole: dict[str, float] = {}
    largest: dict[str, float] = {}
    for codes in drawn:
        for unit, people in _summed(held, codes).items():
            whole[unit] = whole.get(unit, 0.0) + people
            largest[unit] = max(largest.get(unit, 0.0), people)
    return whole, largest


@dataclass(frozen=True)
class Shape:
    """Mean squared distance (km²) of residents to their area's centre of population, and km of border between areas."""

    squared_km: float
    border_km: float


def shape(drawn: Sequence[Iterable[str]]) -> Shape:
    """Return how compact drawn areas are. The border is that between two of them, not the edge of the ground."""
    from doorstep.geography.shapes import neighbours

    known, near = areas(), neighbours()
    part = {code: i for i, codes in enumerate(drawn) for code in codes}
    metres = sum(m for a in part for b, m in near[a].items() if a < b and b in part and part[a] != part[b])
    far = sum(_inertia([known[code] for code in codes]) for codes in drawn)
    people = sum(known[code].people for code in part)
    return Shape(far / people if people else 0.0, metres / 1000)


def _inertia(found: Sequence[Area]) -> float:
    from doorstep.geography.neighbourhoods.piece import Piece, inertia

    piece = Piece(
        "", [(a.code,) for a in found], [a.people for a in found], [a.x for a in found], [a.y for a in found], []
    )  # fmt: skip
    return inertia(piece, range(len(found)))


def residents_of(made: NeighbourhoodSet) -> dict[str, int]:
    """Return the residents (2021 Census) of each neighbourhood by its id."""
    return {n.id: residents(n.areas) for n in made.neighbourhoods}
