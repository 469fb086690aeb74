"""What a person may do, and to whose objects: the matrix asked with a person's roles. The one place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from doorstep.web.matrix import ANY, OWN, matrix

if TYPE_CHECKING:
    from doorstep.web.accounts.models import User


def may(who: User, roles: tuple[str, ...], thing: str, action: str, place: str = "") -> bool:
    """Say whether a person with these roles may do this to an object of a Place; without one: to everybody's."""
    scope = matrix(settings.DOORSTEP_ROLE).scope(roles, thing, action)
    return scope == ANY or (scope == OWN and place in places_of(who, roles, thing, action))


def places_of(who: User, roles: tuple[str, ...], thing: str, action: str) -> tuple[str, ...]:
    """Return the Places whose object a person may act on as one of their own.

    Only roles that allow this count: a Place that another role was given for is not theirs to act on.
    """
    table = matrix(settings.DOORSTEP_ROLE)
    held = (role for role in roles if table.scope((role,), thing, action) == OWN)
    return tuple(sorted({place for role in held for place in who.places_on(role)}))
