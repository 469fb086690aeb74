"""Disclosure control of any table: hide the small numbers, then what else gives them away, and prove it.

A small number is protected where both ends of its rule stay possible (0 and 5 for "below 6", 1 and 7 for HES) for a
reader of everything printed, all adding rules and links, and the earlier versions. The numbers hidden beside it need
not be able to be small themselves. The table is cut into parts that no rule joins, and each is worked by itself.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from doorstep.errors import DataError
from doorstep.statistics.disclosure.building import system_of
from doorstep.statistics.disclosure.exposure import Exposure
from doorstep.statistics.disclosure.proof import Proof, needs_of
from doorstep.statistics.disclosure.reckoning import Reckoning
from doorstep.statistics.disclosure.search import Found, protected_part
from doorstep.statistics.disclosure.system import System
from doorstep.statistics.disclosure.table import Cell, Table, Version, check
from doorstep.statistics.disclosure.threshold import BELOW_6, SmallNumbers

_SPARE = 0.5  # what hiding a cell costs that readers miss least, beside one that they want


@dataclass(frozen=True)
class Loss:
    """What the further cells cost: how many, the sum of their numbers, and the sum of their weights."""

    cells: int
    total: int
    weighted: float


@dataclass(frozen=True)
class Protection:
    """What to hide, and the proof.

    `primary` are the small cells, `extra` the cells hidden to protect them. `exposed` are small cells (or such as an
    earlier version hid) for which no way to protect them was found, with their ranges; where an earlier version or a
    rule gives them away there is none.
    """

    primary: frozenset[Cell]
    extra: frozenset[Cell]
    exposed: tuple[Exposure, ...]
    loss: Loss
    proof: Proof

    @property
    def hidden(self) -> frozenset[Cell]:
        """All cells not to print."""
        return self.primary | self.extra

    @property
    def is_proved(self) -> bool:
        """Every small number can be either end of its rule."""
        return not self.exposed


def suppress(
    table: Table,
    rule: SmallNumbers | Mapping[str, SmallNumbers] = BELOW_6,
    earlier: Sequence[Version] = (),
    weights: Mapping[Cell, float] | None = None,
    every: bool = False,
) -> Protection:
    """Return the cells to hide so that each small number, printed or implied, keeps both ends of its rule possible.

    The table holds the true numbers. `rule` is one rule, or a rule for each line by name. `weights` say how much a
    reader misses a cell (1 unless told; a line's `spare` cells half). `every` asks for protection of the further
    hidden cells as well. Readers are taken to know which numbers have changed since an `earlier` version; a cell
    hidden before stays hidden, and small numbers of a version that tells its true ones are protected too. Every claim
    is checked in whole numbers by tables that a reader cannot tell from the true one (`proof`). Raises DataError where
    the true numbers break their own rules, or a line has no rule.
    """
    check(table)
    rules = {line.name: rule for line in table.lines} if isinstance(rule, SmallNumbers) else rule
    _check_rules(table, rules)
    system = system_of(table, lambda cell: rules[cell[0]], earlier)
    weigh = _weights(table, weights or {})
    found = _found(system, [sum(weigh.get(cell, 0.0) for cell in cells) for cells in system.cells], every)
    asked = system.asked | (frozenset(found.hidden) - system.unprinted if every else frozenset())
    return _protection(system, found, asked, weigh)


def _check_rules(table: Table, rules: Mapping[str, SmallNumbers]) -> None:
    without = [line.name for line in table.lines if line.name not in rules]
    if without:
        raise DataError("a line has no rule for small numbers", expected="a rule for each line", where=without[0])


def _weights(table: Table, weights: Mapping[Cell, float]) -> dict[Cell, float]:
    spare = {(line.name, i) for line in table.lines for i in line.spare}
    found = {cell: weights.get(cell, _SPARE if cell in spare else 1.0) for cell in table.printable()}
    if min(found.values(), default=1) <= 0:
        raise DataError("a weight of nought or less", expected="weights above 0")
    return found


def _found(system: System, weights: Sequence[float], every: bool) -> Found:
    """Search part by part. Of two numbers of the same weight the smaller costs less: from one to two weights."""
    largest = max(system.truth, default=0) + 1
    costs = {i: weights[i] * (1 + v / largest) for i, v in enumerate(system.truth)}
    rows_of, found = system.rows_of(), Found()
    for numbers in system.parts():
        if system.asked.isdisjoint(numbers):
            continue
        rows = [system.rows[p] for p in sorted({p for i in numbers for p in rows_of.get(i, ())})]
        part = protected_part(system, numbers, rows, costs, every)
        found.hidden |= part.hidden
        found.moves |= part.moves
    return found


def _protection(system: System, found: Found, asked: frozenset[int], weigh: Mapping[Cell, float]) -> Protection:
    hidden = frozenset(found.hidden) | system.small | system.kept | system.unprinted
    proof = Proof(system, found.moves)
    proved = proof.check(hidden)
    open_ = sorted({number for number, value in needs_of(system, asked) if (number, value) not in proved})
    extra = _cells(system, hidden - system.small, weigh)
    values = {cell: system.truth[i] for i, cells in enumerate(system.cells) for cell in cells}
    return Protection(
        primary=_cells(system, system.small, weigh),
        extra=extra,
        exposed=_exposures(system, hidden, open_),
        loss=Loss(len(extra), sum(values[c] for c in extra), round(sum(weigh[c] for c in extra), 10)),
        proof=proof,
    )


def _cells(system: System, numbers: frozenset[int], printable: Container[Cell]) -> frozenset[Cell]:
    """Return the cells that print some numbers; a number may be printed in one cell and implied in another."""
    return frozenset(cell for i in numbers for cell in system.cells[i] if cell in printable)


def _exposures(system: System, hidden: frozenset[int], numbers: Sequence[int]) -> tuple[Exposure, ...]:
    if not numbers:
        return ()
    reader = Reckoning(system, hidden)
    found: list[Exposure] = []
    for i in numbers:
        low, high = (reader.possible(i, end) for end in system.ends[i])
        if not (low and high):
            found += [Exposure(cell, reader.range(i), low, high) for cell in system.cells[i]]
    return tuple(found)
