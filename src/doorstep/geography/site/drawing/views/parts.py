"""What the pages share: the version asked for, who may draw, and answers to an error."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from doorstep.errors import DoorstepError
from doorstep.geography.neighbourhoods import Neighbourhood, NeighbourhoodSet
from doorstep.geography.site.drawing import reading
from doorstep.geography.site.models import SetVersion
from doorstep.web.matrix import matrix
from doorstep.web.requests import KnownRequest


def version_or_404(slug: str, number: int | None = None) -> SetVersion:
    """Return a version of a set, the newest where none is asked for."""
    try:
        return reading.newest(slug) if number is None else reading.version(slug, number)
    except SetVersion.DoesNotExist as error:
        raise Http404 from error


def neighbourhood_or_404(made: NeighbourhoodSet, id: str) -> Neighbourhood:
    """Return the neighbourhood of a set that an address names."""
    found = next((n for n in made.neighbourhoods if n.id == id), None)
    if found is None:
        raise Http404
    return found


def may_draw(request: KnownRequest) -> bool:
    """Say whether the person may make and change sets."""
    return bool(matrix(settings.DOORSTEP_ROLE).scope(request.roles, "where", "draw"))


def words_of(error: DoorstepError) -> str:
    """Return an error as sentences for a page."""
    parts = [f"{error.where}: {error.seen}" if error.where else error.seen]
    parts += [f"Expected: {error.expected}"] if error.expected else []
    parts += [error.do] if error.do else []
    return ". ".join(f"{part[:1].upper()}{part[1:]}" for part in parts)


def crumbs(one: SetVersion | None = None) -> list[dict[str, Any]]:
    """Return the way back: the start page, all sets, and the set where the page is about something of it."""
    found = [
        {"text": "Where", "href": reverse("where")},
        {"text": "Neighbourhoods", "href": reverse("neighbourhoods")},
    ]
    if one is not None:
        found.append({"text": one.title, "href": reverse("neighbourhoods-set", args=[one.area_set_id])})
    return found
