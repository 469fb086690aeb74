"""Which practices each team has, as a page shows it: by network, where their patients live, what is covered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorstep.geography.neighbourhoods import NeighbourhoodSet
from doorstep.geography.neighbourhoods.facts import OUTSIDE, Flows, likely_teams, teams
from doorstep.geography.neighbourhoods.ground import (
    pcn_names,
    pcn_of_practice,
    practice_names,
    practices_of_pcn,
    registered,
)
from doorstep.geography.site.drawing.changing import label_of

LEAST = 0.01  # a practice with fewer of every neighbourhood's patients is not shown unless it is looked for
SHOWN = 150  # practices on a page; others are found by name
NEAREST = 2  # neighbourhoods that are named of those where a practice's patients live
NO_NETWORK = ""


@dataclass(frozen=True)
class Line:
    """One practice: its patients (July 2022), where they live, and the team that the lists suggest."""

    code: str
    name: str
    patients: float
    living: str
    likely: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """A primary care network with those of its practices that are shown; NO_NETWORK holds practices of none."""

    code: str
    name: str
    n_practices: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Covered:
    """One team: its practices and networks, their patients, and the share of who lives there that is with them."""

    label: str
    n_practices: int
    networks: tuple[str, ...]
    patients: float
    living: float
    share: float


def network_name(code: str) -> str:
    """Return what a network is called, in small letters as far as names go."""
    return pcn_names().get(code, code).title().replace("Pcn", "PCN") if code else "In no network"


def covered(made: NeighbourhoodSet, who: Flows) -> list[Covered]:
    """Return what each team has and covers, in the set's order, by the teams that `who` was counted with."""
    found = []
    for n in made.neighbourhoods:
        own = n.practices if who.is_stated else who.team_of(n.id)
        networks = sorted({network_name(pcn_of_practice().get(p, NO_NETWORK)) for p in own})
        people = who.registered_with(n.id), who.living_in(n.id), who.own_share(n.id)
        found.append(Covered(label_of(n), len(own), tuple(networks), *people))
    return found


def listed(made: NeighbourhoodSet, who: Flows, words: str = "") -> tuple[list[Network], int]:
    """Return networks with the practices to show, the largest in the set first, and how many practices there are.

    Without `words` these are the practices that are in a team, or may be, and those of their networks; with words,
    any of England by name, code or network.
    """
    likely, stated = likely_teams(who), teams(made)
    codes = _with_words(words) if words else _concerned(made, who, {*likely, *stated})
    in_set = {code: _in_set(who, code) for code in codes}
    order = sorted(codes, key=lambda code: (-in_set[code], code))[:SHOWN]
    labels = {n.id: label_of(n) for n in made.neighbourhoods}
    lines = [_line(code, who, labels, likely.get(code, ())) for code in order]
    return list(_by_network(lines)), len(codes)


def _concerned(made: NeighbourhoodSet, who: Flows, teamed: set[str]) -> set[str]:
    living = {n.id: who.living_in(n.id) for n in made.neighbourhoods}
    many = {
        practice
        for practice, held in who.patients.items()
        if any(held.get(one, 0.0) >= LEAST * n for one, n in living.items() if n)
    }
    networks = {pcn_of_practice()[practice] for practice in teamed if practice in pcn_of_practice()}
    return teamed | many | {practice for pcn in networks for practice in practices_of_pcn()[pcn]}


def _with_words(words: str) -> set[str]:
    wanted, of = words.casefold().split(), pcn_of_practice()
    return {
        code
        for code, name in practice_names().items()
        if all(word in f"{code} {name} {network_name(of.get(code, NO_NETWORK))}".casefold() for word in wanted)
    }


def _in_set(who: Flows, code: str) -> float:
    return sum(n for home, n in who.patients.get(code, {}).items() if home != OUTSIDE)


def _line(code: str, who: Flows, labels: Mapping[str, str], likely: tuple[str, ...]) -> Line:
    held = who.patients.get(code) or {OUTSIDE: sum(registered().of_practice.get(code, {}).values())}
    return Line(
        code, practice_names().get(code, code).title(), sum(held.values()), _living(held, labels), likely
    )  # fmt: skip


def _living(held: Mapping[str, float], labels: Mapping[str, str]) -> str:
    whole = sum(held.values())
    inside = sorted(((n, one) for one, n in held.items() if one != OUTSIDE), reverse=True)
    named = [f"{labels[one]} {n / whole:.0%}" for n, one in inside[:NEAREST] if n / whole >= LEAST / 2]
    rest = whole - sum(n for n, _ in inside[: len(named)])
    if not named:
        return "Nobody in the lists" if whole == 0 else "Nearly all elsewhere"
    return ", ".join([*named, f"elsewhere {rest / whole:.0%}"] if rest / whole >= LEAST / 2 else named)


def _by_network(lines: Iterable[Line]) -> Iterator[Network]:
    held: dict[str, list[Line]] = {}
    for line in lines:
        held.setdefault(pcn_of_practice().get(line.code, NO_NETWORK), []).append(line)
    for code in sorted(held, key=lambda code: code == NO_NETWORK):  # as they come, those of none last
        yield Network(code, network_name(code), len(practices_of_pcn().get(code, ())), tuple(held[code]))


def rows(made: NeighbourhoodSet) -> Sequence[Sequence[str]]:
    """Return the practices that a set states: neighbourhood, practice, its name, its network and that one's name."""
    of, names = pcn_of_practice(), practice_names()
    return [
        (n.label, practice, names.get(practice, ""), of.get(practice, ""), pcn_names().get(of.get(practice, ""), ""))
        for n in made.neighbourhoods
        for practice in n.practices
    ]


HEADER = ("neighbourhood", "practice", "practice_name", "pcn", "pcn_name")
