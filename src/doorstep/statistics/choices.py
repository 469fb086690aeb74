"""A choice between a few words, checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from doorstep.errors import UsageError


class UnknownChoiceError(UsageError):
    """A word was given that is none of those to choose from."""


def check_choice(what: str, given: object, allowed: Iterable[str]) -> None:
    """Raise UnknownChoiceError where `given` is none of the words allowed."""
    words = tuple(allowed)
    if given not in words:
        unknown_choice(what, given, words)


def unknown_choice(what: str, given: object, allowed: Iterable[str]) -> NoReturn:
    """Raise UnknownChoiceError, naming the words allowed."""
    raise UnknownChoiceError(f"{what} is {given!r}", expected="one of " + ", ".join(str(word) for word in allowed))
