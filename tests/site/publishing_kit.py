"""Made-up Places that send, sign off, send again and withdraw: what the tests of editions arrange with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from doorstep.returns.printed import LINE_IDS

Line = tuple[int | str, ...]

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)

# A total of 100, three breakdowns, nothing small.
WHOLE: tuple[int, ...] = (100, *[10] * 10, 20, 20, 20, 20, 10, 10, 20, 20, 20, 20, 10, 10)
# The same with one small number in the ages, hidden as sent: 100 less what is shown is 4.
ONE_STAR: Line = (100, 16, *[10] * 8, "*", *WHOLE[11:])
DAYS: tuple[int, ...] = tuple(v * 3 for v in WHOLE)

_numbers = count(1)


def lines(**other: Sequence[int | str]) -> dict[str, list[int | str]]:
    """Return the lines of a return: nothing small, but for the lines named."""
    named = {name.replace("_", "."): line for name, line in other.items()}
    return {name: list(named.get(name, DAYS if name == "O3" else WHOLE)) for name in LINE_IDS}


def place(slug: str = "sefton") -> Any:
    """Return a Place of the register, made where it is not there."""
    from doorstep.programme.places.models import Place
    from doorstep.reference import places

    known = places.find(slug)
    return Place.objects.get_or_create(slug=known.slug, defaults={"name": known.name, "order": known.order})[0]


def send(
    sent: Mapping[str, Sequence[int | str]], month: date = JAN, slug: str = "sefton", verdict: str = "signed off"
) -> Any:
    """Return the next version of a Place's month, and decide about it."""
    from doorstep.programme.submissions.models import Submission

    where = place(slug)
    found = Submission.objects.create(
        place=where,
        month=month,
        version=Submission.objects.filter(place=where, month=month).count() + 1,
        file_name="return.xlsx",
        file=b"a workbook",
        sha256=f"{next(_numbers):064d}",
        received_on=date(2026, 3, 27),
        received_at=NOW,
        window=Submission.Window.FIRST,
        n_faults=0,
        n_notes=0,
        lines={name: list(line) for name, line in sent.items()},
    )
    decide(found, verdict)
    return found


def decide(submission: Any, verdict: str) -> None:
    """Decide about a submission."""
    from doorstep.programme.submissions.models import Decision

    Decision.objects.create(submission=submission, verdict=verdict, at=NOW)
