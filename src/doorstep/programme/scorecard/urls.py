"""The app's addresses; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import path, re_path

from doorstep.programme.scorecard import definitions, pack_views, views

_KIND = r"(?P<kind>[a-z][a-z0-9-]{0,40})"
_WORDS = r"(?P<words>(?:[A-Za-z0-9.-]{1,80}/){0,3})"
_PACK = r"(?P<number>[0-9]{1,9})/(?P<word>[a-z0-9-]{1,80})"
_TABLE = r"(?P<table>table-[0-9]{1,2})"

urlpatterns = [
    path("scorecard/", views.landing, name="scorecard"),
    re_path(rf"^scorecard/{_KIND}/choose$", views.choose, name="exhibit-choose"),
    re_path(rf"^scorecard/{_KIND}/{_WORDS}{_TABLE}\.csv$", views.csv_file, name="exhibit-csv"),
    re_path(
        rf"^scorecard/{_KIND}/{_WORDS}{_TABLE}\.csv-metadata\.json$", views.csv_metadata, name="exhibit-csv-metadata"
    ),
    re_path(rf"^scorecard/{_KIND}/{_WORDS}$", views.exhibit, name="exhibit"),
    path("packs/", pack_views.packs, name="packs"),
    re_path(rf"^packs/{_PACK}/make$", pack_views.make, name="pack-make"),
    re_path(rf"^packs/{_PACK}/$", pack_views.page, name="pack"),
    re_path(rf"^packs/{_PACK}\.html$", pack_views.html_file, name="pack-html"),
    re_path(rf"^packs/{_PACK}\.pdf$", pack_views.pdf_file, name="pack-pdf"),
    path("definitions/", definitions.listed, name="definitions"),
    re_path(r"^definitions/(?P<line>[A-Za-z0-9.]{1,8})/$", definitions.definition, name="definition"),
]
