"""Compare formulas as a spreadsheet program means them, not as it spells them."""

from __future__ import annotations

import re

_QUOTED_SHEET = re.compile(r"'([A-Za-z]+)'!")


def normal(formula: str) -> str:
    """Return a formula without `=`, blanks, `$` and needless quotes, in capitals."""
    plain = _QUOTED_SHEET.sub(r"\1!", formula.lstrip("=+"))
    return re.sub(r"[\s$]", "", plain).upper().replace("_XLFN.", "")


def same_formula(found: str | None, wanted: str) -> bool:
    """True where two formulas mean the same cell by cell."""
    return found is not None and (found == wanted or normal(found) == normal(wanted))
