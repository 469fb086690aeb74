"""The app's addresses; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import path

from doorstep.planning.site import views

urlpatterns = [
    path("own/cohort/", views.cohort, name="own-cohort"),
    path("own/completeness/", views.completeness, name="own-completeness"),
    path("own/<slug:page>/<slug:name>.csv", views.download, name="own-csv"),
    path("own/returns/", views.returns, name="own-returns"),
    path("own/returns/<slug:month>/<int:old>-to-<int:new>/", views.compare, name="own-returns-compare"),
]
