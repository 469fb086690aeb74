"""Definitions as data: TOML files a clinician can read, loaded into frozen dataclasses."""

from doorstep.planning.definitions.base import Definition, build, file_hash, read_definition
from doorstep.planning.definitions.clinical import CohortRule, Criterion, Example, Group, PlaceScore, Register, Tally
from doorstep.planning.definitions.coded import NUMBER, Band, CodedValue, Deficit, DeficitCount, ValueExample, ValueOf
from doorstep.planning.definitions.derived import Flag, Scheme, Segment, Term, WeightedSum
from doorstep.planning.definitions.shelf import FOLDERS, Shelf, read_shelf, shipped
from doorstep.planning.definitions.used import (
    DATED,
    Activity,
    Diagnosed,
    DiagnosisScore,
    History,
    Stay,
    Traced,
    Window,
    where_columns,
)

__all__ = [
    "DATED", "FOLDERS", "NUMBER", "Activity", "Band", "CodedValue", "CohortRule", "Criterion", "Deficit",
    "DeficitCount", "Definition", "Diagnosed", "DiagnosisScore", "Example", "Flag", "Group", "History", "PlaceScore",
    "Register", "Scheme", "Segment", "Shelf", "Stay", "Tally", "Term", "Traced", "ValueExample", "ValueOf",
    "WeightedSum", "Window", "build", "file_hash", "read_definition", "read_shelf", "shipped", "where_columns",
]  # fmt: skip
