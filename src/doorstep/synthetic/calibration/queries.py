"""The query of every check, by name."""

from __future__ import annotations

from doorstep.synthetic.calibration.illness import ILLNESS
from doorstep.synthetic.calibration.use import USE

QUERIES: dict[str, str] = {**ILLNESS, **USE}
