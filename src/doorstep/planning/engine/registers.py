"""Registers, conditions and statuses: the condition of each rule over a person's bits and days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from doorstep.planning.definitions import Criterion, Register, Shelf
from doorstep.planning.engine.concepts import Codes, Concepts, ending
from doorstep.planning.engine.days import age, months_before
from doorstep.planning.engine.entries import dated, first_day, since
from doorstep.planning.engine.issues import issued_column


@dataclass(frozen=True)
class Registers:
    """The rules of a shelf as conditions over the columns of `coded_now`, `entry_over`, `issue_now` and `person_now`.

    Words of bits are 0, never null, for people without such records.
    """

    shelf: Shelf
    concepts: Concepts
    as_at: date

    def columns(self) -> Iterator[tuple[str, exp.Expr]]:
        """Yield each register and its condition, never null."""
        yield from ((register.id, self.flag(register)) for register in self.shelf.code_rules)

    def flag(self, register: Register) -> exp.Expr:
        """Return the condition that a person is on a register."""
        found: exp.Expr = exp.or_(*(exp.and_(*self._conditions(c)) for c in register.any_of))
        for other in register.unless:
            found = exp.and_(found, exp.not_(self.flag(self.shelf.register(other))))
        return found

    def _conditions(self, c: Criterion) -> Iterator[exp.Expr]:
        has = self.concepts.entries.has
        if c.lists:
            yield has(Codes(c.lists))
        if c.resolved_by:
            yield exp.not_(self.concepts.ends.has(ending(c)))
        if c.recorded_from:
            yield has(Codes(c.lists), since(Codes(c.lists), self.concepts, c.recorded_from).name)
        if c.and_lists:
            yield has(Codes(c.and_lists))
        if c.and_recorded_from:
            yield has(Codes(c.and_lists), since(Codes(c.and_lists), self.concepts, c.and_recorded_from).name)
        if c.first_within_months:
            yield from self._first_within(c, c.first_within_months)
        if c.issued and c.issued_within_months:
            concept = Codes(c.issued)
            yield self.concepts.issues.has(concept, issued_column(self.concepts, concept, c.issued_within_months))
        yield from self._ages(c)

    def _first_within(self, c: Criterion, months: int) -> Iterator[exp.Expr]:
        concept = Codes(c.lists)
        any_day, by_then = dated(concept, self.concepts, months_before(self.as_at, months))
        yield self.concepts.entries.has(concept, any_day.name)
        yield exp.not_(self.concepts.entries.has(concept, by_then.name))

    def _ages(self, c: Criterion) -> Iterator[exp.Expr]:
        if c.first_at_age_from is not None:
            first = first_day(self.concepts, Codes(c.lists))
            yield first.is_(exp.null()).not_()
            yield _passes(age(exp.column("birth_on"), first) >= c.first_at_age_from)
        if c.age_from is not None:
            yield _passes(exp.column("age") >= c.age_from)
        if c.age_to is not None:
            yield _passes(exp.column("age") <= c.age_to)


def _passes(condition: exp.Expr) -> exp.Expr:
    """An age not known passes: a missing birth date must not hide a diagnosis."""
    return exp.func("coalesce", condition, exp.true())
