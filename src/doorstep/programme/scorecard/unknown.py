"""A page that says in words what is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from doorstep.programme.scorecard.asking import UnknownError
from doorstep.web.requests import KnownRequest

View = Callable[..., HttpResponse]


def in_words(view: View) -> View:
    """Answer 404 in words where a view finds that there is nothing of that name."""

    @wraps(view)
    def answer(request: KnownRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except UnknownError as error:
            return render(request, "scorecard/unknown.jinja", {"error": error}, status=404)

    return answer
