"""Returns with faults are sent back together, each with a reason that says what to do and holds no number."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import JULY, client_of, figures, send, workbook

pytestmark = pytest.mark.usefixtures("register")
REVIEW, MONTH = "/collection/2026-07/review/send-back", "/collection/2026-07/"
REASON = "Write * for every number below 6, nought included (SubmissionTemplate!"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-09-23")


@pytest.fixture
def faulty(people: Any, tmp_path: Path) -> tuple[Any, Any]:
    """Croydon's return, which the Centre took in, has two numbers below 6 as sent; Sefton sent its own."""
    both = figures("Croydon", O2a=12, O5b=7), figures("Sefton", O2a=12)
    croydon, sefton = (workbook(tmp_path, one) for one in both)
    return send(croydon, people["ana"]).submission, send(sefton, people["sam"]).submission


def reasons(page: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)]


def test_the_page_lists_the_most_faulty_first_and_ticks_those_that_their_place_has_not_seen(
    people: Any, faulty: tuple[Any, Any]
) -> None:
    page = client_of(people["ben"]).get(REVIEW).content.decode()
    assert page.index("Croydon, version 1") < page.index("Sefton, version 1 (sent by the Place)")
    ticked = re.findall(r'value="([0-9a-f-]{36})" checked', page)
    assert ticked == [str(faulty[0].pk)]


def test_a_reason_stands_there_already_names_cells_and_holds_no_number_that_was_sent(
    people: Any, faulty: tuple[Any, Any]
) -> None:
    croydon, sefton = reasons(client_of(people["ben"]).get(REVIEW).content.decode())
    for reason in (croydon, sefton):
        assert reason.startswith(REASON)
        assert set(re.findall(r"\d+", re.sub(r"SubmissionTemplate![A-Z]+\d+", "", reason))) <= {
            "6",
            *re.findall(r"(\d+) more", reason),
        }


def test_one_button_sends_back_those_ticked_each_with_its_own_reason(people: Any, faulty: tuple[Any, Any]) -> None:
    ben, (croydon, sefton) = client_of(people["ben"]), faulty
    told = reasons(ben.get(REVIEW).content.decode())
    words = {f"why-{croydon.pk}": told[0], f"why-{sefton.pk}": "Not what is sent."}
    answer = ben.post(f"{MONTH}send-back", {"id": [str(croydon.pk)], **words}, follow=True)
    assert "1 return sent back." in answer.content.decode()
    [decision] = croydon.decisions.all()
    assert (decision.verdict, decision.why, decision.by) == ("sent back", told[0], people["ben"])
    assert not sefton.decisions.exists()
    assert "Croydon, version 1" not in ben.get(REVIEW).content.decode()


def test_without_a_reason_nothing_is_sent_back(people: Any, faulty: tuple[Any, Any]) -> None:
    ben, (croydon, _) = client_of(people["ben"]), faulty
    answer = ben.post(f"{MONTH}send-back", {"id": [str(croydon.pk)], f"why-{croydon.pk}": " "}, follow=True)
    assert "no reason was given" in answer.content.decode()
    assert not croydon.decisions.exists()


def test_who_may_not_check_may_not_send_back(people: Any, faulty: tuple[Any, Any]) -> None:
    lea = client_of(people["lea"])
    assert lea.get(REVIEW).status_code == 404
    assert lea.post(f"{MONTH}send-back", {"id": [str(faulty[0].pk)]}).status_code == 403


def test_what_became_of_many_files_begins_with_those_that_need_something_done(people: Any, tmp_path: Path) -> None:
    sound = workbook(tmp_path, figures("Sefton"))
    files = {"good": sound, "bad": workbook(tmp_path, figures("Croydon", O2a=12)), "again": sound, "other": b"%PDF-1.7"}
    given = []
    for name, content in files.items():
        given.append(io.BytesIO(content))
        given[-1].name = f"{name}.xlsx"
    page = client_of(people["ana"]).post("/returns/send", {"files": given, "month": f"{JULY:%Y-%m}"}).content.decode()
    order = [page.index(f"{name}.xlsx") for name in ("other", "bad", "again", "good")]
    assert order == sorted(order)
    assert f'href="{REVIEW}"' in page
