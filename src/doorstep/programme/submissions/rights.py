"""Whose returns a person may send: the matrix asked by an action, which has no request."""

from __future__ import annotations

from django.conf import settings

from doorstep.web.accounts.models import User
from doorstep.web.matrix import ANY, OWN, matrix


def may(by: User | None, thing: str, action: str, place: str) -> bool:
    """Say whether a person may do this to a Place's object today. Nobody (None) is the installation itself."""
    if by is None:
        return True
    table, roles = matrix(settings.DOORSTEP_ROLE), by.roles_on()
    scope = table.scope(roles, thing, action)
    return scope == ANY or (scope == OWN and place in places_of(by, thing, action))


def places_of(by: User, thing: str, action: str) -> tuple[str, ...]:
    """Return the Places whose object a person may act on as one of their own."""
    table = matrix(settings.DOORSTEP_ROLE)
    held = (role for role in by.roles_on() if table.scope((role,), thing, action) == OWN)
    return tuple(sorted({place for role in held for place in by.places_on(role)}))
