"""The room's addresses."""

from __future__ import annotations

from django.urls import path

from doorstep.geography.site.report import views

urlpatterns = [
    path("report/", views.audit, name="report-audit"),
    path("report/claims.csv", views.claims_csv, name="report-claims-csv"),
    path("report/areas.csv", views.areas_csv, name="report-areas-csv"),
]
