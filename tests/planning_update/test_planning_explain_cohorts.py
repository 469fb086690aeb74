"""What the Place's own cohorts say of one person, from kept runs and from a loaded list; and how it reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.cli.population_verbs.explain import _cohort, _said, _shown
from doorstep.home import Home
from doorstep.planning.cohorts.store import EMPTY, CohortFolder
from doorstep.planning.explained.memberships import LIST, memberships

RULE = "age >= 65 and ltc_count >= 3"
FILE = f"""id = "older"
version = 1
title = "Older"
purpose = "Care"
owner = "Lead"
source = "Board"
status = "inferred"
review_by = 2027-04-01
rule = "{RULE}"
"""
KNOWN = date(2026, 10, 31)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A cohort run for two days, known by two: p1 came and is in it, p2 left by the second, p3 never came."""
    home = Home(tmp_path)
    folder = CohortFolder.of(home, "older")
    folder.root.mkdir(parents=True)
    folder.definition_file.write_text(FILE)
    with duckdb.connect(":memory:") as con:
        con.execute(f"create table m as {EMPTY}")
        came = "date '2026-08-31', 'older@1'"
        con.execute(f"insert into m values ('p1', {came}, null, null), ('p2', {came}, null, null)")
        folder.write_run(con, "m", {"as_at": "2026-08-31", "known_by": "2026-09-15", "definition": "older@1"})
        con.execute("update m set left_on = date '2026-09-30', reason = 'died' where person_id = 'p2'")
        folder.write_run(con, "m", {"as_at": "2026-09-30", "known_by": "2026-10-15", "definition": "older@1"})
    return home


def row(name: str) -> dict[str, Any]:
    return {"person_id": name, "age": 82, "ltc_count": 3, "sex": "1"}


def told(home: Home, name: str, known_by: date = KNOWN) -> str:
    return "\n".join(line for c in memberships(home, known_by, row(name), {}) for line in _cohort(c))


def test_a_member_is_told_since_when_by_which_rule_and_what_it_read(home: Home) -> None:
    head, rule, read = told(home, "p1").splitlines()
    assert head == "cohort older: in it since 2026-08-31 (older@1, last run for 2026-09-30)"
    assert (rule.strip(), read.strip()) == (RULE, "age = 82, ltc_count = 3")


def test_who_left_is_told_when_and_why_but_not_before_it_was_known(home: Home) -> None:
    assert "left it on 2026-09-30 (died)" in told(home, "p2")
    assert "in it since 2026-08-31" in told(home, "p2", date(2026, 10, 1))
    assert told(home, "p2", date(2026, 9, 1)) == ""


def test_who_was_never_found_is_told_so(home: Home) -> None:
    assert "cohort older: not in it" in told(home, "p3")


def test_a_rule_that_changed_since_the_run_is_not_shown_as_the_reason(home: Home) -> None:
    CohortFolder.of(home, "older").definition_file.write_text(FILE.replace("version = 1", "version = 2"))
    (found,) = memberships(home, KNOWN, row("p1"), {})
    assert (found["source"], found["rule"], found["values"]) == ("older@1", None, {})


def test_a_loaded_list_is_told_unless_a_rule_has_its_name(home: Home) -> None:
    entries = [
        {"cohort_name": name, "identified_on": date(2026, 5, 1), "left_on": None, "left_reason": None}
        for name in ("local", "older")
    ]
    found = memberships(home, KNOWN, row("p1"), {"cohort": entries})
    assert [(f["cohort"], f["source"]) for f in found] == [("older", "older@1"), ("local", LIST)]
    assert list(_cohort(found[1])) == ["cohort local: in it since 2026-05-01 (list that was loaded)"]


def test_values_are_told_in_words_for_people() -> None:
    assert _said({"efi": 2 / 36, "efi_count": 2, "efi_deficits": 10737418240, "efi_band": "fit"}) == (
        "efi 0.05556, efi_count 2, efi_band fit"
    )
    assert (_shown("sex", "2"), _shown("sex", None), _shown("age", 82)) == ("female", "not known", "82")
