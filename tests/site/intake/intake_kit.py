"""Small returns as somebody would send them, and people who send, check and sign off."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

JULY, JUNE, MAY = date(2026, 7, 1), date(2026, 6, 1), date(2026, 5, 1)
IN_TIME = datetime(2026, 9, 20, 9, tzinfo=UTC)  # July is due on 25 September 2026


def spread(n: int) -> tuple[int, ...]:
    """Return a line that adds up to n in every breakdown."""
    return (
        n,
        *([n // 10] * 9),
        n - 9 * (n // 10),
        *([n // 6] * 5),
        n - 5 * (n // 6),
        *([n // 6] * 5),
        n - 5 * (n // 6),
    )


def figures(
    place: str = "Sefton", month: date = JULY, *, patients: int = 6000, caseload: int = 1200, **totals: int
) -> Any:
    """Return figures whose totals are 600, 660, 720 … by metric, or as given (O1a=700; O4_1 for O4.1)."""
    from doorstep.returns import METRICS, Figures

    # A few more with the month: two months are never the same to the digit by accident.
    usual = {metric: 600 + 60 * i + month.month for i, metric in enumerate(METRICS)}
    given = {name.replace("_", "."): n for name, n in totals.items()}
    counts = {metric: spread(n) for metric, n in {**usual, **given}.items()}
    return Figures(place, month, counts, spread(patients), caseload, spread(caseload))


_WRITTEN: dict[str, bytes] = {}


def workbook(folder: Path, made: Any, hidden: frozenset[tuple[str, int]] = frozenset()) -> bytes:
    """Return the workbook of some figures; the same figures are written once, since they give the same bytes."""
    from doorstep.returns import Suppressed, write

    key = f"{made}{sorted(hidden)}"
    if key not in _WRITTEN:
        write(made, Suppressed(hidden, "primary"), folder / "return.xlsx")
        _WRITTEN[key] = (folder / "return.xlsx").read_bytes()
    return _WRITTEN[key]


def edited(
    folder: Path, content: bytes, edit: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> bytes:
    """Return a workbook with each part changed by `edit` (None leaves it out), and further parts."""
    source, target = folder / "a.zip", folder / "b.zip"
    source.write_bytes(content)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (changed := edit(name, old.read(name))) is not None:
                new.writestr(name, changed)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return target.read_bytes()


@pytest.fixture
def register(db: None) -> None:
    from doorstep.programme.places import actions

    actions.seed(None)


@pytest.fixture
def people(register: None) -> dict[str, Any]:
    """Ana and Ben are analysts, Lea leads, Sam sends for Sefton, Cara for Croydon, Kit coaches."""
    from doorstep.web.accounts import actions
    from doorstep.web.accounts.models import User

    roles = {"ana": "centre_analyst", "ben": "centre_analyst", "lea": "centre_lead", "kit": "coach"}
    found = {}
    for name in ("ana", "ben", "lea", "sam", "cara", "kit"):
        user = User.objects.create(email=f"{name}@example.org", name=name.title(), password="!")
        place = {"sam": "sefton", "cara": "croydon"}.get(name, "")
        actions.assign(user=user, role=roles.get(name, "place_sender"), place=place, by=None)
        found[name] = user
    return found


def client_of(user: Any, **options: Any) -> Any:
    """Return a browser in which somebody logged in with both factors."""
    from django.test import Client

    from doorstep.web.middleware import SECOND_FACTOR

    client = Client(**options)
    client.force_login(user, backend="doorstep.web.accounts.backends.Password")
    session = client.session
    session[SECOND_FACTOR] = "code"
    session.save()
    return client


def send(content: bytes, by: Any, **more: Any) -> Any:
    from doorstep.programme.submissions import actions

    return actions.receive(file_name="return.xlsx", content=content, by=by, **{"received_at": IN_TIME, **more})


def sign_off(submission: Any, people: dict[str, Any]) -> None:
    from doorstep.programme.submissions import actions

    actions.decide(submission=submission, verdict="checked", by=people["ben"])
    actions.decide(submission=submission, verdict="signed off", by=people["lea"])


def codes(submission: Any) -> list[str]:
    from doorstep.programme.submissions.reading import findings_of

    return [found.code for found in findings_of(submission)]


def refused_events() -> list[tuple[str, str, Any]]:
    from doorstep.web.audit.models import Event

    return list(Event.objects.filter(outcome="refused").order_by("pk").values_list("thing", "place", "detail__why"))
