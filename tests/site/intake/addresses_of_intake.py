"""Examples of the addresses of submissions."""

from __future__ import annotations

from datetime import date
from typing import Any

_MONTH = date(2026, 7, 1)
EXAMPLES: dict[str, dict[str, Any]] = {
    "collection": {"month": _MONTH},
    "collection-review": {"month": _MONTH, "step": "sign-off"},
    "collection-check": {"month": _MONTH},
    "collection-sign-off": {"month": _MONTH},
    "collection-send-back": {"month": _MONTH},
    "collection-quality": {"month": _MONTH},
    "collection-quality-file": {"month": _MONTH},
    "return-quality": {"place": "sefton", "month": _MONTH},
    "return-quality-file": {"place": "sefton", "month": _MONTH},
}
