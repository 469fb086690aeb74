"""From files as they arrive to the lake: the shipped reader and the load together, through the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_lake import SCOPE, make

from doorstep.cli.records import group
from doorstep.records.contracts import LAYOUTS
from doorstep.records.loading import load
from doorstep.records.scope import Scope

ALICE, BOB = "5C0A9D3E", "77F1B2C4"


def csv(stem: str, *rows: dict[str, str], key: str = "Der_Pseudo_NHS_Number") -> str:
    columns = [c.replace("{key}", key) for c in LAYOUTS[stem].columns]
    lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def delivery(folder: Path, day: str, **files: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "delivery.toml").write_text(f"received_on = {day}\n")
    for stem, text in files.items():
        (folder / f"{stem}.csv").write_text(text)
    return folder


PATIENTS = csv(
    "Admin_Patient",
    {"PatientGuid": "g1", "OrganisationCode": "P1", "Der_Pseudo_NHS_Number": ALICE, "DateOfBirth": "1950-02-01"},
    {"PatientGuid": "g2", "OrganisationCode": "P1", "Der_Pseudo_NHS_Number": BOB, "DateOfBirth": "1960-02-01"},
)
SLOT = {"OrganisationCode": "P1", "AppointmentDate": "2026-06-03", "SendInTime": "10:00", "LeftTime": "10:09"}
SLOTS = csv(
    "Appointment_Slot",
    {**SLOT, "SlotGuid": "a1", "PatientGuid": "g1"},
    {**SLOT, "SlotGuid": "a2", "PatientGuid": "g9"},
    {**SLOT, "SlotGuid": "a3"},
)
SPELL = {
    "Der_Provider_Code": "RTEST", "Admission_Date": "2026-06-01", "Discharge_Date": "2026-06-04",
    "GP_Practice_Code": "P1", "Admission_Method": "21",
}  # fmt: skip
SPELLS = csv(
    "APCS",
    {**SPELL, "APCS_Ident": "1", "Der_Spell_ID": "s1", "Der_Pseudo_NHS_Number": ALICE},
    {**SPELL, "APCS_Ident": "2", "Der_Spell_ID": "s2", "Der_Pseudo_NHS_Number": BOB},
    {**SPELL, "APCS_Ident": "3", "Der_Spell_ID": "s3"},
    {**SPELL, "APCS_Ident": "4", "Der_Spell_ID": "s4", "Der_Pseudo_NHS_Number": BOB, "Der_Dupe_Flag": "1"},
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose Place is the practices P1 and P2."""
    home = make(tmp_path).home
    monkeypatch.setattr(Scope, "of", lambda _: SCOPE)
    return home.root


def run(*arguments: str | Path, code: int = 0) -> str:
    """Run `doorstep records …`; exit code 1 means that there are notes."""
    result = CliRunner().invoke(group, [str(a) for a in arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    assert (result.return_value or 0) == code, result.output
    return result.output


def test_a_delivery_is_loaded_and_every_row_of_every_file_is_accounted_for(place: Path, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", "2026-07-20", Admin_Patient=PATIENTS, APCS=SPELLS, Appointment_Slot=SLOTS)
    said = json.loads(run("load", folder, "--home", place, "--json", code=1))  # its notes: columns not in the files
    assert said["rows"] == 9
    status = json.loads(run("status", "--home", place, "--json"))
    found = {f["name"]: {o: n for o, n in f["outcomes"].items() if n} for f in status["files"]}
    assert found["APCS.csv"] == {"loaded": 2, "refused": 1, "exact_duplicate": 1}
    assert found["Appointment_Slot.csv"]["unlinked"] == 1
    assert found["Appointment_Slot.csv"]["out_of_scope"] == 1
    assert sum(found["Admin_Patient.csv"].values()) == 2
    assert "no" in run("quarantine", "--home", place)
    assert "are what they claim to be" in run("verify", "--home", place)


def test_no_key_of_any_kind_stands_in_the_lake_or_the_quarantine(place: Path, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", "2026-07-20", Admin_Patient=PATIENTS, APCS=SPELLS, Appointment_Slot=SLOTS)
    run("load", folder, "--home", place, code=1)
    import duckdb

    for path in [*place.glob("lake/**/*.parquet"), *place.glob("quarantine/**/*.parquet")]:
        text = str(duckdb.execute(f"SELECT * FROM read_parquet('{path}')").fetchall())
        assert ALICE not in text
        assert "'g1'" not in text and "'g9'" not in text


def test_loading_again_changes_nothing_and_says_so(place: Path, tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", "2026-07-20", APCS=SPELLS)
    first = json.loads(run("load", folder, "--home", place, "--json"))
    again = json.loads(run("load", folder, "--home", place, "--json"))
    assert again["snapshot"] == first["snapshot"]
    assert (again["loads"], again["already_loaded"]) == ([], ["APCS.csv"])


def test_the_same_deliveries_give_the_same_snapshot_under_another_key(tmp_path: Path) -> None:
    folder = delivery(tmp_path / "in", "2026-07-20", Admin_Patient=PATIENTS, APCS=SPELLS)
    homes = [make(tmp_path / n).home for n in ("one", "two")]
    first, second = (load(home, [folder], scope=SCOPE) for home in homes)
    assert first.snapshot == second.snapshot
    assert homes[0].vault != homes[1].vault
    assert first.loads[0].received_on == date(2026, 7, 20)
