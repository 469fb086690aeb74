"""Questions about submissions that pages and other apps ask, each a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from doorstep.programme.submissions.models import Decision, Finding, LogEntry, Submission
from doorstep.programme.submissions.states import Standing

SIGNED_OFF, CHECKED = Decision.Verdict.SIGNED_OFF, Decision.Verdict.CHECKED
_NOT_STANDING = (Decision.Verdict.SENT_BACK, Decision.Verdict.WITHDRAWN)


def _newest() -> Coalesce:
    """Return the newest decision's verdict as an expression, an empty text where there is none.

    (A null would be neither among some verdicts nor outside them.)
    """
    newest = Decision.objects.filter(submission=OuterRef("pk")).order_by("-pk").values("verdict")[:1]
    return Coalesce(Subquery(newest), Value(""))


def decided() -> QuerySet[Submission]:
    """Return submissions without their files, each with `verdict`, the newest decision about it or an empty text."""
    return Submission.objects.defer("file").annotate(**{"verdict": _newest()})


def accepted(*, month: date | None = None, place: str = "") -> list[Submission]:
    """Return the version that counts of each Place and month, newest month first.

    It is the newest version that was ever signed off, where that still holds: after a withdrawal no earlier version
    counts again by itself, since the Place had said that it was wrong.
    """
    wanted = {**({"month": month} if month else {}), **({"place": place} if place else {})}
    signed = Exists(Decision.objects.filter(submission=OuterRef("pk"), verdict=SIGNED_OFF))
    newest = decided().filter(signed, **wanted).order_by("-month", "place_id", "-version").distinct("month", "place_id")
    return [found for found in newest if found.verdict == SIGNED_OFF]


def standings(*, months: Collection[date] = (), place: str = "") -> dict[tuple[str, date], Standing]:
    """Return where the newest version of each Place's month stands, by slug and month, in one query."""
    wanted = {**({"month__in": list(months)} if months else {}), **({"place": place} if place else {})}
    checker = Decision.objects.filter(submission=OuterRef("pk"), verdict=CHECKED).order_by("-pk").values("by")[:1]
    names = ("version", "n_faults", "n_notes", "received_on", "received_by", "window", "verdict", "checked_by")
    rows = (
        Submission.objects.filter(**wanted)
        .order_by("place_id", "month", "-version")
        .distinct("place_id", "month")
        .annotate(**{"verdict": _newest(), "checked_by": Subquery(checker)})
        .values_list("pk", "place", "month", *names)
    )
    return {(row[1], row[2]): Standing(*row) for row in rows}


def earlier(place: str, month: date) -> dict[date, Submission]:
    """Return a Place's months before `month`: the version that counts, else the newest that has no fault and stands."""
    standing = (
        decided()
        .filter(place=place, month__lt=month, n_faults=0, lines__isnull=False)
        .exclude(Q(verdict__in=_NOT_STANDING))
        .order_by("month", "version")
    )
    found = {one.month: one for one in standing}
    found.update({one.month: one for one in accepted(place=place) if one.month < month and one.lines})
    return found


def same_numbers(fingerprint: str, place: str, month: date) -> Submission | None:
    """Return another Place's submission, or one of another month, that holds the very same numbers and stands."""
    if not fingerprint:
        return None
    others = decided().filter(numbers_sha256=fingerprint).exclude(place=place, month=month)
    return others.exclude(Q(verdict__in=_NOT_STANDING)).order_by("received_at").first()


def findings_of(submission: Submission) -> list[Finding]:
    """Return the findings that hold, faults first."""
    return findings_by_submission([submission])[submission.pk]


def entries(*, place: str = "", kind: str = "", only_open: bool = False) -> QuerySet[LogEntry]:
    """Return the log, newest month first: those of the whole programme too where a Place is asked for."""
    found = LogEntry.objects.select_related("place", "by", "closed_by", "closes")
    if place:
        found = found.filter(Q(place=place) | Q(place__isnull=True))
    if kind:
        found = found.filter(kind=kind)
    return found.filter(closed_by__isnull=True) if only_open else found


def breaks(place: str, *, line: str = "") -> tuple[date, ...]:
    """Return the months at which a Place's series breaks, in order; with `line` only those that touch that line."""
    held = entries(place=place, kind=LogEntry.Kind.BREAK, only_open=True)
    months = {found.month_from for found in held if not line or not found.lines or line in found.lines}
    return tuple(sorted(months))


def findings_by_submission(submissions: Collection[Submission]) -> dict[Any, list[Finding]]:
    """Return the findings that hold of several submissions, by id, in one query."""
    runs = {one.pk: one.run for one in submissions}
    made: dict[Any, list[Finding]] = {pk: [] for pk in runs}
    held = Finding.objects.filter(submission__in=runs).select_related("other__place").defer("other__file")
    for found in held:
        if not found.across or found.run == runs[found.submission_id]:
            made[found.submission_id].append(found)
    return {pk: sorted(found, key=lambda one: one.severity != "fault") for pk, found in made.items()}
