"""What every request passes: an id, safe headers, the end of a session, and the authorisation matrix."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from doorstep.web import rights
from doorstep.web.audit import actions as audit
from doorstep.web.health import address_to_return_to, not_shown, not_understood, too_long
from doorstep.web.logs import request_id as current_id
from doorstep.web.matrix import OWN, Matrix, matrix
from doorstep.web.navigation import is_in
from doorstep.web.requests import KnownRequest, length_of

MOST_BYTES = 5_000_000  # of a body: the largest list that a form takes has 2 million
SECOND_FACTOR = "second_factor"  # in the session: which it was, once it was right
Respond = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger("doorstep.requests")
# Nothing from another host, no inline code but what carries this answer's nonce, no frame around our pages.
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; object-src 'none'; manifest-src 'self'"
)


def request_id(get_response: Respond) -> Respond:
    """Give the request an id that its log lines and audit events carry, and log one line when it is answered."""

    def answer(request: HttpRequest) -> HttpResponse:
        token = current_id.set(secrets.token_hex(8))
        began = time.perf_counter()
        try:
            response = get_response(request)
        finally:
            spent = round((time.perf_counter() - began) * 1000)
            name = request.resolver_match.view_name if request.resolver_match else "none"
        _log.info("answered", extra={"view": name, "status": response.status_code, "milliseconds": spent})
        response["X-Request-Id"] = current_id.get()
        current_id.reset(token)
        return response

    return answer


def headers(get_response: Respond) -> Respond:
    """Set the content security policy with a nonce for this answer, and keep pages out of caches and search engines."""

    def answer(request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce))
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def forms_only(get_response: Respond) -> Respond:
    """Answer a look at an address that only takes a form with a page: it has nothing to show by itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        page = not_shown(request)
        page["Allow"] = response.headers.get("Allow", "")
        return page

    return answer


def second_factor(get_response: Respond) -> Respond:
    """Let the account say whether this session passed both factors: `request.user.is_verified()`."""

    def answer(request: HttpRequest) -> HttpResponse:
        is_verified = request.user.is_authenticated and bool(request.session.get(SECOND_FACTOR))
        request.user.is_verified = lambda: is_verified  # type: ignore[union-attr]
        return get_response(request)

    return answer


def session_ends(get_response: Respond) -> Respond:
    """End a session after a quarter of an hour without a request, and half a day after it began."""

    def answer(request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if request.user.is_authenticated and request.session.session_key:
            began, seen = request.session.get("began", now), request.session.get("seen", now)
            if now - seen > settings.IDLE_SECONDS or now - began > settings.HARD_SECONDS:
                audit.record(actor=request.user, action="session ended", thing="account", thing_id=str(request.user.pk))
                asked = address_to_return_to(request)
                logout(request)
                return redirect(f"{reverse('log-in')}?ended=1&{asked}")
            request.session.setdefault("began", now)
            request.session["seen"] = now
        return get_response(request)

    return answer


class Length:
    """Refuse a body that no form of ours has, before anything reads it: whoever asks could fill the disk else.

    Stands before the check of a form's token, which reads the body. A view without that check sees to it itself.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Refuse by what the request says of its length; what is longer than it says is never read."""
        if getattr(view, "csrf_exempt", False) or length_of(request) <= MOST_BYTES:
            return None
        return too_long(request)


class Texts:
    """Refuse a text that no database keeps: one with a NUL byte, which no browser sends, is no fault of ours."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer as to any request that is not understood; nothing was kept, for the transaction is undone."""
        is_of_text = isinstance(error, ValueError | DataError) and "NUL (0x00)" in str(error)
        return not_understood(request) if is_of_text else None


class Authorisation:
    """Refuse what the matrix does not list.

    Sets `request.roles`, what the address is for in `request.needed`, and `request.scope`: "any", or "own" with the
    Places that `places_of` gives; a view that acts on one Place's object asks `require_place`.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Allow, ask for a log-in, or refuse, by the name of the view."""
        table: Matrix = matrix(settings.DOORSTEP_ROLE)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name not in table.addresses:
            _log.error("an address is not in the authorisation matrix", extra={"view": name})
            raise Http404
        needed = table.addresses[name]
        if needed is None:
            return None
        if not is_in(request):
            return redirect(f"{reverse('log-in')}?{address_to_return_to(request)}")
        known = cast(KnownRequest, request)
        known.needed, known.roles = needed, known.user.roles_on()
        known.scope = table.scope(known.roles, *needed)
        if not known.scope:
            _refuse(known, needed)
        return None


def places_of(request: KnownRequest) -> tuple[str, ...]:
    """Return the Places on whose objects the person may do what the address is for."""
    return rights.places_of(request.user, request.roles, *request.needed)


def require_place(request: KnownRequest, place: str) -> None:
    """Refuse another Place's object where the person may act on their own only."""
    if request.scope == OWN and place not in places_of(request):
        _refuse(request, ("place", "own"), place)


def _refuse(request: KnownRequest, needed: tuple[str, str], place: str = "") -> None:
    """Write the refusal down, and refuse with a page that holds nothing of the object."""
    audit.record(
        actor=request.user,
        action=needed[1],
        thing=needed[0],
        place=place,
        outcome="refused",
        roles=request.roles,
    )
    raise PermissionDenied
