"""Pages of a Place's own cohort, completeness and returns; each reads what the newest load counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.planning.site.history import breaks_between, line_changes
from doorstep.planning.site.models import OwnLoad, OwnPage, OwnReturn
from doorstep.planning.site.presenting import for_month, month_words, months_in, sheet
from doorstep.web import rights
from doorstep.web.downloads import csv_answer
from doorstep.web.requests import KnownRequest


@require_safe
def cohort(request: KnownRequest) -> HttpResponse:
    """Show the cohort's size, broken down, and how it is defined."""
    return _page(request, OwnPage.Name.COHORT, "own/cohort.jinja")


@require_safe
def completeness(request: KnownRequest) -> HttpResponse:
    """Show what each provider has sent for a month (the newest where none is chosen)."""
    found = _newest(OwnPage.Name.COMPLETENESS)
    if found is None:
        return _nothing(request)
    months = months_in(found.sheets)
    month = request.GET.get("month", months[0] if months else "")
    if months and month not in months:
        raise Http404
    sheets = [sheet(for_month(one, month)) for one in found.sheets]
    shown = {"page": found, "sheets": sheets, "months": months, "month": month, "in_words": month_words}
    return render(request, "own/completeness.jinja", shown)


@require_safe
def download(request: KnownRequest, page: str, name: str) -> HttpResponse:
    """Answer one table of a page as CSV."""
    found = _newest(page)
    for one in found.sheets if found else ():
        if found and one["name"] == name:
            return csv_answer(f"{page}_{name}_{found.as_at}.csv", one["columns"], one["rows"])
    raise Http404


@require_safe
def returns(request: KnownRequest) -> HttpResponse:
    """List every version of every month's return."""
    can_compare = rights.may(request.user, request.roles, "as_sent", "read")
    newest = OwnLoad.objects.first()
    if newest is None:
        return _nothing(request)
    months: dict[date, list[OwnReturn]] = {}
    for row in OwnReturn.objects.defer("lines", "facts"):
        months.setdefault(row.month, []).append(row)
    return render(request, "own/returns.jinja", {"load": newest, "months": months, "can_compare": can_compare})


@require_safe
def compare(request: KnownRequest, month: str, old: int, new: int) -> HttpResponse:
    """Show which printed numbers differ between two versions of a month, and what else does."""
    rows = {row.version: row for row in OwnReturn.objects.filter(month=_month(month), version__in=(old, new))}
    if set(rows) != {old, new} or old >= new:
        raise Http404
    before, after = rows[old], rows[new]
    lines = [{name: tuple(line) for name, line in row.lines.items()} for row in (before, after)]
    found: dict[str, Any] = {
        "before": before,
        "after": after,
        "changes": line_changes(*lines),
        "breaks": breaks_between(before.facts, after.facts),
        "has_facts": bool(before.facts and after.facts),
    }
    return render(request, "own/compare.jinja", found)


def _page(request: KnownRequest, name: str, template: str) -> HttpResponse:
    found = _newest(name)
    if found is None:
        return _nothing(request)
    return render(request, template, {"page": found, "sheets": [sheet(one) for one in found.sheets]})


def _newest(name: str) -> OwnPage | None:
    return OwnPage.objects.filter(name=name).select_related("load").order_by("-load_id").first()


def _nothing(request: KnownRequest) -> HttpResponse:
    return render(request, "own/nothing.jinja", status=404)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Http404 from error
