"""The one place that asks what day it is, so that a test or a re-run can say.

`DOORSTEP_TODAY=2026-09-30` sets the day for a whole process.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from doorstep.errors import ConfigurationError


def now() -> datetime:
    """Return the current time in UTC, or midnight of `DOORSTEP_TODAY` where it is set."""
    given = os.environ.get("DOORSTEP_TODAY")
    if not given:
        return datetime.now(UTC)
    try:
        return datetime.combine(date.fromisoformat(given), datetime.min.time(), UTC)
    except ValueError as error:
        raise ConfigurationError(
            f"{given!r} is not a date", expected="a day such as 2026-09-30", where="DOORSTEP_TODAY"
        ) from error


def today() -> date:
    """Return the current day (UTC), or `DOORSTEP_TODAY` where it is set."""
    return now().date()
