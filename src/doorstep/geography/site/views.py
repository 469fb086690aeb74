"""The start page of what there is about where."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.web.requests import KnownRequest


@require_safe
def start(request: KnownRequest) -> HttpResponse:
    """List the pages about where."""
    return render(request, "where/start.jinja")
