"""Signing off takes two people of the Centre, the newest version and no fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import JULY, JUNE, figures, send, sign_off, workbook

from doorstep.errors import UsageError

pytestmark = pytest.mark.usefixtures("register")


def decide(submission: Any, verdict: str, by: Any, why: str = "") -> Any:
    from doorstep.programme.submissions import actions

    return actions.decide(submission=submission, verdict=verdict, by=by, why=why)


def accepted(**which: Any) -> list[tuple[str, int]]:
    from doorstep.programme.submissions import actions

    return [(found.place_id, found.version) for found in actions.accepted(**which)]


@pytest.fixture
def sent(people: Any, tmp_path: Path) -> Any:
    return send(workbook(tmp_path, figures()), people["sam"]).submission


def test_checked_by_one_and_signed_off_by_another_counts(sent: Any, people: Any) -> None:
    assert accepted() == []
    decide(sent, "checked", people["ana"])
    assert accepted() == []
    decide(sent, "signed off", people["lea"])
    assert accepted(month=JULY) == [("sefton", 1)]
    assert accepted(month=JUNE) == []


def test_whoever_checked_does_not_sign_off(sent: Any, people: Any) -> None:
    decide(sent, "checked", people["ana"])
    with pytest.raises(UsageError, match="you checked"):
        decide(sent, "signed off", people["ana"])


def test_whoever_sent_does_not_sign_off(people: Any, tmp_path: Path) -> None:
    sent = send(workbook(tmp_path, figures()), people["ana"]).submission
    decide(sent, "checked", people["ben"])
    with pytest.raises(UsageError, match="you sent"):
        decide(sent, "signed off", people["ana"])


def test_nothing_is_signed_off_unchecked_or_by_nobody(sent: Any, people: Any) -> None:
    with pytest.raises(UsageError, match="not checked yet"):
        decide(sent, "signed off", people["lea"])
    decide(sent, "checked", people["ana"])
    with pytest.raises(UsageError, match="nobody is named"):
        decide(sent, "signed off", None)


def test_a_version_with_a_fault_is_neither_checked_nor_signed_off(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions.models import Decision

    faulty = send(workbook(tmp_path, figures(O2a=12)), people["sam"]).submission
    with pytest.raises(UsageError, match="faults"):
        decide(faulty, "checked", people["ana"])
    # Not even where a check stands from before the fault was found.
    Decision.objects.create(submission=faulty, verdict="checked", at=faulty.received_at, by=people["ana"])
    with pytest.raises(UsageError, match="faults"):
        decide(faulty, "signed off", people["lea"])


def test_only_the_newest_version_is_signed_off(sent: Any, people: Any, tmp_path: Path) -> None:
    decide(sent, "checked", people["ana"])
    send(workbook(tmp_path, figures(O1a=710)), people["sam"])
    with pytest.raises(UsageError, match="version 2 came"):
        decide(sent, "signed off", people["lea"])


def test_what_was_signed_off_counts_until_a_newer_version_is(sent: Any, people: Any, tmp_path: Path) -> None:
    sign_off(sent, people)
    second = send(workbook(tmp_path, figures(O1a=710)), people["sam"]).submission
    assert accepted() == [("sefton", 1)]
    decide(second, "sent back", people["ana"], "O1a lacks a trust")
    assert accepted() == [("sefton", 1)]
    third = send(workbook(tmp_path, figures(O1a=720)), people["sam"]).submission
    sign_off(third, people)
    assert accepted() == [("sefton", 3)]


def test_after_a_withdrawal_no_earlier_version_counts_again_by_itself(sent: Any, people: Any, tmp_path: Path) -> None:
    sign_off(sent, people)
    second = send(workbook(tmp_path, figures(O1a=710)), people["sam"]).submission
    sign_off(second, people)
    decide(second, "withdrawn", people["sam"], "A trust was counted twice")
    assert accepted() == []


def test_sending_back_needs_a_reason_and_a_withdrawn_one_stays_so(sent: Any, people: Any) -> None:
    with pytest.raises(UsageError, match="no reason"):
        decide(sent, "sent back", people["ana"], "  ")
    decide(sent, "withdrawn", people["sam"], "Wrong file")
    with pytest.raises(UsageError, match="withdrawn"):
        decide(sent, "checked", people["ana"])


def test_a_decision_that_is_refused_leaves_nothing(sent: Any) -> None:
    from doorstep.web.audit.models import Event

    before = Event.objects.count()
    with pytest.raises(UsageError):
        decide(sent, "signed off", None)
    assert sent.decisions.count() == 0
    assert Event.objects.count() == before


CHANGES = (
    "update submissions_submission set lines = null",
    "update submissions_submission set file = ''",
    "delete from submissions_submission",
    "update submissions_decision set verdict = 'signed off'",
    "delete from submissions_decision",
    "delete from submissions_finding",
    "update submissions_logentry set words = 'nothing happened'",
    "update places_placefact set value = 'somewhere else'",
    "delete from places_placefact",
)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_to_change_what_was_received_or_decided(
    sent: Any, people: Any, change: str
) -> None:
    from django.db import ProgrammingError, connection, transaction

    from doorstep.programme.submissions import actions

    decide(sent, "checked", people["ana"])
    actions.log(kind="issue", words="A trust sent nothing", month_from=JULY, by=None)
    with pytest.raises(ProgrammingError, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
