"""Is the site alive, is it ready, and the pages of refusal: they hold nothing of what was asked for."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from doorstep.web.audit import actions as audit
from doorstep.web.navigation import is_in

_LONGEST: Final = 4_000  # of an address: what servers and proxies take


def health(_: HttpRequest) -> JsonResponse:
    """Answer that the process is alive."""
    return JsonResponse({"is_alive": True})


def ready(_: HttpRequest) -> JsonResponse:
    """Answer whether the database answers and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"is_ready": False, "why": "the database does not answer"}, status=503)
    if missing:
        return JsonResponse({"is_ready": False, "why": f"{missing} migrations wait"}, status=503)
    return JsonResponse({"is_ready": True})


def refused(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Return the page for what this person may not do."""
    return _problem(request, "You do not have access to this page", "access", 403)


def forged(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Return the page for a form without the token of its session: forged, or open since before a log-in.

    It is written down of who has logged in; a stranger could fill the trail, and changes nothing anyway.
    """
    if is_in(request):
        name = request.resolver_match.view_name if request.resolver_match else ""
        audit.record(actor=request.user, action="form", thing=name[:40], outcome="refused", why="no-token")
    return _problem(request, "This form cannot be used any more", "form", 403)


def not_understood(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Return the page for a request that no browser of ours sends, or to a name that is not this site's."""
    return _problem(request, "The request was not understood", "request", 400)


def too_long(request: HttpRequest) -> HttpResponse:
    """Return the page for a body that is larger than any form of ours."""
    return _problem(request, "What was sent is too large", "size", 413)


def not_found(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Return the page for an address that is not here.

    Who has not logged in is asked to, as for an address that is here: which of them exist is nobody else's business.
    """
    if not is_in(request) and not request.path.startswith(settings.STATIC_URL):
        return redirect(f"{reverse('log-in')}?{address_to_return_to(request)}")
    return _problem(request, "Page not found", "address", 404)


def not_shown(request: HttpRequest) -> HttpResponse:
    """Return the page for an address that takes a form and has nothing to look at."""
    return _problem(request, "There is nothing to see at this address", "form-only", 405)


def address_to_return_to(request: HttpRequest) -> str:
    """Return `next=` for the log-in page: what was asked for, with its question, for that is in the address.

    Who sent a form is led back to the page that it was on: the form itself is gone, and its address shows nothing.
    """
    asked = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_ours = came_from.netloc == request.get_host()
        asked = urlunsplit(("", "", came_from.path, came_from.query, "")) if is_ours else reverse("home")
    return urlencode({"next": asked if len(asked) <= _LONGEST else request.path}, safe="/")


def failed(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours."""
    return _problem(request, "Sorry, there is a problem with the service", "fault", 500)


def _problem(request: HttpRequest, heading: str, kind: str, status: int) -> HttpResponse:
    return render(request, "problem.jinja", {"heading": heading, "kind": kind}, status=status)
