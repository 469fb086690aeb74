"""Sums stored with an edition: as counting line by line gives them, made once, and checked again."""

from __future__ import annotations

from typing import Any

import pytest
from publishing_kit import DAYS, FEB, JAN, ONE_STAR, WHOLE, decide, lines, send

from doorstep.programme.scorecard import overview, plain, series
from doorstep.returns.printed import LINE_IDS

pytestmark = pytest.mark.usefixtures("db")
HIDDEN: tuple[int | str, ...] = ("*", *WHOLE[1:])


def publish() -> Any:
    from doorstep.programme.figures import actions

    return actions.publish(by=None)


@pytest.fixture
def editions() -> None:
    """Two editions: Places with stars in counts, patients and stays; then a correction, a new month, and one gone."""
    send(lines())
    send(lines(O1a=ONE_STAR, O2b=HIDDEN), slug="walsall")
    send(lines(patients=HIDDEN), slug="coventry")
    gone = send(lines(), slug="croydon")
    publish()
    send(lines(O3=tuple(2 * n for n in DAYS)))
    send(lines(O3=HIDDEN), FEB, slug="walsall")
    decide(gone, "withdrawn")
    publish()


@pytest.mark.parametrize("number", [1, 2])
def test_a_stored_series_is_the_one_that_the_lines_give(editions: None, number: int) -> None:
    from doorstep.programme.figures import reading, sums

    edition = reading.edition(number)
    for line in LINE_IDS:
        read_with = plain.read_with(line)
        stored = series.of_pool(sums.read(edition, read_with), line)
        assert stored == series.of_pool(reading.figures(edition, lines=read_with), line), line


@pytest.mark.parametrize("number", [1, 2])
def test_the_overview_of_sums_is_that_of_all_lines(editions: None, number: int) -> None:
    from doorstep.programme.figures import reading
    from doorstep.programme.scorecard.exhibits import Asked
    from doorstep.programme.scorecard.sending import listed_places

    edition = reading.edition(number)
    assert overview.national(Asked(edition)) == overview.of_all(reading.figures(edition), listed_places())


def test_what_an_edition_holds_is_counted_from_its_lines(editions: None) -> None:
    from doorstep.programme.figures import counting, reading

    edition = reading.edition(2)
    found, told = reading.figures(edition).lines, counting.counts(edition)
    assert (told.n_returns, told.n_places, told.n_lines) == (4, 3, len(found)) == (4, 3, 64)
    assert told.n_hidden == sum(line.values.count(None) for line in found) > 0


def test_a_page_reads_the_stored_sums_and_not_the_lines(editions: None) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from doorstep.programme.figures import reading, sums

    edition = reading.edition(2)
    with CaptureQueriesContext(connection) as asked:
        sums.read(edition, ("O1a", "patients"))
    assert [("monthsum" in query["sql"], "safeline" in query["sql"]) for query in asked.captured_queries] == [
        (True, False)
    ]


def test_an_edition_whose_sums_were_never_stored_is_counted(editions: None) -> None:
    from doorstep.programme.figures import models, reading, sums

    edition = reading.edition(2)
    stored, some = sums.read(edition).by_key, sums.read(edition, ["O3"]).by_key
    models.MonthSum.objects.all().delete()
    assert sums.read(edition).by_key == stored
    assert sums.read(edition, ["O3"]).by_key == some != {}


def test_sums_that_are_missing_changed_or_too_many_are_found_and_made_again(editions: None) -> None:
    from doorstep.programme.figures import models, sums

    edition = models.Edition.objects.get(number=2)
    assert sums.wrong(edition) == []
    kept = models.MonthSum.objects.filter(edition=edition)
    kept.filter(line="O1a", month=JAN).update(events=1)
    kept.filter(line="O1b", month=FEB).delete()
    kept.filter(line="P1", month=FEB).update(line="O9")
    assert sums.wrong(edition) == [("O1a", JAN), ("O1b", FEB), ("O9", FEB), ("P1", FEB)]
    sums.write(edition)
    assert sums.wrong(edition) == []
