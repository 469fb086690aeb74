"""Examples of the shell's addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

EXAMPLES: dict[str, dict[str, Any]] = {
    "person-change": {"person": UUID(int=5), "what": "close"},
}
