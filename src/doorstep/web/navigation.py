"""What stands in the navigation and on the start page: each app names its own pages, and a person sees those they may.

An app's `apps.py` has a `SiteApp` with its items; an item's address takes no arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.apps import AppConfig, apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from doorstep.web.matrix import matrix


@dataclass(frozen=True)
class Item:
    """One page of the navigation: its words, the name of its address, and what one does there (for the start page)."""

    text: str
    address: str
    purpose: str


class SiteApp(AppConfig):
    """An app with pages in the navigation."""

    navigation: ClassVar[tuple[Item, ...]] = ()
    default = False  # an app's module has this class beside its own, and Django must take its own

    def __init_subclass__(cls) -> None:
        """Let Django find the app's own class."""
        cls.default = True


def items() -> Iterator[Item]:
    """Yield the items of all apps, in the order of the apps."""
    for app in apps.get_app_configs():
        yield from getattr(app, "navigation", ())


def items_for(request: HttpRequest) -> list[Item]:
    """Return the items that the person who asks may open; none where nobody has logged in."""
    if not is_in(request):
        return []
    roles: tuple[str, ...] = getattr(request, "roles", None) or request.user.roles_on()  # type: ignore[union-attr]
    table = matrix(settings.DOORSTEP_ROLE)
    return [item for item in items() if (what := table.addresses.get(item.address)) and table.scope(roles, *what)]


def links_for(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the navigation's links as the header shows them, the page one is on marked."""
    links = [(item, reverse(item.address)) for item in items_for(request)]
    within = [href for _, href in links if request.path.startswith(href)]
    here = max(within, key=len, default="")
    return [{"text": item.text, "href": href, "current": href == here} for item, href in links]


def is_in(request: HttpRequest) -> bool:
    """Say whether this request is of somebody who logged in with both factors."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_verified())
