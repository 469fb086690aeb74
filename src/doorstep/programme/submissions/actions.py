"""What can be done with returns: take one in, decide about it, check it again, write in the log.

Each is one transaction with its line in the audit trail: all of it happens or nothing does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone

from doorstep import clock
from doorstep.programme.places.models import Place
from doorstep.programme.submissions import across, parsing, reading, timing
from doorstep.programme.submissions.deciding import decide as decide
from doorstep.programme.submissions.logbook import log as log
from doorstep.programme.submissions.models import Finding, Submission
from doorstep.programme.submissions.parsing import Parsed
from doorstep.programme.submissions.reading import accepted as accepted
from doorstep.returns import Fault
from doorstep.web import rights
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit

MOST_FINDINGS = 500  # kept one by one; the counts are of all


@dataclass(frozen=True)
class Received:
    """What became of a file. `kept` as a version, `same` bytes as one that is here, or `refused` with its reason.

    Of a refused file nothing is kept; `findings` then are what a check found in it, for the sender to see once.
    """

    outcome: Literal["kept", "same", "refused"]
    file_name: str
    submission: Submission | None = None
    reason: str = ""
    findings: tuple[Fault, ...] = ()

    @property
    def needs_correcting(self) -> bool:
        """True where it was kept, or is here, and has faults."""
        return self.submission is not None and self.submission.n_faults > 0

    @property
    def is_overtaken(self) -> bool:
        """True where the same bytes are here, and a later version of their Place's month has come since."""
        one = self.submission
        if one is None or self.outcome != "same":
            return False
        return Submission.objects.filter(place=one.place, month=one.month, version__gt=one.version).exists()


def receive(
    *,
    file_name: str,
    content: bytes,
    by: User | None,
    received_at: datetime | None = None,
    month_collected: date | None = None,
    via: str = "upload",
    note: str = "",
) -> Received:
    """Take in one file as somebody sent it.

    `received_at` is now where it is not given; a file of another month than `month_collected` is refused. `by` None is
    the installation itself. Raises nothing for what the file holds.
    """
    parsed = parsing.parse(file_name, content)
    return take(
        parsed=parsed,
        content=content,
        by=by,
        received_at=received_at,
        month_collected=month_collected,
        via=via,
        note=note,
    )


@transaction.atomic
def take(
    *,
    parsed: Parsed,
    content: bytes,
    by: User | None,
    received_at: datetime | None = None,
    month_collected: date | None = None,
    via: str = "upload",
    note: str = "",
    sent_by_place: str = "",
) -> Received:
    """Take in a file that was read already, as `receive`; one that names another Place than sent it is refused."""
    at = received_at or clock.now()
    code, words = _refusal(parsed, by, at, month_collected)
    if not code and sent_by_place and sent_by_place != parsed.place:
        code, words = "other-place", "The workbook names another Place than the one that sent it."
    place = Place.objects.select_for_update().filter(slug=parsed.place).first()
    if not code and place is None:
        code, words = "not-registered", "The Place is not in the register yet: the Centre seeds the register first."
    if code or place is None:
        return _refuse(parsed, by, code, words)
    same = reading.decided().filter(sha256=parsed.sha256).first()
    if same is not None:
        _note_audit("receive again", same, by)
        return Received("same", parsed.file_name, same)
    made = _keep(parsed, content, place, by, at, via, note)
    _note_audit("receive", made, by)
    return Received("kept", parsed.file_name, made, findings=parsed.faults)


def _refusal(parsed: Parsed, by: User | None, at: datetime, collected: date | None) -> tuple[str, str]:
    """Return why a file is not taken: a code and words, or two empty texts."""
    if parsed.code:
        return parsed.code, parsed.refused
    if by is not None and not rights.may(by, by.roles_on(), "submission", "send", parsed.place):
        return "not-yours", "The return is of a Place that you do not send for. Nothing of it was kept."
    month = parsed.month
    if month is None:
        return "unknown-month", "Instructions!B7 holds no month."
    if collected is not None and month != collected:
        words = f"This is a return of {month:%B %Y}; returns of {collected:%B %Y} are being taken. "
        return "other-month", words + f"To send one of {month:%B %Y}, choose that month."
    if timezone.localdate(at) <= timing.dates(month).period_end:
        return "month-not-over", f"{month:%B %Y} has not ended, so its return cannot be complete."
    return "", ""


def refuse_unread(*, n_bytes: int, by: User | None) -> None:
    """Write down that more was sent than is ever read; nothing is known of it but its length in bytes."""
    audit.record(actor=by, action="receive", thing="submission", outcome="refused", why="too-large", n_bytes=n_bytes)


def _refuse(parsed: Parsed, by: User | None, code: str, words: str) -> Received:
    # The Place may be a guess of a hostile file: it is written down only where the sender may send for it.
    place = parsed.place if code != "not-yours" else ""
    audit.record(
        actor=by,
        action="receive",
        thing="submission",
        place=place,
        outcome="refused",
        why=code,
        sha256=parsed.sha256,
        n_bytes=parsed.n_bytes,
    )
    return Received("refused", parsed.file_name, reason=words, findings=() if code == "not-yours" else parsed.faults)


def _keep(
    parsed: Parsed, content: bytes, place: Place, by: User | None, at: datetime, via: str, note: str
) -> Submission:
    assert parsed.month is not None  # noqa: S101  (_refusal saw to it)
    received_on = timezone.localdate(at)
    newest = Submission.objects.filter(place=place, month=parsed.month).order_by("-version").first()
    made = Submission.objects.create(
        place=place,
        month=parsed.month,
        version=newest.version + 1 if newest else 1,
        file_name=parsed.file_name,
        file=content,
        sha256=parsed.sha256,
        received_on=received_on,
        received_at=at,
        received_by=by,
        window=timing.window(parsed.month, received_on),
        n_faults=0,
        n_notes=0,
        lines=parsed.lines,
        numbers_sha256=parsing.fingerprint(parsed.lines),
        via=via,
        note=note[:1000],
    )
    _write_findings(made, [(fault, None) for fault in parsed.faults], across=False)
    _check_across(made, newest.lines if newest else None)
    return made


def _check_across(made: Submission, version_before: parsing.Lines | None) -> None:
    """Run the checks across files and months, and count what holds."""
    found: list[tuple[Fault, Submission | None]] = []
    if made.lines:
        same = reading.same_numbers(made.numbers_sha256, made.place_id, made.month)
        if same is not None:
            found.append((_duplicate(made, same), same))
        earlier = {month: one.lines for month, one in reading.earlier(made.place_id, made.month).items() if one.lines}
        known = across.Known(made.month, earlier, version_before, frozenset(reading.breaks(made.place_id)))
        found += [(fault, None) for fault in across.checks(made.lines, known)]
    _write_findings(made, found, across=True)


def _duplicate(made: Submission, same: Submission) -> Fault:
    # Another Place's name is not said: its sender would learn the other's numbers. `other` holds it for the Centre.
    whose = f"this Place's return of {same.month:%B %Y}" if same.place_id == made.place_id else "another Place's return"
    return Fault("SubmissionTemplate", "", "fault", "duplicate-content", f"every number is the same as in {whose}")


def _write_findings(made: Submission, found: Sequence[tuple[Fault, Submission | None]], *, across: bool) -> None:
    Finding.objects.bulk_create(
        Finding(
            submission=made,
            severity=fault.severity,
            code=fault.code,
            sheet=fault.sheet[:60],
            cell=fault.cell[:80],
            message=fault.message[:600],
            across=across,
            run=made.run,
            other=other,
        )
        for fault, other in sorted(found, key=lambda one: one[0].severity != "fault")[:MOST_FINDINGS]
    )
    made.n_faults += sum(fault.severity == "fault" for fault, _ in found)
    made.n_notes += sum(fault.severity == "note" for fault, _ in found)
    made.save(update_fields=["n_faults", "n_notes"])


@transaction.atomic
def check_again(*, submission: Submission, by: User | None) -> Submission:
    """Run the checks across files and months once more: since the first, other files may have come or gone back.

    Earlier findings stay in the database; those of the newest run hold.
    """
    Place.objects.select_for_update().get(pk=submission.place_id)
    made = Submission.objects.defer("file").get(pk=submission.pk)
    old = Finding.objects.filter(submission=made, across=True, run=made.run)
    made.n_faults -= old.filter(severity="fault").count()
    made.n_notes -= old.filter(severity="note").count()
    made.run += 1
    made.save(update_fields=["run"])
    before = Submission.objects.defer("file").filter(place=made.place_id, month=made.month, version=made.version - 1)
    _check_across(made, next((one.lines for one in before), None))
    _note_audit("check again", made, by)
    return made


def _note_audit(action: str, made: Submission, by: User | None) -> None:
    audit.record(
        actor=by,
        action=action,
        thing="submission",
        thing_id=str(made.pk),
        place=made.place_id,
        month=f"{made.month:%Y-%m}",
        version=made.version,
    )
