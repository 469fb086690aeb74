"""How many questions a page asks of the database: at most thirteen, and as many for twelve months as for three."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from scorecard_kit import PLACES, line

pytestmark = pytest.mark.usefixtures("db")
MOST = 13
PAGES = (
    "/scorecard/",
    "/scorecard/overview-place/croydon/",
    "/scorecard/spc/croydon/O2b/",
    "/scorecard/spc-national/O2b/",
    "/scorecard/funnel/O2b/2026-12/",
    "/scorecard/by-group/O2b/",
    "/scorecard/by-group-place/croydon/O2b/",
    "/scorecard/inequality/O3/",
    "/scorecard/inequality-place/croydon/O3/",
    "/scorecard/engagement/",
    "/scorecard/engagement-place/croydon/",
    "/scorecard/demographics/",
    "/scorecard/demographics-place/croydon/",
    "/editions/",
    "/collection/",
    "/collection/2026-12/",
)


def publish(n_months: int) -> None:
    """Make an edition of the last months of 2026, of three Places with a return and a log entry each month."""
    from doorstep.programme.figures.models import Edition, SafeLine
    from doorstep.programme.places.models import Place
    from doorstep.programme.submissions.models import Decision, LogEntry, Submission
    from doorstep.returns.printed import LINE_IDS

    at = datetime(2027, 2, 20, tzinfo=UTC)
    months = [date(2026, 13 - n, 1) for n in range(n_months, 0, -1)]
    register = [Place(slug=slug, name=name, order=n) for n, (slug, name) in enumerate(PLACES.items())]
    Place.objects.bulk_create(register)
    SafeLine.objects.bulk_create(
        line(place, month, name, 1000 if name == "patients" else 60)
        for place in PLACES
        for month in months
        for name in LINE_IDS
    )
    Edition.objects.create(number=1, made_at=at, through=months[-1], rules="numbers below 6 hidden")
    sent = Submission.objects.bulk_create(
        Submission(
            place=place, month=month, version=1, file_name="return.xlsx", file=b"", sha256=f"{place.slug} {month}",
            received_on=at.date(), received_at=at, window="first", n_faults=0, n_notes=0,
        )
        for place in register
        for month in months
    )  # fmt: skip
    Decision.objects.bulk_create(Decision(submission=one, verdict="signed off", at=at) for one in sent)
    LogEntry.objects.bulk_create(
        LogEntry(place=place, kind="issue", month_from=month, lines=[], words="A provider was late.", at=at)
        for place in register
        for month in months
    )


def queries(browser: Any, page: str) -> list[str]:
    """Return what a page asks of the database where nothing was read before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from doorstep.programme.figures import remembering
    from doorstep.programme.scorecard import building, holdings

    for kept in (building, holdings, remembering):
        kept.forget()
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(page).status_code == 200, page
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_as_often_for_twelve_months_as_for_three(
    member: Any, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    from django.db import transaction

    monkeypatch.setenv("DOORSTEP_TODAY", "2027-02-20")
    analyst, counts = member("centre_analyst"), []
    for n_months in (3, 12):
        with transaction.atomic():
            publish(n_months)
            counts.append(len(queries(analyst, page)))
            transaction.set_rollback(True)
    assert counts[0] == counts[1] <= MOST


def test_a_page_whose_exhibit_is_kept_reads_no_figures(member: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    publish(3)
    coach = member("coach")
    assert any("figures_safeline" in sql for sql in queries(coach, "/scorecard/"))
    with CaptureQueriesContext(connection) as again:
        coach.get("/scorecard/")
    assert not any("figures_safeline" in query["sql"] for query in again.captured_queries)


def test_exhibits_of_one_line_read_its_figures_once(member: Any) -> None:
    """An edition never changes: a second exhibit of the same lines takes the figures that the first one read."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext, override_settings

    publish(3)
    coach = member("coach")
    with override_settings(EXHIBIT_CACHE=False):
        assert any("figures_safeline" in sql for sql in queries(coach, "/scorecard/by-group/O2b/"))
        with CaptureQueriesContext(connection) as asked:
            coach.get("/scorecard/inequality/O2b/")
    assert not any("figures_safeline" in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize("page", ["/scorecard/by-group-place/croydon/O2b/", "/scorecard/demographics-place/croydon/"])
def test_a_place_that_sent_no_newest_month_is_shown_its_own_newest(member: Any, page: str) -> None:
    from doorstep.programme.figures.models import SafeLine
    from doorstep.programme.scorecard import building, holdings

    publish(3)
    SafeLine.objects.filter(place="croydon", month=date(2026, 12, 1)).delete()
    building.forget()
    holdings.forget()
    shown = member("coach").get(page).content.decode()
    assert "November 2026" in shown[shown.index("<h1") : shown.index("</main>")]
