"""The files of a made lake: the same bytes whoever makes them, in the contract's columns, with whole people."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from made_system import PARTS_A_FILE, TIMELINE, TINY, ground, made_lake, new_folder, own_shares, parts, small_parts

from doorstep.errors import UsageError
from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.synthetic.facts import Lists, Words
from doorstep.synthetic.lake import columns, make_lake
from doorstep.synthetic.lake.layout import schema_of
from doorstep.synthetic.timeline import NEVER, date_of


def _files(table: str) -> list[Path]:
    return sorted((made_lake().folder / "lake").glob(f"facts-{table}-*.parquet"))


def _rows(table: str, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({[str(p) for p in _files(table)]})")
        return con.execute(query).fetchall()


def _names() -> list[str]:
    """The pseudonyms of everybody, in the order of the parts."""
    return list(columns.pseudonyms(TINY.seed, 0, own_shares()[-1].stop).to_pylist())


def _drawn(table: str, *wanted: str) -> Counter[tuple[Any, ...]]:
    """Facts as they were drawn, by pseudonym, day and columns, one by one and in plain Python."""
    names, found, before = _names(), Counter[tuple[Any, ...]](), 0
    for part in parts():
        facts = part.facts[table]
        for i in range(facts.n):
            values = (_value(facts.columns[name], i) for name in wanted)
            if facts.day[i] <= TIMELINE.last:
                found[(names[before + facts.person[i]], date_of(facts.day[i]), *values)] += 1
        before += part.people.n
    return found


def _value(column: Any, i: int) -> Any:
    if isinstance(column, Words):
        return column.words[column.at[i]] or None
    if isinstance(column, Lists):
        return tuple(column.words[at] for at in column.at[column.start[i] : column.start[i + 1]])
    return column[i]


def test_there_are_several_parts_and_files_to_look_at() -> None:
    assert len(own_shares()) == 5
    assert len(_files("person")) == 3


def test_two_workers_write_the_same_bytes_as_one() -> None:
    one, two = made_lake(1), made_lake(2)
    assert [f.plain() for f in one.files] == [f.plain() for f in two.files]
    names = sorted(p.relative_to(one.folder) for p in one.folder.rglob("*") if p.is_file())
    assert all((one.folder / name).read_bytes() == (two.folder / name).read_bytes() for name in names)
    assert len(names) == len(one.files) + 2  # the manifest and the parameters


def test_another_seed_writes_other_people() -> None:
    other = make_lake(type(TINY)(**{**TINY.__dict__, "seed": 12, "people": 200}), new_folder() / "made", workers=1)
    ids = pq.read_table(next((other.folder / "lake").glob("facts-person-*")), columns=["person_id"])
    assert not set(ids["person_id"].to_pylist()) & set(_names())


@pytest.mark.parametrize("table", TABLES)
def test_files_have_the_columns_of_the_contract_and_a_plain_schema(table: str) -> None:
    files = _files(table)
    assert files
    for path in files:
        found = pq.ParquetFile(path)
        assert found.schema_arrow.metadata is None
        assert found.schema_arrow.equals(schema_of(table))
        assert found.schema_arrow.names == [c.name for c in (*TABLES[table].columns, *ARRIVAL)]
    types = dict(_rows(table, f"SELECT column_name, column_type FROM (DESCRIBE {table})"))
    assert types == {c.name: c.type for c in (*TABLES[table].columns, *ARRIVAL)}


@pytest.mark.parametrize("table", TABLES)
def test_each_person_lies_in_one_file_in_neighbouring_rows(table: str) -> None:
    seen: set[str] = set()
    for number, path in enumerate(_files(table)):
        people = pq.read_table(path, columns=["person_id"])["person_id"].to_pylist()
        runs = [p for i, p in enumerate(people) if i == 0 or people[i - 1] != p]
        assert len(runs) == len(set(runs))
        assert not seen & set(runs)
        seen |= set(runs)
        group = own_shares()[number * PARTS_A_FILE : (number + 1) * PARTS_A_FILE]
        assert set(runs) <= set(_names()[group[0].first : group[-1].stop])


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_an_address_and_the_manifest_counts_it(table: str) -> None:
    manifest = json.loads((made_lake().folder / "manifest.json").read_text())
    expected = {f["file_id"]: f["n_rows"] for f in manifest["files"] if (f["role"], f["table"]) == ("facts", table)}
    query = f"SELECT file_id, count(*), min(row_no), max(row_no), count(DISTINCT row_hash) FROM {table} GROUP BY ALL"
    assert {row[0]: row[1] for row in _rows(table, query)} == expected
    assert all(first == 1 and n == last == hashes for _, n, first, last, hashes in _rows(table, query))


@pytest.mark.parametrize("table", TABLES)
def test_no_fact_has_two_rows_of_one_delivery(table: str) -> None:
    key = ", ".join(TABLES[table].key)
    assert not _rows(table, f"SELECT {key} FROM {table} GROUP BY {key}, received_on HAVING count(*) > 1")


def test_the_contents_of_spells_are_those_drawn() -> None:
    query = """SELECT person_id, discharged_on, admitted_on, provider, admission_method, first_function,
        classification, diagnoses FROM (SELECT *, admit_treatment_function AS first_function,
        patient_classification AS classification FROM spell) WHERE discharged_on IS NOT NULL"""
    found = Counter((*row[:7], tuple(row[7])) for row in _rows("spell", query))
    wanted = ("admitted", "provider", "admission_method", "first_function", "classification", "diagnoses")
    expected = _drawn("spell", *wanted)
    assert found == Counter({(k[0], k[1], date_of(k[2]), *k[3:]): n for k, n in expected.items()})


@pytest.mark.parametrize(
    ("table", "dated", "lake", "drawn"),
    [
        ("outpatient", "appointment_on", "attended, treatment_function, procedures", "attended function procedures"),
        ("emergency", "arrived_on", "department_type, acuity, provider", "department_type acuity provider"),
        ("community", "contact_on", "attended, provider", "attended provider"),
        ("appointment", "appointment_on", "status, role_group, mode, national_category", "status role mode category"),
        ("coded", "recorded_on", "code", "code"),
        ("medicine", "issued_on", "code", "code"),
        ("programme_contact", "contact_on", "contact_type, attended", "type attended"),
    ],
)
def test_the_contents_of_a_table_are_those_drawn(table: str, dated: str, lake: str, drawn: str) -> None:
    rows = _rows(table, f"SELECT person_id, {dated}, {lake} FROM {table}")
    found = Counter(tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in rows)
    assert found == _drawn(table, *drawn.split())


def test_stays_under_way_at_the_end_have_no_discharge_and_come_with_the_last_delivery() -> None:
    drawn = sum(
        int(((f.columns["admitted"] <= TIMELINE.last) & (f.day > TIMELINE.last)).sum())
        for f in (part.facts["spell"] for part in parts())
    )
    rows = _rows("spell", "SELECT received_on, discharge_method FROM spell WHERE discharged_on IS NULL")
    last = date_of(TIMELINE.deliveries[-1].received)
    assert len(rows) == drawn > 0
    assert set(rows) == {(last, None)}


def test_the_practice_on_a_row_is_that_of_the_day() -> None:
    """Whoever changes practice has entries in the old one up to the day before, in the new one from then on."""
    names, before, changed = _names(), 0, {}
    for part in parts():
        people = part.people
        for i in np.flatnonzero(people.practice_2_from < NEVER):
            old, new = (ground().practices[at] for at in (people.practice[i], people.practice_2[i]))
            changed[names[before + i]] = (date_of(people.practice_2_from[i]), old, new)
        before += people.n
    rows = _rows("coded", "SELECT person_id, recorded_on, practice FROM coded")
    looked = [(changed[p], day, practice) for p, day, practice in rows if p in changed]
    assert len(looked) > 100
    assert all(practice == (old if day < since else new) for (since, old, new), day, practice in looked)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="something in the output folder"):
        make_lake(TINY, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_where_making_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("doorstep.synthetic.lake.writing.LakeFiles.add", fail)
    with small_parts(), pytest.raises(OSError, match="No space left"):
        make_lake(TINY, tmp_path / "made", workers=1)
    assert not list(tmp_path.iterdir())


def test_no_worker_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="0 workers"):
        make_lake(TINY, tmp_path / "made", workers=0)
