"""What each line is called on pages."""

from __future__ import annotations

from doorstep.returns.labels import CASELOAD_LABEL, ROW_LABELS
from doorstep.returns.printed import CASELOAD


def titles() -> dict[str, str]:
    """Return a title for every line that can be chosen, by id."""
    return {**{line: labels[0] for line, labels in ROW_LABELS.items()}, CASELOAD: CASELOAD_LABEL}
