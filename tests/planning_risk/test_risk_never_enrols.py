"""No way leads from a score to a membership: rules cannot name it, and nothing else in planning reads it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from doorstep.errors import ConfigurationError
from doorstep.planning import admission_risk, rules
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.columns import person_columns, rule_columns

PLANNING = Path(rules.__file__).parent
OWN = Path(str(admission_risk.__file__)).parent


@pytest.mark.parametrize("rule", ["admission_risk >= 0.2", "in_national_group and admission_risk > 0.1"])
def test_a_rule_cannot_name_the_score(rule: str) -> None:
    with pytest.raises(ConfigurationError, match="no column admission_risk"):
        rules.read_rule(rule, rule_columns(shipped()))


def test_the_person_table_has_no_column_of_it() -> None:
    assert [name for name in person_columns(shipped()) if "admission_risk" in name] == []


def test_nothing_else_in_planning_or_care_imports_or_opens_it() -> None:
    """`planning/admission_risk` is named by its own files, by its own verbs, and by nothing else of the package."""
    named = [
        path
        for path in PLANNING.parent.rglob("*.py")
        if "admission_risk" in path.read_text(encoding="utf-8") and OWN not in path.parents
    ]
    assert [path.relative_to(PLANNING.parent).as_posix() for path in named] == ["cli/population_verbs/risk.py"]


def test_it_imports_nothing_of_cohorts_and_the_verbs_neither() -> None:
    files = [*OWN.glob("*.py"), PLANNING.parent / "cli" / "population_verbs" / "risk.py"]
    imported = {
        node.module or ""
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert len(files) > 10 and imported
    assert [name for name in imported if "cohorts" in name or "care" in name.split(".")] == []
