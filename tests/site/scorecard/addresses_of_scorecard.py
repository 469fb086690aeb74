"""Examples of the scorecard's addresses and of the interface's."""

from __future__ import annotations

from typing import Any

_OVERVIEW = {"kind": "overview", "words": ""}
EXAMPLES: dict[str, dict[str, Any]] = {
    "definition": {"line": "O1a"},
    "exhibit": _OVERVIEW,
    "exhibit-choose": {"kind": "overview"},
    "exhibit-csv": {**_OVERVIEW, "table": "table-1"},
    "exhibit-csv-metadata": {**_OVERVIEW, "table": "table-1"},
    "api-exhibit": _OVERVIEW,
    **{name: {"number": 1, "word": "all"} for name in ("pack", "pack-make", "pack-html", "pack-pdf")},
}
