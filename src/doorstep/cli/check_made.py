"""`doorstep synthetic check`: a made-up system beside the published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import json_option, n_of, progress, report, table

if TYPE_CHECKING:
    from doorstep.synthetic.calibration import Made, Verdict

NOTES = 1
HEADERS = ("comparison", "group", "made", "should be", "")


@dataclass
class Comparison:
    """What was compared, and the checks for which there were too few people of some group."""

    verdicts: list[Verdict] = field(default_factory=list)
    too_few: list[str] = field(default_factory=list)

    @property
    def failing(self) -> list[Verdict]:
        """What is judged and does not hold."""
        return [v for v in self.verdicts if v.fails]

    @property
    def n_judged(self) -> int:
        """How many comparisons are judged."""
        return sum(v.is_target for v in self.verdicts)


@click.command(short_help="Compare a made-up system with the published figures.")
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def check(folder: Path, as_json: bool) -> int:
    """Compare a made-up system with every published figure, and with the tables of its own areas and practices.

    FOLDER is what `doorstep synthetic make --system` wrote. Figures of England are judged for `--system England`; for
    any other system those that depend on who lives there are only shown. Exit code: 0 where every judged comparison
    holds, 1 where one does not.
    """
    from doorstep.synthetic.calibration import open_made

    progress("opening the lake")
    made = open_made(folder)
    try:
        found = compare(made)
    finally:
        made.con.close()
    report(as_json, as_dict(folder, found), lines(found))
    return NOTES if found.failing else 0


def compare(made: Made) -> Comparison:
    """Make every comparison for which there are people enough."""
    from doorstep.errors import DataError
    from doorstep.synthetic.calibration import checks, compare_local, run

    found = Comparison()
    for one in checks():
        progress(one.title)
        try:
            found.verdicts += run(made, [one])
        except DataError:
            found.too_few.append(one.title)
    found.verdicts += compare_local(made)
    return found


def as_dict(folder: Path, found: Comparison) -> dict[str, Any]:
    """Return the comparisons as plain values."""
    verdicts = [{**asdict(v), "holds": v.holds} for v in found.verdicts]
    counts = {"judged": found.n_judged, "failing": len(found.failing)}
    return {"folder": str(folder), **counts, "too_few_people": found.too_few, "comparisons": verdicts}


def lines(found: Comparison) -> list[str]:
    """Return the comparisons as text, what does not hold marked and counted at the end."""
    told = [*table(HEADERS, [_row(v) for v in found.verdicts]), ""]
    told += [f"too few people to measure: {title}" for title in found.too_few]
    holding = found.n_judged - len(found.failing)
    context = len(found.verdicts) - found.n_judged
    return [*told, f"{holding:,} of {n_of(found.n_judged, 'comparison')} hold; {context:,} more are only shown"]


def _row(v: Verdict) -> Sequence[object]:
    state = "holds" if v.holds else "DOES NOT HOLD"
    room = f"{max(v.low, 0):.4g} to {v.high:.4g}" if v.target is None or v.is_target else f"{v.target:.4g}"
    return v.check, v.group.replace("|", ", "), f"{v.made:.4g}", room, state if v.is_target else "context"
