"""The pages of the collection: who sees what, what is said at once, what is refused before it is read."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import JULY, client_of, figures, refused_events, send, sign_off, workbook

pytestmark = pytest.mark.usefixtures("register")
MONTH = "/collection/2026-07/"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-09-23")


@pytest.fixture
def sent(people: Any, tmp_path: Path) -> Any:
    return send(workbook(tmp_path, figures(O1a=4321)), people["sam"]).submission


def upload(client: Any, *files: tuple[str, bytes], **more: Any) -> Any:
    given = []
    for name, content in files:
        file = io.BytesIO(content)
        file.name = name
        given.append(file)
    return client.post("/returns/send", {"files": given, "month": "2026-07", **more})


def test_a_sender_sees_the_verdict_and_each_fault_with_its_cell_at_once(people: Any, tmp_path: Path) -> None:
    page = upload(client_of(people["sam"]), ("r.xlsx", workbook(tmp_path, figures(O2a=12)))).content.decode()
    assert "The return needs correcting" in page
    assert "Write * for every number below 6" in page
    assert "SubmissionTemplate!E15" in page
    good = upload(client_of(people["sam"]), ("r.xlsx", workbook(tmp_path, figures()))).content.decode()
    assert "The return was taken" in good
    assert "SubmissionTemplate!E15" not in good


def test_the_centre_sends_all_files_of_a_month_at_once(people: Any, tmp_path: Path) -> None:
    files = [
        (f"{name}.xlsx", workbook(tmp_path, figures(name, O1a=n))) for n, name in enumerate(("Sefton", "Croydon"), 700)
    ]
    page = upload(client_of(people["ana"]), *files, ("notes.pdf", b"%PDF-1.7 x")).content.decode()
    assert "2 without faults, 0 need correcting, 0 here already, 1 not taken." in page


def test_a_sender_sends_one_file(people: Any, tmp_path: Path) -> None:
    content = workbook(tmp_path, figures())
    answer = upload(client_of(people["sam"]), ("a.xlsx", content), ("b.xlsx", content))
    assert answer.status_code == 422
    assert "Select one file" in answer.content.decode()
    assert upload(client_of(people["sam"])).status_code == 422


class Unread(io.BytesIO):
    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")


def post_of_length(client: Any, length: int) -> Any:
    head = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
    return client.generic("POST", "/returns/send", b"x", "multipart/form-data; boundary=a", **head)


def test_fifty_megabytes_are_refused_before_anything_is_read(people: Any) -> None:
    client = client_of(people["sam"], enforce_csrf_checks=True)
    answer = post_of_length(client, 50_000_000)
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    with pytest.raises(AssertionError, match="the body was read"):  # so that this test can fail
        post_of_length(client, 1_000)


def test_an_upload_without_its_token_is_refused(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions.models import Submission

    client = client_of(people["sam"], enforce_csrf_checks=True)
    assert upload(client, ("r.xlsx", workbook(tmp_path, figures()))).status_code == 403
    token = client.get("/returns/send").cookies["doorstep_national_csrf"].value
    assert Submission.objects.count() == 0
    answer = upload(client, ("r.xlsx", workbook(tmp_path, figures())), csrfmiddlewaretoken=token)
    assert answer.status_code == 200
    assert Submission.objects.count() == 1


PAGES = ("", "numbers", "file")
ALLOWED = {
    "ana": (200, 200, 200),
    "lea": (200, 403, 403),
    "sam": (200, 200, 200),
    "cara": (403, 403, 403),
    "kit": (403, 403, 403),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_as_sent_is_for_the_places_own_senders_and_the_centres_analysts(sent: Any, people: Any, name: str) -> None:
    client = client_of(people[name])
    answers = [client.get(f"/returns/{sent.pk}/{page}") for page in PAGES]
    assert tuple(answer.status_code for answer in answers) == ALLOWED[name]
    n_refused = ALLOWED[name].count(403)
    assert len(refused_events()) == n_refused
    for answer in answers:
        if answer.status_code == 403:
            assert b"4321" not in answer.content
            assert b"4,321" not in answer.content


def test_nobody_gets_in_without_logging_in(sent: Any) -> None:
    from django.test import Client

    for path in (f"/returns/{sent.pk}/", f"/returns/{sent.pk}/file", MONTH, "/collection/", "/returns/send", "/log/"):
        assert Client().get(path).headers["Location"].startswith("/log-in")


def test_another_places_pages_are_refused_whether_they_exist_or_not(sent: Any, people: Any) -> None:
    client = client_of(people["cara"])
    for path in ("/returns/of/sefton/", "/returns/of/atlantis/", "/returns/of/sefton/2026-07/quality.csv"):
        assert client.get(path).status_code == 403
    assert client.get("/returns/of/croydon/").status_code == 200


def test_a_lead_sees_where_a_fault_is_but_not_the_number(people: Any, tmp_path: Path) -> None:
    made = send(workbook(tmp_path, figures(O2a=12)), people["sam"]).submission
    shown = client_of(people["ana"]).get(f"/returns/{made.pk}/").content.decode()
    assert "3 is below 6" in shown
    kept = client_of(people["lea"]).get(f"/returns/{made.pk}/").content.decode()
    assert "SubmissionTemplate!E15" in kept
    assert "is below 6" not in kept
    report = client_of(people["lea"]).get("/returns/of/sefton/2026-07/quality").content.decode()
    assert "is below 6" not in report


def test_the_file_comes_back_as_it_was_and_is_never_shown_by_the_browser(sent: Any, people: Any) -> None:
    from doorstep.web.audit.models import Event

    answer = client_of(people["ana"]).get(f"/returns/{sent.pk}/file")
    assert answer.content == bytes(sent.file)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sefton-2026-07-version-1.xlsx"'
    assert Event.objects.filter(action="download", thing_id=str(sent.pk), place="sefton").count() == 1


def test_a_month_is_checked_by_one_and_signed_off_by_another_on_two_pages(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions

    for n, name in enumerate(("Sefton", "Croydon", "Walsall"), 700):
        send(workbook(tmp_path, figures(name, O1a=n)), people["ben"])
    ana, lea = client_of(people["ana"]), client_of(people["lea"])
    assert "3 to check" in ana.get(MONTH).content.decode()
    waiting = ticked(ana.get(f"{MONTH}review/check"))
    assert len(waiting) == 3
    ana.post(f"{MONTH}check", {"id": waiting[:2]})
    page = lea.get(MONTH).content.decode()
    assert "1 to check, 2 to sign off" in page
    assert len(ticked(ana.get(f"{MONTH}review/sign-off"))) == 0
    after = lea.post(f"{MONTH}sign-off", {"id": waiting}, follow=True).content.decode()
    assert "2 returns signed off" in after
    assert "1 not signed off" in after
    assert len(actions.accepted(month=JULY)) == 2


def ticked(answer: Any) -> list[str]:
    import re

    return re.findall(r'name="id" id="id-[^"]+" value="([^"]+)" checked', answer.content.decode())


def test_who_may_not_check_gets_no_button_and_no_way_round(sent: Any, people: Any) -> None:
    lea = client_of(people["lea"])
    assert "Note as checked" not in lea.get(f"/returns/{sent.pk}/").content.decode()
    for path in (f"/returns/{sent.pk}/check", f"/returns/{sent.pk}/send-back", f"{MONTH}check"):
        assert lea.post(path, {"why": "x", "id": [str(sent.pk)]}).status_code == 403
    assert client_of(people["sam"]).post(f"/returns/{sent.pk}/sign-off").status_code == 403
    assert sent.decisions.count() == 0


def test_a_place_withdraws_its_own_and_no_other(sent: Any, people: Any) -> None:
    assert client_of(people["cara"]).post(f"/returns/{sent.pk}/withdraw", {"why": "Mine now"}).status_code == 403
    assert client_of(people["sam"]).post(f"/returns/{sent.pk}/withdraw", {"why": " "}).status_code == 422
    assert sent.decisions.count() == 0
    client_of(people["sam"]).post(f"/returns/{sent.pk}/withdraw", {"why": "Wrong file"})
    assert [d.verdict for d in sent.decisions.all()] == ["withdrawn"]


def test_a_withdrawn_file_that_comes_again_is_told_how_to_be_sent(sent: Any, people: Any) -> None:
    from doorstep.programme.submissions import actions

    client, again = client_of(people["sam"]), ("r.xlsx", bytes(sent.file))
    assert "It was withdrawn since" not in upload(client, again).content.decode()
    actions.decide(submission=sent, verdict="withdrawn", why="Wrong file", by=people["sam"])
    page = upload(client, again).content.decode()
    assert "This file is here already" in page
    assert "It was withdrawn since" in page


def test_a_file_that_comes_again_after_a_later_one_is_told_how_to_count(sent: Any, people: Any, tmp_path: Path) -> None:
    client, again = client_of(people["sam"]), ("r.xlsx", bytes(sent.file))
    assert "A later version has come since" not in upload(client, again).content.decode()
    send(workbook(tmp_path, figures(O1a=4322)), people["sam"])
    page = upload(client, again).content.decode()
    assert "Nothing was added" in page and "A later version has come since" in page


def test_every_fault_says_what_to_do_about_it() -> None:
    """A fault under "nothing has to be done" would contradict itself."""
    from doorstep.programme.submissions.advice import groups
    from doorstep.returns import Fault
    from doorstep.returns.faults import CODES

    for code in (code for code, (severity, _) in CODES.items() if "fault" in severity):
        (group,) = groups([Fault("Instructions", "B6", "fault", code, "seen")], with_numbers=True)
        assert "nothing has to be done" not in group.heading, code


def test_a_sender_goes_straight_to_the_only_places_returns(people: Any) -> None:
    assert client_of(people["sam"]).get("/returns/").headers["Location"] == "/returns/of/sefton/"
    assert client_of(people["ana"]).get("/returns/").content.decode().count("/returns/of/") == 43


def test_two_versions_are_compared_cell_by_cell(sent: Any, people: Any, tmp_path: Path) -> None:
    second = send(workbook(tmp_path, figures(O1a=4322)), people["sam"]).submission
    page = client_of(people["sam"]).get(f"/returns/{second.pk}/compare").content.decode()
    assert "from version 1 to version 2" in page
    # 4,321 and 4,322 differ in the total and in the last column of two breakdowns and of quintiles.
    assert "4 typed numbers differ" in page
    assert client_of(people["cara"]).get(f"/returns/{second.pk}/compare").status_code == 403


def test_counts_agree_between_the_sentence_the_cards_and_the_list(sent: Any, people: Any, tmp_path: Path) -> None:
    sign_off(sent, people)
    send(workbook(tmp_path, figures("Croydon", O2a=12)), people["cara"])
    client = client_of(people["ana"])
    page = client.get(MONTH).content.decode()
    assert "Left to do: 1 for their Places to correct and 41 awaited." in page
    rows = client.get(f"{MONTH}?state=awaited").content.decode().count('<th scope="row">')
    assert rows == 41
    quality = client.get(f"{MONTH}quality.csv").content.decode()
    states = [row["state"] for row in csv.DictReader(io.StringIO(quality))]
    assert (states.count("awaited"), states.count("signed off"), states.count("needs correcting")) == (41, 1, 1)


def test_the_grid_asks_the_database_as_often_for_43_by_27_as_for_one(
    people: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(people["ana"])
    with CaptureQueriesContext(
        connection,
    ) as empty:
        assert client.get("/collection/").status_code == 200
    fill_every_cell()
    monkeypatch.setenv("DOORSTEP_TODAY", "2028-06-30")
    with CaptureQueriesContext(connection) as full:
        page = client.get("/collection/").content.decode()
    assert page.count("app-coverage__cell ") == 43 * 27
    heads = re.findall(r'<th scope="col"><a href="/collection/(\d{4}-\d\d)/"', page)
    assert len(heads) == 27 and heads == sorted(heads, reverse=True)  # the newest is where everybody sees it
    assert len(full) == len(empty) <= 12
    with CaptureQueriesContext(connection) as month:
        client.get(MONTH)
    assert len(month) <= 14


def fill_every_cell() -> None:
    """Put a row in every Place and month, without its workbook: only their number matters here."""
    from doorstep.programme.places.models import Place
    from doorstep.programme.submissions.models import Submission
    from doorstep.reference.policy import lookup_months

    Submission.objects.bulk_create(
        Submission(
            place=place, month=month, version=1, file_name="r.xlsx", file=b"", sha256=f"{place.slug[:40]}{month}",
            received_on=month, received_at=f"{month}T12:00Z", window="first", n_faults=0, n_notes=0, lines=None,
        )
        for place in Place.objects.all()
        for month in lookup_months()
    )  # fmt: skip


def test_a_quality_report_is_safe_to_open_in_a_spreadsheet(people: Any, tmp_path: Path) -> None:
    client = client_of(people["ana"])
    client.post("/log/add", {"kind": "issue", "month_from": "2026-07", "words": "=HYPERLINK(evil) as a note"})
    send(workbook(tmp_path, figures(O2a=12)), people["sam"])
    rows = list(csv.reader(io.StringIO(client.get("/returns/of/sefton/2026-07/quality.csv").content.decode())))
    assert rows[0][:3] == ["place", "month", "version"]
    assert len(rows) > 10
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_review_of_what_waits_shows_notes_beside_each(people: Any, tmp_path: Path) -> None:
    from intake_kit import JUNE

    sign_off(send(workbook(tmp_path, figures(month=JUNE)), people["sam"]).submission, people)
    send(workbook(tmp_path, figures(O5a=3000)), people["sam"])
    page = client_of(people["ana"]).get(f"{MONTH}review/check").content.decode()
    assert "Look whether the change is real (1)" in page
    assert "Nothing to look at" not in page
    assert "the total of O5a is 3,000".lower() in page.lower()


def test_notes_that_nearly_every_return_has_are_not_listed(sent: Any, people: Any) -> None:
    page = client_of(people["ana"]).get(f"{MONTH}review/check").content.decode()
    assert "Nothing to look at (1)" in page
    assert "no return of the month before" not in page  # which is true, and noted on its own page


def test_a_place_that_another_role_was_given_for_is_not_ones_own(sent: Any, people: Any) -> None:
    """Somebody who sends for Croydon and has another role that names Sefton sees nothing that Sefton sent."""
    from doorstep.web.accounts.models import Assignment

    cara, day = people["cara"], date(2026, 1, 1)
    Assignment.objects.create(user=cara, role="coach", place="sefton", starts_on=day)
    client = client_of(cara)
    for path in (f"/returns/{sent.pk}/", f"/returns/{sent.pk}/numbers", f"/returns/{sent.pk}/file"):
        assert client.get(path).status_code == 403
    assert client.get("/returns/of/sefton/").status_code == 403
    assert client.get("/returns/").headers["Location"] == "/returns/of/croydon/"


def test_who_is_shown_findings_with_numbers_as_sent_is_written_down(people: Any, tmp_path: Path) -> None:
    from doorstep.web.audit.models import Event

    faulty = send(workbook(tmp_path, figures(O2a=12)), people["sam"]).submission
    assert faulty.n_faults
    pages = (f"/returns/{faulty.pk}/", "/returns/of/sefton/2026-07/quality", f"{MONTH}review/send-back")
    for name, n_noted in (("ana", (1, 1, 1)), ("lea", (0, 0, 0)), ("sam", (1, 1, 0))):
        client = client_of(people[name])
        for path, n in zip(pages, n_noted, strict=True):
            before = Event.objects.filter(action="read findings").count()
            client.get(path)
            seen = Event.objects.filter(action="read findings", actor=people[name])
            assert Event.objects.filter(action="read findings").count() - before == n, (name, path)
            assert all(event.thing == "as_sent" and event.detail["n_findings"] > 0 for event in seen)


def test_a_text_that_no_database_keeps_is_not_understood_and_does_nothing(sent: Any, people: Any) -> None:
    client = client_of(people["ana"])
    answer = client.post(f"/returns/{sent.pk}/send-back", {"why": "It has\0no end"})
    assert answer.status_code == 400
    assert "was not understood" in answer.content.decode()
    assert not sent.decisions.exists()
    assert client.get("/where/neighbourhoods/?q=a%00b").status_code == 400
