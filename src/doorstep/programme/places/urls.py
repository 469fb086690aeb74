"""The app's addresses; each name stands in the authorisation matrix. The register is the national installation's."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from doorstep.programme.places import views

_national = [
    path("places/", views.register, name="register"),
    path("places.csv", views.register_file, name="register-file"),
    path("places/<slug:slug>/", views.place, name="register-place"),
    path("places/<slug:slug>/add", views.add, name="register-fact-add"),
    path("places/fact/<int:id>/correct", views.correct, name="register-fact-correct"),
    path("places/fact/<int:id>/end", views.end, name="register-fact-end"),
]
urlpatterns: list[URLPattern] = _national if settings.DOORSTEP_ROLE == "national" else []
