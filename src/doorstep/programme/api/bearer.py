"""Who asks the interface: a program by its token, or a person who logged in; and not too often.

Stands before the authorisation matrix, which then holds for the token's owner as it holds for a person. A token opens
the interface alone: everywhere else it is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from doorstep.programme.api import actions
from doorstep.programme.api.models import Token
from doorstep.programme.api.problems import as_problem, problem
from doorstep.web.matrix import matrix

ROOT = "/api/v1/"
PER_MINUTE = 120


class Bearer:
    """The middleware of the interface."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; a refusal under the interface's root is a problem document."""
        response = self.get_response(request)
        return as_problem(response) if request.path.startswith(ROOT) else response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Recognise who asks, or refuse."""
        if not request.path.startswith(ROOT):
            return None
        shown = request.headers.get("Authorization", "")
        if shown:
            return self._by_token(request, shown)
        if not request.user.is_authenticated or not request.user.is_verified():  # type: ignore[attr-defined]
            return problem(401, WWW_Authenticate="Bearer")
        return _too_many(f"person {request.user.pk}")

    def _by_token(self, request: HttpRequest, shown: str) -> HttpResponse | None:
        scheme, _, text = shown.partition(" ")
        token = actions.recognised(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            words = "The token is not known, has expired or was revoked."
            return problem(401, words, WWW_Authenticate='Bearer error="invalid_token"')
        if not _is_in_scope(request, token):
            return problem(403, WWW_Authenticate='Bearer error="insufficient_scope"')
        # A token is made by a person who logged in with both factors.
        token.owner.is_verified = lambda: True  # type: ignore[attr-defined]
        request.user = token.owner
        return _too_many(f"token {token.pk}")


def _is_in_scope(request: HttpRequest, token: Token) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    needed = matrix(settings.DOORSTEP_ROLE).addresses.get(name)
    return needed is not None and ".".join(needed) in token.scopes


def _too_many(asker: str) -> HttpResponse | None:
    now: datetime = timezone.now()
    if actions.count(asker, now) <= getattr(settings, "API_PER_MINUTE", PER_MINUTE):
        return None
    return problem(429, Retry_After=str(60 - now.second))
