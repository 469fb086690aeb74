"""Charts drawn on the server as SVG: no script, no style attribute, nothing from another host.

In: a typed description of a chart. Out: `Drawn`, the same chart in two widths; a page shows the one that fits, so that
text is at least 12 pixels high on a phone. What a chart means is never told by colour alone. The same description gives
the same text, byte for byte.
"""

from doorstep.web.charts.dots import DotChart, DotRow, draw_dots
from doorstep.web.charts.drawn import Drawn, wide_only
from doorstep.web.charts.funnels import Curve, FunnelChart, FunnelDot, draw_funnel
from doorstep.web.charts.icons import Icon, draw_icon, draw_icon_with_words
from doorstep.web.charts.shapes import Shape
from doorstep.web.charts.sparklines import draw_sparkline
from doorstep.web.charts.times import Level, Mark, TimeChart, TimePoint, draw_time

__all__ = [
    "Curve",
    "DotChart",
    "DotRow",
    "Drawn",
    "FunnelChart",
    "FunnelDot",
    "Icon",
    "Level",
    "Mark",
    "Shape",
    "TimeChart",
    "TimePoint",
    "draw_dots",
    "draw_funnel",
    "draw_icon",
    "draw_icon_with_words",
    "draw_sparkline",
    "draw_time",
    "wide_only",
]
