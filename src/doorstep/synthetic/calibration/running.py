"""Runs the comparisons on what was made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from doorstep.errors import DataError
from doorstep.synthetic.calibration.judging import Verdict, against_published, within
from doorstep.synthetic.calibration.opening import Made
from doorstep.synthetic.calibration.published import figures, published_by
from doorstep.synthetic.calibration.queries import QUERIES
from doorstep.synthetic.calibration.register import Against, Check

Measured = dict[str, tuple[float, float]]
ELSEWHERE = "depends on who lives in this system, and the figure is of England; "


def run(made: Made, checks: Iterable[Check]) -> list[Verdict]:
    """Measure and judge each check, group by group.

    Raises DataError where a target's group has nobody, or no event to compare; context is then left out.
    """
    return [verdict for check in checks for verdict in _judged(made, check)]


def measured(made: Made, check: Check) -> Measured:
    """Return value and standard error by group; groups without people or events are left out."""
    rows = made.rows(QUERIES[check.name])
    found = {str(g): (float(str(v)), float(str(e or 0))) for g, v, e in rows if v is not None}
    return {group: numbers for group, numbers in found.items() if all(map(math.isfinite, numbers))}


def _judged(made: Made, check: Check) -> Iterator[Verdict]:
    found = measured(made, check)
    is_judged = made.is_england or not check.crude
    for group, low, high in check.bounds:
        value = _of(found, check, group)
        yield within(check.name, group, *value, low, high, check.why, is_target=is_judged)
    for group, expected in check.expects:
        value = _of(found, check, group)
        yield against_published(
            check.name, group, *value, expected, is_target=is_judged, why=check.why, source=check.why
        )
    for entry in published_by(check):
        yield from _against(made, check, entry, found, is_judged)


def _against(made: Made, check: Check, entry: Against, found: Measured, is_judged: bool) -> Iterator[Verdict]:
    why = entry.why if is_judged or not entry.target else ELSEWHERE + entry.why
    is_target = entry.target and is_judged
    for group, value, source in figures(made, entry):
        if not entry.target and group not in found:
            continue
        got, se = _of(found, check, group)
        if entry.range is not None:
            yield Verdict(check.name, group, got, se, None, *entry.range, is_target, why, source)
        else:
            yield against_published(check.name, group, got, se, value, is_target=is_target, why=why, source=source)


def _of(found: Measured, check: Check, group: str) -> tuple[float, float]:
    """What was measured of a group. DataError where nothing was."""
    if group not in found:
        raise DataError(
            f"{check.name} was not measured for {group!r}", expected=f"people of every group; found {sorted(found)}",
            where="the made system", do="make more people",
        )  # fmt: skip
    return found[group]
