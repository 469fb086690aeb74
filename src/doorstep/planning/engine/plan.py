"""The plan: a shelf of definitions compiled once to bits, days and named steps that any engine can run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine import lookups
from doorstep.planning.engine.concepts import Concepts, concepts_of
from doorstep.planning.engine.entries import Entries
from doorstep.planning.engine.issues import issue_steps
from doorstep.planning.engine.lookups import Lists, Weighed
from doorstep.planning.engine.registers import Registers
from doorstep.planning.engine.sources import BY_CODE, Source, numbered, numbering
from doorstep.planning.engine.stays import Stays
from doorstep.planning.engine.steps import Lookup, Step
from doorstep.planning.engine.table import Table
from doorstep.planning.engine.use import Use
from doorstep.planning.engine.who import everyone_step, now_steps, record_steps


@dataclass(frozen=True)
class Plan:
    """A shelf compiled for a day. `lookups` are made first, then `steps` in their order.

    Of the person table only the columns in `wanted` are made, where it is given, and no history. The last steps,
    `person_table` and `history_table`, are the answer.
    """

    shelf: Shelf
    as_at: date
    practices: tuple[str, ...]
    lists: Lists
    place_score: PlaceScore | None
    has_codes: bool
    wanted: frozenset[str] | None = None

    @cached_property
    def scores(self) -> dict[str, Weighed]:
        """The items of each diagnosis score."""
        return {score.id: lookups.read_score(score) for score in self.shelf.diagnosis_scores}

    @cached_property
    def concepts(self) -> Concepts:
        """The bit of everything that a definition asks of codes."""
        return concepts_of(self.shelf, {name: tuple(found.weights) for name, found in self.scores.items()})

    @cached_property
    def lookups(self) -> tuple[Lookup, ...]:
        """The small tables that the steps read."""
        return (
            *lookups.entry_lookups(self.shelf, self.concepts, self.lists),
            lookups.issue_lookup(self.concepts, self.lists),
            lookups.prefix_lookup(self.concepts, self.lists, self.scores),
            lookups.area_lookup(),
            lookups.ethnic_lookup(),
        )

    def steps(self, source: Source) -> tuple[Step, ...]:
        """Return the steps over one layout of the facts."""
        steps = [*self._numbered(source), *self._who(source)]
        steps += Entries(self.shelf, self.concepts, self.as_at, self._months).steps(source)
        steps += issue_steps(source, self.shelf, self.concepts, self.as_at)
        steps += Stays(self.shelf, self.concepts, self.scores, self.as_at).steps(source)
        steps += self._use.steps(source)
        steps += self._table.steps(source, steps)
        return tuple(steps)

    def describe(self, source: Source) -> str:
        """Return the steps and what each is for, a line each."""
        return "\n".join(f"{step.name}: {step.about}" for step in self.steps(source))

    def _who(self, source: Source) -> Iterator[Step]:
        """Everyone on the day; only who there is, where nothing is asked about who they are."""
        if not self._table.asks_who:
            yield from () if source.everyone else (everyone_step(source),)
            return
        yield from () if source.has_people else record_steps(source)
        yield from now_steps(source, self.as_at, self.practices)

    @property
    def _use(self) -> Use:
        return Use(self.shelf, self.concepts, self.as_at)

    @cached_property
    def _table(self) -> Table:
        registers = Registers(self.shelf, self.concepts, self.as_at)
        return Table(
            self.shelf, registers, self._use, self.scores, self.place_score, self.has_codes, self._months, self.wanted
        )

    def _numbered(self, source: Source) -> Iterator[Step]:
        """Where a layout numbers codes, the lookups by code are numbered first."""
        for lookup in self.lookups if source.codes else ():
            if lookup.name in BY_CODE:
                rows = numbering(lookup.name, lookup.columns, source)
                yield Step(numbered(lookup.name), rows, "codes by the numbers of the layout")

    @cached_property
    def _months(self) -> dict[str, tuple[int, ...]]:
        """Months back at which each count of deficits is asked for: none, its own, and those of the history."""
        traced = {m.of: history.months for history in self.shelf.histories for m in history.measure}
        return {c.id: (*{0, *c.months_ago, *range(traced.get(c.id, 0))},) for c in self.shelf.deficits}


def make_plan(
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path,
    place_score: PlaceScore | None = None,
    has_codes: bool = True,
    wanted: Collection[str] | None = None,
) -> Plan:
    """Compile a shelf for a day, for the columns of the person table that are wanted (default: all, and the history).

    `lists` is a Parquet of code lists (list_id, code, system); `has_codes` says whether the lake holds any coded entry
    at all: without one the national group rests on risk alone. Raises ConfigurationError where a definition's list has
    no codes.
    """
    if wanted is not None:
        shelf = replace(shelf, histories=())
    read = lookups.read_lists(lists, shelf)
    asked = None if wanted is None else frozenset(wanted)
    return Plan(shelf, as_at, tuple(practices), read, place_score, has_codes, asked)
