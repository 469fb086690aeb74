"""The overview and its neighbours as the site serves them: every page, its files, and few questions to the database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

MONTHS = [date(2026, n, 1) for n in range(1, 7)]
PLACES = {"croydon": "Croydon", "halton": "Halton"}
OF_ALL = ("overview/", "engagement/", "demographics/", "by-group/O5a/", "inequality/O3/")
OF_A_PLACE = ("overview-place/croydon/", "engagement-place/croydon/", "demographics-place/croydon/",
              "by-group-place/croydon/O5a/", "inequality-place/croydon/O3/")  # fmt: skip


@pytest.fixture
def coach(db: None, member: Any) -> Any:
    """A coach's browser, with an edition of two Places and six months."""
    from doorstep.programme.figures.models import Edition, SafeLine
    from doorstep.programme.places.models import Place
    from doorstep.programme.scorecard import building, holdings
    from doorstep.returns.printed import LINE_IDS

    for order, (slug, name) in enumerate(PLACES.items()):
        Place.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})
    rows = []
    for place, when, name in ((p, m, n) for p in PLACES for m in MONTHS for n in LINE_IDS):
        total = 1000 if name == "patients" else 100
        cells = [total, *[total // 10] * 10, *[total // 6] * 6, *[total // 6] * 6]
        rows.append(SafeLine(since=1, place=place, month=when, line=name, values=cells, lows=cells, highs=cells,
                             version=1, received_on=when))  # fmt: skip
    SafeLine.objects.bulk_create(rows)
    Edition.objects.create(number=1, made_at="2026-09-01T12:00Z", through=MONTHS[-1], rules="numbers below 6 hidden")
    holdings.forget()
    building.forget()
    return member("coach")


@pytest.mark.parametrize("path", [*OF_ALL, *OF_A_PLACE])
def test_every_exhibit_is_served_with_its_files(coach: Any, path: str) -> None:
    answer = coach.get(f"/scorecard/{path}")
    assert answer.status_code == 200
    assert "</svg>" in answer.content.decode()
    assert coach.get(f"/scorecard/{path}table-1.csv").status_code == 200


def test_the_overview_asks_the_database_little(coach: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from doorstep.programme.scorecard import building, holdings

    holdings.forget()
    building.forget()
    with CaptureQueriesContext(connection) as asked:
        assert coach.get("/scorecard/overview/").status_code == 200
    assert len(asked) <= 13


def test_a_line_without_a_rate_has_no_inequality_page(coach: Any) -> None:
    answer = coach.get("/scorecard/inequality/P1/")
    assert answer.status_code == 404
    assert "has no rate" in answer.content.decode()
