"""Is the site alive, is it ready, and the pages of refusal: they hold nothing of what was asked for."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render


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
    return render(
        request, "problem.jinja", {"heading": "You do not have access to this page", "kind": "access"}, status=403
    )


def not_found(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Return the page for an address that is not here."""
    return render(request, "problem.jinja", {"heading": "Page not found", "kind": "address"}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours."""
    return render(
        request, "problem.jinja", {"heading": "Sorry, there is a problem with the service", "kind": "fault"}, status=500
    )
