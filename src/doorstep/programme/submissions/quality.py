"""The quality report of a Place's month: what came when, what was wrong, how much is hidden; no number as sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from doorstep.programme.places.models import Place
from doorstep.programme.submissions import advice, coverage, reading
from doorstep.programme.submissions.models import Finding, Submission
from doorstep.programme.submissions.states import State
from doorstep.returns import COLUMNS
from doorstep.returns.printed import LINE_IDS
from doorstep.returns.suppression import worked_out_in

HEADER = ("place", "month", "version", "received_on", "window", "state", "severity", "code", "where", "meaning")
MONTH_HEADER = (
    "place", "month", "state", "versions", "first_received_on", "window", "faults", "notes", "numbers_hidden",
    "hidden_but_worked_out",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """One Place's month. `hidden` counts suppressed numbers of the newest version by line; `n_numbers` is of all."""

    place: Place
    month: date
    state: State
    versions: tuple[Submission, ...]
    findings: tuple[tuple[Submission, tuple[Finding, ...]], ...]
    hidden: tuple[tuple[str, int], ...]
    n_worked_out: int

    @property
    def newest(self) -> Submission | None:
        """The newest version."""
        return self.versions[-1] if self.versions else None

    @property
    def n_hidden(self) -> int:
        """How many numbers are suppressed."""
        return sum(n for _, n in self.hidden)

    @property
    def n_numbers(self) -> int:
        """How many numbers a return has, each once."""
        return len(LINE_IDS) * len(COLUMNS)

    def rows(self) -> Iterator[tuple[str | int | date, ...]]:
        """Yield the report as rows under HEADER: one a finding, one for a version without any."""
        for version, found in self.findings:
            start = (str(self.place), f"{self.month:%Y-%m}", version.version, version.received_on, version.window)
            verdict = version.verdict or "received"
            for one in found:
                where = "!".join(part for part in (one.sheet, one.cell) if part)
                yield (*start, verdict, one.severity, one.code, where, advice.meaning(one.code))
            if not found:
                yield (*start, verdict, "", "", "", "nothing found")


def report(place: Place, month: date, today: date) -> Report:
    """Return the report of one Place's month."""
    versions = tuple(reading.decided().filter(place=place, month=month).order_by("version"))
    held = reading.findings_by_submission(versions)
    state = coverage.grid((month,), today, place=place.slug)[0].cells[0].state
    hidden, n_worked_out = _hidden(versions[-1] if versions else None)
    return Report(place, month, state, versions, tuple((v, tuple(held[v.pk])) for v in versions), hidden, n_worked_out)


def _hidden(one: Submission | None) -> tuple[tuple[tuple[str, int], ...], int]:
    if one is None or not one.lines:
        return (), 0
    lines = {name: tuple(line) for name, line in one.lines.items()}
    return tuple((name, line.count("*")) for name, line in lines.items()), worked_out_in(lines)[0]


def month_rows(month: date, today: date) -> Iterator[tuple[str | int | date | None, ...]]:
    """Yield one row for each Place under MONTH_HEADER, in the return's own order; no number of a return."""
    found: dict[str, list[Submission]] = {}
    for one in reading.decided().filter(month=month).order_by("version"):
        found.setdefault(one.place_id, []).append(one)
    for row in coverage.grid((month,), today):
        versions = found.get(row.place.slug, [])
        newest = versions[-1] if versions else None
        hidden, n_worked_out = _hidden(newest)
        yield (
            str(row.place),
            f"{month:%Y-%m}",
            str(row.cells[0].state),
            len(versions),
            versions[0].received_on if versions else None,
            newest.window if newest else "",
            newest.n_faults if newest else None,
            newest.n_notes if newest else None,
            sum(n for _, n in hidden) if hidden else None,
            n_worked_out if hidden else None,
        )
