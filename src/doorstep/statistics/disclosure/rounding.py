"""Rounded tables: Hospital Episode Statistics' own rule, and what rounding gives away beside exact numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from doorstep.errors import DataError
from doorstep.statistics.disclosure.system import rules_of
from doorstep.statistics.disclosure.table import Cell, Range, Table
from doorstep.statistics.disclosure.threshold import HES, SmallNumbers


def hes_rule(counts: Iterable[int]) -> tuple[int | None, ...]:
    """Return counts as shown: 0 stays 0, 1 to 7 become None (print `*`), others go to the nearest 5.

    Each count is rounded by itself, so parts need not add up to their total. Raises DataError on a negative count.
    Source: NHS Digital, change to disclosure control methodology for HES and ECDS from September 2018.
    """
    return tuple(HES.shown(count) for count in counts)


@dataclass(frozen=True)
class Rounded:
    """What a reader can work out about one rounded or hidden number: what the rule claims, and what is left."""

    cell: Cell
    claimed: Range
    left: Range

    @property
    def keeps_its_claim(self) -> bool:
        """Every number that the rule claims to leave possible is still within reach."""
        return self.left == self.claimed


def rounded_ranges(table: Table, rule: SmallNumbers, exact: Iterable[Cell] = ()) -> tuple[Rounded, ...]:
    """Return what is left of the promise of rounding for each number that the rule changes, in the table's order.

    The table holds the true numbers; `exact` cells are printed as they are (a total that is not rounded), all others
    by `rule`. A reader knows the rule, the adding rules, and for each number the interval it stands for: with base 5
    a shown 20 is 18 to 22, with HES a `*` is 1 to 7. Ranges are exact in whole numbers. Raises DataError where the
    true numbers break their own rules.
    """
    from doorstep.statistics.disclosure.integer import Rule, WholeNumbers  # heavy

    claims = {cell: _claimed(table.value(cell), rule) for cell in table.printable()}
    claims |= {cell: Range(table.value(cell), table.value(cell)) for cell in exact}
    rules = [Rule(link.terms, link.low, link.high) for link in rules_of(table)]
    rules += [Rule(((cell, 1),), claim.low, claim.high) for cell, claim in claims.items() if not claim.is_exact]
    known: dict[Hashable, int] = {cell: claim.low for cell, claim in claims.items() if claim.is_exact}
    numbers = WholeNumbers(tuple(rules), known)
    if not numbers.is_possible:
        raise DataError("the numbers do not add up", expected="true counts whose parts make up their totals")
    return tuple(Rounded(cell, claims[cell], numbers.range(cell)) for cell in _changed(table, claims))


def _changed(table: Table, claims: dict[Cell, Range]) -> Iterator[Cell]:
    return (cell for cell in table.printable() if not claims[cell].is_exact)


def _claimed(count: int, rule: SmallNumbers) -> Range:
    """Return the numbers that are shown as this one is; the rule's intervals reach no further than its smallest."""
    shown = rule.shown(count)
    if shown is None:
        return Range(rule.smallest, rule.largest)
    low, high = shown - rule.base // 2, shown + (rule.base - 1) // 2
    if count == 0 and rule.nought_shown:
        return Range(0, 0)
    return Range(max(low, rule.largest + 1), high)
