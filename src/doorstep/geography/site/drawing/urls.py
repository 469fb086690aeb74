"""The addresses of neighbourhoods; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import path

from doorstep.geography.site.drawing.views import audits, editing, evidence, making, sets, teams

_SET = "neighbourhoods/<slug:slug>"
_VERSION = f"{_SET}/v<int:number>"

urlpatterns = [
    path("neighbourhoods/", sets.sets, name="neighbourhoods"),
    path("neighbourhoods/new", making.ways, name="neighbourhoods-new"),
    path("neighbourhoods/new/<slug:way>", making.new, name="neighbourhoods-make"),
    path(f"{_SET}/", sets.one_set, name="neighbourhoods-set"),
    path(f"{_SET}/edit", editing.edit, name="neighbourhoods-edit"),
    path(f"{_SET}/practices", teams.practices_page, name="neighbourhoods-practices"),
    path(f"{_SET}/compare", sets.compare, name="neighbourhoods-compare"),
    path(f"{_SET}/retire", evidence.retire, name="neighbourhoods-retire"),
    path(f"{_SET}/recognise/<str:area>", evidence.recognise, name="neighbourhoods-recognise"),
    path(f"{_SET}/reason/<str:area>", evidence.reason, name="neighbourhoods-reason"),
    path(f"{_VERSION}/", sets.one_version, name="neighbourhoods-version"),
    path(f"{_VERSION}/audit", audits.audit, name="neighbourhoods-audit"),
    path(f"{_VERSION}/audit/<slug:table>.csv", audits.audit_file, name="neighbourhoods-audit-file"),
    path(f"{_VERSION}/areas.geojson", audits.areas_geojson, name="neighbourhoods-geojson"),
    path(f"{_VERSION}/areas.csv", audits.areas_csv, name="neighbourhoods-csv"),
    path(f"{_VERSION}/practices.csv", teams.practices_csv, name="neighbourhoods-practices-csv"),
]
