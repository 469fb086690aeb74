"""From an address to what is asked of an exhibit, and back: /scorecard/spc/halton/O2b/ and its like."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from doorstep.errors import DoorstepError
from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard import shelf
from doorstep.programme.scorecard.exhibits import Asked, Kind
from doorstep.programme.scorecard.holdings import CHOSEN, Holdings

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


class UnknownError(DoorstepError):
    """There is nothing of that name: a page says so in words, and answers 404."""

    exit_code = 2


class NothingYetError(UnknownError):
    """No edition that is for this person was published yet: a page says what is missing and who does it."""


@dataclass(frozen=True)
class Address:
    """A kind of exhibit and as many of its needs as are known, in its own order."""

    kind: Kind
    asked: Asked

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the address after the kind."""
        return tuple(filter(None, (word_of(self.asked, need) for need in self.kind.needs)))

    @property
    def path(self) -> str:
        """The words as a piece of an address: nothing, or with a stroke after each."""
        return "".join(f"{word}/" for word in self.words)

    @property
    def is_whole(self) -> bool:
        """True where nothing is missing to build the exhibit."""
        return len(self.words) == len(self.kind.needs)


def word_of(asked: Asked, need: str) -> str:
    """Return what is asked under a need as it stands in an address; an empty text where it is not."""
    if need == "month":
        return f"{asked.month:%Y-%m}" if asked.month else ""
    return str(getattr(asked, need))


def kind_of(name: str, role: str) -> Kind:
    """Return a kind that this installation has; UnknownError otherwise."""
    if name not in shelf.MODULES or role not in shelf.kind(name).roles:
        raise UnknownError(f"There is no exhibit called {name[:40]!r} here")
    return shelf.kind(name)


def kinds(role: str) -> tuple[Kind, ...]:
    """Return every kind that this installation has, in the order of the shelf."""
    return tuple(kind for kind in map(shelf.kind, shelf.MODULES) if role in kind.roles)


def address(kind: Kind, words: tuple[str, ...], edition: Edition, held: Holdings, own: str = "") -> Address:
    """Return what the words of an address ask for; UnknownError where one names nothing the edition holds."""
    if len(words) > len(kind.needs):
        raise UnknownError(f"{kind.title} needs {' and '.join(kind.needs) or 'nothing'}, and more was given")
    asked = Asked(edition, own=own)
    for need, word in zip(kind.needs, words, strict=False):
        asked = with_word(asked, need, word, held)
    return Address(kind, asked)


def with_word(asked: Asked, need: str, word: str, held: Holdings) -> Asked:
    """Return the same with one need set; UnknownError where the edition holds nothing of that name."""
    if need == "place":
        _known(word in held.places, "Place", word, asked.edition)
        return replace(asked, place=word)
    if need == "metric":
        _known(word in CHOSEN, "metric", word, asked.edition)
        return replace(asked, metric=word)
    month = _month(word)
    _known(month in held.months, "month", word, asked.edition)
    return replace(asked, month=month)


def _month(word: str) -> date | None:
    found = _MONTH.match(word)
    return date(int(found[1]), int(found[2]), 1) if found and int(found[1]) else None


def _known(is_known: bool, what: str, word: str, edition: Edition) -> None:
    if not is_known:
        raise UnknownError(f"Edition {edition.number} has no {what} called {word[:40]!r}")
