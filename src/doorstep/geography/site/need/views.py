"""The need explorer's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.web.requests import KnownRequest


@require_safe
def explore(request: KnownRequest) -> HttpResponse:
    """Show England's areas on a map."""
    return render(request, "where/need.jinja")
