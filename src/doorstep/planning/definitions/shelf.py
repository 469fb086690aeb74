"""The shelf: every shipped definition, read once and checked against the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions.base import Definition, file_hash, read_definition
from doorstep.planning.definitions.clinical import FrailtyScore, Group, Register, Tally

D = TypeVar("D", bound=Definition)


@dataclass(frozen=True)
class Shelf:
    """The definitions of one person table; `hashes` has the SHA-256 of each file by id."""

    registers: tuple[Register, ...]
    tallies: tuple[Tally, ...]
    frailty: FrailtyScore
    group: Group
    hashes: dict[str, str]

    def __post_init__(self) -> None:
        names = [r.id for r in self.registers]
        for owner, needed in (
            *((r.id, r.unless) for r in self.registers),
            *((t.id, t.registers) for t in self.tallies),
        ):
            _known(owner, needed, names, "register")
        _known(self.group.id, (self.group.count, *self.group.other_counts), [t.id for t in self.tallies], "count")
        for register in self.registers:
            _refuse_circle(register, {r.id: r for r in self.registers}, ())

    def register(self, name: str) -> Register:
        """Return one register; ConfigurationError where there is none of that name."""
        _known("asked for", (name,), [r.id for r in self.registers], "register")
        return next(r for r in self.registers if r.id == name)

    @property
    def all(self) -> tuple[Definition, ...]:
        """Every definition on the shelf."""
        return (*self.registers, *self.tallies, self.frailty, self.group)


@cache
def shipped() -> Shelf:
    """Return the definitions that ship in the package."""
    with as_file(files("doorstep.reference") / "data" / "definitions") as folder:
        return read_shelf(folder)


def read_shelf(folder: Path) -> Shelf:
    """Read a folder of definitions (`registers/`, `scores/counts/`, `scores/frailty/`, `groups/`)."""
    kinds: dict[str, list[Definition]] = {}
    hashes: dict[str, str] = {}
    for place, cls in (
        ("registers", Register),
        ("scores/counts", Tally),
        ("scores/frailty", FrailtyScore),
        ("groups", Group),
    ):
        kinds[place] = _read_all(cls, folder / place, hashes)
    return Shelf(
        registers=tuple(d for d in kinds["registers"] if isinstance(d, Register)),
        tallies=tuple(d for d in kinds["scores/counts"] if isinstance(d, Tally)),
        frailty=_only(kinds["scores/frailty"], FrailtyScore),
        group=_only(kinds["groups"], Group),
        hashes=hashes,
    )


def _read_all(cls: type[D], folder: Path, hashes: dict[str, str]) -> list[Definition]:
    found: list[Definition] = []
    for path in sorted(folder.glob("*.toml")):
        made = read_definition(cls, path)
        hashes[made.id] = file_hash(path)
        found.append(made)
    return found


def _only(found: list[Definition], cls: type[D]) -> D:
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
