"""Who and how many: registers, frailty, cohorts, indicators.

In: a lake snapshot as known by a date. Out: the person table, cohort membership, and the figures of a return with
their provenance. Plane: planning (pseudonymised people; only disclosure-controlled aggregates leave).
"""
