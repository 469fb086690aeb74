"""Pages of a Place's own installation, role by role. Run by test_place_installation, with the settings of a Place."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from doorstep.planning.reading_out.sheets import Reading, Sheet
from doorstep.returns import METRICS, Figures
from doorstep.returns.ledger import Entry
from doorstep.returns.printed import LINE_IDS

pytestmark = pytest.mark.usefixtures("db")
MONTHS = tuple(date(2025 + (n + 6) // 12, (n + 6) % 12 + 1, 1) for n in range(14))
SMALL = 3  # planted: the first Black group's contacts of the newest month


def figures(month: date, *, small: int = SMALL) -> Figures:
    """A month of 1,000 patients, 900 of them White; every metric 100, of which `small` are of the Black group."""
    ages, fifths = (0, 0, 0, 0, 0, 0, 40, 60, 0, 0), (40, 30, 20, 10, 0, 0)
    line = (100, *ages, 90 - small, small, 5, 5, 0, 0, *fifths)
    patients = tuple(10 * n for n in line)
    return Figures("Sefton", month, dict.fromkeys(METRICS, line), patients, 100, line)


def entry(event: Any, sha256: str, numbers: tuple[int | str, ...], at: str = "2026-09-01T10:00:00Z") -> Entry:
    lines = dict.fromkeys(LINE_IDS, numbers)
    return Entry(event, "Sefton", "2026-07", f"{sha256}.xlsx", sha256, at, "s" * 64, "run", "primary", lines=lines,
                 hash=f"row {sha256} {event}")  # fmt: skip


FIRST = entry("built", "first", (100, "*", *[50] * 21))
SECOND = entry("built", "second", (101, "*", *[50] * 21))
FACTS = {
    "first": {"choices": [{"id": "denominator", "option": "month_end"}], "cohort": {"name": "local"}},
    "second": {"choices": [{"id": "denominator", "option": "ever"}], "cohort": {"name": "local"}},
}


def load(*, entries: Any = (FIRST, SECOND), facts: Any = FACTS, cohort_size: int = 202) -> Any:
    from doorstep.planning.site import actions

    cohort = Reading(
        "own_cohort", "The cohort", (Sheet("by_group", "By group", ("Group", "People"), (("All", cohort_size),
        ("=White", 199), ("Black", "*"))),), ("A note.",)
    )  # fmt: skip
    rows = (("2026-07", "spell", "R1", 1234), ("2026-06", "spell", "R1", 0))
    complete = Reading(
        "completeness", "Complete",
        (Sheet("stops", "Stops", ("Month", "Reason"), (("2026-06", "spell: R1 is silent"),)),
         Sheet("providers", "Providers", ("Month", "Table", "Provider", "Rows"), rows)), (),
    )  # fmt: skip
    pages = [
        actions.Page("cohort", cohort, date(2026, 7, 1), [("Review", "unreviewed: a list")]),
        actions.Page("completeness", complete, date(2026, 7, 1)),
    ]
    return actions.load(
        place="Sefton", snapshot="a" * 64, known_by=date(2026, 9, 30), pages=pages, entries=entries, facts=facts,
        left_out=[(date(2026, 8, 1), ("outpatient: nothing has arrived",))], by=None,
    )  # fmt: skip


@pytest.fixture
def loaded(db: None) -> None:
    from doorstep.programme.figures.actions import load_own
    from doorstep.programme.scorecard import building, holdings

    load()
    load_own(figures=[figures(month) for month in MONTHS], by=None, received_on=date(2026, 9, 30))
    holdings.forget()
    building.forget()


@pytest.fixture
def analyst(loaded: None, member: Any) -> Any:
    return member("place_analyst")


@pytest.fixture
def lead(loaded: None, member: Any) -> Any:
    return member("programme_lead")


def main_of(page: Any) -> str:
    text = page.content.decode()
    return str(text[text.index("<main") : text.index("</main>")])


OWN = ("/own/cohort/", "/own/completeness/", "/own/returns/", "/scorecard/", "/scorecard/spc/sefton/O2b/")
COMPARE = "/own/returns/2026-07/1-to-2/"
BY_GROUP = "/api/v1/demographics-place/sefton/"


@pytest.mark.parametrize("address", OWN)
def test_analyst_and_lead_see_the_places_pages_and_nobody_else(
    analyst: Any, lead: Any, member: Any, address: str
) -> None:
    from django.test import Client

    assert (analyst.get(address).status_code, lead.get(address).status_code) == (200, 200)
    assert (member("administrator").get(address).status_code, member().get(address).status_code) == (403, 403)
    assert Client().get(address)["Location"].startswith("/log-in")


def test_only_the_analyst_compares_versions(analyst: Any, lead: Any) -> None:
    assert analyst.get(COMPARE).status_code == 200
    assert lead.get(COMPARE).status_code == 403
    assert COMPARE in analyst.get("/own/returns/").content.decode()
    assert COMPARE not in lead.get("/own/returns/").content.decode()


def shown(browser: Any) -> set[Any]:
    """Every count in the tables of the cohort's make-up, as the interface has them."""
    tables = browser.get(BY_GROUP).json()["tables"]
    return {row["count"] for table in tables for row in table["rows"] if "count" in row}


def test_the_analyst_sees_true_numbers_and_the_lead_the_same_months_without_small_ones(analyst: Any, lead: Any) -> None:
    from doorstep.programme.figures import models

    true, safe = models.Edition.objects.order_by("number")
    assert analyst.get("/api/v1/").json()["editions"][0]["number"] == true.number
    assert lead.get("/api/v1/").json()["editions"][0]["number"] == safe.number
    assert 10 * SMALL in shown(analyst)
    series = "/api/v1/by-group-place/sefton/O2b/"
    true_counts, safe_counts = (
        [row["count"] for table in browser.get(series).json()["tables"] for row in table["rows"] if "count" in row]
        for browser in (analyst, lead)
    )
    assert any(SMALL * n in true_counts for n in range(1, 13))
    assert not any(isinstance(count, int) and 0 < count < 6 for count in safe_counts)


def test_the_other_kind_of_edition_is_not_there(analyst: Any, lead: Any) -> None:
    from doorstep.programme.figures import models

    true, safe = models.Edition.objects.order_by("number")
    for browser, other in ((lead, true), (analyst, safe)):
        page = browser.get(f"/scorecard/?edition={other.number}")
        assert page.status_code == 404
        assert "There is no edition" in page.content.decode()
        assert browser.get(f"{BY_GROUP}?edition={other.number}").status_code == 404


def test_a_leads_token_sees_what_the_lead_sees(lead: Any) -> None:
    from django.test import Client
    from django.utils import timezone

    from doorstep.programme.api import actions

    _, text = actions.make(owner=lead.person, name="x", scopes=("figure.read",), expires_on=timezone.localdate())
    answer = Client().get(BY_GROUP, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert answer.json() == lead.get(BY_GROUP).json()


def test_true_numbers_are_kept_in_no_browser(analyst: Any, lead: Any) -> None:
    assert analyst.get(BY_GROUP)["Cache-Control"] == "no-store"
    assert lead.get(BY_GROUP)["Cache-Control"] == "private, no-cache"


def test_analyst_and_lead_never_get_each_others_kept_exhibit(analyst: Any, lead: Any) -> None:
    first = analyst.get(BY_GROUP).json()
    assert lead.get(BY_GROUP).json() != first
    assert analyst.get(BY_GROUP).json() == first


def test_an_exhibit_of_the_country_is_not_there(analyst: Any) -> None:
    assert analyst.get("/scorecard/overview/").status_code == 404
    assert analyst.get("/scorecard/funnel/O2b/2026-07/").status_code == 404


def test_the_cohort_page_says_how_it_is_defined_that_nobody_reviewed_it_and_no_small_number(lead: Any) -> None:
    page = main_of(lead.get("/own/cohort/"))
    assert "Unreviewed" in page
    assert "as known by 30 September 2026" in page
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", page)
    assert cells == ["202", "199", "*"]


def test_a_pages_table_can_be_taken_away_and_runs_nothing(lead: Any) -> None:
    answer = lead.get("/own/cohort/by_group.csv")
    assert answer.content.decode().splitlines() == ["Group,People", "All,202", "'=White,199", "Black,*"]
    assert lead.get("/own/cohort/other.csv").status_code == 404
    assert lead.get("/own/other/by_group.csv").status_code == 404


def test_completeness_is_of_one_month_at_a_time_newest_first(lead: Any) -> None:
    newest, june = main_of(lead.get("/own/completeness/")), main_of(lead.get("/own/completeness/?month=2026-06"))
    assert "1,234" in newest
    assert "R1 is silent" not in newest
    assert "R1 is silent" in june
    assert "August 2026: outpatient: nothing has arrived" in newest
    assert "Inpatient spells" in newest and ">R1<" in newest
    assert ">June 2026</option>" in newest and "2026-06<" not in newest
    assert lead.get("/own/completeness/?month=2020-01").status_code == 404


def test_versions_show_when_they_were_built_and_sent_and_what_differs(analyst: Any) -> None:
    page = main_of(analyst.get("/own/returns/"))
    assert page.count("Not sent") == 2
    compared = main_of(analyst.get(COMPARE))
    assert "16 printed numbers differ" in compared
    assert compared.count(">+1<") == 16
    assert "the choice denominator changed from month_end to ever" in compared
    for address in ("/own/returns/2026-07/2-to-1/", "/own/returns/2026-07/1-to-3/", "/own/returns/2026-13/1-to-2/"):
        assert analyst.get(address).status_code == 404


def test_a_second_load_adds_what_is_new_and_marks_what_was_sent(analyst: Any) -> None:
    third = entry("built", "third", (102, "*", *[50] * 21))
    sent = entry("sent", "second", SECOND.lines["P1"], at="2026-09-25")
    load(entries=(FIRST, SECOND, sent, third), facts={}, cohort_size=210)
    page = main_of(analyst.get("/own/returns/"))
    assert page.count("Not sent") == 2
    assert "25 September 2026" in page
    assert "1-to-2" in page and "2-to-3" in page
    assert "changed from month_end" in main_of(analyst.get(COMPARE))  # what was known of them stays known
    assert "was not found" in main_of(analyst.get("/own/returns/2026-07/2-to-3/"))
    assert ">210<" in main_of(analyst.get("/own/cohort/"))


def test_a_ledger_that_lost_a_version_is_refused_and_nothing_is_changed(analyst: Any) -> None:
    from django.db import transaction

    from doorstep.errors import DataError
    from doorstep.planning.site.models import OwnLoad

    with pytest.raises(DataError, match="not in the ledger"), transaction.atomic():
        load(entries=(SECOND,), cohort_size=999)
    assert OwnLoad.objects.count() == 1
    assert ">202<" in main_of(analyst.get("/own/cohort/"))


def test_a_load_is_written_down(loaded: None) -> None:
    from doorstep.web.audit.models import Event

    found = Event.objects.get(thing="own figures")
    assert found.detail == {"snapshot": "a" * 12}


@pytest.mark.parametrize("address", OWN)
def test_before_the_first_load_pages_say_so(member: Any, address: str) -> None:
    from doorstep.programme.scorecard import holdings

    holdings.forget()
    page = member("place_analyst").get(address)
    assert page.status_code == (200 if address == "/scorecard/" else 404)
    assert re.search("Nothing was loaded yet|No figures were published yet", page.content.decode())


def test_a_page_takes_at_most_twelve_queries(analyst: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for address in (*OWN, COMPARE):
        with CaptureQueriesContext(connection) as asked:
            analyst.get(address)
        assert len(asked) <= 12, address


def test_every_address_of_the_installation_stands_in_its_matrix() -> None:
    from django.urls import URLPattern, get_resolver

    from doorstep.web.matrix import matrix

    def names(patterns: Any) -> Any:
        for one in patterns:
            yield from [one.name] if isinstance(one, URLPattern) else names(one.url_patterns)

    assert sorted(names(get_resolver().url_patterns)) == sorted(matrix("place").addresses)


def test_the_navigation_leads_to_the_places_pages(lead: Any) -> None:
    page = lead.get("/").content.decode()
    assert all(f'href="{address}"' in page for address in ("/own/cohort/", "/own/completeness/", "/own/returns/"))


def gathered(entries: Any, *, small: int = SMALL) -> Any:
    from doorstep.planning.site.gathering import Gathered
    from doorstep.planning.site.true_figures import Counted

    cohort = Reading("own_cohort", "The cohort", (Sheet("by_group", "By group", ("Group",), (("All",),)),), ())
    counted = (*(Counted(month, figures(month, small=small)) for month in MONTHS[:2]),
               Counted(MONTHS[2], None, ("silent",)))  # fmt: skip
    day = date(2026, 9, 30)
    return Gathered("Sefton", "a" * 64, day, day, {"cohort": cohort}, [("Review", "x")], counted, entries, {})


def test_the_command_loads_figures_and_pages_together_or_not_at_all(db: None) -> None:
    from doorstep.cli.site_figures import _lines, _load
    from doorstep.errors import DataError
    from doorstep.planning.site.models import OwnLoad, OwnReturn
    from doorstep.programme.figures.models import Edition

    edition = _load(gathered((FIRST,)))
    assert (Edition.objects.count(), OwnReturn.objects.count()) == (2, 1)
    assert OwnLoad.objects.get().left_out == [{"month": "2025-09", "reasons": ["silent"]}]
    assert _lines(gathered((FIRST,)), edition)[0] == "left out 2025-09: silent"
    with pytest.raises(DataError, match="not in the ledger"):
        _load(gathered((), small=4))
    assert (Edition.objects.count(), OwnLoad.objects.count()) == (2, 1)
    assert _load(gathered((FIRST, SECOND))) == edition  # what has not changed makes no edition
    assert (Edition.objects.count(), OwnLoad.objects.count()) == (2, 2)


def test_a_command_for_the_programmes_site_is_refused() -> None:
    from doorstep.cli.serve_site import Site
    from doorstep.cli.site_figures import _check
    from doorstep.errors import ConfigurationError
    from doorstep.web import environment

    with pytest.raises(ConfigurationError, match="the site of the programme"):
        _check(Site(environment.read({"DOORSTEP_ROLE": "national"}), "", None))
