"""Every section of the specification, on every engine."""

from __future__ import annotations

import pytest
from spec_chapters import CHAPTERS
from spec_engines import ENGINES, Case
from spec_kit import Section

from doorstep.errors import ConfigurationError

# What an engine cannot do yet: (engine, title of the section) -> the exception that it raises instead.
GAPS: dict[tuple[str, str], type[Exception]] = {}

SECTIONS = [(chapter, section) for chapter in CHAPTERS for section in chapter.sections]
WORKING = [pytest.param(s, id=f"{c.name}: {s.title}") for c, s in SECTIONS if not s.refused]
REFUSED = [pytest.param(s, id=f"{c.name}: {s.title}") for c, s in SECTIONS if s.refused]


def spec(section: Section, engine: str) -> None:
    """Run one section on one engine and compare every value that it gives; a gap must raise what it says."""
    if error := GAPS.get((engine, section.title)):
        with pytest.raises(error):
            ENGINES[engine](case_of(section))
        return
    made = ENGINES[engine](case_of(section))
    wanted = [{name: row[name] for name in section.expected[0]} for row in made.people] if section.gives else []
    assert wanted == section.expected
    if section.history:
        assert made.history == section.expected_history


def case_of(section: Section) -> Case:
    """Return what an engine is given for a section."""
    return Case(section.rows, section.shelf, section.codes, section.as_at, place_score=section.place_score)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("section", WORKING)
def test_every_engine_says_what_the_specification_says(section: Section, engine: str) -> None:
    spec(section, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("section", REFUSED)
def test_a_definition_that_cannot_be_is_refused_with_the_words_shown(section: Section, engine: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        ENGINES[engine](case_of(section))
    assert section.refused in raised.value.seen


def test_every_section_expects_something_of_somebody_and_each_title_is_there_once() -> None:
    titles = [section.title for _, section in SECTIONS]
    assert len(set(titles)) == len(titles)
    assert all(s.refused or s.expected or s.expected_history for _, s in SECTIONS)


def test_every_gap_names_a_section() -> None:
    titles = {section.title for _, section in SECTIONS}
    assert {title for _, title in GAPS} <= titles
