"""What a definition needs: code lists, and columns of other definitions; and what must be left out for want of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from doorstep.planning.definitions import (
    Activity,
    CodedValue,
    CohortRule,
    DeficitCount,
    Definition,
    Flag,
    Group,
    History,
    Register,
    Scheme,
    Shelf,
    Tally,
    WeightedSum,
)
from doorstep.planning.engine.columns import Offer, columns_of, rule_columns
from doorstep.planning.engine.said import said


def lists_of(definition: Definition) -> tuple[str, ...]:
    """Return the code lists that a definition reads."""
    if isinstance(definition, Register | CodedValue | DeficitCount):
        return definition.lists
    if isinstance(definition, Activity):
        return (*definition.lists, *definition.diagnosis_lists)
    return ()


def makes(definition: Definition) -> tuple[str, ...]:
    """Return every name that other definitions may know this one by: its columns, and its own id."""
    own = columns_of(definition)
    if isinstance(definition, CohortRule):
        own = {f"in_{definition.id}": ""}
    if isinstance(definition, DeficitCount):
        own |= {f"{definition.id}_has_{d.id}": "" for d in definition.deficit}
    return (*own, definition.id)


def asks(definition: Definition, columns: dict[str, str]) -> tuple[str, ...]:
    """Return the columns and ids of other definitions that this one is made of."""
    return tuple(dict.fromkeys(_asks(definition, columns)))


def _asks(definition: Definition, columns: dict[str, str]) -> Iterator[str]:
    match definition:
        case Register():
            yield from definition.unless
        case DeficitCount():
            yield from (d.column for d in definition.deficit if d.column)
        case Tally():
            yield from definition.registers
        case WeightedSum():
            yield from (t.column for t in definition.term)
        case Group():
            yield from (definition.count, *definition.other_counts)
        case History():
            yield from (m.of for m in definition.measure)
        case Flag() | CohortRule():
            yield from said(definition.rule, columns, where=definition.id).columns
        case Scheme():
            rules = (s for s in definition.segment if s.rule)
            for segment in rules:
                yield from said(segment.rule, columns, where=f"{definition.id}: {segment.id}").columns
            yield from definition.beside
        case _:
            return


def leave_out(shelf: Shelf, lists: frozenset[str], opted_in: frozenset[str]) -> Offer:
    """Take out what `engine.columns.offered` says cannot be computed, and everything that is made of it."""
    shelf = shelf.switched_on(opted_in)
    columns = rule_columns(shelf)
    left_out: dict[str, str] = {}
    for definition in shelf.all:
        if reason := _own_reason(definition, lists, opted_in):
            left_out[definition.id] = reason
    asked = {definition.id: asks(definition, columns) for definition in shelf.all}
    while more := dict(_followers(shelf, asked, left_out)):
        left_out |= more
    return Offer(shelf.without(left_out), left_out)


def _own_reason(definition: Definition, lists: frozenset[str], opted_in: frozenset[str]) -> str:
    absent = [name for name in lists_of(definition) if name not in lists]
    if absent:
        more = f" and {len(absent) - 3} more" if len(absent) > 3 else ""
        return f"no code list {', '.join(absent[:3])}{more} is installed"
    if not definition.is_on:
        return "off unless opted in"
    if definition.status == "recalled" and definition.id not in opted_in:
        return "recalled from memory, not checked against a source: off unless opted in"
    return ""


def _followers(
    shelf: Shelf, asked: Mapping[str, tuple[str, ...]], left_out: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    gone = {name: d.id for d in shelf.all if d.id in left_out for name in makes(d)}
    for definition in shelf.all:
        needed = [gone[name] for name in asked[definition.id] if name in gone and gone[name] != definition.id]
        if needed and definition.id not in left_out:
            yield definition.id, f"made of {needed[0]}, which is left out"
