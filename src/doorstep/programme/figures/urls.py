"""The app's addresses; each name stands in the authorisation matrix. A Place publishes nothing."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from doorstep.programme.figures import views

_national = [
    path("editions/", views.editions, name="editions"),
    path("editions/publish", views.publish, name="edition-publish"),
    path("editions/<int:number>/", views.edition, name="edition"),
]
urlpatterns: list[URLPattern] = _national if settings.DOORSTEP_ROLE == "national" else []
