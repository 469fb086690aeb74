"""The audit's page and its files."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.geography.site.report import facts
from doorstep.web.downloads import csv_answer
from doorstep.web.requests import KnownRequest


@require_safe
def audit(request: KnownRequest) -> HttpResponse:
    """Show every claim with its verdict, the corrected names, and the 150 areas."""
    found = facts.audited()
    told = {
        "report": found,
        "claims": [(claim, facts.again(claim)) for claim in found.claims],
        "counts": facts.counts(),
        "tags": facts.TAGS,
        "areas": facts.areas(),
        "index": facts.index_name(),
        "n_ranked": facts.n_ranked(),
        "sources": facts.stated_sources(),
    }
    return render(request, "where/report.jinja", told)


@require_safe
def claims_csv(request: KnownRequest) -> HttpResponse:
    """Answer the claims as CSV."""
    rows = [{**asdict(claim), "compute_again": facts.again(claim)} for claim in facts.audited().claims]
    return csv_answer("report-claims.csv", list(rows[0]), [list(row.values()) for row in rows])


@require_safe
def areas_csv(request: KnownRequest) -> HttpResponse:
    """Answer the 150 areas as CSV."""
    rows = facts.areas()
    return csv_answer("report-areas.csv", list(rows[0]), [list(row.values()) for row in rows])
