"""The need explorer: the map with its table, the file, how it is computed, and a list set beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.errors import DataError, DoorstepError, UsageError
from doorstep.geography.need import layers
from doorstep.geography.site.need import facts, listing, sources, tables
from doorstep.geography.site.need.asking import MOST, Asked, asked, default
from doorstep.web.downloads import csv_answer
from doorstep.web.requests import KnownRequest


@require_safe
def explore(request: KnownRequest) -> HttpResponse:
    """Show England's areas by need, on a map and in a table that says the same."""
    faults: list[dict[str, str]] = []
    try:
        of = asked(request.GET)
        shown = _answer(of)
    except (UsageError, DataError) as fault:
        of, faults = Asked(), _told(fault)
        shown = _answer(of)
    shared = {"of": of, "errors": faults, "indicators": _sliders(of), "most": MOST, "groups": facts.groups()}
    return render(
        request,
        "where/need.jinja",
        {**shared, "layers": layers.LAYERS, **shown},
        status=422 if faults else 200,
    )


def _answer(of: Asked) -> dict[str, Any]:
    ranked = facts.ranked(of)
    order = facts.chosen(of, ranked)
    numbers = facts.within(of.within).tolist() if of.within else []
    return {
        "index": ranked.index,
        "page": tables.page(of, ranked, order.tolist()),
        "panel": tables.panel(of, ranked),
        "heading": tables.LAYER_HEADINGS.get(of.layer, ""),
        "numbers": numbers,
        "n_ranked": ranked.n_ranked,
    }


def _sliders(of: Asked) -> list[dict[str, Any]]:
    return [
        {
            "id": i.id,
            "title": i.title,
            "why": i.why,
            "weight": of.weight(i.id),
            "default": i.weight,
            "is_out": i.id in of.without,
        }
        for i in default().indicators
    ]


def _told(fault: DoorstepError) -> list[dict[str, str]]:
    """Return a fault as an error summary shows it: what was seen, what would be right, and what to do."""
    parts = (fault.seen, f"expected: {fault.expected}" if fault.expected else "", fault.do)
    return [{"text": " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)}]


@require_safe
def areas_file(request: KnownRequest) -> HttpResponse:
    """Answer every area that the filters leave as CSV; what it is stands beside it (`need-csv-metadata`)."""
    try:
        of = asked(request.GET)
        ranked = facts.ranked(of)
        order = facts.chosen(of, ranked)
    except (UsageError, DataError) as fault:
        return _refused(request, fault)
    header = [name for name, _ in tables.columns(ranked.index)]
    answer = csv_answer(sources.file_name(of), header, tables.file_rows(ranked, order.tolist()))
    beside = reverse("need-csv-metadata") + of.query()
    answer["Link"] = f'<{beside}>; rel="describedby"; type="application/csvm+json"'
    return answer


@require_safe
def areas_file_metadata(request: KnownRequest) -> HttpResponse:
    """Answer what the CSV is: definition, weights, sources, as-at, caveats and columns."""
    try:
        of = asked(request.GET)
        told = sources.metadata(of, facts.ranked(of))
    except (UsageError, DataError) as fault:
        return _refused(request, fault)
    name = f"{sources.file_name(of)}-metadata.json"
    return JsonResponse(
        told,
        content_type="application/csvm+json",
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def about(request: KnownRequest) -> HttpResponse:
    """Show how need is computed, from what, and what must not be concluded."""
    try:
        of = asked(request.GET)
        index, faults = of.index, []
    except (UsageError, DataError) as fault:
        of, index, faults = Asked(), default(), _told(fault)
    shown = {"of": of, "index": index, "whole": sum(i.weight for i in index.indicators), "errors": faults}
    firm = facts.firmness()
    return render(
        request,
        "where/need_about.jinja",
        {**shown, "tables": sources.tables_read(), "draws": firm.draws, "layers": layers.LAYERS},
        status=422 if faults else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: KnownRequest) -> HttpResponse:
    """Say where a list of areas stands in the index; nothing of it is kept."""
    try:
        of = asked(request.GET)
        found = listing.compared(request, facts.ranked(of)) if request.method == "POST" else None
        faults: list[dict[str, str]] = []
    except (UsageError, DataError) as fault:
        of, found, faults = Asked(), None, _told(fault)
    return render(
        request,
        "where/need_compare.jinja",
        {"of": of, "index": of.index, "found": found, "errors": faults, "pasted": request.POST.get("codes", "")},
        status=422 if faults else 200,
    )


def _refused(request: KnownRequest, fault: DoorstepError) -> HttpResponse:
    """Answer a question for a file that cannot be, as a page in words."""
    return render(request, "where/need_refused.jinja", {"errors": _told(fault)}, status=422)
