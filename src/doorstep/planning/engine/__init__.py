"""The engine: definitions compiled once, run on DuckDB, on Spark, and by a plain-Python reference.

In: a shelf of definitions, and lake tables as known by a date. Out: the person table and the monthly history, the same
rows from every engine. Plane: planning.
"""
