"""Publishing editions: all or nothing, one at a time, none ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.programme.figures import own, sums, writing
from doorstep.programme.figures.models import Edition
from doorstep.programme.figures.preparing import Prepared, prepare
from doorstep.programme.figures.protecting import RULES
from doorstep.programme.figures.writing import MonthOfPlace
from doorstep.returns import Figures
from doorstep.web.audit import actions as audit

# Sent in the transaction that publishes, with `edition` and `by`: what else belongs to an edition is begun there.
published = Signal()


@transaction.atomic
def publish(*, by: Any, through: date | None = None, note: str = "", fingerprint: str = "") -> Edition:
    """Publish the next edition: every accepted month up to `through`, protected beside all earlier editions.

    `fingerprint` is that of the preview somebody agreed to. Lines that cannot be protected are hidden wholly. Raises
    UsageError on a Place's installation, where nothing has changed, or where what would be published is no longer what
    was agreed to.
    """
    writing.only_on("national", "a Place's installation publishes nothing", do="load the Place's own figures there")
    writing.take_turn()
    prepared = prepare(through)
    _check(prepared, fingerprint)
    months = [MonthOfPlace(*one.key, one.version, one.received_on, lines) for one, lines in prepared.lines.items()]
    edition = _make(prepared.number, prepared.through, RULES, by, note)
    writing.end([*prepared.gone, *(one.key for one in prepared.corrected)], edition.number)
    writing.write(months, edition.number)
    sums.write(edition)
    published.send(sender=Edition, edition=edition, by=by)
    _record(edition, by, new=len(prepared.new), corrected=len(prepared.corrected), withdrawn=len(prepared.gone))
    return edition


@transaction.atomic
def load_own(*, figures: Iterable[Figures], by: Any, received_on: date) -> Edition:
    """Make an edition of a Place's own true numbers, on its own installation only; the newest where none has changed.

    Another with the same months as they may be shown follows it (`own.SAFE_RULES`). Months loaded before and not among
    `figures` stay as they are. Raises UsageError on a national installation, and where there is nothing to load.
    """
    writing.only_on("place", "true numbers are never loaded here", do="publish what Places have sent")
    writing.take_turn()
    months, n_changed = own.with_changes(figures, received_on)
    if not months:
        raise UsageError("there are no figures to load", expected="the figures of one month at least")
    newest = own.newest_true()
    if newest and not n_changed:
        return newest
    loaded = _take_over(own.TRUE_RULES, tuple(months.values()), by)
    _take_over(own.SAFE_RULES, own.safe_months(months.values()), by)
    _record(loaded, by, changed=n_changed)
    return loaded


def _take_over(rules: str, months: Sequence[MonthOfPlace], by: Any) -> Edition:
    """Make an edition that shows these months and nothing else."""
    newest = Edition.objects.first()
    edition = _make(newest.number + 1 if newest else 1, max(one.month for one in months), rules, by)
    writing.end_all(edition.number)
    writing.write(months, edition.number)
    return edition


def _check(prepared: Prepared, fingerprint: str) -> None:
    if not prepared.has_changes:
        raise UsageError(
            f"nothing has changed since edition {prepared.number - 1}",
            do="sign off new returns or versions first, or write in the log",
        )
    if fingerprint and fingerprint != prepared.fingerprint:
        raise UsageError(
            "returns were signed off, sent again or withdrawn, or the log was written in, since you looked",
            do="look at what would be published now, and confirm that",
        )


def _make(number: int, through: date, rules: str, by: Any, note: str = "") -> Edition:
    return Edition.objects.create(
        number=number, made_at=clock.now(), made_by=by, through=through, rules=rules, note=note
    )


def _record(edition: Edition, by: Any, **counts: int) -> None:
    detail: dict[str, Any] = {"through": str(edition.through), **counts}
    audit.record(actor=by, action="publish", thing="figure", thing_id=str(edition.number), **detail)
