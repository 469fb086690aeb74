"""Answers that never change within an edition: asked for again, only that they have not.

Files and the interface carry an ETag. Pages do not: each page's body holds the nonce that its own headers allow, so
an old body under new headers would lose its script; they are quick because the exhibit is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from doorstep import __version__
from doorstep.programme.scorecard.asking import Address
from doorstep.web.requests import KnownRequest


def unchanged(request: KnownRequest, address: Address, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return 304 where the asker has this very answer, else the answer with its ETag.

    The browser may keep it for this person only, and asks each time. A Place's true numbers are kept nowhere.
    """
    tag = etag(request.path, address)
    response = get_conditional_response(request, etag=tag) or answer()
    response["ETag"] = tag
    response["Cache-Control"] = "no-store" if address.asked.own else "private, no-cache"
    return response


def etag(path: str, address: Address) -> str:
    """Return the tag of an address, an edition and a version of this program."""
    asked = address.asked
    words = (path, address.kind.id, *address.words, asked.own, str(asked.edition), __version__)
    return f'"{hashlib.sha256("|".join(words).encode()).hexdigest()[:32]}"'
