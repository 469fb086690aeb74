"""Every line is said for what it is, and no sentence of the scorecard claims an effect."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from figures_by_hand import FIRST, Shown, edition, figures

import doorstep.programme.scorecard
from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Number
from doorstep.programme.scorecard import spc, words
from doorstep.programme.scorecard.exhibits import Exhibit
from doorstep.programme.scorecard.funnel import funnel_exhibit
from doorstep.reference import places
from doorstep.returns.figures import METRICS
from doorstep.returns.printed import LINE_IDS

ROOM = Path(doorstep.programme.scorecard.__path__[0])
SLUGS = [place.slug for place in places.all_places()]


# --- What each line is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINE_IDS)
def test_every_line_says_what_it_is_and_where_that_comes_from(line: str) -> None:
    about = words.about(line, edition())
    assert re.fullmatch(rf"{re.escape(line)}@\d+", about.definition)
    assert about.title and about.meaning.endswith(".")
    assert "December 2025" in about.source
    assert all(len(choice) == 2 and choice[1].startswith("by default: ") for choice in about.choices)
    assert about.choices and about.edition == edition()


def test_the_guides_direction_is_fewer_for_the_first_five_and_none_for_the_rest() -> None:
    aims = {line: words.line_words(line).aim for line in LINE_IDS}
    assert {line for line, aim in aims.items() if aim == "decrease"} == {m for m in METRICS if not m.startswith("O6")}


@pytest.mark.parametrize(
    ("line", "caution"),
    [
        (
            "O4.1",
            "triage acuity of people brought by emergency ambulance, not the ambulance service's response category",
        ),
        ("O4.4", "not the ambulance service's response category"),
        ("O6a", "GP role only"),
        ("O6b", "programme's own contacts raise it"),
        ("O2a", "move same-day emergency care to department type 05, O2a falls and O5b rises"),
        ("O5b", "read neither alone"),
        ("O3", "month of its discharge"),
    ],
)
def test_what_must_be_known_of_a_line_stands_beside_it(line: str, caution: str) -> None:
    assert any(caution in told for told in words.about(line, edition()).cautions)


def test_ambulance_arrivals_are_never_called_response_categories() -> None:
    for line in ("O4.1", "O4.2", "O4.3", "O4.4"):
        said = words.line_words(line)
        assert "acuity" in said.short and "acuity" in said.meaning
        assert "category" not in said.short + said.meaning


def test_a_definition_that_nobody_signed_says_so() -> None:
    assert any(told.startswith("Unreviewed") for told in words.about("O2b", edition()).cautions)


def test_choices_are_those_of_the_lines_own_clauses_and_those_about_people() -> None:
    chosen = [choice.id for choice in words.choices_of("O5b")]
    assert chosen[:2] == ["o5_null_type", "o5_planned"]
    assert "denominator" in chosen and "o1_telephone" not in chosen
    assert [choice.id for choice in words.choices_of("P1")] == ["p1_open"]


def test_the_caseload_and_the_cohort_have_no_rate() -> None:
    assert [line for line in LINE_IDS if not words.line_words(line).has_rate] == ["patients", "P1"]


def test_a_line_that_is_not_there_is_named_in_the_error() -> None:
    with pytest.raises(UsageError, match="no line 'O9'"):
        words.line_words("O9")


# --- Numbers in words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (Number(1234, 1234, 1234), 1234),
        (Number(None, 0, 5), "0 to 5"),
        (Number(None, 0, None), "*"),
        (Number(None, 12, None), "12 or more"),
        (Number(None, 3, 3), "3"),
        (None, None),
    ],
)
def test_a_hidden_number_is_the_range_a_reader_may_know(number: Number | None, said: object) -> None:
    assert words.cell(number) == said


def test_places_come_in_the_order_of_their_names() -> None:
    assert words.by_name(["west-essex", "east-kent", "croydon"]) == ("croydon", "east-kent", "west-essex")
    assert words.place_name("dorset-place") == "Dorset Place"  # the return's own name ends in a blank


def test_small_rates_keep_two_decimals() -> None:
    assert [words.decimal(v) for v in (0.857, 9.994, 10.04, 1234.56)] == ["0.86", "9.99", "10.0", "1,234.6"]
    assert words.spanned(26.58, 26.61) == "is 26.6"


# --- No claims ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    ["Stays were reduced.", "This IMPROVED", "an impact of 5%", "£3m saved", "It is better now", "the worst got worse"],
)
def test_words_that_claim_an_effect_are_found(sentence: str) -> None:
    assert words.claims(sentence)


def test_only_the_funnels_own_heading_may_take_such_words_back() -> None:
    assert words.claims(words.FUNNEL_HEADING) == ()
    assert words.claims("Place A is better") == ("better",)


def all_words(exhibit: Exhibit) -> Iterator[str]:
    yield from (exhibit.heading, *exhibit.sentences)
    for sheet in (exhibit.sheet, *exhibit.more_sheets):
        yield from (sheet.caption, *sheet.notes, *(column.title for column in sheet.columns))
        yield from (cell for row in sheet.rows for cell in row if isinstance(cell, str))
    for picture in (exhibit.picture, *exhibit.more_pictures):
        if picture:
            yield from (picture.alternative, picture.svg)
    for about in exhibit.about:
        yield from (about.title, about.meaning, *about.cautions, *(text for choice in about.choices for text in choice))


def a_number(rng: random.Random, level: float) -> Shown:
    kind = rng.random()
    if kind < 0.06:
        return None
    if kind < 0.12:
        return (0, rng.choice([5, None]))
    return max(0, round(rng.gauss(level, level**0.5)))


@pytest.mark.parametrize("line", [*METRICS, "P1", "patients"])
def test_no_exhibit_of_any_figures_claims_an_effect(line: str) -> None:
    rng = random.Random(line)
    for case in range(4):
        level, drop = rng.choice([3, 60, 900]), rng.choice([0.6, 1.0, 1.5])
        series = {
            slug: [a_number(rng, level * (drop if month > 12 else 1)) for month in range(rng.choice([3, 9, 21]))]
            for slug in SLUGS[: rng.choice([1, 4, 12])]
        }
        series[SLUGS[0]][0] = level
        found = figures(line, series, 5000)
        exhibits = [spc.place_exhibit(found, SLUGS[0], line), spc.national_exhibit(found, line)]
        if words.line_words(line).has_rate:
            exhibits.append(funnel_exhibit(found, line, FIRST, own=SLUGS[0]))
        said = [text for exhibit in exhibits for text in all_words(exhibit)]
        assert [(text, words.claims(text)) for text in said if words.claims(text)] == [], case


def typed_words(module: Path) -> Iterator[str]:
    """Yield every text in a module but its docstrings and the pattern of forbidden words itself."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


def test_no_words_typed_in_the_room_or_its_templates_claim_an_effect() -> None:
    modules, templates = sorted(ROOM.glob("*.py")), sorted(ROOM.rglob("*.jinja"))
    assert len(modules) > 10
    typed = [(m.name, t) for m in modules for t in typed_words(m) if t != words.FORBIDDEN.pattern]
    typed += [(t.name, t.read_text(encoding="utf-8")) for t in templates]
    assert [(where, words.claims(text)) for where, text in typed if words.claims(text)] == []
