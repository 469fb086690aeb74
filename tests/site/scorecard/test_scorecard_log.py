"""Exhibits built from the database: what the log says of a series, and what the shelf hands out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from scorecard_kit import MONTHS, PLACES, publish

pytestmark = pytest.mark.usefixtures("db")
PUBLISHED = datetime(2026, 9, 1, 12, tzinfo=UTC)  # as `publish` has it
OWN, OTHER, *_ = PLACES


def entry(words: str, month: date = MONTHS[1], at: datetime = PUBLISHED - timedelta(days=9), **of: Any) -> Any:
    from doorstep.programme.submissions.models import LogEntry

    return LogEntry.objects.create(**({"kind": "break", "month_from": month, "words": words, "at": at} | of))


def said(place: str = OWN, line: str = "O2b", edition: int | None = 1) -> list[str]:
    from doorstep.programme.figures import reading
    from doorstep.programme.scorecard.logged import logged

    return [found.words for found in logged(place, reading.edition(edition) if edition else None).of(line)]


def test_a_line_of_a_place_has_its_own_entries_and_the_whole_programmes() -> None:
    publish()
    entry("All Places, all lines")
    entry("This Place only", place_id=OWN)
    entry("Another Place only", place_id=OTHER)
    entry("Other lines", lines=["O5a", "O5b"])
    entry("This line", lines=["O2b"])
    assert said() == ["All Places, all lines", "This Place only", "This line"]
    assert said(place="") == ["All Places, all lines", "This line"]


def test_an_entry_that_a_later_one_puts_right_is_left_out() -> None:
    publish()
    wrong = entry("The cohort changed in May")
    entry("The cohort changed in June", MONTHS[2], closes=wrong)
    assert said() == ["The cohort changed in June"]


def test_an_edition_shows_the_log_as_it_was() -> None:
    publish()
    early = entry("Known by then")
    entry("Put right afterwards", at=PUBLISHED + timedelta(minutes=1), closes=early)
    assert said() == ["Known by then"]
    assert said(edition=None) == ["Put right afterwards"]


def test_what_was_built_before_an_entry_of_the_same_day_is_what_is_built_after_it() -> None:
    """Exhibits are kept, each process its own: one that is built later must not say something else."""
    from doorstep.programme.figures import reading
    from doorstep.programme.scorecard import building, shelf
    from doorstep.programme.scorecard.asking import Address
    from doorstep.programme.scorecard.exhibits import Asked

    publish()
    address = Address(shelf.kind("spc"), Asked(reading.edition(), OWN, "O2b"))
    before = building.exhibit(address)
    entry("The cohort was chosen afresh", at=PUBLISHED + timedelta(minutes=1))
    building.forget()
    assert building.exhibit(address) == before


def test_a_places_own_installation_has_no_log() -> None:
    from django.test import override_settings

    publish()
    entry("All Places")
    with override_settings(DOORSTEP_ROLE="place"):
        assert said() == []


def test_a_break_of_the_log_stands_in_the_exhibit_that_the_shelf_builds() -> None:
    from doorstep.programme.figures import reading
    from doorstep.programme.scorecard import shelf
    from doorstep.programme.scorecard.exhibits import Asked

    publish()
    entry("The cohort was chosen afresh", place_id=OWN)
    edition = reading.edition()
    own = shelf.kind("spc").build(Asked(edition, OWN, "O2b"))
    other = shelf.kind("spc").build(Asked(edition, OTHER, "O2b"))
    states = [[row[-3] for row in exhibit.sheet.rows] for exhibit in (own, other)]
    assert states == [["final", "final, break A", "provisional"], ["final", "final", "provisional"]]


def test_the_shelf_builds_the_pool_and_the_funnel_of_what_was_published() -> None:
    from doorstep.programme.figures import reading
    from doorstep.programme.scorecard import shelf
    from doorstep.programme.scorecard.exhibits import Asked

    publish()
    edition = reading.edition()
    pool = shelf.kind("spc-national").build(Asked(edition, metric="O2b"))
    assert [row[1:4] for row in pool.sheet.rows] == [(300, 3000, 100), (330, 3000, 110), (360, 3000, 120)]
    funnel = shelf.kind("funnel").build(Asked(edition, metric="O3", month=MONTHS[0]))
    assert [row[0] for row in funnel.sheet.rows] == sorted(name.strip() for name in PLACES.values())
    assert "(95% interval" in funnel.sentences[0]  # bed days, with the stays they come in
