"""The interface's answers, its page for people, and the page of one's own tokens."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from doorstep.errors import UsageError
from doorstep.programme.api import actions, forms, openapi
from doorstep.programme.api.bearer import PER_MINUTE, ROOT
from doorstep.programme.api.problems import problem
from doorstep.programme.scorecard import asking, building, editions, holdings, telling
from doorstep.programme.scorecard.asking import UnknownError
from doorstep.programme.scorecard.conditional import unchanged
from doorstep.programme.scorecard.titles import titles
from doorstep.programme.scorecard.views import edition_of, whole_address
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest

View = Callable[..., HttpResponse]


def interface(view: View) -> View:
    """Make a view of the interface: GET alone (so it needs no form token), what is unknown a problem in words."""

    @wraps(view)
    def answer(request: KnownRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except UnknownError as error:
            return problem(404, f"{error.seen}{': ' + error.expected if error.expected else ''}.")

    return csrf_exempt(require_safe(answer))


@interface
def index(request: KnownRequest) -> HttpResponse:
    """Answer what can be asked for: editions, Places, metrics, months, kinds of exhibit. Before any edition: none."""
    among = editions.shown_to(request.roles)
    held = holdings.holdings(edition_of(request)[0]) if among else holdings.Holdings({}, ())
    kinds = asking.kinds(settings.DOORSTEP_ROLE)
    return _json(
        {
            "editions": [telling.edition_told(one) for one in among],
            "places": [{"id": slug, "name": name} for slug, name in held.places.items()],
            "metrics": [{"id": line, "title": titles().get(line, line)} for line in holdings.CHOSEN],
            "months": [f"{month:%Y-%m}" for month in held.months],
            "exhibits": [
                {"kind": k.id, "title": k.title, "needs": list(k.needs), "path": ROOT[:-1] + openapi.path_of(k)}
                for k in kinds
            ],
        }
    )


@interface
def description(_: KnownRequest) -> HttpResponse:
    """Answer the interface's description."""
    return _json(openapi.document(asking.kinds(settings.DOORSTEP_ROLE), settings.SESSION_COOKIE_NAME))


@interface
def exhibit(request: KnownRequest, kind: str, words: str) -> HttpResponse:
    """Answer an exhibit."""
    address = whole_address(request, kind, words)
    return unchanged(request, address, lambda: _json(telling.told(building.exhibit(address), address)))


def _json(body: dict[str, Any]) -> JsonResponse:
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "allow_nan": False})


@require_safe
def guide(request: KnownRequest) -> HttpResponse:
    """Show people what the interface answers and how to ask."""
    found = {
        "root": request.build_absolute_uri(ROOT),
        "kinds": [(kind, openapi.path_of(kind)) for kind in asking.kinds(settings.DOORSTEP_ROLE)],
        "per_minute": getattr(settings, "API_PER_MINUTE", PER_MINUTE),
        "needs": [(name, words) for name, (words, _) in openapi.NEEDS.items()],
    }
    return render(request, "api/guide.jinja", found)


def tokens(request: KnownRequest) -> HttpResponse:
    """List one's own tokens, and make one: its text is on the answer's page, once."""
    form = forms.NewToken(request.POST or None, scopes=actions.allowed(request.user))
    made, text = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, text = actions.make(owner=request.user, **form.wanted())
        except UsageError as error:
            form.add_error("name", error.seen[:1].upper() + error.seen[1:])
        else:
            form = forms.NewToken(scopes=actions.allowed(request.user))
    return form_page(request, "api/tokens.jinja", form, made=made, text=text, tokens=request.user.tokens.all())


@require_POST
def revoke(request: KnownRequest, token: uuid.UUID) -> HttpResponse:
    """End one of one's own tokens."""
    try:
        actions.revoke(token_id=token, by=request.user)
    except UsageError:
        return HttpResponse(status=404)
    return redirect("tokens")
