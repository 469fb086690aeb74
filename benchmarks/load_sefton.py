"""Load a made-up delivery of the size of Sefton (280,000 people, 12 million rows) and say how long it took.

Run: python benchmarks/load_sefton.py [FOLDER] [SHARE]. SHARE 0.1 makes a tenth of the rows.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from doorstep.home import Home
from doorstep.records import completeness, open_lake, purposes, status
from doorstep.records.loading import load
from doorstep.records.scope import Scope

PEOPLE = 280_000
KEY = "upper(substr(md5('k' || {n}), 1, 16))"
DAY = "DATE '2023-04-01' + (hash({n}, 'd') % 1200)::INTEGER"
PERSON = f"(hash(i, 'p') % {PEOPLE})::INTEGER"
PRACTICE = "('N' || (84000 + hash({n}, 'g') % 28))"
WHO = KEY.format(n=PERSON)
WHERE = f"""'E010068' || (35 + hash({PERSON}, 'l') % 60) AS Der_Postcode_LSOA_2011_Code,
    {PRACTICE.format(n=PERSON)} AS GP_Practice_Code, substr('ABCDEFGHJKLMNPRSZ', (1 + hash({PERSON}, 'e') % 17)::INTEGER, 1) AS Ethnic_Group"""
FILES = {
    "Admin_Patient": (PEOPLE, f"""md5('g' || i) AS PatientGuid, {PRACTICE.format(n="i::INTEGER")} AS OrganisationCode,
        {KEY.format(n="i::INTEGER")} AS Der_Pseudo_NHS_Number, DATE '1930-01-01' + (hash(i, 'b') % 33000)::INTEGER AS DateOfBirth,
        'F' AS Sex, 'A' AS EthnicCategory, 'E010068' || (35 + hash(i, 'l') % 60) AS LSOA, DATE '2010-01-01' AS DateOfRegistration,
        'false' AS Deleted, 1 AS ProcessingId"""),
    "Coding_ClinicalCode": (1000, "i AS CodeId, 44054006 + i AS SnomedCTConceptId, 'term' AS Term, 1 AS ProcessingId"),
    "CareRecord_Observation": (4_000_000, f"""md5('o' || i) AS ObservationGuid, md5('g' || {PERSON}) AS PatientGuid,
        {PRACTICE.format(n=PERSON)} AS OrganisationCode, {DAY.format(n="i")} AS EffectiveDate, i % 1000 AS CodeId,
        '' AS ConsultationGuid, 'false' AS Deleted, 1 AS ProcessingId"""),
    "appointments": (3_400_000, f"""'a' || i AS appointment_id, {WHO} AS Der_Pseudo_NHS_Number,
        {PRACTICE.format(n=PERSON)} AS practice_code, {DAY.format(n="i")} AS appointment_date, 'Attended' AS appointment_status,
        'GP' AS sds_role_group, 'General Practice' AS service_setting, 'GCA' AS national_category,
        'Face-to-Face' AS appointment_mode"""),
    "OPA": (1_800_000, f"""i AS OPA_Ident, {WHO} AS Der_Pseudo_NHS_Number, 'RBN' AS Der_Provider_Code, {DAY.format(n="i")} AS
        Appointment_Date, '5' AS Attendance_Status, '1' AS First_Attendance, '300' AS Main_Specialty_Code,
        '300' AS Treatment_Function_Code, '' AS Der_Procedure_All, {WHERE}"""),
    "EC": (550_000, f"""i AS EC_Ident, {WHO} AS Der_Pseudo_NHS_Number, 'RBN' AS Der_Provider_Code, {DAY.format(n="i")} AS
        Arrival_Date, '10:00:00' AS Arrival_Time, '01' AS EC_Department_Type, '1' AS EC_AttendanceCategory,
        '1048031000000100' AS EC_Arrival_Mode_SNOMED_CT, '1064911000000105' AS EC_Acuity_SNOMED_CT, {WHERE}"""),
    "APCS": (370_000, f"""i AS APCS_Ident, 's' || i AS Der_Spell_ID, {WHO} AS Der_Pseudo_NHS_Number, 'RBN' AS
        Der_Provider_Code, {DAY.format(n="i")} AS Admission_Date, {DAY.format(n="i")} + 3 AS Discharge_Date, '21' AS Admission_Method,
        '1' AS Discharge_Method, '1' AS Patient_Classification, '300' AS Der_Dischg_Treatment_Function_Code,
        'I10X||E119' AS Der_Diagnosis_All, '' AS Der_Procedure_All, {WHERE}"""),
    "CYP001MPI": (90_000, f"""'c' || i AS Person_ID, {KEY.format(n="i::INTEGER")} AS Der_Pseudo_NHS_Number, DATE '1940-05-01' AS
        Person_BirthDate, 'A' AS EthnicCategory, 'E010068' || (35 + hash(i, 'l') % 60) AS LSOA, 'RW1' AS OrgID_Provider,
        1 AS UniqueSubmissionID, 1 AS Unique_MonthID, DATE '2026-07-01' AS Effective_From"""),
    "CYP201CareContact": (1_500_000, f"""'c' || (hash(i, 'c') % 90000) AS Person_ID, 'r' || (i // 7) AS UniqueServiceRequestID,
        'x' || i AS UniqueCareContactID, {DAY.format(n="i")} AS Contact_Date, '5' AS AttendanceStatus, 1 AS UniqueSubmissionID,
        1 AS Unique_MonthID, DATE '2026-07-01' AS Effective_From, 'RW1' AS OrgID_Provider"""),
}  # fmt: skip


def write_files(folder: Path, share: float) -> None:
    folder.mkdir(parents=True)
    (folder / "delivery.toml").write_text("received_on = 2026-08-20\n")
    with duckdb.connect() as con:
        for stem, (n, columns) in FILES.items():
            count = n if stem == "Admin_Patient" else int(n * share)
            con.execute(f"COPY (SELECT {columns} FROM range({count}) t(i)) TO '{folder}/{stem}.csv' (HEADER)")


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    if not (root / "in").exists():
        write_files(root / "in", share)
    home = Home(Path(tempfile.mkdtemp(dir=root)))
    home.config_file.write_text('format = 1\nplace = "Made up"\n')
    home.purposes_file.write_text(purposes.example(date(2099, 1, 1)))
    scope = Scope(frozenset(f"N{84000 + n:05d}" for n in range(28)), frozenset())
    start = time.perf_counter()
    found = load(
        home, [root / "in"], scope=scope, say=lambda text: print(f"{time.perf_counter() - start:7.1f} s  {text}")
    )
    took = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{found.n_rows:,} rows in {took:.1f} s ({used.ru_utime:.0f} s of processor), {used.ru_maxrss / 1e6:.1f} GB")
    for name, work in (
        ("open", lambda: open_lake(home).close()),
        ("status", lambda: status.files(home)),
        ("verify", lambda: status.verify(home)),
        ("completeness", lambda: completeness(open_lake(home).connection(), date(2026, 6, 1))),
    ):
        start = time.perf_counter()
        work()
        print(f"{name}: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
