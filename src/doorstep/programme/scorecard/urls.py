"""The app's addresses; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import path, re_path

from doorstep.programme.scorecard import definitions, views

_KIND = r"(?P<kind>[a-z][a-z0-9-]{0,40})"
_WORDS = r"(?P<words>(?:[A-Za-z0-9.-]{1,80}/){0,3})"
_TABLE = r"(?P<table>table-[0-9]{1,2})"

urlpatterns = [
    path("scorecard/", views.landing, name="scorecard"),
    re_path(rf"^scorecard/{_KIND}/choose$", views.choose, name="exhibit-choose"),
    re_path(rf"^scorecard/{_KIND}/{_WORDS}{_TABLE}\.csv$", views.csv_file, name="exhibit-csv"),
    re_path(
        rf"^scorecard/{_KIND}/{_WORDS}{_TABLE}\.csv-metadata\.json$", views.csv_metadata, name="exhibit-csv-metadata"
    ),
    re_path(rf"^scorecard/{_KIND}/{_WORDS}$", views.exhibit, name="exhibit"),
    path("definitions/", definitions.listed, name="definitions"),
    re_path(r"^definitions/(?P<line>[A-Za-z0-9.]{1,8})/$", definitions.definition, name="definition"),
]
