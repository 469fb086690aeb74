"""The pounds that a Place gives to one of each activity, from a CSV of its own."""

from __future__ import annotations

import csv
from pathlib import Path

from doorstep.errors import DataError, UsageError


def read_costs(path: Path) -> dict[str, float]:
    """Return the cost in pounds of one of each activity: a CSV with the columns `activity` and `cost`.

    `activity` is a column of the person table, such as emergency_admissions_12m. Raises UsageError where there is no
    such file, DataError where a cost is no number from 0 or an activity stands twice.
    """
    if not path.is_file():
        raise UsageError(
            f"there is no file {path}", expected="a CSV with the columns activity and cost", where="--costs"
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"activity", "cost"} <= set(reader.fieldnames or ()):
            named = ", ".join(reader.fieldnames or ()) or "(none)"
            raise DataError(f"the columns {named}", expected="activity and cost", where=str(path))
        found: dict[str, float] = {}
        for number, row in enumerate(reader, start=2):
            where = f"{path}, line {number}"
            if row["activity"] in found:
                raise DataError(f"{row['activity']} stands twice", expected="each activity once", where=where)
            found[row["activity"]] = _pounds(row["cost"], where)
    if not any(found.values()):
        raise DataError("no activity costs anything", expected="a cost above 0", where=str(path))
    return found


def _pounds(text: str, where: str) -> float:
    try:
        cost = float(text)
    except (TypeError, ValueError):
        cost = -1.0
    if not 0 <= cost < 1e7:
        raise DataError(f"a cost of {text!r}", expected="pounds as a number from 0, such as 3110.50", where=where)
    return cost
