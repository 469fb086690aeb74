"""A Place's own cohorts: a rule or a list, run, checked against the national group, and frozen.

In: the person table and the lake's cohort lists. Out: `membership`, one row a stay. Plane: planning.
"""

from doorstep.planning.cohorts.freezing import freeze
from doorstep.planning.cohorts.membership import create_membership, definition_of
from doorstep.planning.cohorts.overlaps import overlaps
from doorstep.planning.cohorts.runs import define, run
from doorstep.planning.cohorts.store import CohortFolder, folders

__all__ = ["CohortFolder", "create_membership", "define", "definition_of", "folders", "freeze", "overlaps", "run"]
