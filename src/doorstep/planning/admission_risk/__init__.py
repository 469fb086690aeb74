"""Admission risk: a locally fitted model of an emergency admission in the next twelve months, and what to think of it.

In: the person table of a day as known that day, and what happened in the year after. Out: a model file with its hash, a
report of how good it is and for whom it is not, and scores in a file of their own. It finds people for a clinician to
review; nothing here makes anybody a member of a cohort. Plane: planning.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.planning.admission_risk.definition import RiskModel as RiskModel
    from doorstep.planning.admission_risk.definition import risk_model as risk_model
    from doorstep.planning.admission_risk.frame import Frame as Frame
    from doorstep.planning.admission_risk.frame import build_frame as build_frame
    from doorstep.planning.admission_risk.model import FittedModel as FittedModel
    from doorstep.planning.admission_risk.model import fit_model as fit_model
    from doorstep.planning.admission_risk.model import read_model as read_model
    from doorstep.planning.admission_risk.model import write_model as write_model
    from doorstep.planning.admission_risk.purpose import INTENDED_PURPOSE as INTENDED_PURPOSE
    from doorstep.planning.admission_risk.report import write_report as write_report
    from doorstep.planning.admission_risk.scoring import write_scores as write_scores

# The door's names, imported on first use: NumPy and DuckDB are heavy and `doorstep --help` must stay quick.
_HOMES = {
    "INTENDED_PURPOSE": "purpose",
    "FittedModel": "model",
    "Frame": "frame",
    "RiskModel": "definition",
    "build_frame": "frame",
    "fit_model": "model",
    "read_model": "model",
    "risk_model": "definition",
    "write_model": "model",
    "write_report": "report",
    "write_scores": "scoring",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
