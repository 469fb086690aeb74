"""The audit of a version as a page and as tables, and the files of a version."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.geography.neighbourhoods import geojson
from doorstep.geography.neighbourhoods.ground import areas
from doorstep.geography.site.drawing import changing, presenting, reading, tables
from doorstep.geography.site.drawing.todo import todo
from doorstep.geography.site.drawing.views.parts import crumbs, may_draw, version_or_404
from doorstep.web.downloads import attachment, csv_answer
from doorstep.web.requests import KnownRequest

GEOJSON = "application/geo+json"


@require_safe
def audit(request: KnownRequest, slug: str, number: int) -> HttpResponse:
    """Show what a version has, lacks and does not follow."""
    one = version_or_404(slug, number)
    made, found = reading.content(one), reading.audited(one)
    moved = changing.moved_since(reading.history(slug, number))
    rows = presenting.rows(made, found, moved)
    kinds = todo(slug, rows, found)
    context = {
        "one": one,
        "made": made,
        "found": found,
        "rows": rows,
        "todo": kinds,
        "n_todo": sum(len(kind.things) for kind in kinds),
        "matrix": tables.matrix(made, found),
        "nearest": tables.nearest(found),
        "kinds": tables.KINDS,
        "files": tables.FILES,
        "may_draw": may_draw(request) and number == reading.newest_number(slug) and one.valid_to is None,
        "label": changing.label_of,
        "labels": {n.id: changing.label_of(n) for n in made.neighbourhoods},
        "crumbs": crumbs(one),
    }
    return render(request, "where/neighbourhoods_audit.jinja", context)


@require_safe
def audit_file(request: KnownRequest, slug: str, number: int, table: str) -> HttpResponse:
    """Give one table of the audit as CSV."""
    if table not in tables.FILES:
        raise Http404
    one = version_or_404(slug, number)
    header, rows = tables.file_of(table, reading.content(one), reading.audited(one))
    return csv_answer(f"{slug}-v{number}-{table}.csv", header, rows)


@require_safe
def areas_geojson(request: KnownRequest, slug: str, number: int) -> HttpResponse:
    """Give a version as GeoJSON (RFC 7946)."""
    one = version_or_404(slug, number)
    content = json.dumps(geojson(reading.content(one)), ensure_ascii=False).encode()
    return attachment(f"{slug}-v{number}.geojson", content, GEOJSON)


@require_safe
def areas_csv(request: KnownRequest, slug: str, number: int) -> HttpResponse:
    """Give the areas of a version as CSV: a row for each area and neighbourhood, also where it is in none."""
    made, here = reading.content(version_or_404(slug, number)), areas()
    held = [(code, n.id, n.name, made.called(n)) for code, n in made.members()]
    held += [(code, "", "", "") for code in made.gaps()]
    rows = ((made.reference, *row, here[row[0]].name, here[row[0]].people) for row in sorted(held))
    header = ("set", "lsoa21", "id", "neighbourhood", "called", "lsoa21_name", "residents")
    return csv_answer(f"{slug}-v{number}-areas.csv", header, rows)
