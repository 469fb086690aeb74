"""Sending returns: one or many files, with the verdict at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from doorstep import clock
from doorstep.programme.places.models import Place
from doorstep.programme.submissions import actions, timing
from doorstep.programme.submissions.actions import Received
from doorstep.programme.submissions.advice import Group, groups
from doorstep.programme.submissions.parsing import MAX_BYTES, clean_name
from doorstep.programme.submissions.reading import findings_of
from doorstep.web.matrix import ANY
from doorstep.web.middleware import places_of
from doorstep.web.requests import KnownRequest, length_of

MOST_FILES = 60  # 43 Places and some corrections
MOST_BYTES = 25_000_000  # of one request: 43 filled templates have some 3 million


@csrf_exempt  # only so that a body too large is refused before anything reads it; `_send` asks for the token
@require_http_methods(["GET", "POST"])
def send(request: KnownRequest) -> HttpResponse:
    """Show the form, or take the files in and show what became of each."""
    if (n_bytes := length_of(request)) > MOST_BYTES:
        actions.refuse_unread(n_bytes=n_bytes, by=request.user)
        context = {"most": MOST_BYTES // 1_000_000, "each": MAX_BYTES // 1_000_000}
        return render(request, "submissions/too_large.jinja", context, status=413)
    return _send(request)


@csrf_protect
def _send(request: KnownRequest) -> HttpResponse:
    today = clock.today()
    months = tuple(reversed(timing.months(today)))
    chosen = _month(request, months)
    files = request.FILES.getlist("files") if request.method == "POST" else []
    problem = _problem(request, files)
    context = {
        "months": months,
        "chosen": chosen or timing.collected(today),
        "is_any": request.method == "POST" and chosen is None,
        "is_many": request.scope == ANY,
        "own": [str(place) for place in Place.objects.filter(slug__in=places_of(request))],
        "each": MAX_BYTES // 1_000_000,
    }
    if request.method == "GET" or problem:
        errors = [{"text": problem, "href": "#files"}] if problem else []
        status = 422 if problem else 200
        return render(request, "submissions/send.jinja", {**context, "errors": errors}, status=status)
    note = request.POST.get("note", "")
    found = [_take(request, file, chosen, note) for file in files]
    return render(request, "submissions/sent.jinja", {**context, **_outcome(found)})


def _month(request: KnownRequest, months: tuple[date, ...]) -> date | None:
    """Return the month that is asked for; None where any is taken."""
    wanted = request.POST.get("month") or request.GET.get("month", "")
    return next((month for month in months if f"{month:%Y-%m}" == wanted), None)


def _problem(request: KnownRequest, files: Sequence[Any]) -> str:
    if request.method == "GET":
        return ""
    if not files:
        return "Select the workbook you want to send"
    if len(files) > MOST_FILES:
        return f"Select at most {MOST_FILES} files; you selected {len(files)}"
    return "Select one file" if len(files) > 1 and request.scope != ANY else ""


def _take(request: KnownRequest, file: Any, month: date | None, note: str) -> Received:
    content = file.read(MAX_BYTES + 1)
    name = clean_name(file.name or "")
    return actions.receive(file_name=name, content=content, by=request.user, month_collected=month, note=note)


def _outcome(found: list[Received]) -> dict[str, object]:
    """Return what the page of the verdict shows: a line for each file, and the findings of those that need work."""
    return {
        "found": [(one, _groups(one)) for one in sorted(found, key=_gravity)],
        "n_clean": sum(one.outcome == "kept" and not one.needs_correcting for one in found),
        "n_faulty": sum(one.outcome == "kept" and one.needs_correcting for one in found),
        "n_same": sum(one.outcome == "same" for one in found),
        "n_refused": sum(one.outcome == "refused" for one in found),
    }


def _gravity(one: Received) -> tuple[int, int]:
    """Return what puts those that need something done first: not taken, then by how many faults."""
    rank = {"refused": 0, "kept": 1 if one.needs_correcting else 3, "same": 2}[one.outcome]
    return rank, -one.submission.n_faults if one.submission else 0


def _groups(one: Received) -> tuple[Group, ...]:
    if one.submission is not None:  # whoever sent the file knows its numbers
        return groups(findings_of(one.submission), with_numbers=True)
    return groups(one.findings, with_numbers=True) if len(one.findings) > 1 else ()
