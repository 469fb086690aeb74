"""The app's addresses; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
