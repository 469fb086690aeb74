"""The sorted copy: the facts of one snapshot, made once at load time so that one person, or some, are found quickly.

In: an open lake. Out: Parquet under `planning/sorted/`, people and codes as whole numbers, rows of a person together,
each row with the file and row it came from. It depends on no definition and no code list. Plane: planning.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.planning.sorted_copy.layout import SortedCopy as SortedCopy
    from doorstep.planning.sorted_copy.layout import find_copy as find_copy
    from doorstep.planning.sorted_copy.one_person import rows_of_person as rows_of_person
    from doorstep.planning.sorted_copy.reading import SortedSource as SortedSource
    from doorstep.planning.sorted_copy.reading import open_copy as open_copy
    from doorstep.planning.sorted_copy.writing import make_copy as make_copy

__all__ = ["SortedCopy", "SortedSource", "find_copy", "make_copy", "open_copy", "rows_of_person"]

_HOMES = {
    "SortedCopy": "layout", "find_copy": "layout", "SortedSource": "reading", "open_copy": "reading",
    "rows_of_person": "one_person", "make_copy": "writing",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
