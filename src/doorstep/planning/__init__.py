"""Who and how many: registers, frailty, cohorts, indicators.

In: a lake snapshot as known by a date. Out: the person table, cohort membership, and the figures of a return with
their provenance. Plane: planning (pseudonymised people; only disclosure-controlled aggregates leave).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.planning.building import BuiltReturn as BuiltReturn
    from doorstep.planning.building import build_return as build_return
    from doorstep.planning.building import counted_month as counted_month
    from doorstep.planning.cohorts import create_membership as create_membership
    from doorstep.planning.explaining import CellChange as CellChange
    from doorstep.planning.explaining import Reason as Reason
    from doorstep.planning.explaining import explain_change as explain_change
    from doorstep.planning.people import create_people as create_people
    from doorstep.planning.person_file import build_person_file as build_person_file
    from doorstep.planning.person_file import ensure_person_file as ensure_person_file
    from doorstep.planning.series import breaks as breaks

# The door's names, imported on first use: SQLGlot and DuckDB are heavy and `doorstep --help` must stay quick.
_HOMES = {
    "BuiltReturn": "building",
    "breaks": "series",
    "CellChange": "explaining",
    "Reason": "explaining",
    "build_return": "building",
    "counted_month": "building",
    "explain_change": "explaining",
    "build_person_file": "person_file",
    "create_membership": "cohorts",
    "create_people": "people",
    "ensure_person_file": "person_file",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
