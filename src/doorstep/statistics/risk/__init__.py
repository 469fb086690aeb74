"""How good a risk model is: calibration, discrimination, and what it finds at a capacity or a threshold.

In: predicted risks (n) and outcomes of 0 or 1 (n). Out: small frozen results. What a small group cannot tell is blank
(NaN) and a note says why. Figures about people are not disclosure-controlled here. Plane: none; nothing here knows
what a person is.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.statistics.risk.capacity import AtCapacity as AtCapacity
    from doorstep.statistics.risk.capacity import at_capacity as at_capacity
    from doorstep.statistics.risk.curve import CalibrationCurve as CalibrationCurve
    from doorstep.statistics.risk.curve import calibration_curve as calibration_curve
    from doorstep.statistics.risk.decisions import DecisionCurve as DecisionCurve
    from doorstep.statistics.risk.decisions import decision_curve as decision_curve
    from doorstep.statistics.risk.performance import Performance as Performance
    from doorstep.statistics.risk.performance import model_performance as model_performance
    from doorstep.statistics.risk.performance import performance_by as performance_by

# The door's names, imported on first use: NumPy and the models are heavy and `doorstep --help` must stay quick.
_HOMES = {
    "AtCapacity": "capacity",
    "at_capacity": "capacity",
    "CalibrationCurve": "curve",
    "calibration_curve": "curve",
    "DecisionCurve": "decisions",
    "decision_curve": "decisions",
    "Performance": "performance",
    "model_performance": "performance",
    "performance_by": "performance",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
