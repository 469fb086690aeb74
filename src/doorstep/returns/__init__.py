"""The NNHIP monthly return as a document: layout, write, fill, read, check, compare, timetable, ledger.

In: `Figures` (counts by metric and column; no record about a person). Out: the workbook, and what is wrong with one.
Plane: none; these are aggregates on their way from planning to the programme.
"""

from doorstep.returns.figures import COLUMNS, METRICS, Figures

__all__ = ["COLUMNS", "METRICS", "Figures"]
