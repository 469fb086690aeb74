"""Fill a demonstration's national site: replay made-up returns as they came in, day by day, to published editions.

Everything goes through the actions that people use, by a demonstration's own accounts, on the days of the calendar that
lies beside the files: files are received, checked by one person and signed off by another, or sent back; breaks that a
Place declared are logged; editions are published. What still waits on the last day is left for whoever looks.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from doorstep.programme.figures.actions import publish
from doorstep.programme.places.actions import seed
from doorstep.programme.scorecard.making import make_next
from doorstep.programme.submissions.collating import collate
from doorstep.programme.submissions.deciding import decide
from doorstep.programme.submissions.logbook import log
from doorstep.programme.submissions.models import Decision, LogEntry, Submission
from doorstep.web.accounts import demo
from doorstep.web.accounts.models import User

LEFT_WAITING = 6  # at most so many of the newest returns are left to sign off, and one in twenty


@dataclass(frozen=True)
class Replayed:
    """What the replay came to. `today` is the day on which the site is looked at."""

    n_files: int
    n_signed_off: int
    n_sent_back: int
    n_editions: int
    today: date


def replay(folder: Path, *, say: Callable[[str], None]) -> Replayed:
    """Replay the returns of a folder that `doorstep synthetic returns` wrote; ConfigurationError in production.

    Editions are published as months become final: half way, at the last month but one, and on the day after the last
    file came.
    """
    analyst, lead = _people()
    rows = _rows(folder / "files" / "received.csv")
    waiting = {row.name for row in rows[len(rows) - min(LEFT_WAITING, len(rows) // 20) :]}
    said = {row.name: row.said for row in rows if row.said}
    today = rows[-1].day + timedelta(days=1)
    due = _publishing_days(rows)
    seed(by=None)
    counts = {"signed off": 0, "sent back": 0, "editions": 0}
    for received in collate(folder=folder / "files", by=None, received_from=folder / "files" / "received.csv"):
        made = received.submission
        if made is None or received.outcome != "kept":
            continue
        while due and made.received_on > due[0]:
            counts["editions"] += _publish(lead, due.pop(0), say)
        with _on(made.received_on):
            if received.file_name not in waiting:
                counts[_decide(made, analyst, lead)] += 1
            if "break" in said.get(received.file_name, ""):
                _log(made, said[received.file_name], analyst)
    counts["editions"] += _publish(lead, today, say)
    _make_pack(say)
    return Replayed(len(rows), counts["signed off"], counts["sent back"], counts["editions"], today)


@dataclass(frozen=True)
class _Row:
    name: str
    day: date
    said: str


def _rows(path: Path) -> list[_Row]:
    """Return the calendar's lines in the order in which the files came."""
    with path.open(encoding="utf-8", newline="") as file:
        found = [_Row(Path(r["file"]).name, date.fromisoformat(r["received"]), r["said"]) for r in csv.DictReader(file)]
    return sorted(found, key=lambda row: row.day)


def _publishing_days(rows: list[_Row]) -> list[date]:
    """Return the days of the editions before the last: half way, and five weeks before the last file came.

    Of a few months the second can lie before the first, or both on one day.
    """
    return sorted({rows[len(rows) // 2].day, rows[-1].day - timedelta(weeks=5)})


def _people() -> tuple[User, User]:
    emails = {one.role: one.email for one in demo.make()}
    return User.objects.get(email=emails["centre_analyst"]), User.objects.get(email=emails["centre_lead"])


@contextmanager
def _on(day: date) -> Iterator[None]:
    """Let the actions believe that it is another day."""
    before = os.environ.get("DOORSTEP_TODAY")
    os.environ["DOORSTEP_TODAY"] = day.isoformat()
    try:
        yield
    finally:
        if before is None:
            del os.environ["DOORSTEP_TODAY"]
        else:
            os.environ["DOORSTEP_TODAY"] = before


def _decide(made: Submission, analyst: User, lead: User) -> str:
    if made.n_faults:
        first = made.findings.filter(severity="fault").first()
        decide(
            submission=made, verdict=Decision.Verdict.SENT_BACK, why=first.message if first else "faulty", by=analyst
        )
        return "sent back"
    decide(submission=made, verdict=Decision.Verdict.CHECKED, by=analyst)
    decide(submission=made, verdict=Decision.Verdict.SIGNED_OFF, by=lead)
    return "signed off"


def _log(made: Submission, words: str, analyst: User) -> None:
    log(kind=LogEntry.Kind.BREAK, words=words, month_from=made.month, place=made.place_id, by=analyst)


def _publish(lead: User, day: date, say: Callable[[str], None]) -> int:
    say(f"publishing what was signed off by {day}")
    with _on(day):
        publish(by=lead, note="Published in a demonstration: every figure is made up.")
    return 1


def _make_pack(say: Callable[[str], None]) -> None:
    """Make the pack of all Places, which is the first of those asked for; the site makes the others once it runs."""
    say("making the monthly pack of all Places")
    made = make_next()
    if made and made.why:
        say(f"no pack was made: {made.why}")
