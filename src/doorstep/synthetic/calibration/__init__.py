"""Whether made-up people behave like real ones: every published figure beside what was made.

In: a folder with `lake/` and `truth/` as a made system has them. Out: verdicts, and the calibration report.
"""

from doorstep.synthetic.calibration.judging import Verdict
from doorstep.synthetic.calibration.local import LOCAL, compare_local
from doorstep.synthetic.calibration.opening import Made, open_made
from doorstep.synthetic.calibration.published import Row, accounted
from doorstep.synthetic.calibration.register import Check, checks, unmeasured
from doorstep.synthetic.calibration.running import run

__all__ = [
    "LOCAL",
    "Check",
    "Made",
    "Row",
    "Verdict",
    "accounted",
    "checks",
    "compare_local",
    "open_made",
    "run",
    "unmeasured",
]
