"""Which names somebody may have meant: the few like the one they gave, not all there are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(given: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return at most five names like the one given: those that hold it or are spelt like it; none where none is."""
    names, wanted = sorted(known), given.strip().lower()
    by_letters = {name.lower(): name for name in names}
    alike = [by_letters[found] for found in difflib.get_close_matches(wanted, list(by_letters), n=5, cutoff=0.7)]
    holding = [name for name in names if wanted and wanted in name.lower()]
    return tuple(dict.fromkeys([*alike[:1], *holding, *alike]))[:5]


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """Return the question that an error may end with; empty where no name is like the one given."""
    found = nearest(given, known)
    return f"did you mean {' or '.join(found)}?" if found else ""
