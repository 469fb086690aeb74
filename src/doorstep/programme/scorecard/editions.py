"""Which edition a person is shown: the newest that is for them, or an older one by its number."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard.asking import NothingYetError, UnknownError
from doorstep.programme.scorecard.holdings import published
from doorstep.web.matrix import matrix

# How the rules of a Place's own editions begin. An edition of its true numbers is for those who may see them as sent;
# everybody else of the Place is shown the same months under suppression, which are editions of their own.
TRUE_NUMBERS = "true numbers of this Place"


def sees_true_numbers(roles: tuple[str, ...]) -> bool:
    """Say whether a person of a Place's own installation may see its numbers before suppression."""
    return settings.DOORSTEP_ROLE == "place" and bool(matrix("place").scope(roles, "as_sent", "read"))


def shown_to(roles: tuple[str, ...]) -> tuple[Edition, ...]:
    """Return the editions that are for a person, newest first."""
    if settings.DOORSTEP_ROLE == "national":
        return published()
    wanted = sees_true_numbers(roles)
    return tuple(e for e in published() if e.rules.startswith(TRUE_NUMBERS) == wanted)


def chosen(number: str, among: Iterable[Edition]) -> Edition:
    """Return the edition of a number, or the newest where none is given; UnknownError where there is none of it."""
    found = list(among)
    if not found:
        raise NothingYetError("No figures were published yet", do="come back when the first edition is out")
    if not number:
        return found[0]
    for edition in found:
        if str(edition.number) == number:
            return edition
    raise UnknownError(f"There is no edition {number[:20]!r}", expected=f"the newest is {found[0].number}")
