"""Illness: who has what since when, how frail, on which medicines, and the coded entries that say so.

Comes in: the people of a part. Goes out: `Health` (conditions, deficits, medicines by person and day) and the true
facts of the coded and medicine tables. What is fitted to published figures is in data/illness.toml.
"""

from __future__ import annotations

from doorstep.synthetic.health.assessed import EFI2_LIST, recorded
from doorstep.synthetic.health.coding import EVERYDAY, code_lists, make_coded, with_objections
from doorstep.synthetic.health.drawing import make_health
from doorstep.synthetic.health.medicines import CLASSES, MEDICINES, class_of, make_medicines
from doorstep.synthetic.health.model import BANDS, DEFICITS, model
from doorstep.synthetic.health.state import NO_DAY, Health, object_to_sharing

__all__ = [
    "BANDS",
    "CLASSES",
    "DEFICITS",
    "EFI2_LIST",
    "EVERYDAY",
    "MEDICINES",
    "NO_DAY",
    "Health",
    "class_of",
    "code_lists",
    "make_coded",
    "make_health",
    "make_medicines",
    "model",
    "object_to_sharing",
    "recorded",
    "with_objections",
]
