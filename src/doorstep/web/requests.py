"""The request as views behind the authorisation matrix see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from doorstep.web.accounts.models import User


def length_of(request: HttpRequest) -> int:
    """Return how many bytes the body has, by what the request says of it."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


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
