"""Registers: each definition's own examples, and the machinery around them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lake_tables import lake

from doorstep import reference
from doorstep.errors import ConfigurationError
from doorstep.planning.definitions import Criterion, Example, Register, Shelf, build, shipped
from doorstep.planning.engine.duck import create_person_table
from doorstep.planning.engine.plan import make_plan

AS_AT = date(2026, 9, 30)
SHELF = shipped()


@pytest.fixture(scope="module")
def a_code_of_each_list() -> dict[str, str]:
    path = str(reference.table("codes"))
    rows = duckdb.execute("select list_id, min(code) from read_parquet(?) group by 1", [path]).fetchall()
    return dict(rows)


def entry(person: str, text: str, codes: dict[str, str]) -> dict[str, Any]:
    when, name = text.split(" ")
    day = None if when == "undated" else date.fromisoformat(when)
    return {"person_id": person, "code": codes[name], "recorded_on": day, "practice": "N84001"}


def flags(people: dict[str, Example], codes: dict[str, str], name: str) -> dict[str, bool]:
    con = lake(
        person=[{"person_id": p, "source": "gp", "record_id": p, "birth_on": e.born} for p, e in people.items()],
        coded=[entry(p, text, codes) for p, e in people.items() for text in e.entries],
    )
    needed = (name, *SHELF.register(name).unless)
    create_person_table(
        con, Shelf(registers=tuple(r for r in SHELF.registers if r.id in needed)), as_at=AS_AT, practices=()
    )
    return dict(con.execute(f"select person_id, {name} from person_table").fetchall())


@pytest.mark.parametrize("register", SHELF.registers, ids=lambda r: r.id)
def test_the_examples_in_a_definition_come_out_as_written(
    register: Register, a_code_of_each_list: dict[str, str]
) -> None:
    people = {example.says: example for example in register.example}
    expected = {says: example.is_on for says, example in people.items()}
    assert set(expected.values()) == {True, False}, "a definition shows someone on it and someone not"
    assert flags(people, a_code_of_each_list, register.id) == expected


def test_the_contract_registers_are_all_there() -> None:
    path = str(reference.table("conditions"))
    contract = duckdb.execute("select qof_code from read_parquet(?) where qof_code is not null", [path]).fetchall()
    assert {r.qof_code for r in SHELF.registers if r.qof_code} == {code for (code,) in contract}
    assert len(contract) == 21


def test_ages_of_registers_are_those_of_the_condition_table() -> None:
    path = str(reference.table("conditions"))
    rows = duckdb.execute("select qof_code, qof_min_age from read_parquet(?) where qof_code is not null", [path])
    lowest = {r.qof_code: min(c.age_from or c.first_at_age_from or 0 for c in r.any_of) for r in SHELF.registers}
    lowest.pop("")
    assert lowest == dict(rows.fetchall())


def test_entries_of_others_and_unlisted_codes_do_not_count(a_code_of_each_list: dict[str, str]) -> None:
    con = lake(
        person=[{"person_id": p, "source": "gp", "record_id": p} for p in ("p1", "p2")],
        coded=[
            entry("p1", "2020-01-01 diabetes", a_code_of_each_list),
            {"person_id": "p2", "code": "999999", "recorded_on": date(2020, 1, 1)},
        ],
    )
    create_person_table(con, Shelf(registers=SHELF.registers), as_at=AS_AT, practices=())
    assert con.execute("select person_id, diabetes from person_table order by 1").fetchall() == [
        ("p1", True),
        ("p2", False),
    ]


HEAD: dict[str, Any] = {
    "id": "gout", "version": 1, "title": "Gout", "purpose": "p", "owner": "o", "source": "s", "status": "inferred",
    "review_by": date(2027, 4, 1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"any_of": []}, "at least one"),
        ({"any_of": [{"lists": []}]}, "no code list"),
        ({"any_of": [{"lists": ["a"], "resolved_by": ["a"]}]}, "both starts and ends"),
        ({"any_of": [{"lists": ["a"], "age_from": 75, "age_to": 74}]}, "ages 75 to 74"),
        ({"any_of": [{"lists": ["a"], "and_recorded_from": date(2020, 1, 1)}]}, "without and_lists"),
        ({"any_of": [{"list": ["a"]}]}, "unknown setting list; lists is missing"),
        ({"any_of": [{"lists": "a"}]}, "square brackets"),
        ({"any_of": "a"}, "square brackets"),
        ({"id": "Gout"}, "small letters"),
        ({"version": 0}, "whole number from 1"),
        ({"version": "1"}, "a whole number"),
        ({"version": True}, "a whole number"),
        ({"status": "sure"}, "verified, secondary"),
        ({"title": " "}, "title left empty"),
        ({"review_by": "2027"}, "a day"),
        ({"missing": ["urate"]}, "_dx_only"),
        ({"id": "gout_dx_only"}, "_dx_only"),
        ({"colour": "red"}, "unknown setting colour"),
    ],
)
def test_a_wrong_register_cannot_be_made(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=r"gout\.toml") as error:
        build(Register, {**HEAD, "any_of": [{"lists": ["a"]}], **change}, "gout.toml")
    assert says in error.value.text()


def made(name: str, *lists: str, unless: tuple[str, ...] = ()) -> Register:
    return Register(**{**HEAD, "id": name}, any_of=(Criterion(lists=lists),), unless=unless)


def test_a_code_in_two_lists_counts_for_both(tmp_path: Path) -> None:
    con = lake(
        person=[{"person_id": "p1", "source": "gp", "record_id": "g1"}],
        coded=[{"person_id": "p1", "code": "7", "recorded_on": date(2020, 1, 1)}],
    )
    con.execute(
        "copy (select * from (values ('a', '7', 'snomedct'), ('b', '7', 'snomedct'), ('c', '8', 'snomedct'))"
        f" as t(list_id, code, system)) to '{tmp_path / 'codes.parquet'}'"
    )
    registers = (made("is_a", "a"), made("is_b", "b"), made("is_c", "c"), made("is_b_or_c", "b", "c"))
    create_person_table(con, Shelf(registers=registers), as_at=AS_AT, practices=(), lists=tmp_path / "codes.parquet")
    assert con.execute("select is_a, is_b, is_c, is_b_or_c from person_table").fetchall() == [(True, True, False, True)]


def test_a_list_without_codes_is_named() -> None:
    con = lake()
    with pytest.raises(ConfigurationError, match=r"register gout: no codes for urate"):
        create_person_table(con, Shelf(registers=(made("gout", "urate"),)), as_at=AS_AT, practices=())


def test_more_concepts_than_bits_take_another_word(tmp_path: Path) -> None:
    con = lake(
        person=[{"person_id": "p1", "source": "gp", "record_id": "g1"}],
        coded=[{"person_id": "p1", "code": str(n), "recorded_on": date(2020, 1, 1)} for n in (0, 61, 62, 69)],
    )
    lists, shelf = tmp_path / "codes.parquet", Shelf(registers=tuple(made(f"r{n}", f"l{n}") for n in range(70)))
    con.sql("select 'l' || n as list_id, n::varchar as code, 'snomedct' as system from range(70) t(n)").write_parquet(
        str(lists)
    )
    assert make_plan(shelf, as_at=AS_AT, practices=(), lists=lists).concepts.entries.n_words == 2
    create_person_table(con, shelf, as_at=AS_AT, practices=(), lists=lists)
    (row,) = con.execute("select columns('r[0-9]+') from person_table").fetchall()
    assert [n for n, is_on in enumerate(row) if is_on] == [0, 61, 62, 69]


def test_a_shelf_refuses_names_that_no_register_has_and_circles() -> None:
    with pytest.raises(ConfigurationError, match="register c is not defined"):
        Shelf(registers=(made("a", "x", unless=("c",)),))
    circle = (made("a", "x", unless=("b",)), made("b", "y", unless=("a",)))
    with pytest.raises(ConfigurationError, match="a unless b unless a"):
        Shelf(registers=circle)
