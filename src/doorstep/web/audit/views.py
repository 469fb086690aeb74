"""The audit trail as a page and as a file. Reading it is an event of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from doorstep.errors import DataError
from doorstep.web import downloads
from doorstep.web.audit import actions, reading
from doorstep.web.audit.forms import AskForm
from doorstep.web.audit.models import Event
from doorstep.web.audit.reading import Asked
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest

HEADER = ("at", "person", "email", "roles", "action", "object", "id", "place", "outcome", "request", "details")


@require_GET
def page(request: KnownRequest) -> HttpResponse:
    """Show some events, newest first, and how the trail stands."""
    form = AskForm(request.GET)
    found, problem = _found(form, request.GET.get("after", ""))
    _record(request, "read", form.asked, len(found.events))
    query = {name: text for name, text in request.GET.items() if name in form.fields and text}
    context = {
        "problem": problem,
        "rows": [(event, ", ".join(reading.details(event))) for event in found.events],
        "state": reading.state(),
        "is_first": not request.GET.get("after"),
        "newest": f"?{urlencode(query)}",
        "older": f"?{urlencode({**query, 'after': found.key})}" if found.key else "",
        "query": urlencode(query),
        "most": reading.MOST_IN_FILE,
    }
    return form_page(request, "audit.jinja", form, **context)


@require_GET
def file(request: KnownRequest) -> HttpResponse:
    """Give the newest events of those looked for as CSV."""
    form = AskForm(request.GET)
    found, problem = _found(form, "", reading.MOST_IN_FILE)
    if problem or form.errors:
        return page(request)
    _record(request, "download", form.asked, len(found.events))
    return downloads.csv_answer(f"audit-{timezone.now():%Y-%m-%d}.csv", HEADER, map(_row, found.events))


def _found(form: AskForm, key: str, size: int = reading.PAGE) -> tuple[reading.Page, DataError | None]:
    """Return what was found, or why nothing is shown."""
    if not form.is_valid():
        return reading.Page((), ""), None
    try:
        return reading.page(form.asked, key, size), None
    except DataError as error:
        return reading.Page((), ""), error


def _record(request: KnownRequest, action: str, asked: Asked, n: int) -> None:
    told: dict[str, Any] = dict(asked.told)
    if asked.person:
        told["n_people"] = len(reading.people(asked.person))
    actions.record(actor=request.user, action=action, thing="audit", roles=request.roles, n_events=n, **told)


def _row(event: Event) -> tuple[str, ...]:
    return (
        event.at.isoformat(),
        event.actor.name if event.actor else "",
        event.actor.email if event.actor else "",
        event.roles,
        event.action,
        event.thing,
        event.thing_id,
        event.place,
        event.outcome,
        event.request,
        "; ".join(reading.details(event)),
    )
