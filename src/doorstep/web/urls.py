"""The addresses of the shell, then those of the role's apps."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from doorstep.web import health
from doorstep.web.accounts import views as accounts
from doorstep.web.apps_of import apps_of

urlpatterns = [
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("log-in", accounts.log_in, name="log-in"),
    path("log-in/code", accounts.log_in_code, name="log-in-code"),
    path("log-out", accounts.log_out, name="log-out"),
    path("stay", accounts.stay, name="stay"),
    path("account", accounts.account, name="account"),
    path("", accounts.home, name="home"),
    *(path("", include(f"{app}.urls")) for app in apps_of(settings.DOORSTEP_ROLE)),
]

handler400 = "doorstep.web.health.not_understood"
handler403 = "doorstep.web.health.refused"
handler404 = "doorstep.web.health.not_found"
handler500 = "doorstep.web.health.failed"
