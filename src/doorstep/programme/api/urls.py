"""The app's addresses; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import path, re_path

from doorstep.programme.api import views

urlpatterns = [
    path("api/", views.guide, name="api-guide"),
    path("api/v1/", views.index, name="api-index"),
    path("api/v1/openapi.json", views.description, name="api-openapi"),
    re_path(
        r"^api/v1/(?P<kind>[a-z][a-z0-9-]{0,40})/(?P<words>(?:[A-Za-z0-9.-]{1,80}/){0,3})$",
        views.exhibit,
        name="api-exhibit",
    ),
    path("account/tokens", views.tokens, name="tokens"),
    path("account/tokens/<uuid:token>/revoke", views.revoke, name="token-revoke"),
]
