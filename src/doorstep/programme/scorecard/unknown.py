"""A page that says in words what is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from doorstep.programme.scorecard.asking import NothingYetError, UnknownError
from doorstep.web.matrix import matrix
from doorstep.web.requests import KnownRequest

View = Callable[..., HttpResponse]


def in_words(view: View) -> View:
    """Answer 404 in words where a view finds that there is nothing of that name, or no figure at all yet."""

    @wraps(view)
    def answer(request: KnownRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except NothingYetError:
            return nothing_yet(request, status=404)
        except UnknownError as error:
            return render(request, "scorecard/unknown.jinja", {"error": error}, status=404)

    return answer


def nothing_yet(request: KnownRequest, status: int = 200) -> HttpResponse:
    """Say that no figures were published yet, what has to be done, and by whom: 200 where that is the answer."""
    table = matrix(settings.DOORSTEP_ROLE)
    may = {
        "collect": bool(table.scope(request.roles, "collection", "read")),
        "send": bool(table.scope(request.roles, "submission", "send")),
        "publish": bool(table.scope(request.roles, "figure", "publish")),
    }
    return render(request, "scorecard/nothing_yet.jinja", {"may": may}, status=status)
