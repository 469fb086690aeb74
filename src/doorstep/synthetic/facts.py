"""The true facts of one kind: who, when, and the attributes; and small vocabularies instead of repeated words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints


class Words(NamedTuple):
    """A column of text: positions in a list of words."""

    at: Ints
    words: tuple[str, ...]

    def take(self, rows: Ints | Bools) -> Words:
        """Return the column at those rows."""
        return Words(self.at[rows], self.words)


class Lists(NamedTuple):
    """A column of lists of words: those of row i are `words[at[start[i]:start[i + 1]]]`."""

    start: Ints
    at: Ints
    words: tuple[str, ...]

    def take(self, rows: Ints | Bools) -> Lists:
        """Return the column at those rows."""
        index = np.flatnonzero(rows) if rows.dtype == bool else rows
        length = np.diff(self.start)[index]
        start = np.concatenate([[0], np.cumsum(length)])
        at = np.arange(start[-1]) - np.repeat(start[:-1] - self.start[index], length)
        return Lists(start, self.at[at], self.words)

    @property
    def lengths(self) -> Ints:
        """How many words each row has."""
        return np.diff(self.start)


Value = Any  # an array, Words or Lists


@dataclass
class Facts:
    """True facts of one lake table in order of day; `day` is that of the table's activity clock.

    A fact is identified by its position. `columns` hold arrays, Words or Lists of the same length.
    """

    table: str
    person: Ints
    day: Ints
    columns: dict[str, Value] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many facts there are."""
        return len(self.person)

    def take(self, rows: Ints | Bools) -> Facts:
        """Return the facts at those rows."""
        columns = {
            name: value.take(rows) if isinstance(value, Words | Lists) else value[rows]
            for name, value in self.columns.items()
        }
        return Facts(self.table, self.person[rows], self.day[rows], columns)


def by_day(facts: Facts) -> Facts:
    """Return the facts in order of day, as they would arrive."""
    return facts.take(np.argsort(facts.day, kind="stable"))


def joined_facts(parts: Sequence[Facts], people: Sequence[int], numbered: Mapping[str, Sequence[int]]) -> Facts:
    """Put the facts of parts of the people together, in order of day.

    `people` is how many each part has; `numbered` names columns that number things within a part, and how many each
    part has of them, so that numbers stay apart.
    """
    offsets = np.concatenate([[0], np.cumsum(people)])[:-1]
    person = np.concatenate([f.person + at for f, at in zip(parts, offsets, strict=True)]).astype(np.int32)
    columns = {name: _joined_column([f.columns[name] for f in parts]) for name in parts[0].columns}
    for name, counts in numbered.items():
        before = np.concatenate([[0], np.cumsum(counts)])[:-1]
        columns[name] = columns[name] + np.repeat(before, [f.n for f in parts]).astype(columns[name].dtype)
    return by_day(Facts(parts[0].table, person, np.concatenate([f.day for f in parts]), columns))


def _joined_column(parts: Sequence[Value]) -> Value:
    first = parts[0]
    if isinstance(first, Words):
        return Words(np.concatenate([p.at for p in parts]), first.words)
    if isinstance(first, Lists):
        ends = np.concatenate([[0], *(np.diff(p.start) for p in parts)]).cumsum()
        return Lists(ends, np.concatenate([p.at for p in parts]), first.words)
    return np.concatenate(parts)
