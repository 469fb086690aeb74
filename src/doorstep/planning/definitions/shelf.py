"""The shelf: every shipped definition, read once and checked against the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypeVar, cast

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions.base import Definition, file_hash, read_definition
from doorstep.planning.definitions.clinical import CohortRule, Group, Register, Tally
from doorstep.planning.definitions.coded import CodedValue, DeficitCount
from doorstep.planning.definitions.derived import Flag, Scheme, WeightedSum
from doorstep.planning.definitions.used import Activity, DiagnosisScore, History

D = TypeVar("D", bound=Definition)

# Folder of definition files -> the kind in it, and the field of the shelf that holds it.
FOLDERS: Mapping[str, tuple[type[Definition], str]] = {
    "registers": (Register, "registers"),
    "conditions": (Register, "conditions"),
    "statuses": (Register, "statuses"),
    "values": (CodedValue, "values"),
    "deficits": (DeficitCount, "deficits"),
    "scores/diagnosis": (DiagnosisScore, "diagnosis_scores"),
    "scores/counts": (Tally, "tallies"),
    "scores/weighted": (WeightedSum, "weighted"),
    "activity": (Activity, "activities"),
    "history": (History, "histories"),
    "flags": (Flag, "flags"),
    "groups": (Group, "groups"),
    "cohorts": (CohortRule, "cohorts"),
    "schemes": (Scheme, "schemes"),
}


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The definitions of one person table; `hashes` has the SHA-256 of each file by id."""

    registers: tuple[Register, ...] = ()
    conditions: tuple[Register, ...] = ()
    statuses: tuple[Register, ...] = ()
    values: tuple[CodedValue, ...] = ()
    deficits: tuple[DeficitCount, ...] = ()
    diagnosis_scores: tuple[DiagnosisScore, ...] = ()
    tallies: tuple[Tally, ...] = ()
    weighted: tuple[WeightedSum, ...] = ()
    activities: tuple[Activity, ...] = ()
    histories: tuple[History, ...] = ()
    flags: tuple[Flag, ...] = ()
    groups: tuple[Group, ...] = ()
    cohorts: tuple[CohortRule, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [r.id for r in self.code_rules]
        for owner, needed in (
            *((r.id, r.unless) for r in self.code_rules),
            *((t.id, t.registers) for t in self.tallies),
        ):
            _known(owner, needed, names, "register")
        for group in self.groups:
            _known(group.id, (group.count, *group.other_counts), [t.id for t in self.tallies], "count")
        for register in self.code_rules:
            _refuse_circle(register, {r.id: r for r in self.code_rules}, ())
        ids = [d.id for d in self.all]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ConfigurationError(f"{', '.join(twice)} defined twice", expected="each id once")

    @property
    def code_rules(self) -> tuple[Register, ...]:
        """Everything that coded entries put a person on: registers, further conditions, statuses."""
        return (*self.registers, *self.conditions, *self.statuses)

    @property
    def group(self) -> Group:
        """The national target group; ConfigurationError where the shelf has none."""
        return _only(self.groups, Group)

    @property
    def frailty(self) -> DiagnosisScore:
        """The hospital frailty score, which stands in for a Place's own risk score."""
        return next(s for s in self.diagnosis_scores if s.id == "hfrs")

    def register(self, name: str) -> Register:
        """Return one register; ConfigurationError where there is none of that name."""
        _known("asked for", (name,), [r.id for r in self.code_rules], "register")
        return next(r for r in self.code_rules if r.id == name)

    @property
    def all(self) -> tuple[Definition, ...]:
        """Every definition on the shelf."""
        return tuple(d for _, place in FOLDERS.values() for d in cast(tuple[Definition, ...], getattr(self, place)))

    def without(self, ids: Iterable[str]) -> Shelf:
        """Return the shelf without some definitions."""
        gone = set(ids)
        places = {place for _, place in FOLDERS.values()}
        kept = {place: tuple(d for d in getattr(self, place) if d.id not in gone) for place in places}
        return replace(self, **cast(dict[str, Any], kept))

    def switched_on(self, ids: Collection[str]) -> Shelf:
        """Return the shelf with some definitions switched on that are off by default."""
        places = {place for _, place in FOLDERS.values()}
        made = {p: tuple(replace(d, is_on=d.is_on or d.id in ids) for d in getattr(self, p)) for p in places}
        return replace(self, **cast(dict[str, Any], made))


@cache
def shipped() -> Shelf:
    """Return the definitions that ship in the package."""
    with as_file(files("doorstep.reference") / "data" / "definitions") as folder:
        return read_shelf(folder)


def read_shelf(folder: Path) -> Shelf:
    """Read a folder of definitions: one folder a kind, as `FOLDERS` names them."""
    hashes: dict[str, str] = {}
    found = {place: _read_all(cls, folder / name, hashes) for name, (cls, place) in FOLDERS.items()}
    assert {f.name for f in fields(Shelf)} == {*found, "hashes"}  # noqa: S101  (a kind without a folder is our slip)
    return Shelf(**cast(dict[str, Any], found), hashes=hashes)


def _read_all(cls: type[D], folder: Path, hashes: dict[str, str]) -> tuple[D, ...]:
    found: list[D] = []
    for path in sorted(folder.glob("*.toml")):
        made = read_definition(cls, path)
        hashes[made.id] = file_hash(path)
        found.append(made)
    return tuple(found)


def _only(found: tuple[D, ...], cls: type[D]) -> D:
    if len(found) != 1 or not isinstance(found[0], cls):
        raise ConfigurationError(f"{len(found)} definitions of a {cls.kind}", expected="exactly one")
    return found[0]


def _known(owner: str, needed: tuple[str, ...], names: list[str], what: str) -> None:
    unknown = [n for n in needed if n not in names]
    if unknown:
        raise ConfigurationError(
            f"{what} {', '.join(unknown)} is not defined", expected=f"one of {', '.join(sorted(names))}", where=owner
        )


def _refuse_circle(register: Register, by_id: dict[str, Register], path: tuple[str, ...]) -> None:
    if register.id in path:
        raise ConfigurationError(
            f"{' unless '.join((*path, register.id))}", expected="no circle of registers", where=register.id
        )
    for other in register.unless:
        _refuse_circle(by_id[other], by_id, (*path, register.id))
