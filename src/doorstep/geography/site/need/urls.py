"""The addresses of the need explorer."""

from __future__ import annotations

from django.urls import path

from doorstep.geography.site.need import views

urlpatterns = [path("need/", views.explore, name="need")]
