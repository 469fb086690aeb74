"""Editions: what is in them, what a correction or withdrawal does, and what never changes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from publishing_kit import DAYS, FEB, JAN, ONE_STAR, WHOLE, decide, lines, send

from doorstep.errors import UsageError

pytestmark = pytest.mark.usefixtures("db")


def publish(**asked: Any) -> Any:
    from doorstep.programme.figures import actions

    return actions.publish(by=None, **asked)


def shown(number: int | None = None) -> Any:
    from doorstep.programme.figures import reading

    return reading.figures(reading.edition(number))


def rows() -> int:
    from doorstep.programme.figures.models import SafeLine

    return SafeLine.objects.count()


def test_an_edition_holds_every_line_of_what_was_signed_off_and_nothing_else() -> None:
    send(lines())
    send(lines(), slug="walsall", verdict="sent back")
    edition = publish()
    assert (edition.number, edition.through) == (1, JAN)
    assert shown().places == ("sefton",)
    assert len(shown().lines) == 16
    assert shown().number("O1a", "sefton", JAN).value == 100
    assert shown().by_key["O3", "sefton", JAN].values == DAYS


def test_a_star_that_subtraction_would_open_takes_another_number_with_it() -> None:
    send(lines(O1a=ONE_STAR))
    publish()
    line = shown().by_key["O1a", "sefton", JAN]
    assert [c for c, v in enumerate(line.values) if v is None] == [2, 10]  # the smallest other age, and the star
    assert (line.lows[10], line.highs[10]) == (0, 14)
    assert (line.values[0], line.lows[0], line.highs[0]) == (100, 100, 100)


def test_an_edition_shows_what_it_showed_whatever_comes_after() -> None:
    send(lines())
    publish()
    before = shown(1)
    send(lines(O1a=(110, 20, *WHOLE[2:11], 30, *WHOLE[12:17], 30, *WHOLE[18:])))
    send(lines(), FEB)
    publish()
    from doorstep.programme.figures import remembering

    remembering.forget()
    assert shown(1) == before
    assert shown(2).number("O1a", "sefton", JAN).value == 110
    assert shown(2).by_key["O1a", "sefton", JAN].version == 2
    assert shown(2).months == (JAN, FEB)


def test_what_did_not_change_is_not_written_again() -> None:
    send(lines())
    publish()
    send(lines(), FEB)
    publish()
    assert rows() == 32


def test_a_withdrawn_month_leaves_the_next_edition_and_stays_in_the_one_before() -> None:
    send(lines(), FEB)
    january = send(lines())
    publish()
    decide(january, "withdrawn")
    publish()
    assert shown(1).months == (JAN, FEB)
    assert shown(2).months == (FEB,)


def test_no_version_holds_again_where_the_newest_is_withdrawn() -> None:
    """The Place had said that the one before was wrong."""
    send(lines(), FEB)
    send(lines())
    publish()
    decide(send(lines()), "withdrawn")
    publish()
    assert shown().months == (FEB,)


def test_a_number_once_hidden_stays_hidden_when_a_correction_sends_it() -> None:
    send(lines(O1a=ONE_STAR))
    publish()
    send(lines(O1a=(108, 16, *[10] * 8, 12, *WHOLE[11:16], 18, *WHOLE[17:22], 18)))
    publish()
    line = shown().by_key["O1a", "sefton", JAN]
    assert line.values[10] is None
    assert line.values[0] == 108


def test_a_line_that_nothing_protects_any_more_is_withheld_with_its_reason() -> None:
    """One person fewer, and the total shows it: every other number is known from before."""
    from doorstep.programme.figures.models import SafeLine

    send(lines(O1a=(96, 6, *[10] * 9, *WHOLE[11:16], 6, *WHOLE[17:22], 6)))
    publish()
    send(lines(O1a=(95, "*", *[10] * 9, *WHOLE[11:16], "*", *WHOLE[17:22], "*")))
    publish()
    line = shown().by_key["O1a", "sefton", JAN]
    assert set(line.values) == {None}
    assert (set(line.lows), set(line.highs)) == ({0}, {None})
    written = SafeLine.objects.get(line="O1a", since=2)
    assert "could have protected" in written.withheld
    assert (written.n_sent_hidden, written.n_shown_before) == (3, 3)
    assert shown().number("O1b", "sefton", JAN).value == 100


def test_publishing_goes_as_far_as_asked_and_never_back() -> None:
    send(lines())
    send(lines(), FEB)
    publish(through=JAN)
    assert shown().months == (JAN,)
    publish(through=FEB)
    with pytest.raises(UsageError, match="goes through February 2026"):
        publish(through=JAN)


def test_nothing_new_is_not_an_edition() -> None:
    with pytest.raises(UsageError, match="no return was signed off"):
        publish()
    send(lines())
    publish()
    with pytest.raises(UsageError, match="nothing has changed since edition 1"):
        publish()


def test_what_the_log_says_of_the_same_numbers_is_reason_for_an_edition() -> None:
    """A break that is found after publishing parts charts in the next edition: that must not wait for a return."""
    from doorstep.programme.figures.preparing import prepare
    from doorstep.programme.submissions.actions import log

    send(lines())
    log(kind="issue", words="Known before publishing", month_from=JAN, by=None)
    publish()
    assert not prepare().has_changes
    log(kind="break", words="The cohort was chosen afresh", month_from=JAN, place="sefton", by=None)
    agreed = prepare()
    assert (agreed.n_logged, agreed.new, agreed.corrected, agreed.gone) == (1, (), (), ())
    log(kind="issue", words="Another, written meanwhile", month_from=JAN, by=None)
    with pytest.raises(UsageError, match="the log was written in, since you looked"):
        publish(fingerprint=agreed.fingerprint)
    assert publish(fingerprint=prepare().fingerprint).number == 2
    assert shown().number("O1b", "sefton", JAN).value == 100
    with pytest.raises(UsageError, match="nothing has changed since edition 2"):
        publish()


def test_what_was_agreed_to_is_what_is_published() -> None:
    from doorstep.programme.figures.preparing import prepare

    send(lines())
    agreed = prepare().fingerprint
    send(lines(), slug="walsall")
    with pytest.raises(UsageError, match="since you looked"):
        publish(fingerprint=agreed)
    assert publish(fingerprint=prepare().fingerprint).number == 1


def test_nobody_else_publishes_meanwhile() -> None:
    import psycopg
    from django.db import connection

    from doorstep.web.locks import Lock

    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        question = "select pg_try_advisory_lock(%s), pg_advisory_unlock(%s)"
        assert other.execute(question, [Lock.EDITION] * 2).fetchone() == (True, True)
        send(lines())
        publish()
        assert other.execute("select pg_try_advisory_lock(%s)", [Lock.EDITION]).fetchone() == (False,)


def test_publishing_is_written_down_and_a_failure_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    from doorstep.programme.figures import writing
    from doorstep.programme.figures.models import Edition
    from doorstep.web.audit.models import Event

    send(lines())
    with monkeypatch.context() as patch, pytest.raises(RuntimeError), transaction.atomic():
        patch.setattr(writing, "write", _fail)
        publish()
    assert not Edition.objects.exists()
    assert not Event.objects.filter(action="publish").exists()
    publish()
    event = Event.objects.get(action="publish")
    assert (event.thing, event.thing_id, event.detail["new"]) == ("figure", "1", 1)


def _fail(*_: Any) -> None:
    raise RuntimeError("the power went")


def test_a_number_below_six_that_slipped_in_is_not_shown() -> None:
    send(lines(O1a=(100, 16, *[10] * 8, 4, *WHOLE[11:])))
    publish()
    assert shown().number("O1a", "sefton", JAN, 10).value is None


def test_changes_say_which_version_took_which_place_and_how_many_lines_differ() -> None:
    from doorstep.programme.figures import reading
    from doorstep.programme.figures.changes import Change, changes_between

    gone = send(lines(), slug="walsall")
    send(lines())
    publish()
    decide(gone, "withdrawn")
    send(lines(O1a=(110, 20, *WHOLE[2:11], 30, *WHOLE[12:17], 30, *WHOLE[18:])))
    send(lines(), FEB)
    publish()
    assert changes_between(reading.edition(1), reading.edition(2)) == (
        Change("sefton", FEB, "new", None, 1, 16),
        Change("sefton", JAN, "corrected", 1, 2, 1),
        Change("walsall", JAN, "withdrawn", 1, None, 16),
    )


def test_figures_are_read_once_and_again_where_remembering_is_off(settings_of_site: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from doorstep.programme.figures import reading, remembering

    send(lines())
    publish()
    edition = reading.edition()

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert len(reading.figures(edition, lines=["O1a"]).lines) == 1
        return len(found)

    remembering.forget()
    assert (queries(), queries()) == (1, 0)
    settings_of_site.FIGURES_CACHE = False
    assert (queries(), queries()) == (1, 1)
    settings_of_site.FIGURES_CACHE = True
    made_up = dataclasses.replace(edition, id=0)
    assert len(reading.figures(made_up, lines=["O1a"]).lines) == 1


def test_the_memory_has_an_end(settings_of_site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from doorstep.programme.figures import reading, remembering

    send(lines())
    publish()
    remembering.forget()
    monkeypatch.setattr(remembering, "MOST_LINES", 3)
    edition = reading.edition()
    for name in ("O1a", "O1b", "O1c", "O2a"):
        reading.figures(edition, lines=[name])
    assert [next(iter(asked[1])) for asked in remembering._kept] == ["O1b", "O1c", "O2a"]


@pytest.fixture
def settings_of_site() -> Any:
    from django.conf import settings
    from django.test.utils import override_settings

    with override_settings():
        yield settings
