"""Figures read before, kept in the memory of a process: the ones asked for longest ago go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from django.conf import settings

from doorstep.programme.figures.numbers import Edition, Figures

Question = tuple[Edition, frozenset[str], frozenset[str], tuple[date, date] | None]

# About 2 kB a line, so at most some 80 MB; an answer of more than half of that is not kept.
MOST_LINES = 40_000

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
    if len(found.lines) <= MOST_LINES // 2:
        _keep(question, found)
    return found


def _keep(question: Question, found: Figures) -> None:
    with _lock:
        _kept[question] = found
        while sum(len(figures.lines) for figures in _kept.values()) > MOST_LINES:
            _kept.popitem(last=False)


def forget() -> None:
    """Forget everything."""
    with _lock:
        _kept.clear()
