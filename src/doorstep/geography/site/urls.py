"""The addresses of all rooms; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import include, path

from doorstep.geography.site import views

urlpatterns = [
    path("where/", views.start, name="where"),
    *(
        path("where/", include(f"doorstep.geography.site.{room}.urls"))
        for room in ("need", "drawing", "centres", "report")
    ),
]
