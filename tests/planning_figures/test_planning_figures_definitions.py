"""Definition files: what a clause may say, what is refused and with which words, and that the files are whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from return_tables import chosen

from doorstep.errors import ConfigurationError
from doorstep.planning import clauses, manual
from doorstep.planning.metrics import FOLDER, codes, lists, metric_set, read_metric, remainders

COLUMNS = ("attended", "main_specialty", "contact_on")


def sql(text: str) -> str:
    return clauses.parse(text, columns=COLUMNS, lists=codes(), where="here").sql(dialect="duckdb")


def test_a_clause_compares_columns_with_values_and_lists() -> None:
    assert sql("attended in ('5', '6')") == "e.attended IN ('5', '6')"
    assert sql("contact_on <= month_end and not attended is null") == (
        "e.contact_on <= m.month_end AND NOT e.attended IS NULL"
    )
    assert sql("in_list(main_specialty, 'non_consultant_professions')") == "e.main_specialty IN ('560', '950', '960')"


@pytest.mark.parametrize(
    "text",
    [
        "attended = '5'; drop table spell",
        "exists (select 1 from person)",
        "attended in (select attended from outpatient)",
        "read_csv('/etc/passwd') is not null",
        "getenv('HOME') = 'x'",
        "attended = '5' -- or anything",
        "attended = '5' /* or */",
        "case when true then true end",
        "attended::int = 5",
        "lower(attended) = 'a'",
        "e.attended = '5'",
        "attended = ?",
        "attended = $x",
        "*",
        "",
        "attended in",
        "select attended",
        "in_list(attended)",
        "in_list(attended, 'no such list')",
        "in_list('5', 'programme')",
        "(attended, main_specialty) = ('5', '300')",
        "attended[1] = '5'",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="here"):
        sql(text)


def test_an_unknown_column_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"no column attendedd[\s\S]*attended, main_specialty"):
        sql("attendedd = '5'")


GOOD = (FOLDER / "guide" / "O6b.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("format = 1", "format = 2", "format = 1"),
        ('id = "O6b"', 'id = "O9"', "one of O1a"),
        ('table = "community"', 'table = "contacts"', "one of person"),
        ('dated = "contact_on"', 'dated = "attended"', "no date column"),
        ('measure = "count"', 'measure = "sum"', "measure 'sum'"),
        ('measure = "count"', 'measure = "people"', "measure 'people'"),
        ('direction = "none"', 'direction = "down"', "lower, higher, none"),
        ('status = "inferred"', 'status = "sure"', "verified, inferred, recalled"),
        ('unit = "contacts"\n', "", "unit"),
        ('unit = "contacts"', 'unit = "contacts"\ncolour = "red"', "colour"),
        ('choice = "o6b_attended"', 'choice = "o6b"', "one of denominator"),
        ("all = ", "every = ", "those of o6b_attended, in order: seen, all"),
        ("attended in ('5', '6')", "seen in ('5', '6')", "no column seen"),
        ("[[clause]]", "[clause]", "for each clause"),
        ('unit = "contacts"', "unit = 5", "unit is no text"),
        ('choice = "o6b_attended"', 'choice = "o6b_attended"\nexpr = "true"', "both or neither"),
        ("format = 1", "format = ", "not TOML"),
    ],
)
def test_a_wrong_file_cannot_be_built_and_the_error_says_where(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "O6b.toml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message) as caught:
        read_metric(path)
    assert "O6b.toml" in caught.value.text()


def test_a_good_file_is_read_and_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "O6b.toml"
    path.write_text(GOOD, encoding="utf-8")
    metric = read_metric(path)
    assert (metric.ref, metric.choices, len(metric.sha256)) == ("guide/O6b@1", frozenset({"o6b_attended"}), 64)
    assert [c.sql() for c in metric.conditions(chosen(o6b_attended="all"))] == ["TRUE"]


def test_an_unknown_set_is_named() -> None:
    with pytest.raises(ConfigurationError, match="one of centre, guide"):
        metric_set("best")


def test_every_list_and_remainder_is_used_and_says_how_far_to_trust_it() -> None:
    files = [p.read_text(encoding="utf-8") for p in FOLDER.rglob("*.toml") if p.name != "lists.toml"]
    unused = {name for name in lists() if not any(f"'{name}'" in text for text in files)}
    assert unused == {"programme"}  # named by the column has_programme_code
    assert len({r.id for r in remainders()}) == len(remainders())


@pytest.mark.parametrize(
    ("page", "written"), [("metrics.md", manual.metrics_markdown), ("choices.md", manual.choices_markdown)]
)
def test_the_committed_manual_is_the_one_that_the_files_give(page: str, written: object) -> None:
    assert callable(written)
    committed = Path(__file__).parents[2] / "docs" / "reference" / page
    assert committed.read_text(encoding="utf-8") == written(), f"run `make docs` to write {page} again"
