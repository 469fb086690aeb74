"""Examples of the shell's addresses, and of those whose app has none of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

EXAMPLES: dict[str, dict[str, Any]] = {
    "person-change": {"person": UUID(int=5), "what": "close"},
    "definition": {"line": "O1"},
    "exhibit": {"kind": "overview", "words": ""},
    "exhibit-choose": {"kind": "overview"},
    "exhibit-csv": {"kind": "overview", "words": "", "table": "table-1"},
    "exhibit-csv-metadata": {"kind": "overview", "words": "", "table": "table-1"},
    "api-exhibit": {"kind": "overview", "words": ""},
    **{name: {"number": 1, "word": "programme"} for name in ("pack", "pack-make", "pack-html", "pack-pdf")},
}
