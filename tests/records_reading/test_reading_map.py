"""`records map`: a renamed, reordered extract with its own codes is mapped, and then loads the same rows."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from doorstep.cli.records_map import map_command
from doorstep.errors import ConfigurationError, DataError, DoorstepError, NotWhatItClaimsError, UsageError
from doorstep.records.profiles import load_mapping, parse_profile, shipped
from doorstep.records.reading import Interpretation
from doorstep.records.reading.guess import guess
from doorstep.records.reading.likeness import likeness

N_ROWS = 40
_IDS = [f"{i * 2654435761 % 2**32:08x}{i:08x}" for i in range(1, N_ROWS + 1)]
SPELLS = [
    {
        "Der_Spell_ID": f"S{i}",
        "Der_Pseudo_NHS_Number": _IDS[i],
        "Der_Provider_Code": "REM",
        "Admission_Date": f"2026-06-{i % 28 + 1:02}",
        "Discharge_Date": f"2026-07-{i % 28 + 1:02}",
        "Admission_Method": "21" if i % 2 else "12",
        "Discharge_Method": "1",
        "Patient_Classification": "1",
        "Der_Admit_Treatment_Function_Code": "300",
        "Der_Dischg_Treatment_Function_Code": "430",
        "Der_Diagnosis_All": "I10X,E119",
        "Der_Procedure_All": "K401" if i % 3 else "-",
        "Ethnic_Group": "ABZ"[i % 3],
        "Der_Postcode_LSOA_2011_Code": "E01006968",
        "GP_Practice_Code": "N84001",
    }
    for i in range(N_ROWS)
]
# Their name for each of ours, in another order.
THEIRS = {
    "GP_Practice_Code": "GP Practice",
    "Ethnic_Group": "EthnicCategory",
    "Der_Postcode_LSOA_2011_Code": "Home LSOA",
    "Der_Procedure_All": "Procedures",
    "Der_Diagnosis_All": "Diagnoses",
    "Der_Dischg_Treatment_Function_Code": "TFC_Discharge",
    "Der_Admit_Treatment_Function_Code": "TFC_Admission",
    "Patient_Classification": "PatientClass",
    "Discharge_Method": "DischMeth",
    "Admission_Method": "AdmMeth",
    "Discharge_Date": "Disch_Dt",
    "Admission_Date": "Adm_Dt",
    "Der_Provider_Code": "Provider",
    "Der_Pseudo_NHS_Number": "PatientPseudonym",
    "Der_Spell_ID": "SpellIdentifier",
}
METHODS = {"21": "Emergency via A&E", "12": "Booked admission"}


def day_first(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def put(path: Path, rows: list[dict[str, str]], names: Mapping[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(names.values())
        writer.writerows([row[ours] for ours in names] for row in rows)
    return path


def renamed() -> list[dict[str, str]]:
    return [
        {
            **row,
            "Admission_Method": METHODS[row["Admission_Method"]],
            "Admission_Date": day_first(row["Admission_Date"]),
            "Discharge_Date": day_first(row["Discharge_Date"]),
        }
        for row in SPELLS
    ]


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return put(tmp_path / "hospital_stays_2026-07.csv", renamed(), THEIRS)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(map_command, [str(a) for a in arguments], standalone_mode=False)


def test_a_renamed_reordered_file_loads_the_same_rows(
    tmp_path: Path,
    theirs: Path,
    read: Callable[..., list[Interpretation]],
    rows: Callable[[Interpretation], list[dict[str, Any]]],
) -> None:
    ours = put(tmp_path / "APCS_2026-07.csv", SPELLS, {c: c for c in SPELLS[0]})
    mapping = tmp_path / "stays.toml"
    result = run(theirs, "-o", mapping)
    assert result.return_value == 0, result.output
    assert 'give in `translate` the code of admission_method for each of ["Booked admission", "Emergency via A&E"]' in (
        mapping.read_text()
    )
    edited = mapping.read_text().replace(
        'set = "admission_method"',
        'set = "admission_method", translate = { "emergency via a&e" = "21", "Booked admission" = "12" }',
    )
    mapping.write_text(edited)
    one, other = (rows(read(ours)[0]), rows(read(theirs, mapping=load_mapping(mapping))[0]))
    by_file = {"profile", "file_id"}
    assert [{k: v for k, v in r.items() if k not in by_file} for r in one] == [
        {k: v for k, v in r.items() if k not in by_file} for r in other
    ]
    assert {r["profile"] for r in other} == {"hospital_stays@1"}
    assert {r["outcome"] for r in other} == {"loaded"}


def test_a_mapping_holds_no_cell_of_a_person(tmp_path: Path, theirs: Path) -> None:
    run(theirs, "-o", tmp_path / "m.toml")
    text = (tmp_path / "m.toml").read_text()
    cells = {cell for row in renamed() for cell in row.values() if len(cell) > 3} - set(METHODS.values())
    assert [c for c in cells if c in text] == []


def test_values_of_few_rows_are_not_written_down(tmp_path: Path) -> None:
    rows = renamed()
    rows[0]["Admission_Method"] = "asked for by Mrs Example"
    run(put(tmp_path / "stays.csv", rows, THEIRS), "-o", tmp_path / "m.toml")
    assert "Example" not in (tmp_path / "m.toml").read_text()


@pytest.mark.parametrize("profile", ["sus_plus", "sus_raw", "csds", "emis", "appointments_flat", "nnhip"])
def test_every_file_of_a_shipped_profile_is_found_in_its_own_columns(
    tmp_path: Path, con: duckdb.DuckDBPyConnection, profile: str
) -> None:
    for stem, mapping in shipped(profile).files.items():
        path = tmp_path / "extract.csv"
        columns = sorted(mapping.known() or {mapping.row_key})
        path.write_text(",".join(columns) + "\n" + "," * (len(columns) - 1) + "\n")
        found = guess(con, path, like=stem)
        assert found.mapping.stem == stem
        assert all(m.column in m.target.sources for m in found.matches)


def test_a_needed_column_that_is_not_there_is_left_open_and_said(tmp_path: Path) -> None:
    names = {k: v for k, v in THEIRS.items() if k != "Admission_Date"}
    path = put(tmp_path / "stays.csv", renamed(), names)
    result = run(path, "-o", tmp_path / "m.toml", "--json")
    assert result.return_value == 1
    assert json.loads(result.output)["to_fill"] == ["Admission_Date"]
    assert 'admitted_on = { from = "WHICH COLUMN?"' in (tmp_path / "m.toml").read_text()


def test_an_open_question_left_in_the_mapping_stops_the_load(
    tmp_path: Path, read: Callable[..., list[Interpretation]]
) -> None:
    path = put(tmp_path / "stays.csv", renamed(), {k: v for k, v in THEIRS.items() if k != "Admission_Date"})
    run(path, "-o", tmp_path / "m.toml")
    with pytest.raises(DataError, match=r"also WHICH COLUMN\?"):
        read(path, mapping=tmp_path / "m.toml")


def test_a_mapping_is_not_overwritten_unless_asked(tmp_path: Path, theirs: Path) -> None:
    (tmp_path / "m.toml").write_text("mine")
    result = run(theirs, "-o", tmp_path / "m.toml")
    assert isinstance(result.exception, UsageError)
    assert (tmp_path / "m.toml").read_text() == "mine"
    assert run(theirs, "-o", tmp_path / "m.toml", "--overwrite").return_value == 0


def test_odd_column_names_survive_the_journey(tmp_path: Path) -> None:
    odd = {**THEIRS, "Admission_Date": 'Admission "Date" \\ é = [x]'}
    result = run(put(tmp_path / "stays.csv", renamed(), odd), "-o", tmp_path / "m.toml")
    assert result.return_value in (0, 1), result.exception
    mapping = tomllib.loads((tmp_path / "m.toml").read_text())
    assert mapping["files"]["stays"]["columns"]["admitted_on"]["from"] == odd["Admission_Date"]


def test_nhs_numbers_are_known_by_their_check_digit(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("NHS No,Identified\n" + "9990000018,2026-01-01\n9990000026,2026-01-02\n" * 5)
    assert guess(con, path, like="cohort").key_scheme == "nhs_number"


@pytest.mark.parametrize("like", ["sus", "APC"])
def test_an_unknown_profile_lists_those_there_are(
    tmp_path: Path, con: duckdb.DuckDBPyConnection, theirs: Path, like: str
) -> None:
    with pytest.raises(UsageError, match=r"sus_plus.*APCS"):
        guess(con, theirs, like=like)


def test_a_file_of_something_else_is_not_mapped(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("station,rainfall,wind\nX,1.0,2\n")
    with pytest.raises(DataError, match="the columns resemble no extract"):
        guess(con, path)


def test_a_file_without_a_header_is_not_mapped_and_its_cells_are_not_shown(
    tmp_path: Path, con: duckdb.DuckDBPyConnection
) -> None:
    path = tmp_path / "stays.csv"
    path.write_text("Example,Mary,9990000018,1950-02-03\n" * 3)
    with pytest.raises(NotWhatItClaimsError, match="2 of its 4 fields") as caught:
        guess(con, path)
    assert "Mary" not in caught.value.text()


@pytest.mark.parametrize(
    ("theirs", "ours"), [("DOB", "DateOfBirth"), ("Adm_Dt", "Admission_Date"), ("nhsNo", "NHS_Number")]
)
def test_the_usual_short_forms_are_known(theirs: str, ours: str) -> None:
    assert likeness(theirs, ours) > 0.8


MINIMAL: dict[str, Any] = {
    "format": 1,
    "id": "mine",
    "version": 1,
    "files": {
        "stays": {
            "table": "spell",
            "person": {"Key": "sender"},
            "columns": {"spell_id": "Id", "admitted_on": {"from": "Start", "as": "date"}},
        }
    },
}


def broken(**changes: Any) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(MINIMAL))
    for dotted, value in changes.items():
        *path, last = dotted.split("__")
        place = changed
        for step in path:
            place = place[step]
        place[last] = value
    return changed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "format is 2"),
        ({"version": "1"}, "`version` is missing or not int"),
        ({"colour": "red"}, "not known here: colour"),
        ({"files__stays__table": "spells"}, "table 'spells' is not known"),
        ({"files__stays__person": {}}, "no person key"),
        ({"files__stays__person": {"Key": "email"}}, "key scheme 'email'"),
        ({"files__stays__columns": {"spell": "Id"}}, "has no column 'spell'"),
        ({"files__stays__columns": {"spell_id": {"from": "Id", "as": "txt"}}}, "kind 'txt' is not known"),
        ({"files__stays__columns": {"spell_id": {"from": "Id", "as": "code"}}}, "`set` and kind `code` go together"),
        ({"files__stays__columns": {"spell_id": {"as": "text"}}}, "nothing to read it from"),
        ({"files__stays__columns": {"spell_id": {"from": 3}}}, "3 is not a text"),
        ({"files__stays__columns": {"spell_id": {"from": "Id", "translate": {"a": 1}}}}, "must be text in quotes"),
        ({"files__stays__fold": "weeks"}, "fold 'weeks'"),
        ({"slots": {"role": []}}, "not known here: role"),
        ({"slots": {"role_group": [{"name": ["x"]}]}}, "a rule without `is`"),
        ({"files": {"x": {}}}, "a file that fills no table has no `id`"),
    ],
)
def test_a_fault_in_a_mapping_is_named_with_its_place(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_profile(broken(**changes), where="mine.toml")
    assert words in caught.value.seen
    assert caught.value.where.startswith("mine.toml")


def test_a_mapping_with_an_unknown_code_set_is_refused_at_the_load(
    tmp_path: Path, read: Callable[..., list[Interpretation]]
) -> None:
    columns = {"spell_id": "Id", "admission_method": {"from": "M", "as": "code", "set": "methods"}}
    mapping = parse_profile(broken(files__stays__columns=columns), where="mine.toml")
    (tmp_path / "stays.csv").write_text("Key,Id,M\nk,1,21\n")
    with pytest.raises(DoorstepError, match="there is no code set 'methods'"):
        read(tmp_path / "stays.csv", mapping=mapping)
