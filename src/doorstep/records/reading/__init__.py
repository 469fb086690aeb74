"""Reading: extracts as they arrived become staged tables of lake columns, one row for every data row of the file.

In: the files of one delivery (CSV or Parquet) and the profile or mapping that reads them. Out: an `Interpretation` for
each file and table it fills, naming a temporary DuckDB table; see `staging` for its columns. Nothing is decided here
that needs another delivery: linkage, purposes, versions and scope come later. Plane: staged keys and identities are as
they arrived, so a connection that holds them belongs to the loading account only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.records.profiles import Profile as Mapping
    from doorstep.records.profiles import load_mapping
    from doorstep.records.reading.delivery import Interpretation, iterate_delivery, read_delivery
    from doorstep.records.reading.dictionaries import DICTIONARIES
    from doorstep.records.reading.source import SourceFile
    from doorstep.records.reading.staging import PLACEHOLDERS, filled

__all__ = [
    "DICTIONARIES",
    "PLACEHOLDERS",
    "Interpretation",
    "Mapping",
    "SourceFile",
    "filled",
    "iterate_delivery",
    "load_mapping",
    "read_delivery",
]

_HOMES = {
    "DICTIONARIES": "doorstep.records.reading.dictionaries",
    "Interpretation": "doorstep.records.reading.delivery",
    "iterate_delivery": "doorstep.records.reading.delivery",
    "read_delivery": "doorstep.records.reading.delivery",
    "SourceFile": "doorstep.records.reading.source",
    "PLACEHOLDERS": "doorstep.records.reading.staging",
    "filled": "doorstep.records.reading.staging",
    "load_mapping": "doorstep.records.profiles",
}


def __getattr__(name: str) -> Any:
    """Load the engine only when a file is read."""
    from importlib import import_module

    if name == "Mapping":
        return import_module("doorstep.records.profiles").Profile
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
