"""Definitions as data: TOML files a clinician can read, loaded into frozen dataclasses."""

from doorstep.planning.definitions.base import Definition, build, file_hash, read_definition
from doorstep.planning.definitions.clinical import (
    CohortRule,
    Criterion,
    Example,
    FrailtyScore,
    Group,
    PlaceScore,
    Register,
    Tally,
)
from doorstep.planning.definitions.shelf import Shelf, read_shelf, shipped

__all__ = [
    "CohortRule", "Criterion", "Definition", "Example", "FrailtyScore", "Group", "PlaceScore", "Register", "Shelf",
    "Tally", "build", "file_hash", "read_definition", "read_shelf", "shipped",
]  # fmt: skip
