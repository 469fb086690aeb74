"""Taking in what was counted for the pages; one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doorstep import clock
from doorstep.errors import DataError
from doorstep.planning.reading_out.sheets import HIDDEN, Reading
from doorstep.planning.site.history import numbered
from doorstep.planning.site.models import OwnLoad, OwnPage, OwnReturn
from doorstep.returns.ledger import Entry
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit


@dataclass(frozen=True)
class Page:
    """One page to take in: which, its tables, the day they are about, and words beside them."""

    name: str
    reading: Reading
    as_at: date
    facts: Sequence[tuple[str, str]] = ()


@transaction.atomic
def load(
    *,
    place: str,
    snapshot: str,
    known_by: date,
    pages: Iterable[Page],
    entries: Iterable[Entry],
    facts: Mapping[str, Mapping[str, Any]],
    left_out: Sequence[tuple[date, Sequence[str]]],
    by: User | None,
) -> OwnLoad:
    """Take in the pages and every version of the ledger that is new; return the load.

    `facts` is what provenance tells, by workbook. Raises DataError where the ledger no longer has a version that was
    taken in before: it is another home's, or rows were taken out.
    """
    made = OwnLoad.objects.create(
        at=clock.now(),
        by=by,
        place=place,
        snapshot=snapshot,
        known_by=known_by,
        left_out=[{"month": f"{month:%Y-%m}", "reasons": list(reasons)} for month, reasons in left_out],
    )
    OwnPage.objects.bulk_create(_page(made, page) for page in pages)
    _take_in(list(numbered(entries)), facts)
    audit.record(actor=by, action="load", thing="own figures", thing_id=str(made.pk), snapshot=snapshot[:12])
    return made


def _page(made: OwnLoad, page: Page) -> OwnPage:
    sheets = [
        {"name": s.name, "title": s.title, "columns": list(s.columns), "rows": [list(row) for row in s.rows]}
        for s in page.reading.sheets
    ]
    return OwnPage(
        load=made, name=page.name, title=page.reading.title, as_at=page.as_at, sheets=sheets,
        notes=list(page.reading.notes), facts=[list(pair) for pair in page.facts],
    )  # fmt: skip


def _take_in(versions: Sequence[tuple[int, Entry, str]], facts: Mapping[str, Mapping[str, Any]]) -> None:
    there = {row.hash: row for row in OwnReturn.objects.all()}
    gone = set(there) - {entry.hash for _, entry, _ in versions}
    if gone:
        raise DataError(
            f"{len(gone)} versions that were taken in before are not in the ledger",
            expected="the ledger of the same home, which only grows",
            do="name the home whose returns this site shows, or restore its ledger from a backup",
        )
    for version, entry, sent in versions:
        told = dict(facts.get(entry.sha256, {}))
        row = there.get(entry.hash) or _version(version, entry)
        row.sent_on = date.fromisoformat(sent) if sent else None
        row.facts = told or row.facts
        row.save()


def _version(version: int, entry: Entry) -> OwnReturn:
    return OwnReturn(
        hash=entry.hash,
        month=date.fromisoformat(f"{entry.month}-01"),
        version=version,
        file=entry.file,
        sha256=entry.sha256,
        built_at=datetime.fromisoformat(entry.at),
        snapshot=entry.snapshot,
        suppression=entry.suppression,
        note=entry.note,
        n_hidden=sum(cell == HIDDEN for line in entry.lines.values() for cell in line),
        lines={name: list(line) for name, line in entry.lines.items()},
    )
