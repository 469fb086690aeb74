"""Examples of the shell's addresses, and of the packs'."""

from __future__ import annotations

from typing import Any
from uuid import UUID

EXAMPLES: dict[str, dict[str, Any]] = {
    "person-change": {"person": UUID(int=5), "what": "close"},
    **{name: {"number": 1, "word": "programme"} for name in ("pack", "pack-make", "pack-html", "pack-pdf")},
}
