"""Disclosure control: which small numbers to hide, and whether hiding them worked.

In: tables of counts with the rules by which they add up. Out: which cells to hide, and what a reader could still
work out. `primary` is the published rule (every number below the threshold); `audit` and `worked_out` say what it
gives away; `secondary` hides further cells until, for every hidden cell, both nothing and the largest hidden number
stay possible. Tables that only add up need no solver; rules between lines bring in integer programming.
"""

from doorstep.statistics.disclosure.exposure import Exposure, audit, ranges, worked_out
from doorstep.statistics.disclosure.rounding import hes_rule
from doorstep.statistics.disclosure.suppression import Suppression, secondary
from doorstep.statistics.disclosure.table import Cell, Line, Link, Range, Table, Version, bed_day_links
from doorstep.statistics.disclosure.threshold import THRESHOLD, primary

__all__ = [
    "THRESHOLD",
    "Cell",
    "Exposure",
    "Line",
    "Link",
    "Range",
    "Suppression",
    "Table",
    "Version",
    "audit",
    "bed_day_links",
    "hes_rule",
    "primary",
    "ranges",
    "secondary",
    "worked_out",
]
