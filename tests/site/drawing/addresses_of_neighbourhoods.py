"""Examples of the addresses of neighbourhoods."""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "neighbourhoods-make": {"way": "by-hand"},
    "neighbourhoods-audit-file": {"slug": "halton", "number": 1, "table": "flows"},
}
