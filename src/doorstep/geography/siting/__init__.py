"""Siting: where neighbourhood health centres should be, with a bound on how much better any other choice could be.

In: areas with people and weights, candidate sites, fixed centres, how many or what budget, an aim, distances in a
straight line times a road factor or a matrix of the user's. Out: `answer` gives the chosen sites and a certificate;
`by_quintile`, `by_council` and `by_site` say what it means for people; `read_weeks` checks opening hours.
Plane: none; nothing here is about a person.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.geography.siting.answering import Answer, answer
    from doorstep.geography.siting.effects import by_council, by_quintile, by_site
    from doorstep.geography.siting.files import read_matrix, read_sites
    from doorstep.geography.siting.hours import read_weeks
    from doorstep.geography.siting.question import Demand, Question, Site
    from doorstep.geography.siting.shipped import besides, demand_of, far_off, sites_of
    from doorstep.geography.siting.writing import write

_LAZY = {
    "Answer": "answering",
    "Demand": "question",
    "Question": "question",
    "Site": "question",
    "answer": "answering",
    "besides": "shipped",
    "by_council": "effects",
    "by_quintile": "effects",
    "by_site": "effects",
    "demand_of": "shipped",
    "far_off": "shipped",
    "read_matrix": "files",
    "read_sites": "files",
    "read_weeks": "hours",
    "sites_of": "shipped",
    "write": "writing",
}

__all__ = [
    "Answer",
    "Demand",
    "Question",
    "Site",
    "answer",
    "besides",
    "by_council",
    "by_quintile",
    "by_site",
    "demand_of",
    "far_off",
    "read_matrix",
    "read_sites",
    "read_weeks",
    "sites_of",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load a name of the door on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
