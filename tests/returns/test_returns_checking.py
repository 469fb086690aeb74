"""Every check finds the fault it is for, with sheet and cell, in a return that was right before."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from return_files import APRIL, DAYS, EVENTS, PARTS, PEOPLE, STAYS, Formula, doctor, figures, rezip, workbook

from doorstep.errors import UsageError
from doorstep.returns import checking as check_module
from doorstep.returns.checking import check
from doorstep.returns.faults import CODES, Fault, exit_code
from doorstep.returns.layout import SPOT_AT, serial
from doorstep.returns.printed import Suppressed
from doorstep.returns.suppression import apply_suppression

HEAD, S = "Instructions", "SubmissionTemplate"
# What any return with suppressed numbers has: two notes.
USUAL = {"rate-of-suppressed", "worked-out"}


def found(path: Path, **options: object) -> list[Fault]:
    return [fault for fault in check([path], **options) if fault.code not in USUAL]  # type: ignore[arg-type]


def test_a_right_return_has_notes_about_suppression_only(tmp_path: Path) -> None:
    faults = check([workbook(tmp_path / "r.xlsx")])
    assert {fault.code for fault in faults} == USUAL
    assert exit_code(faults) == 1


def test_a_return_without_small_numbers_is_clean(tmp_path: Path) -> None:
    big = tuple(10 * n for n in PEOPLE)
    made = figures(counts=dict.fromkeys(figures().counts, PEOPLE), patients=big, caseload=1000, caseload_line=PEOPLE)
    path = workbook(tmp_path / "r.xlsx", apply_suppression(made), **vars(made))
    assert check([path]) == []
    assert exit_code([]) == 0


TYPED = [
    (S, "F6", None, "missing-value", "fault"),
    (S, "F6", "n/a", "not-a-count", "fault"),
    (S, "F6", 36.5, "not-a-count", "fault"),
    (S, "F6", -7, "negative", "fault"),
    (S, "F6", 5, "below-six", "fault"),
    (S, "E6", 0, "below-six", "fault"),
    (S, "E6", "<5", "other-marker", "note"),
    (S, "E6", "null", "other-marker", "note"),
    (S, "D10", 999, "patients-differ", "fault"),
    (S, "T13", "*", "patients-differ", "fault"),
    (S, "F6", "=1+1", "formula-injection", "fault"),
    (S, "F6", "@SUM(A1)", "formula-injection", "fault"),
    (HEAD, "B6", "+cmd|' /C calc'!A0", "formula-injection", "fault"),
    (S, "C6", "=cmd|' /C calc'!A0", "formula-injection", "fault"),
    (S, "C6", "@SUM(1+1)", "formula-injection", "fault"),
    (HEAD, "A9", "-2+3+cmd|' /C calc'!A0", "formula-injection", "fault"),
    (S, "F6", Formula("WEBSERVICE(A1)"), "formula-injection", "fault"),
    (S, "A6", Formula('HYPERLINK("x","y")'), "formula-injection", "fault"),
    (S, "F6", Formula("SUM(G6:H6)"), "formula-in-input", "note"),
    (S, "F8", 360, "formula-overwritten", "fault"),
    (S, "F8", Formula("F6/F7"), "formula-overwritten", "fault"),
    (S, "F16", 100, "formula-overwritten", "fault"),
    (S, "E8", 0, "typed-zero", "fault"),
    (S, "E8", "*", "formula-overwritten", "note"),
    (HEAD, "B6", None, "missing-place", "fault"),
    (HEAD, "B6", "Narnia", "unknown-place", "fault"),
    (HEAD, "B6", "sefton", "place-spelling", "note"),
    (HEAD, "B7", None, "missing-month", "fault"),
    (HEAD, "B7", "Apr-26", "unknown-month", "fault"),
    (HEAD, "B7", 46114, "unknown-month", "fault"),
    (HEAD, "B7", 45000, "unknown-month", "fault"),
    (S, "E5", "18-25", "missing-column", "fault"),
    (S, "O4", None, "missing-column", "fault"),
    (S, "W5", 7, "missing-column", "fault"),
    (S, "A21", None, "missing-metric", "fault"),
    (S, "A48", "P2", "missing-metric", "fault"),
    (S, "C9", "Appointments", "label-changed", "note"),
    (S, "A48", None, "record-count", "fault"),
    (S, "Z5", None, "missing-column", "fault"),
]


@pytest.mark.parametrize(("sheet", "cell", "value", "code", "severity"), TYPED)
def test_a_cell_typed_over_is_found_at_its_cell(
    tmp_path: Path, sheet: str, cell: str, value: object, code: str, severity: str
) -> None:
    faults = found(doctor(workbook(tmp_path / "r.xlsx"), {(sheet, cell): value}))
    mine = [fault for fault in faults if fault.code == code]
    assert [(f.sheet, f.severity, f.file) for f in mine] == [(sheet, severity, "r.xlsx")]
    assert mine[0].cell == ("A4" if code == "record-count" else cell)
    assert mine[0].line().startswith(f"r.xlsx: {sheet}!{mine[0].cell}: {severity} {code}: ")


def test_a_breakdown_that_does_not_add_up_is_found(tmp_path: Path) -> None:
    # G6 20 -> 21 while one of the ten is hidden: 196 + 1 + hidden 4 is still possible, so raise it past the total
    faults = found(doctor(workbook(tmp_path / "r.xlsx"), {(S, "G6"): 30}))
    assert ("E6:N6", "does-not-add") in {(f.cell, f.code) for f in faults}


def test_a_breakdown_with_nothing_hidden_must_add_up_exactly(tmp_path: Path) -> None:
    faults = found(doctor(workbook(tmp_path / "r.xlsx"), {(S, f"E{row}"): 99 for row in (7, 10, 13)}))
    assert [f.cell for f in faults if f.code == "does-not-add"] == ["E7:N7", "E10:N10", "E13:N13"]


def test_a_remainder_too_large_for_the_hidden_cells_is_noted(tmp_path: Path) -> None:
    faults = found(doctor(workbook(tmp_path / "r.xlsx"), {(S, "F6"): "*"}))
    assert [(f.cell, f.severity) for f in faults if f.code == "large-remainder"] == [("E6:N6", "note")]


def test_a_value_that_its_cells_no_longer_give_is_found(tmp_path: Path) -> None:
    faults = found(doctor(workbook(tmp_path / "r.xlsx"), {(S, "D45"): 300}))
    assert ("D47", "stale-value") in {(f.cell, f.code) for f in faults}


def test_a_formula_without_a_value_is_found(tmp_path: Path) -> None:
    def drop_value(parts: dict[str, bytes]) -> None:
        sheet = parts[PARTS[S]].decode()
        start = sheet.index('<c r="F8"')
        end = sheet.index("</c>", start)
        cell = sheet[start:end]
        parts[PARTS[S]] = (sheet[:start] + cell[: cell.index("<v>")] + sheet[end:]).encode()

    faults = found(rezip(workbook(tmp_path / "r.xlsx"), drop_value))
    assert [(f.cell, f.code) for f in faults] == [("F8", "no-cached-value")]


def test_more_people_on_the_caseload_than_in_the_cohort_is_a_fault_in_total_and_a_note_in_a_column(
    tmp_path: Path,
) -> None:
    path = workbook(
        tmp_path / "r.xlsx", caseload=1100, caseload_line=(1100, 200, *PEOPLE[2:10], 100, 600, *PEOPLE[12:22], 200)
    )
    severities = {f.cell: f.severity for f in found(path) if f.code == "caseload-above-cohort"}
    assert severities == {"D48": "fault", "E48": "note", "O48": "note", "Z48": "note"}


@pytest.mark.parametrize(("days", "stays"), [(20, 30), (40, 0)])
def test_bed_days_that_cannot_belong_to_the_stays_are_found(tmp_path: Path, days: int, stays: int) -> None:
    faults = found(doctor(workbook(tmp_path / "r.xlsx"), {(S, "D18"): stays, (S, "D21"): days}))
    assert ("D21", "impossible-together") in {(f.cell, f.code) for f in faults}


def test_suppressed_cells_that_subtraction_gives_back_are_counted(tmp_path: Path) -> None:
    notes = [f.message for f in check([workbook(tmp_path / "r.xlsx")]) if f.code == "worked-out"]
    assert len(notes) == 1
    assert notes[0].endswith("suppressed cells can be worked out by subtraction")


def drop_sheet(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(f'name="{name}"'.encode(), b'name="Other"')

    return change


@pytest.mark.parametrize(("sheet", "severity"), [(HEAD, "fault"), (S, "fault"), ("Definitions", "note")])
def test_a_missing_sheet_is_found(tmp_path: Path, sheet: str, severity: str) -> None:
    faults = found(rezip(workbook(tmp_path / "r.xlsx"), drop_sheet(sheet)))
    assert [(f.sheet, f.severity) for f in faults if f.code == "missing-sheet"] == [(sheet, severity)]


@pytest.mark.parametrize(
    ("title", "words"),
    [("Submission template ", "'Submission template ' is"), ("Sheet1", "the sheets that are: 'Sheet1'")],
)
def test_a_missing_sheet_is_told_with_what_stands_in_its_stead(tmp_path: Path, title: str, words: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        content = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = content.replace(b'"SubmissionTemplate"', f'"{title}"'.encode())

    faults = found(rezip(workbook(tmp_path / "r.xlsx"), change))
    assert [words in f.message for f in faults if f.code == "missing-sheet"] == [True]


@pytest.mark.parametrize("text", ["- first (of two)", "+44 20 7946 0000", "=", "@sefton", "+44(0)20 7946"])
def test_words_that_only_begin_like_a_formula_are_no_injection(tmp_path: Path, text: str) -> None:
    codes = {f.code for f in found(doctor(workbook(tmp_path / "r.xlsx"), {(S, "C6"): text}))}
    assert "label-changed" in codes and "formula-injection" not in codes


def test_macros_are_found(tmp_path: Path) -> None:
    faults = found(rezip(workbook(tmp_path / "r.xlsx"), lambda parts: parts.update({"xl/vbaProject.bin": b"x"})))
    assert [f.code for f in faults] == ["macros"]


def test_links_to_other_workbooks_are_found(tmp_path: Path) -> None:
    link = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    faults = found(rezip(workbook(tmp_path / "r.xlsx"), lambda parts: parts.update(link)))
    assert [f.code for f in faults] == ["active-content"]


def _beside(path: Path) -> list[tuple[str, str]]:
    return [(f.sheet, f.cell) for f in found(path) if f.code == "beside-template"]


def test_what_stands_beside_the_template_is_found_and_not_repeated(tmp_path: Path) -> None:
    import openpyxl

    path = workbook(tmp_path / "r.xlsx")
    assert _beside(path) == []
    book = openpyxl.load_workbook(path)
    book[S]["AB12"] = book[S]["C52"] = "Agnes Archer, 999 000 0018"
    book.create_sheet("Names")["A1"] = "Agnes Archer"
    book.create_sheet("Nothing")
    book.save(path)
    assert _beside(path) == [(S, "AB12, C52"), ("Names", "")]
    assert "Archer" not in "".join(f.message for f in found(path) if f.code == "beside-template")


@pytest.mark.parametrize(
    "part", ["xl/comments1.xml", "xl/comments/comment1.xml", "xl/threadedComments/threadedComment1.xml"]
)
def test_comments_on_cells_are_found(tmp_path: Path, part: str) -> None:
    path = rezip(workbook(tmp_path / "r.xlsx"), lambda parts: parts.update({part: b"<comments/>"}))
    assert [(f.severity, f.code) for f in found(path)] == [("note", "beside-template")]


@pytest.mark.parametrize("suffix", [".xlsm", ".xls", ".ods"])
def test_another_file_type_is_found_by_its_name(tmp_path: Path, suffix: str) -> None:
    path = workbook(tmp_path / "r.xlsx").rename(tmp_path / f"r{suffix}")
    assert [f.code for f in found(path)] == ["file-type"]


def test_a_file_that_is_no_workbook_is_found_and_the_others_are_checked(tmp_path: Path) -> None:
    pdf = tmp_path / "r.pdf"
    pdf.write_bytes(b"%PDF-1.7")
    faults = check([pdf, doctor(workbook(tmp_path / "r.xlsx"), {(S, "F6"): -7})])
    assert {("r.pdf", "not-a-workbook"), ("r.xlsx", "negative")} <= {(f.file, f.code) for f in faults}
    assert exit_code(faults) == 5


def test_another_month_than_the_one_collected_is_found(tmp_path: Path) -> None:
    faults = found(workbook(tmp_path / "r.xlsx"), month=date(2026, 5, 1))
    assert [(f.code, f.cell, f.severity) for f in faults] == [("other-month", "B7", "fault")]


def test_a_day_within_the_month_collected_is_told_once(tmp_path: Path) -> None:
    """No first day of a month is one fault; that April is not April would be another."""
    path = doctor(workbook(tmp_path / "r.xlsx"), {(HEAD, "B7"): serial(APRIL) + 6})
    assert [f.code for f in found(path, month=APRIL) if f.cell == "B7"] == ["unknown-month"]


def test_the_odd_month_out_of_several_files_is_noted(tmp_path: Path) -> None:
    paths = [workbook(tmp_path / f"{p}.xlsx", place=p) for p in ("Sefton", "Croydon")]
    paths.append(workbook(tmp_path / "Walsall.xlsx", place="Walsall", month=date(2026, 5, 1)))
    odd = [f for f in check(paths) if f.code == "other-month"]
    assert [(f.file, f.severity) for f in odd] == [("Walsall.xlsx", "note")]


def test_two_files_of_one_place_and_month_are_duplicates(tmp_path: Path) -> None:
    first = workbook(tmp_path / "a.xlsx")
    second = doctor(workbook(tmp_path / "b.xlsx"), {(S, "D6"): 201})
    faults = [f for f in check([first, second]) if f.code.startswith("duplicate")]
    assert [(f.code, f.file) for f in faults] == [("duplicate", "b.xlsx")]


def test_the_same_numbers_under_two_names_are_duplicates(tmp_path: Path) -> None:
    paths = [workbook(tmp_path / f"{place}.xlsx", place=place) for place in ("Sefton", "Croydon")]
    faults = [f for f in check(paths) if f.code.startswith("duplicate")]
    assert [(f.code, f.file) for f in faults] == [("duplicate-content", "Croydon.xlsx")]


def test_an_implausible_change_from_last_month_is_noted(tmp_path: Path) -> None:
    march = workbook(tmp_path / "march.xlsx", month=date(2026, 3, 1))
    tripled = tuple(3 * n for n in EVENTS)
    counts = figures().counts | {"O5a": tripled}
    april = workbook(tmp_path / "april.xlsx", counts=counts, patients=tuple(2 * n for n in PEOPLE))
    notes = [f for f in check([april], previous=[march]) if f.code == "implausible-change"]
    assert [(f.cell, f.severity) for f in notes] == [("D36", "note"), ("D7", "note")]


def test_a_plausible_change_is_not_noted(tmp_path: Path) -> None:
    march = workbook(tmp_path / "march.xlsx", month=date(2026, 3, 1))
    counts = figures().counts | {"O5a": (220, 24, *EVENTS[2:11], 120, *EVENTS[12:17], 60, *EVENTS[18:])}
    april = workbook(tmp_path / "april.xlsx", counts=counts)
    assert [f for f in check([april], previous=[march]) if f.code == "implausible-change"] == []


def test_another_places_last_month_is_not_compared(tmp_path: Path) -> None:
    march = workbook(
        tmp_path / "m.xlsx", place="Croydon", month=date(2026, 3, 1), patients=tuple(9 * n for n in PEOPLE)
    )
    april = workbook(tmp_path / "a.xlsx")
    assert [f for f in check([april], previous=[march]) if f.code == "implausible-change"] == []


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not there"):
        check([tmp_path / "none.xlsx"])


def test_a_return_with_nothing_suppressed_is_found_out(tmp_path: Path) -> None:
    faults = found(workbook(tmp_path / "r.xlsx", Suppressed()))
    n_small = sum(n < 6 for line in (*[EVENTS] * 12, STAYS, DAYS) for n in line)
    assert len([f for f in faults if f.code == "below-six"]) == n_small


ANYTHING = st.one_of(
    st.none(),
    st.integers(-10, 10**12),
    st.floats(allow_nan=True),
    st.text(alphabet="=+-@*<5 aé\t", max_size=6),
    st.builds(Formula, st.sampled_from(["1/0", "D6", "SUM(A1:A9)", "("])),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.dictionaries(
        st.sampled_from([(S, a) for a in SPOT_AT] + [(HEAD, "B6"), (HEAD, "B7"), (S, "A4"), (S, "E5")]),
        ANYTHING,
        min_size=1,
        max_size=8,
    )
)
def test_a_check_of_any_doctored_return_ends_in_findings(tmp_path: Path, edits: dict[tuple[str, str], object]) -> None:
    faults = check([doctor(workbook(tmp_path / "r.xlsx"), edits)])
    assert exit_code(faults) in (0, 1, 4)
    assert {f.code for f in faults} <= set(CODES)


def test_the_page_on_checks_is_the_table_of_codes() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "return-checks.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{code}` | {severity} | {what} |" for code, (severity, what) in CODES.items()]


def test_every_code_that_a_check_can_give_is_in_the_table() -> None:
    folder = Path(check_module.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in (*folder.glob("check*.py"), folder / "collating.py"))
    given = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text)) | {"macros", "negative", "duplicate", "not-a-workbook"}
    assert given == set(CODES)
