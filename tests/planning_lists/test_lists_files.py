"""Reading a code list from a file: whatever its columns are called, and never a code that cannot be one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.errors import DataError
from doorstep.planning.list_files import Code, has_check_digit, list_id, read_list, snomed_fault

DIABETES = Code("73211009", "snomedct", "Diabetes mellitus")


def file_of(folder: Path, text: str, name: str = "diabetes.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "code,term\n73211009,Diabetes mellitus\n",
        "code,term,system\n73211009,Diabetes mellitus,snomedct\n",
        "term,code\nDiabetes mellitus,73211009\n",
        "Cluster_ID,SNOMED_code,SNOMED_code_description\nDM_COD,73211009,Diabetes mellitus\n",
        "conceptId\tfsn\n73211009\tDiabetes mellitus\n",
        "id;term;codingSystem\r\n73211009;Diabetes mellitus;SNOMED CT\r\n",
        'code,term\n73211009,"Diabetes mellitus"\n',
        "\ufeffSNOMED Concept ID,Preferred term\n 73211009 , Diabetes mellitus \n\n,\n",
    ],
)
def test_the_usual_exports_are_read_as_they_are(tmp_path: Path, text: str) -> None:
    assert read_list(file_of(tmp_path, text)) == (DIABETES,)


def test_a_term_is_not_needed_and_a_code_counts_once(tmp_path: Path) -> None:
    assert read_list(file_of(tmp_path, "code\n73211009\n22298006\n73211009\n")) == (
        Code("22298006", "snomedct", ""),
        Code("73211009", "snomedct", ""),
    )


def test_icd10_codes_lose_their_dot_and_are_prefixes(tmp_path: Path) -> None:
    text = "icd10_code,description\ne11.9,Type 2\nF0,Mental\n"
    assert [c.code for c in read_list(file_of(tmp_path, text))] == ["E119", "F0"]
    assert {c.system for c in read_list(file_of(tmp_path, text))} == {"icd10"}


def test_medicines_are_dmd(tmp_path: Path) -> None:
    found = read_list(file_of(tmp_path, "code,term,system\n39113611000001102,Aspirin 75mg tablets,dm+d\n"))
    assert found == (Code("39113611000001102", "dmd", "Aspirin 75mg tablets"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code\n73211008\n", "row 1: 73211008 has a wrong check digit"),
        ("code\n73211009\n\n925791000000101\n", "row 3: 925791000000101 has a wrong check digit"),
        ("code\n9.25791E+14\n", "row 1: 9.25791E+14 was written by a spreadsheet as a rounded number"),
        ("code\n1129331000000100\n", "it ends in noughts, as rounded numbers do"),
        ("code\n1223980016\n", "the identifier of a description, not of a concept"),
        ("code\nC10..\n", "'C10..' is no SNOMED CT identifier"),
        ("code\n00073211009\n", "is no SNOMED CT identifier"),
        ("code,system\n73211009,read\n", "system 'read'; expected snomedct, icd10 or dmd"),
        ("code,system\nE11.9.,icd10\n1,icd10\n", "row 2: '1' is no ICD-10 code"),
        ("kode,term\n73211009,Diabetes\n", "no column of codes among kode, term"),
        ("", "no column of codes among nothing"),
        ("code,term\n73211009," + "x" * 140_000 + "\n", "the file is not CSV: field larger than field limit"),
        ("code,term\n", "the list has no codes"),
        ("cluster_id,code\nDM_COD,73211009\nMI_COD,22298006\n", "the file holds 2 clusters: DM_COD, MI_COD"),
    ],
)
def test_a_wrong_file_is_refused_and_says_which_row(tmp_path: Path, text: str, says: str) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(DataError) as error:
        read_list(path)
    assert says in error.value.text()
    assert str(path) in error.value.text()


def test_the_advice_after_a_spreadsheet_names_the_cause(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="more than 15 digits"):
        read_list(file_of(tmp_path, "code\n1.12933E+15\n"))


def test_many_faults_are_counted_and_a_few_are_shown(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"row 5: x; and 3 more".replace("x", "'x' is no SNOMED CT identifier.*")):
        read_list(file_of(tmp_path, "code\n" + "x\n" * 8))


def test_text_that_is_not_utf8_is_an_error_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not UTF-8"):
        read_list(file_of(tmp_path, "code,term\n73211009,Ménière\n", encoding="latin-1"))


def test_a_file_is_named_after_its_list() -> None:
    assert list_id(Path("asthma.resolved.csv")) == "asthma.resolved"
    with pytest.raises(DataError, match="no name for a code list"):
        list_id(Path("My List.csv"))


@pytest.mark.parametrize("code", ["73211009", "22298006", "925791000000100", "288231000119101"])
def test_known_concepts_pass(code: str) -> None:
    assert snomed_fault(code) == ""


@given(st.sampled_from(["73211009", "22298006", "925791000000100", "1129331000000101"]), st.data())
def test_one_wrong_digit_or_two_that_changed_places_are_always_seen(code: str, data: st.DataObject) -> None:
    """What Verhoeff's digit promises: every single substitution, every swap of neighbours."""
    place = data.draw(st.integers(0, len(code) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert not has_check_digit(code[:place] + digit + code[place + 1 :])
    if place and code[place] != code[place - 1]:
        assert not has_check_digit(code[: place - 1] + code[place] + code[place - 1] + code[place + 1 :])


def test_a_term_may_go_over_two_lines_and_rows_are_counted_as_rows(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 2: '7' is no SNOMED CT identifier"):
        read_list(file_of(tmp_path, 'code,term\n73211009,"Diabetes\nmellitus"\n7,Wrong\n'))
