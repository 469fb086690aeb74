"""The page of the rule language says what the language does."""

from __future__ import annotations

import re
from pathlib import Path

from doorstep.planning.cohorts.runs import known_columns
from doorstep.planning.rules import read_rule

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "rule-language.md").read_text(encoding="utf-8")


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
