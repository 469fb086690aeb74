"""Explaining one person: looks that are asked for, written down and counted; findings with the rows behind them.

In: a pseudonym, a purpose, the person table and the facts of that person. Out: for each definition what it says, and
the rows of the record that made it so. Plane: planning, record level: every look is logged before anything is shown.
"""
