"""Notes on the files of a load, said once for each kind of file."""

from __future__ import annotations

from doorstep.records.notes import by_kind
from doorstep.records.snapshot import Input


def file(name: str, *notes: str) -> Input:
    return Input(name, name, name, "sus_plus@1", ("spell",), "hospital", 10, notes)


def test_equal_notes_on_one_kind_of_file_are_said_once_with_the_counts_added_up() -> None:
    method = "Admission_Method is not a code of admission_method"
    files = [
        file("APCS_2026-07.csv", f"1,151 rows: {method}", "not read: Spare"),
        file("APCS_2026-08.csv", f"2 rows: {method}", "not read: Spare"),
        file("APCS_2026-09.csv", f"1 row: {method}", "not read: Spare"),
    ]
    assert by_kind(files) == [f"APCS (3 files): {1151 + 2 + 1:,} rows: {method}", "APCS (3 files): not read: Spare"]


def test_a_note_on_one_file_names_the_file() -> None:
    files = [file("OPA_2026-07.csv", "1 row: Ethnic_Group is not a code"), file("OPA_2026-08.csv")]
    assert by_kind(files) == ["OPA_2026-07.csv: 1 row: Ethnic_Group is not a code"]


def test_other_kinds_and_other_notes_stay_apart() -> None:
    files = [
        file("OPA_2026-07.csv", "3 slots whose status could not be worked out: Unknown", "3 rows: a retired code"),
        file("EC_2026-07.csv", "3 rows: a retired code"),
        file("own_names.csv", "the file is UTF-16: read as such"),
        file("other_names.csv", "the file is UTF-16: read as such"),
    ]
    assert len(by_kind(files)) == 5
