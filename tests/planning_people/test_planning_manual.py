"""The pages of definitions and of the rule language say what the definitions and the language do."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from doorstep.planning.definitions import Definition, shipped
from doorstep.planning.engine.columns import person_columns, rule_columns
from doorstep.planning.engine.plain import person_table
from doorstep.planning.manual_parts import rule as words
from doorstep.planning.manual_people import PAGES, pages
from doorstep.planning.rules import read_rule

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "rule-language.md").read_text(encoding="utf-8")
WRITTEN = pages()
EVERYTHING = shipped().switched_on({d.id for d in shipped().all})
COLUMN = re.compile(r"^\| `(\w+)` \| (text|yes/no|number|a day) \| (yes|no) \|", re.M)


def test_the_page_lists_every_column_in_order_with_its_kind() -> None:
    kinds = {"VARCHAR": "text", "BOOLEAN": "yes/no", "DATE": "a day"}
    listed = [(name, kind) for name, kind, _ in COLUMN.findall(WRITTEN["columns.md"])]
    assert listed == [(name, kinds.get(kind, "number")) for name, kind in person_columns(EVERYTHING).items()]


def test_a_column_that_is_never_unknown_is_known_of_somebody_of_whom_nothing_is() -> None:
    person = {"person_id": "p", "source": "gp", "record_id": "r", "received_on": date(2026, 1, 1), "row_no": 1}
    made = person_table({"person": [person]}, EVERYTHING, as_at=date(2026, 9, 30), practices=[], codes=[], areas={})
    (row,) = made.people
    never = {name for name, _, unknown in COLUMN.findall(WRITTEN["columns.md"]) if unknown == "no"}
    assert {name for name in never if row[name] is None} == set()
    assert len(never) > 100


def test_the_rules_written_on_the_page_can_be_read() -> None:
    rules = [*re.findall(r"```\n(.*?)\n```", PAGE, re.S), *re.findall(r"^- `([^`]+)`", PAGE, re.M)]
    assert len(rules) == 5
    columns = rule_columns(shipped())
    for rule in rules:
        read_rule(rule, columns)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_committed_page_is_that_of_the_definitions(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == WRITTEN[name]


def test_every_definition_has_its_place_on_one_page() -> None:
    headings = [h for page in PAGES for h in re.findall(r"^### (\S+)$", WRITTEN[page], re.M)]
    assert sorted(headings) == sorted(d.id for d in shipped().all)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_link_finds_its_heading(name: str) -> None:
    headings = {page: set(re.findall(r"^### (\S+)$", text, re.M)) for page, text in WRITTEN.items()}
    links = re.findall(r"\]\(([\w.]*)#(\w+)\)", WRITTEN[name])
    assert links
    assert [anchor for page, anchor in links if anchor not in headings[page or name]] == []


@pytest.mark.parametrize("definition", shipped().all, ids=lambda d: d.id)
def test_every_definition_says_its_rule_in_words(definition: Definition) -> None:
    assert any(line.strip() for line in words(definition))


def test_a_rule_is_written_in_words() -> None:
    registers, measures, cohorts = (WRITTEN[name] for name in PAGES)
    assert "- a code of `diabetes`, later than any of `diabetes.resolved`, aged 17 or over" in registers
    assert "| 17 tomorrow | born 2009-10-01; 2020-05-01 diabetes | no |" in registers
    assert "Unless on " in registers and "Missing from its source's own rule" in registers
    assert "- secondary diagnosis of `falls.external_cause`" in measures.replace("; ", "\n- ")
    assert "over the last 6 months, the 6 months before the last 6, the last 12 months" in measures
    assert "`metastatic_solid_tumor` silences `any_malignancy`" in measures
    assert "| 2 | Frailty and dementia (`frailty_dementia`) |" in cohorts
    assert "**Off unless opted in.**" in cohorts
