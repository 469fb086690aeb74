"""The start page of what there is about where."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doorstep.web.matrix import matrix
from doorstep.web.navigation import Item
from doorstep.web.requests import KnownRequest

CARDS = (
    Item("Need", "need", "Which areas have the most need of health care, and how sure that is."),
    Item("Neighbourhoods", "neighbourhoods", "Draw neighbourhoods on a map, say who recognises them, and audit them."),
    Item("Centres", "centres", "Where health centres would reach the most people, and how near that is to the best."),
    Item("The report, audited", "report-audit", "What holds of a published report on the areas in poorest health."),
)


@require_safe
def start(request: KnownRequest) -> HttpResponse:
    """List the pages about where that the person who asks may open."""
    return render(request, "where/start.jinja", {"cards": _cards(request)})


def _cards(request: KnownRequest) -> list[dict[str, str]]:
    table = matrix(settings.DOORSTEP_ROLE)
    known = [
        card for card in CARDS if (needed := table.addresses.get(card.address)) and table.scope(request.roles, *needed)
    ]
    return [{"text": card.text, "href": reverse(card.address), "purpose": card.purpose} for card in known]
