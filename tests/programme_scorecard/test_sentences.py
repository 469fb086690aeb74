"""No sentence, note or caption over any figures claims that something worked, or ranks Places."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from small_figures import EDITION, figures

from doorstep.programme.figures.numbers import Figures, Line
from doorstep.programme.scorecard import by_group, demographics, engagement, inequality, overview, sentences, words
from doorstep.programme.scorecard.exhibits import Exhibit, Sheet
from doorstep.returns.figures import COLUMNS
from doorstep.returns.printed import LINE_IDS

PLACES = ("croydon", "sefton", "halton")


def _figures(seed: int) -> Figures:
    """Two Places, up to eighteen months with gaps, numbers small and large, and hidden numbers of every kind."""
    drawn = random.Random(seed)
    n_months, level = drawn.randint(1, 18), drawn.choice((3, 40, 900))
    stars, jump = drawn.choice((0.0, 0.2, 0.9)), drawn.choice((0.2, 1.0, 5.0))
    lines = []
    for k, place in product(range(n_months), PLACES[:2]):
        if k and drawn.random() < 0.1:
            continue
        for name in LINE_IDS if drawn.random() < 0.2 else ("patients", "P1", "O2b", "O3", "O5a", "O6a"):
            scale = level * (10 if name == "patients" else jump if k == n_months - 1 else 1)
            values, lows, highs = zip(*(_cell(drawn, scale, stars) for _ in COLUMNS), strict=True)
            when = date(2025 + k // 12, k % 12 + 1, 1)
            lines.append(Line(place, when, name, values, lows, highs, drawn.choice((1, 1, 2)), date(2026, 3, 1)))
    return figures(lines, EDITION)


def _cell(drawn: random.Random, scale: float, stars: float) -> tuple[int | None, int, int | None]:
    value = max(int(drawn.gauss(scale, scale**0.5 + 1)), 0)
    return (value, value, value) if drawn.random() >= stars else (None, 0, drawn.choice((5, value + 9, None)))


def _exhibits(found: Figures) -> Iterator[Exhibit]:
    yield overview.of_all(found, PLACES)
    yield engagement.of_all(found, PLACES)
    yield demographics.of_all(found)
    for metric in ("O2b", "O3", "O5a"):
        yield by_group.of_all(found, metric)
        yield inequality.of_all(found, metric)
    for slug in found.places:
        yield overview.of_place(found, slug)
        yield engagement.of_place(found, slug)
        yield demographics.of_place(found, slug)
        yield by_group.of_place(found, "O5a", slug)
        yield inequality.of_place(found, "O5a", slug)


def _texts(exhibit: Exhibit) -> Iterator[str]:
    yield exhibit.heading
    yield from exhibit.sentences
    for sheet in (exhibit.sheet, *exhibit.more_sheets):
        yield from (sheet.caption, *sheet.notes, *(column.title for column in sheet.columns))
        yield from (cell for row in sheet.rows for cell in row if isinstance(cell, str))
    for picture in (exhibit.picture, *exhibit.more_pictures):
        yield picture.alternative if picture else ""


def _sheets(exhibit: Exhibit) -> Iterator[Sheet]:
    yield from (exhibit.sheet, *exhibit.more_sheets)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_claims_an_effect_and_every_sentence_is_one(seed: int) -> None:
    for exhibit in _exhibits(_figures(seed)):
        for text in _texts(exhibit):
            assert not words.claims(text), text
            assert not re.search(r"\bnan\b|\bNone\b(?! came)|\binf\b", text), text
        for sentence in exhibit.sentences:
            assert sentence.endswith(".") and ".." not in sentence and "  " not in sentence, sentence
        for sheet in _sheets(exhibit):
            assert all(len(row) == len(sheet.columns) for row in sheet.rows)


def test_claims_are_found_where_there_are_any() -> None:
    """The check above can fail."""
    assert words.claims("Bed days were reduced: the programme saved 300, an impact that is better than last year")


def test_sentences_agree_in_number() -> None:
    assert sentences.came(1, 0) == "1 return came after the second window; none replaces an earlier version."
    assert sentences.came(2, 2) == "2 returns came after the second window; 2 returns replace an earlier version."
    assert sentences.without_caseload(["Sefton"]) == "1 Place has no caseload, or one below 6: Sefton."
    assert sentences.hidden(1, 1).startswith("1 of 1 number is hidden")


def test_what_rounds_to_nought_has_no_sign() -> None:
    assert [sentences.fixed(value) for value in (-0.04, -0.06, 1234.56)] == ["0.0", "-0.1", "1,234.6"]


def test_months_in_a_row_are_said_from_first_to_last() -> None:
    def months(*numbers: int) -> list[date]:
        return [date(2026, n, 1) for n in numbers]

    assert sentences.span(months(4, 5, 6)) == "April to June 2026"
    assert sentences.span(months(4, 6)) == "April 2026 and June 2026"
    assert sentences.span([date(2025, 12, 1), *months(1, 2)]) == "December 2025 to February 2026"
    assert sentences.span([]) == "no month"


def test_months_with_a_gap_are_said_as_they_run() -> None:
    missing_february = [date(2025, n, 1) for n in (10, 11, 12)] + [date(2026, n, 1) for n in (1, 3, 4, 5)]
    assert sentences.span(missing_february) == "October 2025 to January 2026 and March to May 2026"
    assert sentences.not_sent([date(2026, n, 1) for n in (1, 3, 4, 5)]) == (
        "No return is shown for January 2026 and March to May 2026."
    )
