"""The environment of templates: ours first, then the design system's macros; everything is escaped."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup, escape

from doorstep.web.navigation import is_in, links_for

SERVICE = {"national": "Neighbourhood Health Intelligence Centre", "place": "Doorstep"}


def environment(**options: Any) -> Environment:
    """Return the environment that Django asks for."""
    loaders = [options.pop("loader"), PackageLoader("nhsuk_frontend_jinja")]
    made = Environment(  # noqa: S701  (autoescape is among the options Django gives)
        **{**options, "loader": ChoiceLoader(loaders), "undefined": ChainableUndefined, "extensions": ["jinja2.ext.do"]}
    )
    made.globals.update(
        static=static,
        url=_url,
        csrf=_csrf,
        service=SERVICE[settings.DOORSTEP_ROLE],
        role=settings.DOORSTEP_ROLE,
        idle_seconds=settings.IDLE_SECONDS,
        is_demo=settings.IS_DEMO,
        is_in=is_in,
        navigation=links_for,
        today=timezone.localdate,
    )
    made.filters.update(day=_day, moment=_moment, month=_month, role=_role)
    return made


def _url(name: str, *words: Any, **named: Any) -> str:
    return reverse(name, args=words or None, kwargs=named or None)


def _csrf(request: Any) -> Markup:
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(escape(get_token(request)))


def _month(value: Any) -> str:
    """Return a month as people read it: November 2026."""
    return f"{value:%B %Y}" if value else ""


def _role(name: str) -> str:
    """Return a role's name as people read it: centre analyst."""
    return name.replace("_", " ")


def _day(value: Any) -> str:
    """Return a day as people read it: 24 November 2026."""
    return f"{value.day} {value:%B %Y}" if value else ""


def _moment(value: Any) -> str:
    """Return a moment as people here read it: 24 November 2026, 14:03:05."""
    at = timezone.localtime(value)
    return f"{_day(at)}, {at:%H:%M:%S}"
