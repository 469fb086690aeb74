"""The question that every tool answers: which columns, from which files, as at which day. Standard library alone.

A person's row holds, for everyone in `person`:
- each condition: true where the latest entry of its codes is later than the latest that ends it (where any does);
- `deficits`: bit i is the i-th deficit, there where any entry has one of its codes; `n_deficits`: how many;
- each count: rows of one table after `year_from`, up to and including `as_at`, whose column is in a range of text;
- `score`: the weights, in whole tenths, of the distinct items found among the diagnoses of stays admitted after
  `score_from`; null where there was no such stay.

Entries after `as_at` do not count; an entry without a date counts as earlier than any other.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Condition:
    """A condition: the concept of its codes, and that of the codes that end it (empty: none)."""

    name: str
    concept: int
    ended_by: int | None


@dataclass(frozen=True)
class Count:
    """A count of the rows of a table whose `column` is from `lowest` to below `beyond`."""

    name: str
    table: str
    day: str
    column: str
    lowest: str
    beyond: str


@dataclass(frozen=True)
class Asked:
    """The question, and where the facts lie.

    `codes`: Parquet (code, concept), the concepts of conditions and of what ends them, numbered from 0, and
    `deficit_codes` (code, deficit); `weights`: Parquet (prefix, tenths) of the score's items, all of three characters.
    """

    as_at: str
    year_from: str
    score_from: str
    tables: dict[str, list[str]]
    codes: str
    deficit_codes: str
    weights: str
    conditions: tuple[Condition, ...]
    n_deficits: int
    counts: tuple[Count, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the answer, person_id first."""
        names = (*(c.name for c in self.conditions), "deficits", "n_deficits", *(c.name for c in self.counts), "score")
        return ("person_id", *names)

    @property
    def n_variables(self) -> int:
        """How many variables a person has: each deficit is one."""
        return len(self.conditions) + self.n_deficits + len(self.counts) + 1

    @property
    def dated(self) -> tuple[int, ...]:
        """The concepts whose latest day matters, since something ends them or they end something."""
        pairs = [(c.concept, c.ended_by) for c in self.conditions if c.ended_by is not None]
        return tuple(dict.fromkeys(x for pair in pairs for x in pair))

    def write(self, path: Path) -> None:
        """Write the question as JSON."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def read(path: Path) -> Asked:
    """Read a question that was written."""
    found = json.loads(path.read_text(encoding="utf-8"))
    found["conditions"] = tuple(Condition(**c) for c in found["conditions"])
    found["counts"] = tuple(Count(**c) for c in found["counts"])
    return Asked(**found)
