"""Dimensions with their totals: LSOAs in neighbourhoods in a Place, ages in age groups, areas that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from doorstep.errors import DataError

Label = str


@dataclass(frozen=True)
class Hierarchy:
    """One dimension: its finest labels (`leaves`) and, for each total, the labels that make it up (`parts`).

    Labels that stand side by side without a total (months, metrics) are leaves and no more. `unprinted` labels are
    never printed: what one area has beyond another, or areas finer than those published. `within` says which leaf a
    finer label belongs to. Raises DataError where a label makes itself up, is named twice among the parts of one
    total, or is unknown.
    """

    name: str
    leaves: tuple[Label, ...]
    parts: Mapping[Label, tuple[Label, ...]]
    unprinted: frozenset[Label] = frozenset()
    within: Mapping[Label, Label] | None = None

    def __post_init__(self) -> None:
        if len(set(self.leaves)) < len(self.leaves) or set(self.leaves) & self.parts.keys():
            raise DataError("a label stands twice", expected="each label once", where=self.name)
        for total, labels in self.parts.items():
            if not labels:
                raise DataError(f"{total} has no parts", expected="the labels that make it up", where=self.name)
            made = [leaf for label in labels for leaf in self._beneath(label, (total,))]
            if len(set(made)) < len(made):
                raise DataError(f"the parts of {total} overlap", expected="each leaf once", where=self.name)

    @property
    def labels(self) -> tuple[Label, ...]:
        """All labels, leaves first."""
        return (*self.leaves, *self.parts)

    def beneath(self, label: Label) -> tuple[Label, ...]:
        """Return the leaves that make up a label; DataError where the dimension has no such label."""
        return self._beneath(label, ())

    @cached_property
    def roots(self) -> tuple[Label, ...]:
        """The labels of which no other is made up: the totals at the top, or all where there are none."""
        named = {label for labels in self.parts.values() for label in labels}
        return tuple(label for label in self.labels if label not in named and label not in self.unprinted)

    def leaf(self, label: Label) -> Label:
        """Return the leaf that a finer label belongs to, and any other label as it is."""
        return (self.within or {}).get(label, label)

    def _beneath(self, label: Label, above: tuple[Label, ...]) -> tuple[Label, ...]:
        if label in above:
            raise DataError(f"{label} is made up of itself", expected="totals made up of smaller ones", where=self.name)
        if label in self.parts:
            return tuple(leaf for part in self.parts[label] for leaf in self._beneath(part, (*above, label)))
        if label not in self._leaf_set:
            raise DataError(f"there is no {label!r}", expected="a label of the dimension", where=self.name)
        return (label,)

    @cached_property
    def _leaf_set(self) -> frozenset[Label]:
        return frozenset(self.leaves)

    @classmethod
    def with_total(cls, name: str, leaves: Iterable[Label], total: Label = "All") -> Hierarchy:
        """Return a dimension of one level and its total."""
        cells = tuple(leaves)
        return cls(name, cells, {total: cells})

    @classmethod
    def side_by_side(cls, name: str, labels: Iterable[Label]) -> Hierarchy:
        """Return a dimension that is not added up: months, metrics, Places without a national total."""
        return cls(name, tuple(labels), {})

    @classmethod
    def nested(cls, name: str, parent: Mapping[Label, Label], total: Label | None = None) -> Hierarchy:
        """Return levels within levels from the label that each one lies within; `total` is put above the highest.

        `{"E01": "North", "E02": "North", "North": "Place"}` says that two LSOAs make up North and North the Place.
        """
        parts: dict[Label, list[Label]] = {}
        for label, above in parent.items():
            parts.setdefault(above, []).append(label)
        tops = [label for label in parts if label not in parent]
        if total is not None:
            parts[total] = tops
        leaves = tuple(label for label in parent if label not in parts)
        return cls(name, leaves, {label: tuple(members) for label, members in parts.items()})

    @classmethod
    def areas(cls, name: str, areas: Mapping[Label, Iterable[Label]]) -> Hierarchy:
        """Return areas that may nest or overlap, each given by the finest areas that make it up.

        The finest areas themselves are not printed. Those that always lie in the same areas are taken together, and
        what one area has beyond another, or two have in common, becomes an unprinted label: a reader can subtract.
        Unprinted labels are written `North - Place`, `North & Place`, or by the areas that they lie in.
        """
        sets = {label: frozenset(members) for label, members in areas.items()}
        lies_in: dict[tuple[Label, ...], list[Label]] = {}
        for atom in sorted(frozenset().union(*sets.values())):
            lies_in.setdefault(tuple(label for label, members in sets.items() if atom in members), []).append(atom)
        leaves = {f"only in {' and '.join(areas_of)}": atoms for areas_of, atoms in lies_in.items()}
        within = {atom: leaf for leaf, atoms in leaves.items() for atom in atoms}
        wanted = {**sets, **_differences(sets)}
        parts = {label: tuple(leaf for leaf, atoms in leaves.items() if atoms[0] in s) for label, s in wanted.items()}
        return cls(name, tuple(leaves), parts, frozenset((*leaves, *(wanted.keys() - sets.keys()))), within)


def _differences(sets: Mapping[Label, frozenset[Label]]) -> dict[Label, frozenset[Label]]:
    """Return what areas that share something have beyond each other and in common, each set once."""
    found: dict[Label, frozenset[Label]] = {}
    seen = set(sets.values())
    for a, mine in sets.items():
        for b, theirs in sets.items():
            for label, rest in ((f"{a} - {b}", mine - theirs), (f"{a} & {b}", mine & theirs)):
                if a != b and mine & theirs and rest and rest not in seen:
                    seen.add(rest)
                    found[label] = rest
    return found
