"""The provenance of a return as two files beside it: one for programs, one for people.

Both hold totals that are not suppressed, so only their owner can read them, and the readable one says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doorstep.returns.paths import write_text
from doorstep.returns.provenance_page import markdown


def files_beside(workbook: Path) -> tuple[Path, Path]:
    """Return the names of the two files: `.provenance.json` and `.provenance.md`."""
    return workbook.with_name(f"{workbook.stem}.provenance.json"), workbook.with_name(f"{workbook.stem}.provenance.md")


def write_provenance(workbook: Path, provenance: Mapping[str, Any]) -> tuple[Path, Path]:
    """Write both files, readable by their owner only."""
    data, page = files_beside(workbook)
    write_text(data, json.dumps(provenance, indent=2, default=str, ensure_ascii=False) + "\n", mode=0o600)
    write_text(page, markdown(provenance), mode=0o600)
    return data, page
