"""The shipped profiles agree with the layouts, the lake and the code sets."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from doorstep.errors import UsageError
from doorstep.records.contracts import LAYOUTS, TABLES
from doorstep.records.profiles import FileMapping, shipped, shipped_ids, shipped_stems
from doorstep.records.reading import facts
from doorstep.records.reading.rules import IDENTIFIERS, RULES

FILES = [mapping for _, mapping in shipped_stems().values()]
# Columns that arrive and are of no use to the lake: the sender's own sums, words, and times.
NOT_READ = {
    "Der_Spell_LoS", "Der_Activity_Month", "Operation_Status", "Der_Number_Procedure", "START_DATE_EPISODE",
    "END_DATE_EPISODE", "AppointmentStartTime", "PlannedDurationInMinutes", "ConsultationGuid", "DrugRecordGuid",
}  # fmt: skip


def test_every_layout_has_a_profile_and_every_profile_a_layout() -> None:
    assert set(shipped_stems()) == set(LAYOUTS)
    assert all(LAYOUTS[stem].profile == profile.id for stem, (profile, _) in shipped_stems().items())


@pytest.mark.parametrize("mapping", FILES, ids=lambda m: m.stem)
def test_a_profile_reads_the_columns_of_its_layout_and_no_others(mapping: FileMapping) -> None:
    layout = {c for c in LAYOUTS[mapping.stem].columns if c != "{key}"}
    read = set(mapping.known()) - {"Der_Pseudo_NHS_Number", "NHS_Number"}
    assert read <= layout
    if mapping.main is not None:
        assert layout - read <= NOT_READ


@pytest.mark.parametrize("mapping", [m for m in FILES if m.main], ids=lambda m: m.stem)
def test_a_profile_fills_the_key_and_the_date_of_its_table(mapping: FileMapping) -> None:
    assert mapping.main is not None
    table = TABLES[mapping.main.table]
    filled = {f.name for f in mapping.main.fields} | {"provider", "person_id", "record_id"}
    assert set(table.key) - filled <= {"resident_from"}
    assert table.dated is None or table.dated in filled


def test_every_code_set_of_a_profile_ships() -> None:
    with duckdb.connect() as con:
        sets = facts.code_sets(con)
    used = {f.code_set for m in FILES for t in m.tables for f in t.fields if f.code_set}
    assert used <= set(sets)
    assert "ethnic_category_16plus1" in used


def test_rules_speak_of_columns_that_the_lake_has() -> None:
    assert set(RULES) == set(TABLES)
    for table, rules in RULES.items():
        names = set(TABLES[table].names)
        named = {*rules.must, *rules.real, *rules.past, *rules.lenient, *(c for o in rules.order for c in o[:2])}
        assert named <= names
        assert set(IDENTIFIERS.get(table, ())) <= names


def test_an_unknown_profile_or_version_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="there is no profile 'susplus'"):
        shipped("susplus")
    with pytest.raises(UsageError, match="has no version 9"):
        shipped("sus_plus@9")
    assert shipped("sus_plus@1").label in {shipped(i).label for i in shipped_ids()}


def test_the_door_loads_no_engine_until_a_file_is_read() -> None:
    script = "import sys, doorstep.records.reading, doorstep.cli.records_map; print('duckdb' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
