"""The request as views behind the authorisation matrix see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from doorstep.web.accounts.models import User


class KnownRequest(HttpRequest):
    """A request of somebody who logged in with both factors and whose role allows the address.

    `roles` are theirs today, `needed` the object and action that the address stands for; `scope` is "any", or "own"
    where they may act on their own Places only (`middleware.require_place` asks). The middleware sets these on Django's
    own request: this class is for types.
    """

    user: User
    roles: tuple[str, ...]
    needed: tuple[str, str]
    scope: str
    csp_nonce: str
