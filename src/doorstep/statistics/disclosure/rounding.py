"""Hospital episode statistics' own rule for sub-national counts, for tables that are not part of a return."""

from __future__ import annotations

from collections.abc import Iterable

from doorstep.errors import DataError

SMALLEST_HIDDEN, LARGEST_HIDDEN, STEP = 1, 7, 5


def hes_rule(counts: Iterable[int]) -> tuple[int | None, ...]:
    """Return counts as shown: 0 stays 0, 1 to 7 become None (print `*`), others go to the nearest 5.

    Each count is rounded by itself, so parts need not add up to their total. Raises DataError on a negative count.
    Source: NHS Digital, change to disclosure control methodology for HES and ECDS from September 2018.
    """
    return tuple(_shown(count) for count in counts)


def _shown(count: int) -> int | None:
    if count < 0:
        raise DataError(f"a count of {count}", expected="whole numbers from 0")
    if SMALLEST_HIDDEN <= count <= LARGEST_HIDDEN:
        return None
    return STEP * ((count + STEP // 2) // STEP)
