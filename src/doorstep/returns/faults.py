"""What a check finds: one line each, with sheet and cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["fault", "note"]

NOT_A_WORKBOOK: Final = "not-a-workbook"


@dataclass(frozen=True)
class Fault:
    """One finding. A `fault` is wrong; a `note` is allowed but worth a look. `sheet` and `cell` may be empty."""

    sheet: str
    cell: str
    severity: Severity
    code: str
    message: str
    file: str = ""

    def line(self) -> str:
        """Return the finding as one line of text."""
        where = "!".join(part for part in (self.sheet, self.cell) if part)
        start = ": ".join(part for part in (self.file, where) if part)
        return f"{start}: {self.severity} {self.code}: {self.message}"


def exit_code(faults: Iterable[Fault]) -> int:
    """Return 0 where nothing was found, 1 for notes only, 4 for faults, 5 where a file is no workbook."""
    found = list(faults)
    if any(f.code == NOT_A_WORKBOOK for f in found):
        return 5
    if any(f.severity == "fault" for f in found):
        return 4
    return 1 if found else 0


def some(cells: Iterable[str], limit: int = 8) -> str:
    """Name cells in one line, the first few of many."""
    names = list(cells)
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
