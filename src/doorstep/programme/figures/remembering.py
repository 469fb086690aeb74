"""Figures read before, kept in the memory of a process: the ones asked for longest ago go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from django.conf import settings

from doorstep.programme.figures.numbers import Edition, Figures

Question = tuple[Edition, frozenset[str], frozenset[str], tuple[date, date] | None, bool]

# Whole lines of about 2 kB, so at most some 80 MB; an answer of more than half of that is not kept.
MOST_LINES = 40_000
OF_A_LINE = 0.2  # what a line takes of which only the total was read

_kept: OrderedDict[Question, Figures] = OrderedDict()
_lock = Lock()


def remembered(question: Question, read: Callable[[], Figures]) -> Figures:
    """Return the answer to a question, read unless it is kept; an edition that has no row is never kept."""
    if not question[0].id or not getattr(settings, "FIGURES_CACHE", True):
        return read()
    with _lock:
        if question in _kept:
            _kept.move_to_end(question)
            return _kept[question]
    found = read()
    if size(found) <= MOST_LINES // 2:
        _keep(question, found)
    return found


def _keep(question: Question, found: Figures) -> None:
    with _lock:
        _kept[question] = found
        while sum(map(size, _kept.values())) > MOST_LINES:
            _kept.popitem(last=False)


def size(figures: Figures) -> float:
    """Return how much memory figures take, as a number of whole lines."""
    only_totals = bool(figures.lines) and len(figures.lines[0].values) == 1
    return len(figures.lines) * (OF_A_LINE if only_totals else 1)


def forget() -> None:
    """Forget everything."""
    with _lock:
        _kept.clear()
