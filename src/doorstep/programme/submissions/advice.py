"""What to do about a finding, in plain words: findings are shown by what mends them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from doorstep.programme.submissions import across
from doorstep.returns.faults import CODES

# what to do -> the codes it mends. Order is that of the page.
_DO: Final[dict[str, tuple[str, ...]]] = {
    "Save it as an .xlsx workbook without macros, links and formulas that reach out": (
        "not-a-workbook", "file-type", "macros", "active-content", "formula-injection",
    ),
    "Start again from the template, and copy the numbers into it": (
        "missing-sheet", "missing-column", "missing-metric", "record-count",
    ),
    "Choose the Place and the month from their lists": (
        "missing-place", "missing-month", "unknown-place", "unknown-month", "other-place", "other-month",
        "place-spelling",
    ),
    "Write * for every number below 6, nought included": ("below-six",),
    "Fill in the empty cells: an empty cell reads as suppressed": ("missing-value",),
    "Write whole numbers from 0, or *": ("not-a-count", "negative", "too-large"),
    "Make the patients of rows 7, 10 and 13 the same": ("patients-differ",),
    "Look at the breakdowns and totals again: they do not fit together": (
        "does-not-add", "impossible-together", "caseload-above-cohort",
    ),
    "Restore the template's formulas, calculate and save": (
        "formula-overwritten", "no-cached-value", "stale-value", "typed-zero",
    ),
    "Look at what stands beside the template, and ask for it to be taken out": ("beside-template",),
    "Find out why two files hold the same numbers": ("duplicate-content", "duplicate"),
    "Say in the log whether the cohort's rule or area changed": ("cohort-jump",),
    "Ask whether a provider's data are missing": ("went-silent", "part-silent"),
    "Ask whether last month's numbers were copied": ("unchanged",),
    "Look whether the change is real": ("implausible-change", "patients-changed", "all-differ"),
    "Know that it was not compared with another month": ("not-compared",),
    "Hide more, if hidden numbers should stay hidden": ("worked-out",),
}  # fmt: skip
# Notes that nearly every sound return has: they say nothing about whether its numbers are right.
ROUTINE: Final = frozenset(
    ("rate-of-suppressed", "worked-out", "large-remainder", "other-marker", "place-spelling", "not-compared")
)
MOST_CELLS: Final = 4  # named in a reason; the Place sees all of them on the return's page
_OTHERS: Final = "Worth a look; nothing has to be done"
_HEADING: Final = {code: heading for heading, codes in _DO.items() for code in codes}
HEADINGS: Final = (*_DO, _OTHERS)


class Found(Protocol):
    """A finding as stored, or as a check gives it."""

    @property
    def severity(self) -> str:
        """`fault` or `note`."""

    @property
    def code(self) -> str:
        """Its kind."""

    @property
    def sheet(self) -> str:
        """The sheet it is on, or nothing."""

    @property
    def cell(self) -> str:
        """The cell it is in, or nothing."""

    @property
    def message(self) -> str:
        """What was found, with numbers."""


@dataclass(frozen=True)
class Row:
    """One finding as shown: where, and what. `about` is the id of another submission, for the Centre."""

    where: str
    words: str
    about: object = None


@dataclass(frozen=True)
class Group:
    """Findings that one thing mends. `is_fault` where that must be done before a sign-off."""

    heading: str
    is_fault: bool
    rows: tuple[Row, ...]


def groups(found: Iterable[Found], *, with_numbers: bool, names_others: bool = False) -> tuple[Group, ...]:
    """Return findings by what to do, faults first.

    Without numbers a finding says where it is and of what kind, not what the cell holds.
    """
    made: dict[tuple[bool, str], list[Row]] = {}
    for one in found:
        key = (one.severity == "fault", _HEADING.get(one.code, _OTHERS))
        made.setdefault(key, []).append(_row(one, with_numbers=with_numbers, names_others=names_others))
    keys = sorted(made, key=lambda key: (not key[0], HEADINGS.index(key[1])))
    return tuple(Group(heading, is_fault, tuple(made[is_fault, heading])) for is_fault, heading in keys)


def reason(found: Iterable[Found]) -> str:
    """Return what a Place has to do about the faults, as the words it is sent back with: cells, and never a number."""
    faults = groups((one for one in found if one.severity == "fault"), with_numbers=False)
    return " ".join(f"{group.heading} ({_cells(group)})." for group in faults)


def _cells(group: Group) -> str:
    """Name the first cells of a group, and say how many there are."""
    named = list(dict.fromkeys(row.where for row in group.rows))
    more = f" and {len(named) - MOST_CELLS} more" if len(named) > MOST_CELLS else ""
    return ", ".join(named[:MOST_CELLS]) + more


def meaning(code: str) -> str:
    """Return what a code stands for, without any number."""
    return across.CODES[code] if code in across.CODES else CODES[code][1]


def _row(one: Found, *, with_numbers: bool, names_others: bool) -> Row:
    where = "!".join(part for part in (one.sheet, one.cell) if part) or "The file"
    words = one.message if with_numbers else meaning(one.code)
    other = getattr(one, "other", None) if names_others else None
    if other is not None:
        words = f"{words}: {other.place}, {other.month:%B %Y}, version {other.version}"
    return Row(where, f"{words[:1].upper()}{words[1:]}".rstrip(".") + ".", other.pk if other is not None else None)
