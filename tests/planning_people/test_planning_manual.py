"""The page of the rule language says what the language does."""

from __future__ import annotations

import re
from pathlib import Path

from doorstep.planning.cohorts.runs import known_columns
from doorstep.planning.definitions import shipped
from doorstep.planning.manual import registers_markdown
from doorstep.planning.rules import read_rule

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "rule-language.md").read_text(encoding="utf-8")


def test_the_page_lists_every_column_with_its_kind() -> None:
    kinds = {"VARCHAR": "text", "BOOLEAN": "yes/no"}
    listed = dict(re.findall(r"^\| `(\w+)` \| (text|yes/no|number) \|", PAGE, re.M))
    assert listed == {name: kinds.get(kind, "number") for name, kind in known_columns().items()}


def test_the_rules_written_on_the_page_can_be_read() -> None:
    rules = [*re.findall(r"```\n(.*?)\n```", PAGE, re.S), *re.findall(r"^- `([^`]+)`", PAGE, re.M)]
    assert len(rules) == 5
    columns = known_columns()
    for rule in rules:
        read_rule(rule, columns)


def test_the_page_of_registers_is_that_of_the_definitions() -> None:
    assert (REFERENCE / "registers.md").read_text(encoding="utf-8") == registers_markdown()


def test_every_definition_has_its_place_on_the_page_and_every_link_finds_one() -> None:
    page = registers_markdown()
    headings = set(re.findall(r"^### (\S+)$", page, re.M))
    assert headings == {d.id for d in shipped().all}
    assert set(re.findall(r"\]\(#(\w+)\)", page)) <= headings


def test_a_way_onto_a_register_is_written_in_words() -> None:
    page = registers_markdown()
    assert "- a code of `diabetes`, later than any of `diabetes.resolved`, aged 17 or over" in page
    assert "| 17 tomorrow | born 2009-10-01; 2020-05-01 diabetes | no |" in page
    assert "Unless on " in page and "Missing from the contract's own rule" in page
