"""States, windows and the log."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import JULY, JUNE, client_of

from doorstep.errors import UsageError


def standing(verdict: str, n_faults: int = 0) -> Any:
    from doorstep.programme.submissions.states import Standing

    return Standing(uuid4(), "sefton", JULY, 1, n_faults, 0, date(2026, 9, 20), None, "first", verdict, None)


# July 2026 ends on the 31st; its first window closes eight weeks later, on Friday 25 September.
@pytest.mark.parametrize(
    ("found", "today", "state"),
    [
        (None, date(2026, 7, 31), "not due"),
        (None, date(2026, 8, 1), "awaited"),
        (None, date(2026, 9, 25), "awaited"),
        (None, date(2026, 9, 26), "late"),
        (standing(""), date(2026, 9, 26), "waiting for check"),
        (standing("", 1), date(2026, 9, 26), "needs correcting"),
        (standing("checked"), date(2026, 9, 26), "waiting for sign-off"),
        (standing("checked", 1), date(2026, 9, 26), "needs correcting"),
        (standing("signed off"), date(2026, 9, 26), "signed off"),
        (standing("sent back", 3), date(2026, 9, 26), "sent back"),
        (standing("withdrawn"), date(2026, 9, 25), "awaited"),
        (standing("withdrawn"), date(2026, 9, 26), "late"),
    ],
)
def test_the_state_follows_from_what_came_and_what_was_decided(found: Any, today: date, state: str) -> None:
    from doorstep.programme.submissions.states import state_of

    assert state_of(found, JULY, today) == state


def test_every_state_has_a_sign_of_its_own_beside_its_colour() -> None:
    from doorstep.programme.submissions.states import LOOKS, State

    assert len({LOOKS[state][0] for state in State}) == len(State)


def test_the_month_collected_is_the_oldest_with_a_window_open() -> None:
    from doorstep.programme.submissions.timing import collected

    assert collected(date(2026, 10, 2)) == JULY  # the last day of its second window
    assert collected(date(2026, 10, 3)) == date(2026, 8, 1)


def test_months_beyond_the_published_timetable_follow_its_rule() -> None:
    from doorstep.programme.submissions.timing import dates, is_published

    month = date(2027, 6, 1)
    assert not is_published(month)
    assert dates(month).first_submission == date(2027, 8, 25)  # 30 June and eight weeks, a Wednesday
    assert dates(month).second_submission == date(2027, 9, 1)


def test_a_month_due_on_a_bank_holiday_says_so(people: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-12-20")
    page = client_of(people["ana"]).get("/collection/2026-10/").content.decode()
    assert "25 December 2026 is Christmas Day" in page
    assert "24 December 2026" in page


def test_a_place_that_joined_later_is_not_expected_before(people: Any, monkeypatch: Any) -> None:
    from doorstep.programme.places import actions as places
    from doorstep.programme.places.models import Place
    from doorstep.programme.submissions.coverage import grid

    place = Place.objects.get(slug="sefton")
    given = {"kind": "status", "source": "Its letter of June 2026", "sureness": "verified", "by": people["ana"]}
    places.record_fact(place=place, value="joined", valid_from=date(2026, 7, 10), **given)
    cells = grid((JUNE, JULY), date(2026, 10, 1), place="sefton")[0].cells
    assert [cell.state for cell in cells] == ["not expected", "late"]


def test_an_entry_is_closed_by_another_and_never_changed(people: Any) -> None:
    from doorstep.programme.submissions import actions
    from doorstep.programme.submissions.reading import breaks, entries

    given = {"kind": "break", "place": "sefton", "lines": ["O2a"], "by": people["ana"]}
    first = actions.log(words="Same-day emergency care moved to type 05", month_from=JUNE, **given)
    assert breaks("sefton") == (JUNE,)
    assert breaks("sefton", line="O2a") == (JUNE,)
    assert breaks("sefton", line="O1a") == breaks("croydon") == ()
    actions.log(words="It moved in July, not in June", month_from=JULY, closes=first, **given)
    first.refresh_from_db()
    assert first.words == "Same-day emergency care moved to type 05"
    assert breaks("sefton") == (JULY,)
    assert entries(place="sefton").count() == 2
    with pytest.raises(UsageError, match="closed before"):
        actions.log(words="Closed a second time", month_from=JULY, closes=first, **given)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "gossip"}, "no kind"),
        ({"words": "short"}, "too short"),
        ({"month_from": date(2026, 7, 2)}, "another day"),
        ({"month_to": JUNE}, "before it begins"),
        ({"lines": ["O9"]}, "no line O9"),
        ({"place": "atlantis"}, "no Place"),
    ],
)
def test_an_entry_that_is_not_right_is_refused(wrong: Any, words: str) -> None:
    from doorstep.programme.submissions import actions
    from doorstep.programme.submissions.models import LogEntry

    given = {"kind": "issue", "words": "A trust sent nothing in July", "month_from": JULY, "by": None, **wrong}
    with pytest.raises(UsageError, match=words):
        actions.log(**given)
    assert LogEntry.objects.count() == 0


def test_all_read_the_log_and_only_analysts_write_it(people: Any) -> None:
    client_of(people["ana"]).post(
        "/log/add", {"kind": "issue", "month_from": "2026-07", "words": "A trust sent nothing"}
    )
    assert "A trust sent nothing" in client_of(people["kit"]).get("/log/").content.decode()
    for name in ("lea", "sam", "kit"):
        assert client_of(people[name]).post("/log/add", {"kind": "issue"}).status_code == 403


def test_a_break_that_was_none_is_closed_as_an_issue_and_parts_no_series_any_more(people: Any) -> None:
    from doorstep.programme.submissions import actions
    from doorstep.programme.submissions.models import LogEntry
    from doorstep.programme.submissions.reading import breaks

    client, words = client_of(people["ana"]), "The trust was wrong: nothing was moved"
    wrong = actions.log(
        kind="break", place="sefton", words="Same-day care moved", month_from=JUNE, lines=["O2a"], by=people["ana"]
    )
    page = client.get(f"/log/{wrong.pk}/close").content.decode()
    assert '<option value="break" selected' in page
    assert '<option value="2026-06" selected' in page
    answer = client.post(f"/log/{wrong.pk}/close", {"kind": "issue", "month_from": "2026-06", "words": words})
    assert answer.status_code == 302
    assert breaks("sefton") == ()
    now = LogEntry.objects.get(closes=wrong)
    assert (now.kind, now.place_id, now.lines, now.month_from) == ("issue", "sefton", ["O2a"], JUNE)
    assert client.post(f"/log/{now.pk}/close", {"month_from": "2026-06", "words": words}).status_code == 422


def test_a_place_that_left_and_joined_again_is_expected_again(people: Any) -> None:
    from doorstep.programme.places import actions as places
    from doorstep.programme.places.models import Place
    from doorstep.programme.submissions.coverage import grid

    place = Place.objects.get(slug="sefton")
    given = {"kind": "status", "source": "Its letters", "sureness": "verified", "by": people["ana"]}
    for value, day in (("joined", date(2026, 3, 1)), ("left", date(2026, 5, 31)), ("joined", date(2026, 7, 1))):
        places.record_fact(place=place, value=value, valid_from=day, **given)
    cells = grid((JUNE, JULY), date(2026, 10, 1), place="sefton")[0].cells
    assert [cell.state for cell in cells] == ["not expected", "late"]
