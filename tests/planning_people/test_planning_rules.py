"""The rule language: what it says, and what it refuses."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import ConfigurationError, DoorstepError
from doorstep.planning.rules import read_rule

COLUMNS = {"age": "INTEGER", "sex": "VARCHAR", "diabetes": "BOOLEAN", "hfrs": "DOUBLE", "person_id": "VARCHAR"}


def found(rule: str) -> list[str]:
    con = duckdb.connect()
    con.execute(
        """create table person_table as from (values
        ('old',     80,   '2', true,  6.2),
        ('young',   20,   '1', false, null),
        ('ageless', null, '1', true,  null)) as t(person_id, age, sex, diabetes, hfrs)"""
    )
    sql = read_rule(rule, COLUMNS).sql
    return [row[0] for row in con.execute(f"select person_id from person_table where {sql}").fetchall()]


@pytest.mark.parametrize(
    ("rule", "people"),
    [
        ("diabetes", ["old", "ageless"]),
        ("not diabetes", ["young"]),
        ("age >= 80", ["old"]),
        ("age < 80", ["young"]),
        ("not (age >= 80)", ["young"]),
        ("age is null", ["ageless"]),
        ("age is not null and diabetes", ["old"]),
        ("coalesce(age, 99) > 50", ["old", "ageless"]),
        ("coalesce(hfrs, 0) < 5 and sex = '1'", ["young", "ageless"]),
        ("sex in ('2', '9') or age between 18 and 25", ["old", "young"]),
        ("age - 10 = 70", ["old"]),
        ("-age < -50", ["old"]),
        ("hfrs = null", []),
        ("diabetes = true", ["old", "ageless"]),
        ("age >= 80 AND NOT FALSE", ["old"]),
    ],
)
def test_a_rule_finds_those_for_whom_it_is_true(rule: str, people: list[str]) -> None:
    assert found(rule) == people


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("age > 65; drop table people", "semicolon"),
        ("age > 65;", "semicolon"),
        ("", "empty"),
        ("exists (select 1)", "exists"),
        ("age in (select 1)", "not allowed"),
        ("age > (select max(age) from people)", "not allowed"),
        ("read_csv('/etc/passwd') is not null", "not allowed"),
        ("read_text('/etc/passwd') = 'x'", "read_text"),
        ("getenv('HOME') = 'x'", "getenv"),
        ("glob('*') = 'x'", "glob"),
        ("age > 65 -- everyone", "comment"),
        ("age > 65 /* everyone */", "comment"),
        ("salary > 10", "no column salary"),
        ("people.age > 65", "names a table"),
        ('"age; drop" > 65', "no column"),
        ("case when diabetes then true else false end", "case"),
        ("sex like '%'", "LIKE"),
        ("sex ilike '%'", "ILIKE"),
        ("sex ~ '.*'", "not allowed"),
        ("age::varchar = '65'", "not allowed"),
        ("count(*) > 1", "not allowed"),
        ("row_number() over () = 1", "not allowed"),
        ("age > random()", "rand"),
        ("age = $1", "not allowed"),
        ("age = ?", "not allowed"),
        ("*", "not allowed"),
        ("[1, 2] = [1]", "not allowed"),
        ("age > 65 union select 1", "not allowed"),
        ("select 1", "not allowed"),
        ("drop table people", "not allowed"),
        ("age = 1 and (lambda x: x)(1) = 1", "rule"),
        ("age >", "cannot be read"),
        ("age > 65 and", "cannot be read"),
        ("'yes'", "neither true nor false"),
        ("age", "neither true nor false"),
        ("diabetes and age", "neither true nor false"),
        ("not age", "neither true nor false"),
        ("age > '65'", "a number with text"),
        ("sex = 2", "a number with text"),
        ("sex in ('1', 2)", "a number with text"),
        ("diabetes = 'true'", "text with yes/no"),
        ("coalesce(age, 'x') = 1", "a number with text"),
        ("sex + 1 = 2", "adds up"),
        ("-diabetes = 1", "adds up"),
        ("(" * 41 + "diabetes" + ")" * 41, "brackets 41 deep"),
        ("diabetes or " * 1000 + "diabetes", "characters"),
    ],
)
def test_what_is_not_named_in_the_language_is_refused(rule: str, names: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_rule(rule, COLUMNS)
    assert names in error.value.text()


def test_a_long_sentence_is_read() -> None:
    assert found(" or ".join(["diabetes"] * 300)) == ["old", "ageless"]


def test_an_unknown_column_lists_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="age, diabetes, hfrs, person_id, sex"):
        read_rule("frail", COLUMNS)


atoms = st.sampled_from(["diabetes", "age > 50", "sex = '2'", "hfrs is null", "hfrs >= 5", "age in (20, 80)"])
rules = st.recursive(
    atoms, lambda r: st.one_of(r.map("not ({})".format), st.tuples(r, st.sampled_from(["and", "or"]), r).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})")), max_leaves=6,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(rules)
def test_reading_keeps_the_meaning_of_the_sentence(rule: str) -> None:
    con = duckdb.connect()
    con.execute(
        "create table t as select age, sex, diabetes, hfrs from (select unnest([20, 80, null]) as age),"
        " (select unnest(['1', '2']) as sex), (select unnest([true, false]) as diabetes),"
        " (select unnest([0.0, 5.0, null]) as hfrs)"
    )
    both: Any = con.execute(
        f"select count(*) filter ({read_rule(rule, COLUMNS).sql} is distinct from coalesce(({rule}), false)) from t"
    ).fetchall()
    assert both == [(0,)]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_is_refused_with_a_reason(text: str) -> None:
    try:
        read_rule(text, COLUMNS)
    except DoorstepError as error:
        assert error.seen and error.where
