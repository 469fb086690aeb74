"""What a shelf asks of codes: each thing it asks gets a bit, so that one pass over the records answers all."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from doorstep.planning.definitions import Activity, Criterion, Shelf, Stay
from doorstep.planning.engine.masks import Space


@dataclass(frozen=True)
class Codes:
    """A concept: the codes of any of these lists, without some."""

    lists: tuple[str, ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Concepts:
    """The bits of a shelf: of coded entries (`e0`, `e1`, ...), of medicines (`m0`, ...) and of diagnoses (`d0`, ...).

    A concept is the lists that a rule names; a deficit (count, deficit), bit i of its count's own word for the i-th; or
    an item (score, item), in words of the score's own. `ends` (`x0`, ...) has the pairs of which one ends the other.
    """

    entries: Space
    issues: Space
    diagnoses: Space
    deficits: Mapping[tuple[str, str], Codes]
    ends: Space

    def entry_codes(self) -> Iterator[tuple[Hashable, Codes]]:
        """Yield each concept of coded entries with its codes."""
        for concept in self.entries.bits:
            yield concept, concept if isinstance(concept, Codes) else self.deficits[concept]  # type: ignore[index]


def concepts_of(shelf: Shelf, items: Mapping[str, tuple[str, ...]]) -> Concepts:
    """Give every concept of a shelf its bit; `items` names those of each diagnosis score, by its id."""
    found = Concepts(Space("e"), Space("m"), Space("d"), _deficits(shelf), Space("x"))
    for criterion in criteria(shelf):
        for lists in entry_lists(criterion):
            found.entries.add(Codes(lists))
        if criterion.resolved_by:
            found.ends.add(ending(criterion))
        if criterion.issued:
            found.issues.add(Codes(criterion.issued))
    for count, deficit in found.deficits:
        found.entries.add((count, deficit), near=count)
    for activity in shelf.activities:
        if activity.lists:
            (found.issues if activity.table == "medicine" else found.entries).add(Codes(activity.lists))
        for lists in asked_of_stays(activity):
            found.diagnoses.add(Codes(lists))
    for score, names in items.items():
        for name in names:
            found.diagnoses.add((score, name), near=score)
    return found


def criteria(shelf: Shelf) -> Iterator[Criterion]:
    """Yield every way onto every register, condition and status."""
    yield from (criterion for rule in shelf.code_rules for criterion in rule.any_of)


def entry_lists(criterion: Criterion) -> Iterator[tuple[str, ...]]:
    """Yield the sets of lists of coded entries that a criterion asks for."""
    yield from (lists for lists in (criterion.lists, criterion.resolved_by, criterion.and_lists) if lists)


def ending(criterion: Criterion) -> tuple[Codes, Codes]:
    """Return what a criterion asks for, and what ends it."""
    return Codes(criterion.lists), Codes(criterion.resolved_by)


def asked_of_stays(activity: Activity) -> tuple[tuple[str, ...], ...]:
    """Return the sets of lists that an activity asks the diagnoses of a stay for, wanted or not."""
    return tuple(d.lists for kind in kinds_of(activity) for d in (*kind.diagnosed, *kind.not_diagnosed))


def kinds_of(activity: Activity) -> tuple[Activity | Stay, ...]:
    """Return an activity and its kinds of stay: all of them may ask for diagnoses, procedures and ages."""
    return (activity, *activity.any_of)


def _deficits(shelf: Shelf) -> dict[tuple[str, str], Codes]:
    """A deficit found from a column has no codes, and keeps its place."""
    return {(c.id, d.id): Codes(d.lists, c.not_codes) for c in shelf.deficits for d in c.deficit}
