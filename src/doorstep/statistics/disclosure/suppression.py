"""Secondary suppression: hide further cells until no hidden cell can be worked out.

Each step hides one cell in each line that is still exposed and asks again, so it ends: at worst everything is
hidden. For a line that only adds up, one extra cell in each exposed partition is enough, and nothing less is. Which
cell: the ones that readers miss least first ("Not known"), then the smallest; the total last. Cells that turn out
not to have been needed are shown again. A cell once hidden for a month stays hidden in its later versions, so that
the differences between two versions do not tell what each of them hid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doorstep.statistics.disclosure.bounds import line_ranges
from doorstep.statistics.disclosure.exposure import Exposure, audit, exposed_cells
from doorstep.statistics.disclosure.knowledge import Knowledge, knowledge
from doorstep.statistics.disclosure.reader import groups
from doorstep.statistics.disclosure.table import Cell, Line, Table, Version, check
from doorstep.statistics.disclosure.threshold import THRESHOLD, primary


@dataclass(frozen=True)
class Suppression:
    """What to hide, and the proof.

    `hidden` are all hidden cells; `extra` those of them at or above the threshold. `exposures_after` is what is
    still exposed: nothing, unless an earlier version gave it away. `loss` is the sum of the numbers in `extra`.
    """

    hidden: frozenset[Cell]
    extra: frozenset[Cell]
    exposures_after: tuple[Exposure, ...]
    loss: int


def secondary(table: Table, threshold: int = THRESHOLD, earlier: Sequence[Version] = ()) -> Suppression:
    """Return the cells to hide so that each hidden cell can be both 0 and `threshold` - 1.

    The table holds the true numbers. Raises DataError where these break their own rules, since nothing can be
    proved about them. The result is audited afresh as a whole before it is returned.
    """
    check(table)
    small = primary(table, threshold)
    kept = small | {cell for cell in table.cells() if any(cell in version.hidden for version in earlier)}
    hidden: frozenset[Cell] = frozenset()
    for part in groups(table):
        hidden |= _Group(part, threshold, earlier).hide(frozenset(c for c in part.cells() if c in kept))
    extra = hidden - small
    return Suppression(
        hidden, extra, audit(table, hidden, earlier, threshold), sum(table.value(cell) for cell in extra)
    )


@dataclass(frozen=True)
class _Group:
    """Lines tied by rules, worked on together."""

    table: Table
    threshold: int
    earlier: Sequence[Version]

    def hide(self, kept: frozenset[Cell]) -> frozenset[Cell]:
        """Return `kept` and as few further cells as the search finds."""
        hidden = kept
        while exposures := self._exposures(hidden):
            more = self._choose(exposures, hidden)
            if not more:
                break
            hidden |= more
        return self._without_needless(hidden, kept)

    def _exposures(self, hidden: frozenset[Cell]) -> tuple[Cell, ...]:
        return exposed_cells(self.table, hidden, self.earlier, self.threshold)

    def _choose(self, exposures: Iterable[Cell], hidden: frozenset[Cell]) -> frozenset[Cell]:
        """Choose one cell for each line that is still exposed."""
        knows = knowledge(self.table, hidden, self.earlier)
        printed = {cell for cell in self.table.cells() if cell not in hidden}
        useful = {cell for cell in printed if not _was_printed(cell, knows, self.earlier)}
        chosen: dict[str, Cell] = {}
        for exposed in exposures:
            name = exposed[0]
            tiers = (useful.intersection(tier) for tier in self._tiers(exposed, knows))
            if name not in chosen and (best := next((tier for tier in tiers if tier), None)):
                chosen[name] = min(best, key=self._cost)
        return frozenset(chosen.values())

    def _cost(self, cell: Cell) -> tuple[bool, int, Cell]:
        return cell[1] not in self.table.line(cell[0]).spare, self.table.value(cell), cell

    def _tiers(self, cell: Cell, knows: Knowledge) -> Iterator[Iterable[Cell]]:
        """Yield sets of cells to choose from, the ones that protect most directly first."""
        line = self.table.line(cell[0])
        beside, across = _beside(line, cell[1]), self._linked([cell])
        yield from (beside, across) if self._is_exposed_alone(line, cell[1], knows) else (across, beside)
        parts = [(line.name, i) for i in range(len(line.values)) if i != line.total]
        yield parts
        yield self._linked(parts)
        yield [(line.name, line.total)]
        yield self.table.cells()

    def _linked(self, cells: Iterable[Cell]) -> set[Cell]:
        wanted = set(cells)
        sides = [{cell for cell, _ in link.terms} for link in self.table.links]
        return {cell for side in sides if side & wanted for cell in side} - wanted

    def _is_exposed_alone(self, line: Line, index: int, knows: Knowledge) -> bool:
        """Say whether the line by itself, without rules between lines, gives the cell away."""
        found = line_ranges(line, knows.of(line)) if line.is_simple else None
        return (
            found is None
            or index not in found
            or not (found[index].holds(0) and found[index].holds(self.threshold - 1))
        )

    def _without_needless(self, hidden: frozenset[Cell], kept: frozenset[Cell]) -> frozenset[Cell]:
        """Show chosen cells again, the largest first, where that exposes nothing more.

        A cell is also tried together with the chosen cells that a rule ties to it: printing one of the two can expose
        the other, so that neither could ever be shown alone.
        """
        before = set(self._exposures(hidden))
        for cell in sorted(hidden - kept, key=self._cost, reverse=True):
            for shown in ({cell}, {cell, *self._linked([cell]).intersection(hidden - kept)}):
                fewer = hidden - shown
                if cell in hidden and before.issuperset(self._exposures(fewer)):
                    hidden = fewer
        return hidden


def _beside(line: Line, index: int) -> list[Cell]:
    """The cells that share a partition with one cell; all parts where it is the total."""
    parts = (part for part in line.partitions if index == line.total or index in part)
    return [(line.name, i) for part in parts for i in part if i != index]


def _was_printed(cell: Cell, knows: Knowledge, earlier: Sequence[Version]) -> bool:
    """Say whether an earlier version of the same numbers shows the cell: hiding it now protects nothing."""
    name, index = cell
    versions = (version for version, same in zip(earlier, knows.same, strict=True) if name in same)
    return any(index in version.printed(name) for version in versions)
