"""What the pages share: whose object it is, months in addresses, and answers to an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from doorstep.errors import DoorstepError
from doorstep.programme.places.models import Place
from doorstep.programme.submissions import reading, timing
from doorstep.programme.submissions.models import Submission
from doorstep.web import rights
from doorstep.web.audit import actions as audit
from doorstep.web.middleware import require_place
from doorstep.web.requests import KnownRequest


class MonthConverter:
    """A month in an address: 2026-07."""

    regex = r"20\d\d-(0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """Return the month's first day; no address where the template's list lacks the month."""
        month = date.fromisoformat(f"{value}-01")
        if not timing.on_list(month):
            raise ValueError(value)
        return month

    def to_url(self, value: date) -> str:
        """Return it as in an address."""
        return f"{value:%Y-%m}"


def place_or_404(request: KnownRequest, slug: str) -> Place:
    """Return a Place that the person may ask about: refused, else not found. The refusal comes first."""
    require_place(request, slug)
    return get_object_or_404(Place, slug=slug)


def submission_or_404(request: KnownRequest, id: UUID, *, with_file: bool = False) -> Submission:
    """Return a submission of a Place that the person may ask about, with `verdict`."""
    found = reading.decided().select_related("place", "received_by").filter(pk=id)
    one = (found.defer(None) if with_file else found).first()
    if one is None:
        raise Http404
    require_place(request, one.place_id)
    return one


def note_findings(request: KnownRequest, n_findings: int, *, place: str = "", **told: Any) -> None:
    """Write down that somebody was shown findings with numbers as sent; nothing where there were none."""
    if n_findings and can(request, "as_sent", "read", place):
        audit.record(
            actor=request.user,
            action="read findings",
            thing="as_sent",
            place=place,
            roles=request.roles,
            n_findings=n_findings,
            **told,
        )


def submission_path() -> Callable[[UUID], str]:
    """Return what gives a submission's address: a page of a thousand of them works the pattern out once."""
    nobody = UUID(int=0)
    before, _, after = reverse("submission", args=[nobody]).partition(str(nobody))
    return lambda id: f"{before}{id}{after}"


def can(request: KnownRequest, thing: str, action: str, place: str = "") -> bool:
    """Say whether the person may do something else to a Place's object than what the address is for."""
    return rights.may(request.user, request.roles, thing, action, place)


def told(request: KnownRequest, error: DoorstepError) -> None:
    """Say on the next page why something was not done."""
    expected = f" Needed: {error.expected}." if error.expected else ""
    messages.error(request, f"Not done: {error.seen}.{expected}")


def asked(value: str | None, known: Any) -> str:
    """Return a choice from an address where it is one of those known, else an empty text."""
    return value if value and value in known else ""
