"""Pages, CSV and JSON of an exhibit: the same cells, and 404 in words for what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from scorecard_kit import AS_SENT, Tables, line, publish, rows_of, shelved

pytestmark = pytest.mark.usefixtures("db", "shelf")
PAGE = "/scorecard/made-up/croydon/O2b/"


@pytest.fixture
def shelf() -> Iterator[None]:
    with shelved():
        yield


@pytest.fixture
def coach(member: Any) -> Any:
    publish()
    return member("coach")


def test_a_page_shows_heading_sentences_chart_table_and_where_it_comes_from(coach: Any) -> None:
    page = coach.get(PAGE).content.decode()
    assert '<h1 class="nhsuk-heading-l">O2b at croydon</h1>' in page
    assert "The count went from month to month." in page
    assert "<svg role='img'" in page
    assert "About this figure" in page
    assert 'Definition <a href="/definitions/O2b/">O2b@1</a>' in page
    assert "as at 1 September 2026" in page
    assert "<figcaption>Counts by month</figcaption>" in page


def test_a_note_of_several_tables_stands_once_and_in_each_tables_file(coach: Any) -> None:
    notes = coach.get(PAGE).content.decode().partition('id="table-2"')[2]
    assert coach.get(PAGE).content.decode().count("A note &lt;b&gt;of&lt;/b&gt; the table.") == 1
    assert notes.index("A note &lt;b&gt;of&lt;/b&gt; the table.") < notes.index("One of its own.")
    for name in ("table-1", "table-2"):
        assert "A note <b>of</b> the table." in str(coach.get(PAGE + f"{name}.csv-metadata.json").json())


def test_page_csv_and_json_hold_the_same_cells(coach: Any) -> None:
    table = Tables(coach.get(PAGE).content.decode()).tables[0]
    csv = rows_of(coach.get(PAGE + "table-1.csv").content)
    told = coach.get("/api/v1/made-up/croydon/O2b/").json()["tables"][0]
    assert [row[2:] for row in table[1:]] == [row[2:] for row in csv[1:]]
    assert csv[0] == [column["name"] for column in told["columns"]]
    as_text = [["" if v is None else str(v) for v in row.values()] for row in told["rows"]]
    assert [row[2:] for row in csv[1:]] == [row[2:] for row in as_text]
    assert [row[0] for row in csv[1:]] == [row["month"] for row in told["rows"]] == ["2026-04", "2026-05", "2026-06"]
    assert [row[0] for row in table[1:]] == ["2026-04", "2026-05", "2026-06"]


def test_a_page_shows_numbers_as_people_read_them(coach: Any) -> None:
    page = coach.get(PAGE).content.decode()
    assert '<data value="10000">10,000</data>' in page
    assert '<data value="2026-04">April 2026</data>' in page
    assert ">3.33%</data>" in page


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless_in_csv_only(coach: Any) -> None:
    assert rows_of(coach.get(PAGE + "table-1.csv").content)[1][1] == "'=1+1"
    assert coach.get("/api/v1/made-up/croydon/O2b/").json()["tables"][0]["rows"][0]["note"] == "=1+1"


def test_what_stands_beside_a_csv_names_its_edition_notes_and_columns(coach: Any) -> None:
    answer = coach.get(PAGE + "table-1.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="made-up_croydon_O2b_edition-1_table-1.csv"'
    beside = coach.get(answer["Link"].split(">")[0][1:]).json()
    assert beside["url"] == "made-up_croydon_O2b_edition-1_table-1.csv"
    assert beside["doorstep:edition"] == 1
    assert "A note <b>of</b> the table." in beside["dc:description"]
    assert [c["name"] for c in beside["tableSchema"]["columns"]] == rows_of(answer.content)[0]


def test_every_table_of_an_exhibit_has_its_file(coach: Any) -> None:
    assert rows_of(coach.get(PAGE + "table-2.csv").content) == [["a"], ["b"]]
    assert coach.get(PAGE + "table-3.csv").status_code == 404


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/scorecard/no-such/", "There is no exhibit called"),
        ("/scorecard/made-up/atlantis/O2b/", "no Place called"),
        ("/scorecard/made-up/croydon/O9/", "no metric called"),
        ("/scorecard/made-up/croydon/patients/", "no metric called"),
        ("/scorecard/made-up/croydon/O2b/2026-04/", "more was given"),
        ("/scorecard/made-up-month/O2b/2026-04/", "There is no exhibit called"),
        (PAGE + "?edition=2", "There is no edition"),
        (PAGE + "?edition=0", "There is no edition"),
        (PAGE + "?edition=x", "There is no edition"),
    ],
)
def test_what_is_not_there_is_said_in_words(coach: Any, address: str, words: str) -> None:
    page = coach.get(address)
    assert page.status_code == 404
    assert words in page.content.decode()


def test_an_address_that_lacks_something_asks_for_it_with_a_plain_form(coach: Any) -> None:
    page = coach.get("/scorecard/made-up/").content.decode()
    assert page.index(">Croydon<") < page.index(">Dorset Place<") < page.index(">West Essex<")
    chosen = coach.get("/scorecard/made-up/choose?place=croydon&metric=O2b")
    assert chosen["Location"] == PAGE
    assert coach.get("/scorecard/made-up/choose?place=atlantis").status_code == 404


def test_an_older_edition_stays_as_it_was(coach: Any) -> None:
    from doorstep.programme.figures.models import SafeLine

    SafeLine.objects.filter(since=1).update(until=2)
    publish(number=2)
    SafeLine.objects.filter(since=2, place="croydon", line="O2b").update(values=[7] * 23)
    old = rows_of(coach.get(PAGE + "table-1.csv?edition=1").content)
    new = rows_of(coach.get(PAGE + "table-1.csv").content)
    assert [row[2] for row in old[1:]] == ["10000", "11000", "12000"]
    assert [row[2] for row in new[1:]] == ["700", "700", "700"]
    assert "There is a newer edition, 2" in coach.get(PAGE + "?edition=1").content.decode()
    assert coach.get("/scorecard/made-up/choose?place=croydon&metric=O2b&edition=1")["Location"] == PAGE + "?edition=1"


def test_a_file_that_was_fetched_before_is_not_sent_again(coach: Any) -> None:
    for address in (PAGE + "table-1.csv", PAGE + "table-1.csv-metadata.json", "/api/v1/made-up/croydon/O2b/"):
        first = coach.get(address)
        again = coach.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
        assert first["Cache-Control"] == "private, no-cache"
        assert coach.get(address, HTTP_IF_NONE_MATCH='"another"').status_code == 200


def test_a_page_is_in_no_cache_since_its_nonce_is_of_one_answer(coach: Any) -> None:
    page = coach.get(PAGE)
    assert page["Cache-Control"] == "no-store"
    assert "ETag" not in page


def test_no_answer_holds_a_number_that_safe_figures_hide(coach: Any) -> None:
    from doorstep.programme.figures import remembering
    from doorstep.programme.figures.models import SafeLine
    from doorstep.programme.scorecard import building
    from doorstep.programme.submissions.models import Submission

    sent = line("croydon", line.__globals__["MONTHS"][1], "O2b", 110)
    sent.values[3] = AS_SENT
    Submission.objects.create(
        place_id="croydon", month=sent.month, version=1, file_name="a.xlsx", file=b"", sha256="0" * 64,
        received_on=sent.received_on, received_at="2026-08-01T00:00:00Z", window="first", n_faults=0, n_notes=0,
        lines={"O2b": sent.values},
    )  # fmt: skip
    addresses = (PAGE, PAGE + "table-1.csv", PAGE + "table-1.csv-metadata.json", "/api/v1/made-up/croydon/O2b/")
    answers = [coach.get(address).content.decode() for address in addresses]
    assert not any(text in answer for answer in answers for text in (str(AS_SENT), f"{AS_SENT:,}"))
    assert "0 to 5" in answers[0]
    # The control: were the number shown, this search would find it.
    found = SafeLine.objects.get(place="croydon", month=sent.month, line="O2b")
    SafeLine.objects.filter(pk=found.pk).update(values=sent.values)
    building.forget()
    remembering.forget()
    assert f"{AS_SENT:,}" in coach.get(PAGE).content.decode()


@pytest.mark.parametrize("role", ["centre_analyst", "centre_lead", "coach", "evaluator", "place_sender"])
def test_every_role_that_reads_figures_sees_the_same_table(role: str, member: Any) -> None:
    publish()
    assert rows_of(member(role, place="croydon").get(PAGE + "table-1.csv").content)[1][2] == "10000"


@pytest.mark.parametrize("address", ["/scorecard/", PAGE, PAGE + "table-1.csv", "/scorecard/made-up/choose", "/api/"])
def test_others_are_refused_and_the_logged_out_sent_to_log_in(address: str, member: Any) -> None:
    from django.test import Client

    publish()
    assert member("administrator").get(address).status_code == 403
    assert member().get(address).status_code == 403
    assert Client().get(address)["Location"].startswith("/log-in?next=")


@pytest.mark.parametrize("address", ["/scorecard/", "/packs/"])
@pytest.mark.parametrize(
    ("role", "links"),
    [
        ("centre_analyst", {"/returns/send", "/collection/", "/editions/publish", "/definitions/"}),
        ("coach", {"/definitions/"}),
    ],
)
def test_before_the_first_edition_a_page_says_what_is_to_be_done_to_those_who_may(
    member: Any, address: str, role: str, links: set[str]
) -> None:
    page = member(role).get(address)
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200 and "No figures were published yet" in main
    assert set(re.findall(r'href="([^"]+)"', main)) == links


def test_before_the_first_edition_an_exhibit_is_not_there_and_the_interface_lists_no_edition(member: Any) -> None:
    coach = member("coach")
    page = coach.get("/scorecard/spc/croydon/O2b/")
    assert page.status_code == 404 and "No figures were published yet" in page.content.decode()
    told = coach.get("/api/v1/").json()
    assert (told["editions"], told["places"], told["months"]) == ([], [], [])
    assert [one["kind"] for one in told["exhibits"]][:1] == ["overview"]


def test_a_page_asks_few_questions_of_the_database_and_none_of_figures_again(coach: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from doorstep.programme.scorecard import building, holdings

    building.forget()
    holdings.forget()
    with CaptureQueriesContext(
        connection,
    ) as first:
        coach.get(PAGE)
    with CaptureQueriesContext(connection) as again:
        coach.get(PAGE)
    assert len(first) <= 12
    assert sum("figures_safeline" in q["sql"] for q in first.captured_queries) == 2
    assert not any("figures_safeline" in q["sql"] for q in again.captured_queries)


def test_kept_exhibits_can_be_switched_off(coach: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext, override_settings

    with override_settings(EXHIBIT_CACHE=False, FIGURES_CACHE=False):
        coach.get(PAGE)
        with CaptureQueriesContext(connection) as again:
            coach.get(PAGE)
    assert sum("figures_safeline" in q["sql"] for q in again.captured_queries) == 1


def test_a_definition_says_meaning_choices_cautions_and_source(coach: Any) -> None:
    assert coach.get("/definitions/").content.decode().count('href="/definitions/') == 16
    page = coach.get("/definitions/O6a/").content.decode()
    assert "GP role" in page
    assert "By default:" in page
    assert "The guide sets no direction." in page
    recalled = coach.get("/definitions/O2b/").content.decode()
    assert "Recalled: from general knowledge, not checked against a source" in recalled and "`" not in recalled
    unknown = coach.get("/definitions/O9/")
    assert unknown.status_code == 404
    assert "no line called" in unknown.content.decode()


def test_a_definition_tells_what_the_log_says_of_its_line_in_the_whole_programme(coach: Any) -> None:
    from django.utils import timezone

    from doorstep.programme.submissions.models import LogEntry

    def note(words: str, **more: Any) -> None:
        LogEntry.objects.create(kind="change", month_from="2026-05-01", words=words, at=timezone.now(), **more)

    note("The list of functions was signed.", lines=["O2b"])
    note("Another line's news.", lines=["O1a"])
    note("One Place's news.", place_id="croydon")
    page = coach.get("/definitions/O2b/").content.decode()
    assert "From May 2026: The list of functions was signed." in page
    assert "news" not in page[page.index("<main") :]
