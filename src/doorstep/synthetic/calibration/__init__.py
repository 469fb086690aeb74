"""Whether made-up people behave like real ones: every published figure beside what was made.

In: a folder with `lake/` and `truth/` as a made system has them. Out: verdicts, and the calibration report.
"""

from doorstep.synthetic.calibration.checks import ENGLAND, REGISTERS, Check
from doorstep.synthetic.calibration.judging import Verdict
from doorstep.synthetic.calibration.local import between_practices, between_providers, flows
from doorstep.synthetic.calibration.opening import Made, open_made
from doorstep.synthetic.calibration.running import run

__all__ = [
    "ENGLAND",
    "REGISTERS",
    "Check",
    "Made",
    "Verdict",
    "between_practices",
    "between_providers",
    "flows",
    "open_made",
    "run",
]
