"""The collection: every Place and month on one grid, one month as a list to work through, many signed off at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from doorstep import clock
from doorstep.errors import DoorstepError
from doorstep.programme.places import reading as register
from doorstep.programme.places.models import Place
from doorstep.programme.submissions import actions, advice, coverage, reading, timing
from doorstep.programme.submissions.models import Decision, Finding, Submission
from doorstep.programme.submissions.states import LOOKS, Standing, State
from doorstep.programme.submissions.views.parts import asked, can, note_findings, submission_path
from doorstep.web import rights
from doorstep.web.matrix import ANY
from doorstep.web.middleware import places_of
from doorstep.web.requests import KnownRequest

Verdict = Decision.Verdict
MONTHS_SHOWN: Final = 36


@require_GET
def months(request: KnownRequest) -> HttpResponse:
    """Show the coverage of all months: a grid of Places and months, the newest where everybody sees it."""
    today = clock.today()
    shown = tuple(reversed(timing.months(today)[-MONTHS_SHOWN:]))
    grid = coverage.grid(shown, today)
    used = [state for state in State if any(cell.state == state for row in grid for cell in row.cells)]
    context = {
        "grid": grid,
        "months": [(month, f"{month:%B %Y}") for month in shown],
        "looks": LOOKS,
        "used": used,
        "current": timing.collected(today),
        "path_of": submission_path(),
    }
    return render(request, "submissions/months.jinja", context)


@require_GET
def month(request: KnownRequest, month: date) -> HttpResponse:
    """Show one month's collection: what is in, what is left to do, and the deadlines."""
    today = clock.today()
    rows = coverage.grid((month,), today)
    counts = Counter(row.cells[0].state for row in rows)
    state = asked(request.GET.get("state"), [s.value for s in State])
    here = register.as_at(today)
    region = asked(request.GET.get("region"), here.regions)
    inside = {entry.place.slug for entry in here.entries if not region or entry.value("region") == region}
    context = {
        "month": month,
        "rows": [r for r in rows if r.place.slug in inside and (not state or r.cells[0].state == state)],
        "n_places": len(rows),
        "counts": {state: counts[state] for state in State if counts[state]},
        "looks": LOOKS,
        "state": state,
        "region": region,
        "regions": here.regions,
        "due": timing.dates(month),
        "on": today,
        "is_published": timing.is_published(month),
        "sentence": coverage.left_to_do(counts, month, today),
        "may_check": can(request, "submission", "check"),
        "may_sign_off": can(request, "submission", "sign_off"),
        "earlier_and_later": coverage.neighbours(month, today),
        "months": timing.months(today),
    }
    return render(request, "submissions/month.jinja", context)


@dataclass(frozen=True)
class _Reviewed:
    """One return on the page of a review."""

    one: Submission
    groups: tuple[advice.Group, ...]
    hinders: str

    @property
    def heading(self) -> str:
        """What to do about its first note, for the returns are listed by that."""
        return self.groups[0].heading if self.groups else ""


@require_GET
def review(request: KnownRequest, month: date, step: str) -> HttpResponse:
    """Show all returns that wait for a check or a sign-off, with their notes, to decide about them at once."""
    wanted = {"check": State.WAITING_CHECK, "sign-off": State.WAITING_SIGN_OFF}.get(step)
    if step == "send-back" and can(request, "submission", "check"):
        return _review_faults(request, month)
    if wanted is None or not can(request, "submission", step.replace("-", "_")):
        raise Http404
    waiting, found, notes = _waiting(month, wanted)
    note_findings(request, sum(map(len, notes.values())), month=f"{month:%Y-%m}")
    reviewed = [
        _Reviewed(
            found[standing.id],
            advice.groups(
                [note for note in notes[standing.id] if note.code not in advice.ROUTINE],
                with_numbers=can(request, "as_sent", "read", standing.place),
                names_others=True,
            ),
            _hinders(request, step, standing.received_by, standing.checked_by),
        )
        for standing in waiting
    ]
    with_notes = [r for r in reviewed if r.groups and not r.hinders]
    context = {
        "month": month,
        "step": step,
        "n_with_notes": len(with_notes),
        "with_notes": _by_heading(with_notes),
        "without": [r for r in reviewed if not r.groups and not r.hinders],
        "hindered": [r for r in reviewed if r.hinders],
    }
    return render(request, "submissions/review.jinja", context)


def _by_heading(reviewed: list[_Reviewed]) -> dict[str, list[_Reviewed]]:
    """Return the returns by what to do about their first note, in the order of the advice."""
    found = {heading: [one for one in reviewed if one.heading == heading] for heading in advice.HEADINGS}
    return {heading: ones for heading, ones in found.items() if ones}


def _waiting(month: date, state: State) -> tuple[list[Standing], dict[UUID, Submission], dict[UUID, list[Finding]]]:
    """Return the returns of a month in a state, in the Places' order, with their rows and findings by id."""
    cells = [row.cells[0] for row in coverage.grid((month,), clock.today())]
    waiting = [cell.standing for cell in cells if cell.state == state and cell.standing]
    rows = reading.decided().filter(pk__in=[one.id for one in waiting]).select_related("place", "received_by")
    found = {one.pk: one for one in rows}
    return waiting, found, reading.findings_by_submission(found.values())


@dataclass(frozen=True)
class _Faulty:
    """One return that its Place has to correct. `is_known` where the Place sent it itself, and so saw its faults."""

    one: Submission
    groups: tuple[advice.Group, ...]
    reason: str
    is_known: bool


def _review_faults(request: KnownRequest, month: date) -> HttpResponse:
    """Show all returns with faults, the most first, each with a reason that can be sent back with it."""
    waiting, found, findings = _waiting(month, State.NEEDS_CORRECTING)
    note_findings(request, sum(map(len, findings.values())), month=f"{month:%Y-%m}")
    faulty = [
        _Faulty(
            found[one.id],
            advice.groups(
                [fault for fault in findings[one.id] if fault.severity == "fault"],
                with_numbers=can(request, "as_sent", "read", one.place),
                names_others=True,
            ),
            advice.reason(findings[one.id]),
            _is_of_its_place(found[one.id]),
        )
        for one in sorted(waiting, key=lambda one: -one.n_faults)
    ]
    return render(request, "submissions/send_back.jinja", {"month": month, "faulty": faulty})


def _is_of_its_place(one: Submission) -> bool:
    """Say whether somebody who sends for the Place sent it: whoever else takes files in has to tell the Place."""
    sender = one.received_by
    return sender is not None and one.place_id in rights.places_of(sender, sender.roles_on(), "submission", "send")


def _hinders(request: KnownRequest, step: str, received_by: UUID | None, checked_by: UUID | None) -> str:
    if step != "sign-off":
        return ""
    if request.user.pk == received_by:
        return "you sent it"
    return "you checked it" if request.user.pk == checked_by else ""


@require_POST
def check_many(request: KnownRequest, month: date) -> HttpResponse:
    """Note that somebody looked at each of those ticked."""
    return _decide_many(request, month, Verdict.CHECKED)


@require_POST
def sign_off_many(request: KnownRequest, month: date) -> HttpResponse:
    """Sign off each of those ticked."""
    return _decide_many(request, month, Verdict.SIGNED_OFF)


@require_POST
def send_back_many(request: KnownRequest, month: date) -> HttpResponse:
    """Send each of those ticked back, with its own reason."""
    return _decide_many(request, month, Verdict.SENT_BACK)


_DONE: Final = {
    Verdict.CHECKED: "noted as checked",
    Verdict.SIGNED_OFF: "signed off",
    Verdict.SENT_BACK: "sent back",
}


def _decide_many(request: KnownRequest, month: date, verdict: Decision.Verdict) -> HttpResponse:
    ids = [text for text in request.POST.getlist("id") if _is_id(text)]
    n_done, refused = 0, []
    for one in Submission.objects.defer("file").filter(pk__in=ids, month=month).order_by("place__order"):
        try:
            why = request.POST.get(f"why-{one.pk}", "")
            actions.decide(submission=one, verdict=verdict, why=why, by=request.user)
            n_done += 1
        except DoorstepError as error:
            refused.append(error.seen)
    words = _DONE[verdict]
    if n_done:
        messages.success(request, f"{n_done} return{'' if n_done == 1 else 's'} {words}.")
    if refused:
        messages.error(request, f"{len(refused)} not {words}: {'; '.join(refused)}.")
    if not ids:
        messages.error(request, "Nothing was ticked, so nothing was done.")
    return redirect("collection", month)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_GET
def places(request: KnownRequest) -> HttpResponse:
    """List the Places whose returns the person may see; straight to the only one."""
    own = {} if request.scope == ANY else {"slug__in": places_of(request)}
    found = list(Place.objects.filter(**own))
    if len(found) == 1:
        return redirect("returns-of-place", found[0].slug)
    return render(request, "submissions/places.jinja", {"places": found})
