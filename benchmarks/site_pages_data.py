"""The data of `site_pages.py`: 43 Places, 36 months, every line and column, an edition a month, and 20 readers."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

N_MONTHS, N_READERS = 36, 20
ROLES = ("centre_analyst", "centre_lead", "coach", "evaluator", "place_sender")
SHARE = {"patients": 1.0, "P1": 0.4}  # of the cohort; a metric's share of it a month is drawn once
TODAY = date(2028, 7, 3)
MONTHS = [date(2025 + (m + 3) // 12, (m + 3) % 12 + 1, 1) for m in range(N_MONTHS)]  # to March 2028, the list's last


def spread(chance: random.Random, total: int) -> list[int]:
    """Return a line of 23 numbers: the total, and each breakdown adding up to it by drawn shares."""
    from doorstep.returns.layout import PARTITIONS

    line = [total] + [0] * 22
    for cells in PARTITIONS:
        weights = [chance.random() ** 2 for _ in cells]
        parts = [int(total * weight / sum(weights)) for weight in weights]
        parts[0] += total - sum(parts)
        for cell, part in zip(cells, parts, strict=True):
            line[cell] = part
    return line


def safe_lines() -> list[Any]:
    """Return the lines of all Places and months: numbers below 6 hidden. The Places' rates differ and are steady.

    Which numbers hide is simpler than in a real edition, and about as many: what a page costs does not depend on it.
    """
    from doorstep.programme.figures.models import SafeLine
    from doorstep.reference import places
    from doorstep.returns.printed import LINE_IDS

    chance, found = random.Random(1), []
    for place in places.all_places():
        cohort = chance.randint(300, 6000)
        rates = {name: SHARE.get(name, chance.uniform(0.003, 0.3)) for name in LINE_IDS}
        for number, month in enumerate(MONTHS, start=1):
            for name, rate in rates.items():
                numbers = spread(chance, max(0, round(cohort * rate * chance.uniform(0.9, 1.1))))
                found.append(
                    SafeLine(
                        since=number,
                        place=place.slug,
                        month=month,
                        line=name,
                        values=[None if v < 6 else v for v in numbers],
                        lows=[0 if v < 6 else v for v in numbers],
                        highs=[5 if v < 6 else v for v in numbers],
                        version=1 + (chance.random() < 0.05),
                        received_on=month + timedelta(days=50),
                    )
                )
    return found


def fill() -> list[str]:
    """Fill an empty site and return the sessions of its readers, who passed both factors."""
    from django.db import connection
    from django.utils import timezone

    from doorstep.programme.figures import sums
    from doorstep.programme.figures.models import Edition, SafeLine
    from doorstep.programme.places.models import Place
    from doorstep.programme.submissions.models import Decision, LogEntry, Submission
    from doorstep.reference import places

    register = Place.objects.bulk_create(Place(slug=p.slug, name=p.name, order=p.order) for p in places.all_places())
    SafeLine.objects.bulk_create(safe_lines(), batch_size=2000)
    made = [datetime(m.year, m.month, 1, 12, tzinfo=UTC) + timedelta(days=70) for m in MONTHS]
    Edition.objects.bulk_create(
        Edition(number=n, made_at=at, through=month, rules="numbers below 6 hidden")
        for n, (at, month) in enumerate(zip(made, MONTHS, strict=True), start=1)
    )
    for edition in Edition.objects.all():
        sums.write(edition)  # as publishing does
    sent = Submission.objects.bulk_create(
        _submission(p, m, at) for p in register for m, at in zip(MONTHS, made, strict=True)
    )
    Decision.objects.bulk_create(Decision(submission=one, verdict="signed off", at=one.received_at) for one in sent)
    LogEntry.objects.bulk_create(
        LogEntry(
            place=place, kind="issue", month_from=m, lines=["O2b"], words="A provider was late.", at=timezone.now()
        )
        for place, m in zip(islice(cycle([*register, None]), 60), cycle(MONTHS))
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return [reader(role, n) for n, role in enumerate(islice(cycle(ROLES), N_READERS))]


def _submission(place: Any, month: date, at: datetime) -> Any:
    from doorstep.programme.submissions.models import Submission

    return Submission(
        place=place, month=month, version=1, file_name="return.xlsx", file=b"", sha256=f"{place.order} {month}",
        received_on=at.date(), received_at=at, window="first", n_faults=0, n_notes=0,
    )  # fmt: skip


def reader(role: str, number: int) -> str:
    """Make an account with a role and return its session's key."""
    from django.conf import settings
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpRequest

    from doorstep.web.accounts import actions
    from doorstep.web.accounts.models import User
    from doorstep.web.middleware import SECOND_FACTOR

    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    person = User.objects.create(email=f"reader{number}@example.org", name=f"Reader {number}")
    actions.assign(user=person, role=role, place="sefton" if role == "place_sender" else "", by=None)
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person, backend="doorstep.web.accounts.backends.Password")
    request.session[SECOND_FACTOR] = "code"
    request.session.save()
    return str(request.session.session_key)
