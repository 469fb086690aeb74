"""Layouts: the tables of the lake, and the extract files that the shipped profiles read. No heavy import here."""

from doorstep.records.contracts.extracts import LAYOUTS, Layout
from doorstep.records.contracts.lake import (
    ARRIVAL,
    LAKE_FORMAT,
    TABLES,
    Column,
    KeyScheme,
    Outcome,
    Table,
)

__all__ = ["ARRIVAL", "LAKE_FORMAT", "LAYOUTS", "TABLES", "Column", "KeyScheme", "Layout", "Outcome", "Table"]
