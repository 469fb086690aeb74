"""The pack: what it says first, what changed since the edition before, tables for paper, a file that stands alone."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from small_figures import HIDDEN, Shown, figures, line, month, series

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Edition, Figures, Line
from doorstep.programme.scorecard import pack, pack_pages, words
from doorstep.programme.scorecard.exhibits import Cell, Column, Sheet
from doorstep.programme.scorecard.logged import Entry, Log
from doorstep.programme.scorecard.noted import Noted
from doorstep.programme.scorecard.pack_changes import changes
from doorstep.programme.scorecard.pack_tables import NEWEST, printed

BEFORE = Edition(6, date(2026, 5, 15), date(2026, 3, 1), "a test")


def _topic(contents: pack.Contents, heading: str) -> pack.Topic:
    return next(topic for topic in contents.topics if topic.heading.startswith(heading))


def _said(contents: pack.Contents, heading: str) -> str:
    return " ".join(_topic(contents, heading).sentences)


def _sent(place: str, when: date, stays: Shown = 20, version: int = 1) -> list[Line]:
    return [line("patients", place, when, 1000, version=version), line("O2b", place, when, stays, version=version)]


def _april() -> Figures:
    return figures([*_sent("sefton", month(3), 22, 2), *_sent("sefton", month(4)), *_sent("croydon", month(4))])


def _march() -> Figures:
    return figures([*_sent("sefton", month(3)), *_sent("croydon", month(3))], BEFORE)


def test_changes_between_editions_are_new_corrected_and_withdrawn_months() -> None:
    found = changes(_april(), _march())
    assert found.new == ((month(4), 2),)
    assert found.corrected == (("sefton", month(3), 2),)
    assert found.withdrawn == (("croydon", month(3)),)


def test_they_are_said_with_the_edition_before() -> None:
    contents = _both()
    assert "New since edition 6: 2 returns for April 2026." in _said(contents, "What was collected")
    assert _said(contents, "What was corrected") == (
        "Corrected since edition 6: Sefton (March 2026, version 2). Withdrawn since edition 6: Croydon (March 2026)."
    )


def test_a_first_edition_has_nothing_to_stand_beside() -> None:
    contents = pack.of_all(_april())
    assert contents.previous is None
    assert _said(contents, "What was corrected") == "Nothing to report."
    assert "There is no edition before it." in pack_pages.html(contents, is_demo=False)


def test_places_that_sent_nothing_are_named() -> None:
    told = _said(pack.of_place(_april(), "sefton"), "What was collected")
    assert told.startswith("April 2026 is from version 1 of the return.")
    assert "Barking and Dagenham" in _said(pack.of_all(_april()), "What was collected")


def test_a_cohort_that_jumps_is_named() -> None:
    lines = [line("patients", "sefton", month(3), 1000), line("patients", "sefton", month(4), 1101)]
    assert "1 cohort changed by more than a tenth: Sefton (1,000 to 1,101 patients)" in _said(
        pack.of_all(figures(lines)), "Quality of the data"
    )
    lines = [line("patients", "sefton", month(3), 1000), line("patients", "sefton", month(4), 1100)]
    assert "tenth" not in _said(pack.of_all(figures(lines)), "Quality of the data")


def _a_day(counts: tuple[int, ...], number: int) -> Figures:
    months = [date(2025 + k // 12, k % 12 + 1, 1) for k in range(len(counts))]
    lines = series("patients", "sefton", months[0], [1000] * len(counts))
    lines += [line("O5a", "sefton", m, n * monthrange(m.year, m.month)[1]) for m, n in zip(months, counts, strict=True)]
    return Figures(Edition(number, date(2026, 8, 1), months[-1], "a test"), tuple(lines))


STEADY = (50, 53, 49, 51, 47, 52, 50, 48, 52, 51, 49, 50, 51)


def test_a_signal_is_new_once() -> None:
    """The high fourteenth month is a signal of the edition that first shows it, not of the one after."""
    first, second = _a_day((*STEADY, 90), 6), _a_day((*STEADY, 90, 50), 7)
    told = _said(pack.of_place(first, "sefton", _a_day(STEADY, 5)), "What the series show")
    assert "there is 1 signal that edition 5 did not show." in told
    assert f"{words.HIGHER.capitalize()} for this Place in February 2026" in told
    assert "none has a signal that edition 6 did not show" in _said(
        pack.of_place(second, "sefton", first), "What the series show"
    )


def test_a_signal_that_a_correction_took_away_is_said_to_be_gone() -> None:
    told = _said(pack.of_place(_a_day((*STEADY, 50), 7), "sefton", _a_day((*STEADY, 90), 6)), "What the series show")
    assert "No longer shown, as numbers were corrected or limits moved: earlier signals of O5a." in told


def test_the_log_stands_in_it_and_breaks_its_series() -> None:
    noted = Noted("break", date(2026, 2, 1), None, "The cohort's rule changed <b>")
    log = Log((Entry("sefton", ("O5a",), noted, date(2026, 2, 9)),))
    contents = pack.of_place(_a_day((*STEADY, 90), 6), "sefton", None, log)
    assert _topic(contents, "Issues").sheets[0].rows[0][-1] == "The cohort's rule changed <b>"
    assert "The cohort&#39;s rule changed &lt;b&gt;" in pack_pages.html(contents, is_demo=False)
    assert any("The series breaks at February 2026" in s for e in contents.exhibits for s in e.sentences)


def test_every_metric_that_was_sent_has_its_chart_and_its_definition() -> None:
    contents = pack.of_all(_april())
    assert [e.id for e in contents.exhibits] == ["overview", "engagement", "demographics", "spc-national-O2b"]
    assert "O2b@1" in {about.definition for about in contents.definitions}
    assert contents.shared_choices
    for about in contents.definitions:
        if about.definition.startswith("O"):
            assert set(contents.shared_choices) <= set(about.choices)


def test_a_place_the_edition_does_not_show_is_refused() -> None:
    with pytest.raises(UsageError, match="edition 7 shows no figures of halton"):
        pack.refuse_unknown("halton", _april())


# --- Tables for paper -----------------------------------------------------------------------------------------------

RATES = (
    Column("month", "Month", "month"),
    Column("rate", "Rate", "rate"),
    Column("lower", "95% interval from", "rate"),
    Column("upper", "95% interval to", "rate"),
    Column("version", "Version", "count"),
)


def _table(*rows: tuple[Cell, ...]) -> Sheet:
    return Sheet("A table", RATES, rows)


def test_an_interval_is_one_column_on_paper() -> None:
    shown = printed(_table((month(1), 10.04, 8.0, 12.26, 1)))
    assert [head.title for head in shown.heads] == ["Month", "Rate", "95% interval"]
    assert shown.rows == (("January 2026", "10.0", "8.0 to 12.3"),)


def test_an_interval_without_an_upper_end_says_where_it_begins_and_none_is_blank() -> None:
    shown = printed(_table((month(1), "3.0 or more", 1.0, None, 1), (month(2), None, None, None, None)))
    assert [row[2] for row in shown.rows] == ["from 1.0", ""]


def test_a_long_series_shows_its_newest_months_and_says_so() -> None:
    rows = [(date(2024 + k // 12, k % 12 + 1, 1), 1.0, 0.5, 2.0, 1) for k in range(20)]
    shown = printed(_table(*rows, *rows))
    assert len(shown.rows) == 2 * NEWEST
    assert shown.rows[0][0] == "August 2024"
    assert shown.left_out == "The newest 13 months; the site has those before them (14 rows) too."


# --- The file -------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Notes what a page would fetch or run, its inline styles, ids and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetches: list[str] = []
        self.styles: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.levels: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.fetches += [f"{tag} {name}" for name in ("src", "srcset", "data", "action") if name in found]
        self.fetches += [tag] if tag in ("script", "link", "iframe", "object", "base", "form") else []
        self.styles += ["attribute"] if "style" in found else ["element"] if tag == "style" else []
        self.ids += [found["id"] or ""] if "id" in found else []
        self.targets += [found["href"] or ""] if tag == "a" else []
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []


@cache
def _both() -> pack.Contents:
    return pack.of_all(_april(), _march())


@cache
def _page(is_demo: bool = False) -> str:
    return pack_pages.html(_both(), is_demo=is_demo)


def test_the_file_stands_alone() -> None:
    page = _Page(_page())
    assert page.fetches == []
    assert page.styles == ["element"]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", _page())


def test_its_links_lead_to_places_in_it_and_ids_are_of_one_thing() -> None:
    page = _Page(_page())
    assert page.targets
    assert {target.removeprefix("#") for target in page.targets} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_its_headings_go_down_one_level_at_a_time() -> None:
    levels = _Page(_page()).levels
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_same_edition_gives_the_same_file() -> None:
    assert pack_pages.html(pack.of_all(_april(), _march()), is_demo=False) == _page()


def test_made_up_data_are_said_to_be() -> None:
    assert "Made-up data" in _page(is_demo=True)
    assert "Made-up data" not in _page(is_demo=False)


def test_nothing_in_it_claims_an_effect() -> None:
    """The style's words are no sentences."""
    assert words.claims(re.sub(r"<style>.*?</style>", "", _page(), flags=re.DOTALL)) == ()


def test_a_hidden_number_is_nowhere_in_it_but_as_its_range() -> None:
    lines = [*_sent("sefton", month(4), HIDDEN), *_sent("croydon", month(4), 7_411)]
    page = pack_pages.html(pack.of_all(figures(lines)), is_demo=False)
    assert "7,411 to 7,416" in page


def test_the_site_gives_its_style_the_answers_nonce() -> None:
    page = pack_pages.with_nonce(_page(), "abc-123_")
    assert page.count('<style nonce="abc-123_">') == 1 and "<style>" not in page
    with pytest.raises(ValueError, match="nonce"):
        pack_pages.with_nonce(_page(), '"><script>')


def test_paper_has_each_drawing_once() -> None:
    assert "app-chart app-chart--narrow" in _page()
    paper = pack_pages.for_paper(_page())
    assert "app-chart app-chart--narrow" not in paper
    assert paper.count("app-chart app-chart--wide") == _page().count("app-chart app-chart--wide")


def test_no_rate_is_printed_without_its_interval() -> None:
    for exhibit in _both().exhibits:
        for sheet in (exhibit.sheet, *exhibit.more_sheets):
            heads = [head.title for head in printed(sheet).heads]
            for at, title in enumerate(heads):
                if title.startswith("Rate"):
                    assert heads[at + 1] == "95% interval"


def test_an_empty_edition_is_refused() -> None:
    with pytest.raises(UsageError, match="no figures"):
        pack.of_all(replace(_april(), lines=()))
