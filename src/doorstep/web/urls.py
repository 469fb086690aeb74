"""The addresses of the shell, then those of the role's apps."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path

from doorstep.web import health
from doorstep.web.accounts.views import enrolling, logging_in, own, people, providing
from doorstep.web.apps_of import apps_of
from doorstep.web.audit import views as trail

_person = "people/<uuid:person>"

urlpatterns = [
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("log-in", logging_in.log_in, name="log-in"),
    path("log-in/code", logging_in.log_in_code, name="log-in-code"),
    path("log-in/recovery", logging_in.log_in_recovery, name="log-in-recovery"),
    path("log-in/provider", providing.start, name="oidc-start"),
    path("log-in/provider/back", providing.back, name="oidc-back"),
    path("log-out", logging_in.log_out, name="log-out"),
    path("stay", logging_in.stay, name="stay"),
    path("enrol/<str:secret>", enrolling.choose_password, name="enrol"),
    path("enrol/<str:secret>/code", enrolling.confirm_code, name="enrol-code"),
    path("account", own.account, name="account"),
    path("account/password", own.password, name="account-password"),
    path("account/authenticator", own.authenticator, name="account-authenticator"),
    path("people", people.people, name="people"),
    path("people/invite", people.invite, name="people-invite"),
    path(_person, people.person, name="person"),
    path(f"{_person}/link", people.new_link, name="person-link"),
    path(f"{_person}/roles", people.give_role, name="role-give"),
    path(f"{_person}/roles/<int:assignment>/end", people.end_role, name="role-end"),
    path(f"{_person}/identity", people.subject, name="person-identity"),
    re_path(
        rf"^people/(?P<person>[0-9a-f-]{{36}})/(?P<what>{'|'.join(people.CHANGES)})$",
        people.change,
        name="person-change",
    ),
    path("audit", trail.page, name="audit"),
    path("audit.csv", trail.file, name="audit-file"),
    path("", own.home, name="home"),
    *(path("", include(f"{app}.urls")) for app in apps_of(settings.DOORSTEP_ROLE)),
]

handler400 = "doorstep.web.health.not_understood"
handler403 = "doorstep.web.health.refused"
handler404 = "doorstep.web.health.not_found"
handler500 = "doorstep.web.health.failed"
