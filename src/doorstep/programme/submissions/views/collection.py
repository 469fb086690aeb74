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
from doorstep.programme.submissions.models import Decision, Submission
from doorstep.programme.submissions.states import LOOKS, State
from doorstep.programme.submissions.views.parts import asked, can, submission_path
from doorstep.web.matrix import ANY
from doorstep.web.middleware import places_of
from doorstep.web.requests import KnownRequest

Verdict = Decision.Verdict
MONTHS_SHOWN: Final = 36


@require_GET
def months(request: KnownRequest) -> HttpResponse:
    """Show the coverage of all months: a grid of Places and months."""
    today = clock.today()
    shown = timing.months(today)[-MONTHS_SHOWN:]
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
    n_routine: int
    hinders: str


@require_GET
def review(request: KnownRequest, month: date, step: str) -> HttpResponse:
    """Show all returns that wait for a check or a sign-off, with their notes, to decide about them at once."""
    wanted = {"check": State.WAITING_CHECK, "sign-off": State.WAITING_SIGN_OFF}.get(step)
    if wanted is None or not can(request, "submission", step.replace("-", "_")):
        raise Http404
    cells = [row.cells[0] for row in coverage.grid((month,), clock.today())]
    waiting = [cell.standing for cell in cells if cell.state == wanted and cell.standing]
    found = {one.pk: one for one in reading.decided().filter(pk__in=[s.id for s in waiting]).select_related("place")}
    notes = reading.findings_by_submission(found.values())
    reviewed = [
        _Reviewed(
            found[standing.id],
            advice.groups(
                [note for note in notes[standing.id] if note.code not in advice.ROUTINE],
                with_numbers=can(request, "as_sent", "read", standing.place),
                names_others=True,
            ),
            sum(note.code in advice.ROUTINE for note in notes[standing.id]),
            _hinders(request, step, standing.received_by, standing.checked_by),
        )
        for standing in waiting
    ]
    context = {
        "month": month,
        "step": step,
        "with_notes": [r for r in reviewed if r.groups and not r.hinders],
        "without": [r for r in reviewed if not r.groups and not r.hinders],
        "hindered": [r for r in reviewed if r.hinders],
    }
    return render(request, "submissions/review.jinja", context)


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


def _decide_many(request: KnownRequest, month: date, verdict: str) -> HttpResponse:
    ids = [text for text in request.POST.getlist("id") if _is_id(text)]
    n_done, refused = 0, []
    for one in Submission.objects.defer("file").filter(pk__in=ids, month=month).order_by("place__order"):
        try:
            actions.decide(submission=one, verdict=verdict, by=request.user)
            n_done += 1
        except DoorstepError as error:
            refused.append(error.seen)
    words = "signed off" if verdict == Verdict.SIGNED_OFF else "noted as checked"
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
