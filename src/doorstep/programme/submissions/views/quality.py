"""Quality reports: a Place's month, all Places' month, as page and CSV; and a Place's own page of its returns."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from doorstep import clock
from doorstep.programme.submissions import advice, coverage, quality, reading, timing
from doorstep.programme.submissions.states import LOOKS
from doorstep.programme.submissions.views.parts import can, note_findings, place_or_404
from doorstep.web import downloads
from doorstep.web.requests import KnownRequest


@require_GET
def of_place(request: KnownRequest, place: str) -> HttpResponse:
    """Show a Place's returns, month by month."""
    one, today = place_or_404(request, place), clock.today()
    months = tuple(reversed(timing.months(today)))
    row = coverage.grid(months, today, place=place)[0]
    context = {
        "place": one,
        "cells": row.cells,
        "looks": LOOKS,
        "due": {month: timing.dates(month) for month in months},
        "current": timing.collected(today),
        "may_send": can(request, "submission", "send", place),
        "entries": reading.entries(place=place, only_open=True),
    }
    return render(request, "submissions/of_place.jinja", context)


@require_GET
def report(request: KnownRequest, place: str, month: date) -> HttpResponse:
    """Show the quality report of a Place's month."""
    found = quality.report(place_or_404(request, place), month, clock.today())
    note_findings(request, sum(len(held) for _, held in found.findings), place=place, month=f"{month:%Y-%m}")
    sees_numbers = can(request, "as_sent", "read", place)
    context = {
        "found": found,
        "looks": LOOKS,
        "on": clock.today(),
        "due": timing.dates(month),
        "groups": [(v, advice.groups(held, with_numbers=sees_numbers)) for v, held in found.findings],
        "entries": [e for e in reading.entries(place=place, only_open=True) if e.month_from <= month],
    }
    return render(request, "submissions/quality.jinja", context)


@require_GET
def report_file(request: KnownRequest, place: str, month: date) -> HttpResponse:
    """Give the quality report of a Place's month as CSV."""
    found = quality.report(place_or_404(request, place), month, clock.today())
    return downloads.csv_answer(f"quality-{place}-{month:%Y-%m}.csv", quality.HEADER, found.rows())


@require_GET
def month_report(request: KnownRequest, month: date) -> HttpResponse:
    """Show the quality of all Places' returns of a month."""
    rows = list(quality.month_rows(month, clock.today()))
    return render(
        request, "submissions/month_quality.jinja", {"month": month, "rows": rows, "due": timing.dates(month)}
    )


@require_GET
def month_report_file(request: KnownRequest, month: date) -> HttpResponse:
    """Give the quality of all Places' returns of a month as CSV."""
    rows = quality.month_rows(month, clock.today())
    return downloads.csv_answer(f"quality-{month:%Y-%m}.csv", quality.MONTH_HEADER, rows)
