"""What the log of issues and changes says of a line: a break in the series splits its chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

BREAK = "break"


@dataclass(frozen=True)
class Noted:
    """One entry of the log that holds: what kind, from when to when (open where None), in the log's own words."""

    kind: str
    month_from: date
    month_to: date | None
    words: str

    @property
    def is_break(self) -> bool:
        """Whether months before and after it are not of one series."""
        return self.kind == BREAK
