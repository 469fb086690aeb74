"""The three breakdowns of a return and their groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from doorstep.returns.figures import COLUMNS


@dataclass(frozen=True)
class Breakdown:
    """One breakdown: its name in the return, and how a page calls it."""

    name: str
    slug: str
    title: str


@dataclass(frozen=True)
class Group:
    """One group of a breakdown: its position in `returns.COLUMNS` and its words."""

    column: int
    breakdown: str
    words: str

    @property
    def is_known(self) -> bool:
        """False for `not known`."""
        return self.words.casefold() != "not known"


BREAKDOWNS: Final = (
    Breakdown("Age Group", "age", "Age"),
    Breakdown("Ethnic Group", "ethnicity", "Ethnic group"),
    Breakdown("Deprivation Quintile", "quintile", "Deprivation quintile"),
)
_QUINTILES: Final = {"1": "1, most deprived", "5": "5, least deprived"}


def groups(of: Breakdown) -> tuple[Group, ...]:
    """Return the groups of a breakdown, in the return's order."""
    return tuple(
        Group(column, of.title, _words(of, value)) for column, (name, value) in enumerate(COLUMNS) if name == of.name
    )


def _words(of: Breakdown, value: str) -> str:
    if value.casefold() == "not known":
        return "Not known"
    return _QUINTILES.get(value, value) if of.slug == "quintile" else value


AGE, ETHNICITY, QUINTILE = BREAKDOWNS
EVERY: Final = tuple(group for breakdown in BREAKDOWNS for group in groups(breakdown))
