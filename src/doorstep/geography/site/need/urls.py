"""The addresses of the need explorer."""

from __future__ import annotations

from django.urls import path

from doorstep.geography.site.need import views

urlpatterns = [
    path("need/", views.explore, name="need"),
    path("need/areas.csv", views.areas_file, name="need-csv"),
    path("need/areas.csv-metadata.json", views.areas_file_metadata, name="need-csv-metadata"),
    path("need/how-it-is-computed/", views.about, name="need-about"),
    path("need/compare/", views.compare, name="need-compare"),
]
