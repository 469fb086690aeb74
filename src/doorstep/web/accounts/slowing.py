"""Holds back one network address that tries many passwords, whichever accounts it tries them on."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from doorstep.web.accounts.models import Source

# An office behind one address has many people with a wrong password now and then, and nobody types thirty.
MOST, WINDOW = 30, timedelta(minutes=15)


def is_too_many(request: HttpRequest) -> bool:
    """Say whether the address of this request tried too often in the last quarter of an hour."""
    found = Source.objects.filter(hash=_source(request), since__gt=timezone.now() - WINDOW).first()
    return found is not None and found.tries >= MOST


@transaction.atomic
def note(request: HttpRequest) -> None:
    """Count a wrong try of this request's address, and forget those of long ago."""
    now = timezone.now()
    Source.objects.filter(since__lte=now - WINDOW).delete()
    _, is_new = Source.objects.get_or_create(hash=_source(request), defaults={"since": now, "tries": 1})
    if not is_new:
        Source.objects.filter(hash=_source(request)).update(tries=F("tries") + 1)


def _source(request: HttpRequest) -> str:
    return salted_hmac("doorstep.web.accounts.slowing", address_of(request), algorithm="sha256").hexdigest()


def address_of(request: HttpRequest) -> str:
    """Return the network address that asks.

    Of X-Forwarded-For only what our own proxies added is believed: the entry as many from the right as there are
    proxies (DOORSTEP_PROXIES). Whoever asks can write anything further left.
    """
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    n = settings.PROXIES
    return said[-n] if n and len(said) >= n and said[-n] else request.META.get("REMOTE_ADDR", "")
