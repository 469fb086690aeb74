"""What the verbs of `doorstep population` share: the two clocks, and counts as lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import click

from doorstep.cli.output import table

F = TypeVar("F", bound=Callable[..., Any])
DAY = click.DateTime(formats=["%Y-%m-%d"])


def day(given: datetime | None) -> date | None:
    """Return the day of an option, or None where it was not given."""
    return given.date() if given else None


def day_options(command: F) -> F:
    """Add --as-at and --known-by, the two clocks."""
    as_at = click.option("--as-at", type=DAY, help="The day the facts are about (default: the knowledge date).")
    known = click.option("--known-by", type=DAY, help="Use what had arrived by this day (default: today).")
    return as_at(known(command))


def count_rows(found: Mapping[str, Mapping[str, Mapping[str, int | str]]]) -> list[tuple[str, str, str, int | str]]:
    """Lay counts out as rows: whom, split by, part, people."""
    return [(n, s, p, v) for n, splits in found.items() for s, parts in splits.items() for p, v in parts.items()]


def count_lines(found: Mapping[str, Mapping[str, Mapping[str, int | str]]]) -> Iterable[str]:
    """Yield the table of counts; hidden ones are stars, so all counts are text, to the right."""
    rows = [(n, "" if s == "total" else s, "all" if s == "total" else p, v) for n, s, p, v in count_rows(found)]
    width = max((len(f"{v:,}") if isinstance(v, int) else 1 for *_, v in rows), default=1)
    shown = [(*r[:3], (f"{r[3]:,}" if isinstance(r[3], int) else r[3]).rjust(width)) for r in rows]
    return table(("whom", "by", "part", "people"), shown)


def made_of(meta: Mapping[str, Any]) -> list[str]:
    """Return the lines that say what a person table was made from."""
    unreviewed = len(meta["unreviewed"])
    return [
        f"{meta['place']} on {meta['as_at']}, as known by {meta['known_by']}, snapshot {meta['snapshot'][:8]}",
        f"  group: {meta['group']} from {meta['basis']}",
        f"  risk:  {meta['risk']['rule']} ({meta['risk']['label']})",
        f"  {unreviewed} of {len(meta['definitions'])} definitions are unreviewed: no named clinician has signed them",
    ]
