"""Pages of definitions: what each line of the return is, what it leaves open, and what the log says changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.programme.scorecard import editions, words
from doorstep.programme.scorecard.asking import UnknownError
from doorstep.programme.scorecard.logged import logged
from doorstep.programme.scorecard.unknown import in_words
from doorstep.returns.printed import LINE_IDS
from doorstep.web.requests import KnownRequest


@require_safe
def listed(request: KnownRequest) -> HttpResponse:
    """List every line of the return."""
    lines = [words.line_words(line) for line in LINE_IDS]
    return render(request, "scorecard/definitions.jinja", {"lines": lines})


@require_safe
@in_words
def definition(request: KnownRequest, line: str) -> HttpResponse:
    """Show one line's definition."""
    if line not in LINE_IDS:
        raise UnknownError(f"The return has no line called {line!r}", expected=", ".join(LINE_IDS))
    history = logged("", None).of(line)
    found: dict[str, Any] = {
        "said": words.line_words(line),
        "choices": words.choices_of(line),
        "history": history,
        "about": None,
    }
    among = editions.shown_to(request.roles)
    if among:
        found["about"] = words.about(line, among[0])
    return render(request, "scorecard/definition.jinja", found)
