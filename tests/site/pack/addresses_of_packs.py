"""Examples of the addresses of packs."""

from __future__ import annotations

from typing import Any

_PACK = {"number": 1, "word": "all"}
EXAMPLES: dict[str, dict[str, Any]] = dict.fromkeys(("pack", "pack-html", "pack-pdf", "pack-make"), _PACK)
