"""What is to do about a set or to record of it, by kind, each thing with the page where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from doorstep.geography.neighbourhoods.auditing import Audit
from doorstep.geography.site.drawing.changing import label_of
from doorstep.geography.site.drawing.presenting import Row

KINDS = {
    "range": ("Outside the range, and no reason is recorded", "neighbourhoods-reason", "Record a reason"),
    "recognition": (
        "Administrative only: nobody is on record as recognising it", "neighbourhoods-recognise", "Record who does",
    ),
    "moved": ("Changed since somebody recognised it: ask again", "neighbourhoods-recognise", "Record who does"),
    "pieces": ("Does not hang together", "neighbourhoods-edit", "Change areas"),
    "areas": ("Has no area", "neighbourhoods-edit", "Change areas"),
    "practices": (
        "No practice of its team is recorded, and others’ are", "neighbourhoods-practices", "Choose practices",
    ),
    "twice": ("In more than one", "neighbourhoods-edit", "Change areas"),
    "gaps": ("In none", "neighbourhoods-edit", "Change areas"),
}  # fmt: skip
_OF_ONE = ("neighbourhoods-reason", "neighbourhoods-recognise")  # pages about one neighbourhood


@dataclass(frozen=True)
class Thing:
    """One thing: what it is about, what there is to say of it, and the address and words of where it is done."""

    label: str
    words: str
    href: str
    act: str


@dataclass(frozen=True)
class Kind:
    """Things of one kind."""

    heading: str
    things: tuple[Thing, ...]


def todo(slug: str, rows: Sequence[Row], found: Audit) -> list[Kind]:
    """Return everything that is to do, by kind; kinds with nothing are left out."""
    of = {row.n.id: row for row in rows}
    asked = [(ask.kind, ask.id, ask.words) for ask in found.todo]
    asked += [("moved", row.n.id, "") for row in rows if row.moved_since]
    kinds = []
    for kind, (heading, page, act) in KINDS.items():
        things = tuple(
            Thing(
                label_of(of[id].n) if id else "", _words(kind, of.get(id), words),
                reverse(page, args=[slug, id] if page in _OF_ONE else [slug]), act,
            )
            for one, id, words in asked if one == kind
        )  # fmt: skip
        kinds += [Kind(heading, things)] if things else []
    return kinds


def _words(kind: str, row: Row | None, words: str) -> str:
    """Return what the heading and the label do not say yet; of the whole set, what the audit says."""
    if row is None:
        return words
    n = row.moved_since
    more = {
        "range": f"{row.found.residents:,} residents, {row.range}",
        "pieces": f"{row.found.pieces} pieces",
        "moved": f"{n} small area{'s' if n != 1 else ''} moved",
    }
    return more.get(kind, "")
