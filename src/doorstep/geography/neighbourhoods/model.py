"""What a set of neighbourhoods is: dated, versioned, with who recognises each one and why any is out of range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from doorstep.errors import DataError

WHO = ("residents", "councillors", "practices", "other")
BASES = {
    "drawn": "drawn by Doorstep",
    "lsoas": "a list of areas",
    "practices": "a list of practices",
    "wards": "a list of wards",
    "pcns": "a list of primary care networks",
}
ADMINISTRATIVE = "administrative only"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def set_id_of(text: str) -> str:
    """Return a text that can be the id of a set, which names its folder; DataError where it cannot."""
    if not _ID.fullmatch(text):
        raise DataError(f"{text!r} is no id of a set", expected="small letters, digits and hyphens", where="--id")
    return text


@dataclass(frozen=True)
class Evidence:
    """A sign that people recognise a neighbourhood: who (a word of WHO), what they did, when, where it is written."""

    who: str
    what: str
    on: date
    source: str

    def __post_init__(self) -> None:
        if self.who not in WHO:
            raise DataError(f"{self.who!r} is nobody who can recognise it", expected="one of " + ", ".join(WHO))
        for name in ("what", "source"):
            _said(name, getattr(self, name))


@dataclass(frozen=True)
class Reason:
    """Why a neighbourhood is outside the range of its tier: the reason, who recorded it, and when."""

    text: str
    by: str
    on: date

    def __post_init__(self) -> None:
        _said("text", self.text)
        _said("by", self.by)


def _said(name: str, value: str) -> None:
    if not value.strip():
        raise DataError(f"{name} is empty", expected="a sentence that somebody else can check")


@dataclass(frozen=True)
class Neighbourhood:
    """Areas (LSOA21 codes, sorted) and, where known, the practices of its team; `name` is empty until it has one."""

    id: str
    areas: tuple[str, ...]
    name: str = ""
    practices: tuple[str, ...] = ()
    recognition: tuple[Evidence, ...] = ()
    reasons: tuple[Reason, ...] = ()

    @property
    def is_recognised(self) -> bool:
        """Whether anybody is on record as recognising it; else it is administrative only."""
        return bool(self.recognition)

    @property
    def label(self) -> str:
        """Its name, else its id."""
        return self.name or self.id


@dataclass(frozen=True)
class NeighbourhoodSet:
    """A version of how some ground is made up of neighbourhoods.

    `basis` is a key of BASES; `scope` what was to be covered, in words, and `ground` its areas; `notes` what was lost,
    changed or left open when it was made; `settings` how. An area may be in none or in several where an imported list
    says so: `gaps` and `overlaps` name them.
    """

    id: str
    version: int
    title: str
    basis: str
    valid_from: date
    neighbourhoods: tuple[Neighbourhood, ...]
    valid_to: date | None = None
    scope: str = ""
    ground: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        set_id_of(self.id)
        if self.basis not in BASES:
            raise DataError(f"{self.basis!r} is no basis", expected="one of " + ", ".join(BASES))
        if self.valid_to and self.valid_to < self.valid_from:
            raise DataError(f"it ends on {self.valid_to}, before it begins on {self.valid_from}")
        ids = [n.id for n in self.neighbourhoods]
        if not ids or len(set(ids)) < len(ids):
            raise DataError("two neighbourhoods have one id" if ids else "the set has no neighbourhood")

    @property
    def reference(self) -> str:
        """Its id and version, as figures quote it."""
        return f"{self.id}@{self.version}"

    def called(self, neighbourhood: Neighbourhood) -> str:
        """Return what it may be called: nothing is a neighbourhood until somebody recognises it."""
        if neighbourhood.is_recognised:
            return "neighbourhood"
        return "drawn area" if self.basis == "drawn" else "administrative area"

    def overlaps(self) -> dict[str, tuple[str, ...]]:
        """Return the areas that are in more than one neighbourhood, with the ids of these."""
        held: dict[str, list[str]] = {}
        for code, neighbourhood in self.members():
            held.setdefault(code, []).append(neighbourhood.id)
        return {code: tuple(ids) for code, ids in sorted(held.items()) if len(ids) > 1}

    def gaps(self) -> tuple[str, ...]:
        """Return the areas of the ground that are in no neighbourhood."""
        covered = {code for code, _ in self.members()}
        return tuple(code for code in self.ground if code not in covered)

    def members(self) -> Iterator[tuple[str, Neighbourhood]]:
        """Yield each area with each neighbourhood that holds it."""
        for neighbourhood in self.neighbourhoods:
            for code in neighbourhood.areas:
                yield code, neighbourhood
