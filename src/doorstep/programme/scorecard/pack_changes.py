"""What an edition has that the one before had not: new returns, corrected ones, withdrawn ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import words
from doorstep.programme.scorecard.pooling import Part


@dataclass(frozen=True)
class Changes:
    """Months that are new (with how many Places each), corrected Place-months with their version, withdrawn ones."""

    new: tuple[tuple[date, int], ...]
    corrected: tuple[tuple[str, date, int], ...]
    withdrawn: tuple[Part, ...]


def changes(now: Figures, before: Figures | None) -> Changes:
    """Return what changed between two editions; where there is none before, everything is new."""
    held, had = _versions(now), _versions(before) if before else {}
    new = [month for place, month in held if (place, month) not in had]
    corrected = [(*part, version) for part, version in held.items() if had.get(part, version) != version]
    return Changes(
        tuple((month, new.count(month)) for month in sorted(set(new))),
        tuple(sorted(corrected, key=_by_name)),
        tuple(sorted((part for part in had if part not in held), key=_by_name)),
    )


def _versions(figures: Figures) -> dict[Part, int]:
    """Return the version of each Place-month: the newest among its lines, as lines that stay the same keep theirs."""
    found: dict[Part, int] = {}
    for line in figures.lines:
        found[line.place, line.month] = max(line.version, found.get((line.place, line.month), 0))
    return found


def _by_name(part: tuple[str, date, int] | Part) -> tuple[str, date]:
    return words.place_name(part[0]).casefold(), part[1]
