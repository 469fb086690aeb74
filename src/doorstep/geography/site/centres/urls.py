"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from doorstep.geography.site.centres import views

urlpatterns = [
    path("centres/", views.ask, name="centres"),
    path("centres/answer/", views.answered, name="centres-answer"),
    path("centres/by-hand/", views.placed_by_hand, name="centres-by-hand"),
    path("centres/map.json", views.map_data, name="centres-map"),
    path("centres/centres.csv", views.sites_csv, name="centres-csv"),
    path("centres/people.csv", views.people_csv, name="centres-people-csv"),
    path("centres/centres.geojson", views.sites_geojson, name="centres-geojson"),
]
