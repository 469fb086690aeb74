"""The plain-Python engine: the meaning of definitions written as loops over lists, for people to check.

In: lake tables as lists of dicts, a shelf, code lists. Out: the person table and history as lists of dicts, with the
rows and words behind every value. It is slow; the other engines must make the same rows. Plane: planning.
"""

from doorstep.planning.engine.plain.given import Evidence, Reason, read_rows
from doorstep.planning.engine.plain.table import Computed, Program, person_table

__all__ = ["Computed", "Evidence", "Program", "Reason", "person_table", "read_rows"]
