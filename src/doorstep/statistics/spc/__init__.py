"""Statistical process control: XmR charts by the Making Data Count rules.

In: one value a month (or week, or day), with gaps left as gaps. Out: for every point its mean, limits, special cause
and type; for the chart its two icons. Fewer than 13 points give provisional limits and no good news. Plane: none.
"""

from doorstep.statistics.spc.chart import PROVISIONAL_BELOW, Chart, ChartError, Point, xmr
from doorstep.statistics.spc.icons import Assurance, Direction, PointType, Variation
from doorstep.statistics.spc.monthly import STANDARD_MONTH, RebaseCandidate, day_adjusted, rebase_candidates
from doorstep.statistics.spc.rules import SpecialCause
from doorstep.statistics.spc.series import Series, SeriesError

__all__ = [
    "PROVISIONAL_BELOW",
    "STANDARD_MONTH",
    "Assurance",
    "Chart",
    "ChartError",
    "Direction",
    "Point",
    "PointType",
    "RebaseCandidate",
    "Series",
    "SeriesError",
    "SpecialCause",
    "Variation",
    "day_adjusted",
    "rebase_candidates",
    "xmr",
]
