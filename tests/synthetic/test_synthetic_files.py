"""The files follow the layouts, say what truth says, and tell the same story in every way in."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from made_place import SMALL, made_place

from doorstep.errors import UsageError
from doorstep.records.contracts import LAYOUTS
from doorstep.synthetic import Made, Parameters, make, writing
from doorstep.synthetic.pen import KEY_COLUMN


@pytest.fixture(scope="module")
def made() -> Made:
    return made_place()


@pytest.fixture(scope="module")
def folder(made: Made) -> Path:
    return made.folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def all_rows(folder: Path, way: str, stem: str) -> list[dict[str, str]]:
    return [row for path in sorted((folder / f"way_{way.lower()}").glob(f"*/{stem}_*")) for row in rows_of(path)]


def ask(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def truth(folder: Path, table: str) -> str:
    return f"'{folder / 'truth' / table}.parquet'"


def test_the_same_parameters_make_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = make(SMALL, tmp_path / "again").folder
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    assert [f for f in files if (folder / f).read_bytes() != (again / f).read_bytes()] == []


@pytest.mark.parametrize("file_format", ["parquet", "csv.gz"])
def test_other_formats_hold_the_same_rows_and_are_repeatable(file_format: str, folder: Path, tmp_path: Path) -> None:
    wanted = Parameters("Sefton", people=400, months=6, seed=7, file_format=file_format, slots_only=0.07)
    first, second = make(wanted, tmp_path / "first").folder, make(wanted, tmp_path / "second").folder
    name = Path("way_a") / "2026-08-20" / f"EC_2026-07.{file_format}"
    assert (first / name).read_bytes() == (second / name).read_bytes()
    reader = "read_parquet" if file_format == "parquet" else "read_csv"
    options = "" if file_format == "parquet" else ", all_varchar = true"
    found = ask(f"SELECT * FROM {reader}('{first / name}'{options})")
    plain = folder / "way_a" / "2026-08-20" / "EC_2026-07.csv"
    assert found == ask(f"SELECT * FROM read_csv('{plain}', all_varchar = true)")


def test_every_file_has_the_columns_of_its_layout(folder: Path) -> None:
    seen: dict[str, set[str]] = {}
    for path in folder.glob("way_*/*/*.csv"):
        stem, way = path.name.rsplit("_", 1)[0], path.parts[-3][-1].upper()
        with path.open(encoding="utf-8") as stream:
            header = next(csv.reader(stream))
        assert header == [c.replace("{key}", KEY_COLUMN[way]) for c in LAYOUTS[stem].columns], path
        seen.setdefault(way, set()).add(LAYOUTS[stem].profile)
    assert seen == {
        "A": {"sus_plus", "csds", "emis", "appointments_flat", "nnhip"},
        "B": {"sus_raw", "csds", "emis", "appointments_flat", "nnhip"},
        "C": {"sus_plus", "csds", "appointments_flat", "nnhip"},
    }


def test_truth_has_one_row_for_each_row_of_each_file(folder: Path, made: Made) -> None:
    counted = {
        (way, delivery, file): n
        for way, delivery, file, n, low, high in ask(
            f"SELECT way, delivery, file, count(DISTINCT row_no), min(row_no), max(row_no) "
            f"FROM {truth(folder, 'rows')} GROUP BY ALL"
        )
        if (low, high) == (1, n)
    }
    files = {(p.parts[-3][-1].upper(), p.parts[-2], p.name): len(rows_of(p)) for p in folder.glob("way_*/*/*.csv")}
    assert counted == files
    assert sum(made.rows.values()) == sum(files.values())


def test_each_delivery_says_when_it_arrived(folder: Path) -> None:
    for way in "abc":
        for name in ("2026-08-20", "2026-09-20", "2026-10-20"):
            assert (folder / f"way_{way}" / name / "delivery.toml").read_text() == f"received_on = {name}\n"


STORIES = {
    "spell": (
        ("APCS", "Admission_Date, Discharge_Date, Admission_Method, Der_Dischg_Treatment_Function_Code"),
        (
            "CDS_APC",
            "START_DATE_HOSPITAL_PROVIDER_SPELL, DISCHARGE_DATE_HOSPITAL_PROVIDER_SPELL, "
            "ADMISSION_METHOD_CODE_HOSPITAL_PROVIDER_SPELL, ACTIVITY_TREATMENT_FUNCTION_CODE",
        ),
        "LAST_EPISODE_IN_SPELL_INDICATOR_CODE = '1'",
    ),
    "outpatient": (
        ("OPA", "Appointment_Date, Attendance_Status, First_Attendance, Main_Specialty_Code"),
        (
            "CDS_OPA",
            "APPOINTMENT_DATE, ATTENDED_OR_DID_NOT_ATTEND_CODE, FIRST_ATTENDANCE_CODE, MAIN_SPECIALTY_CODE",
        ),
        "true",
    ),
    "emergency": (
        ("EC", "Arrival_Date, EC_Department_Type, EC_Arrival_Mode_SNOMED_CT, EC_Acuity_SNOMED_CT"),
        (
            "CDS_EC",
            "EMERGENCY_CARE_ARRIVAL_DATE, EMERGENCY_CARE_DEPARTMENT_TYPE, EMERGENCY_CARE_ARRIVAL_MODE_SNOMED_CT, "
            "EMERGENCY_CARE_ACUITY_SNOMED_CT",
        ),
        "true",
    ),
}


def story(folder: Path, way: str, stem: str, columns: str, where: str = "true") -> list[tuple[object, ...]]:
    """Rows that must count, with the true person instead of a key."""
    files = folder / f"way_{way.lower()}" / "*" / f"{stem}_*.csv"
    return ask(f"""
        WITH file AS (
            SELECT *, row_number() OVER (PARTITION BY filename ORDER BY rn) AS row_no
            FROM (SELECT *, row_number() OVER () AS rn
                  FROM read_csv('{files}', all_varchar = true, filename = true, parallel = false)))
        SELECT true_person, {columns} FROM file
        JOIN {truth(folder, "rows")} AS t
          ON t.way = '{way}' AND t.row_no = file.row_no
         AND t.delivery = split_part(file.filename, '/', -2) AND t.file = split_part(file.filename, '/', -1)
        WHERE countable AND {where} ORDER BY ALL""")


@pytest.mark.parametrize("table", STORIES)
def test_the_same_hospital_activity_stands_in_every_way(folder: Path, table: str) -> None:
    (stem, columns), (raw_stem, raw_columns), last = STORIES[table]
    as_served = story(folder, "A", stem, columns)
    assert as_served
    assert as_served == story(folder, "C", stem, columns)
    assert as_served == story(folder, "B", raw_stem, raw_columns, last)


def test_the_same_contacts_and_appointments_stand_in_every_way(folder: Path) -> None:
    contact = "Contact_Date, AttendanceStatus"
    assert story(folder, "A", "CYP201CareContact", contact) == story(folder, "C", "CYP201CareContact", contact)
    assert story(folder, "A", "CYP201CareContact", contact) == story(folder, "B", "CYP201CareContact", contact)
    flat = "practice_code, appointment_date, appointment_status, sds_role_group, service_setting"
    everything = story(folder, "C", "appointments", flat)
    by_file = story(folder, "A", "appointments", flat)
    slots = story(folder, "A", "Appointment_Slot", "OrganisationCode, AppointmentDate")
    assert by_file == story(folder, "B", "appointments", flat)
    assert {row[:3] for row in everything} == {row[:3] for row in by_file} | set(slots)
    assert set(by_file) < set(everything)


def test_episodes_of_a_spell_are_numbered_from_one_and_end_in_one_last(folder: Path) -> None:
    episodes: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for path in sorted((folder / "way_b").glob("*/CDS_APC_*")):
        for row in rows_of(path):
            spell = (path.name, row["HOSPITAL_PROVIDER_SPELL_IDENTIFIER"])
            number = int(row["EPISODE_NUMBER"])
            episodes.setdefault(spell, []).append((number, row["LAST_EPISODE_IN_SPELL_INDICATOR_CODE"]))
    assert any(len(found) > 1 for found in episodes.values())
    for found in episodes.values():
        numbers = sorted(set(found))
        assert [number for number, _ in numbers] == list(range(1, len(numbers) + 1))
        assert [last for _, last in numbers] == ["2"] * (len(numbers) - 1) + ["1"]


def test_only_way_b_carries_names_numbers_and_postcodes(folder: Path) -> None:
    identifiable = all_rows(folder, "B", "Admin_Patient")
    assert any(row["Surname"] and row["Postcode"] for row in identifiable)
    assert {row["NHS_Number"][:3] for row in identifiable if row["NHS_Number"]} == {"999"}
    for row in all_rows(folder, "A", "Admin_Patient"):
        assert (row["Surname"], row["GivenName"], row["Postcode"]) == ("", "", "")
    numbers = {row["NHS_Number"].encode() for row in identifiable if row["NHS_Number"]}
    for path in (*folder.glob("way_a/*/*.csv"), *folder.glob("way_c/*/*.csv")):
        assert not any(number in path.read_bytes() for number in list(numbers)[:40]), path


def test_the_cohort_file_carries_homes_and_registrations_only_where_no_record_does(folder: Path) -> None:
    assert {row["lsoa21"] + row["registered_from"] for row in all_rows(folder, "A", "cohort")} == {""}
    own = [row for row in all_rows(folder, "C", "cohort") if row["Der_Pseudo_NHS_Number"]]
    assert all(row["registered_from"] and row["practice_code"] for row in own)
    assert {row["cohort_name"] for row in own} == {"local"}


def test_every_local_key_of_a_linked_row_has_a_patient_row(folder: Path) -> None:
    for way in "AB":
        patients = {row["PatientGuid"] for row in all_rows(folder, way, "Admin_Patient")}
        entries = {row["PatientGuid"] for row in all_rows(folder, way, "CareRecord_Observation")}
        strangers = ask(
            f"SELECT count(*) FROM {truth(folder, 'rows')} WHERE way = '{way}' AND outcome = 'unlinked' "
            "AND file LIKE 'CareRecord_Observation%'"
        )[0][0]
        assert len(entries - patients) == strangers > 0


def test_codes_come_from_the_dictionary_but_for_the_planted_ones(folder: Path) -> None:
    known = {row["CodeId"] for row in all_rows(folder, "A", "Coding_ClinicalCode")}
    used = [row["CodeId"] for row in all_rows(folder, "A", "CareRecord_Observation")]
    assert set(used) - known == {"999999"}


def test_events_count_what_rows_count(folder: Path) -> None:
    events = dict(ask(f"SELECT kind, count(*) FILTER (countable) FROM {truth(folder, 'events')} GROUP BY kind"))
    rows = dict(
        ask(
            f'SELECT "table", count(*) FILTER (countable) FROM {truth(folder, "rows")} '
            "WHERE way = 'C' AND \"table\" <> '' GROUP BY ALL"
        )
    )
    for kind in ("spell", "outpatient", "emergency", "community", "appointment", "programme_contact"):
        assert events[kind] == rows[kind], kind
    assert events["case"] == rows["caseload"]


def test_an_event_is_known_no_earlier_than_its_month_arrives(folder: Path) -> None:
    early = ask(f"SELECT count(*) FROM {truth(folder, 'events')} WHERE known_on <= date OR first_known_on > known_on")
    assert early == [(0,)]


def test_the_cleaned_list_leaves_out_those_who_opted_out(folder: Path) -> None:
    listed = {row["NHS_Number"] for row in rows_of(folder / "truth" / "opt_out_cleaned_list.csv")}
    people = ask(f"SELECT nhs_number, has_opted_out FROM {truth(folder, 'people')}")
    assert listed == {number for number, opted_out in people if not opted_out}
    assert any(opted_out for _, opted_out in people)


def test_the_place_says_that_it_is_made_up_and_from_what(folder: Path) -> None:
    assert "Nobody in these files exists" in (folder / "README.md").read_text()
    said = json.loads((folder / "truth" / "parameters.json").read_text())
    assert said["parameters"]["seed"] == 7
    assert said["parameters"]["faults"]["late"] == 0.015


def test_birth_dates_can_be_cut_to_the_month_in_way_a_only(tmp_path: Path) -> None:
    wanted = Parameters("Sefton", people=100, months=3, ways=("A", "B"), birth="month")
    folder = make(wanted, tmp_path / "made").folder
    assert {len(row["DateOfBirth"]) for row in all_rows(folder, "A", "Admin_Patient")} == {7}
    assert {len(row["DateOfBirth"]) for row in all_rows(folder, "B", "Admin_Patient")} == {10}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="something in the output folder"):
        make(SMALL, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(writing, "_write", fail)
    with pytest.raises(OSError, match="no space"):
        make(SMALL, tmp_path / "made")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", [{"ways": ("D",)}, {"ways": ()}, {"file_format": "xlsx"}, {"people": 3}, {"scale": 0.0}, {"seed": -1}]
)
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Parameters("Sefton", **wrong)  # type: ignore[arg-type]


def test_an_unknown_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Place"):
        make(Parameters("Atlantis", people=100), tmp_path / "made")


def test_a_number_travels_with_the_codes_that_carry_one_and_with_no_other(folder: Path) -> None:
    concept = {row["CodeId"]: row["SnomedCTConceptId"] for row in all_rows(folder, "A", "Coding_ClinicalCode")}
    entries = all_rows(folder, "A", "CareRecord_Observation")
    carrying = {(concept.get(row["CodeId"], "999999"), float(row["Value"])) for row in entries if row["Value"]}
    assert {code for code, _ in carrying} - {"999999"} == {"763264000", "19999999103"}
    assert {value for code, value in carrying if code == "763264000"} <= set(range(1, 10))
    assert all(0 < value < 1 for code, value in carrying if code == "19999999103")
    assert (folder / "codelists" / "efi2.csv").read_text(encoding="utf-8").splitlines()[1].startswith("19999999103,")
