"""What becomes of each file: sound, faulty in every known way, sent again, sent twice, of another month or Place."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from collate_files import (
    APRIL,
    EVENTS,
    MAY,
    bomb,
    figures,
    received,
    send,
    typed,
    with_macros,
    without_sheet,
)

from doorstep.errors import DataError, UsageError
from doorstep.returns import Suppressed
from doorstep.returns.collated_tables import write_collation
from doorstep.returns.collating import Collated, collate


def became(folder: Path, month: date | None = None) -> dict[str, Collated]:
    return {one.file: one for one in collate(folder, month).files}


def codes(one: Collated, severity: str = "fault") -> set[str]:
    return {fault.code for fault in one.faults if fault.severity == severity}


Spoil = Callable[[Path], object]
# What the programme publishes test workbooks for, and what we look for besides: how the workbook is spoilt, how the
# file's name ends, what becomes of it and why.
SPOILT: dict[str, tuple[Spoil, str, str, str]] = {
    "sound": (send, ".xlsx", "accepted", ""),
    "decimals where counts are expected": (lambda p: typed(send(p), {"F6": 36.5}), ".xlsx", "refused", "not-a-count"),
    "saved as .ods": (lambda p: p.write_bytes(b"PK\x05\x06" + bytes(18)), ".ods", "not a workbook", "not-a-workbook"),
    "saved as .xls": (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0"), ".xls", "not a workbook", "not-a-workbook"),
    "saved as .xlsm": (send, ".xlsm", "refused", "file-type"),
    "printed to .pdf": (lambda p: p.write_bytes(b"%PDF-1.7"), ".pdf", "not a workbook", "not-a-workbook"),
    "a text file called .xlsx": (lambda p: p.write_text("O1,12"), ".xlsx", "not a workbook", "not-a-workbook"),
    "an empty file": (lambda p: p.touch(), ".xlsx", "not a workbook", "not-a-workbook"),
    "no sheet Instructions": (lambda p: without_sheet(send(p), "Instructions"), ".xlsx", "refused", "missing-sheet"),
    "no sheet SubmissionTemplate": (
        lambda p: without_sheet(send(p), "SubmissionTemplate"), ".xlsx", "refused", "missing-sheet",
    ),
    "no Place": (lambda p: typed(send(p), {"B6": None}, "Instructions"), ".xlsx", "refused", "missing-place"),
    "no such Place": (lambda p: typed(send(p), {"B6": "Ys"}, "Instructions"), ".xlsx", "refused", "unknown-place"),
    "no such month": (lambda p: typed(send(p), {"B7": 40_000}, "Instructions"), ".xlsx", "refused", "unknown-month"),
    "no column of an age group": (lambda p: typed(send(p), {"J5": None}), ".xlsx", "refused", "missing-column"),
    "no column of an ethnic group": (lambda p: typed(send(p), {"S5": None}), ".xlsx", "refused", "missing-column"),
    "no metric O3": (lambda p: typed(send(p), {"A21": None}), ".xlsx", "refused", "missing-metric"),
    "missing values": (lambda p: typed(send(p), {"H6": None, "I6": None}), ".xlsx", "refused", "missing-value"),
    "text where counts are expected": (lambda p: typed(send(p), {"H6": "twenty"}), ".xlsx", "refused", "not-a-count"),
    "numbers below six left in": (lambda p: send(p, hidden=Suppressed()), ".xlsx", "refused", "below-six"),
    "macros": (lambda p: with_macros(send(p)), ".xlsx", "refused", "macros"),
    "a typed nought": (lambda p: typed(send(p), {"E8": 0}), ".xlsx", "refused", "typed-zero"),
    "a breakdown above its total": (lambda p: typed(send(p), {"F6": 336}), ".xlsx", "refused", "does-not-add"),
    "bed days below stays": (lambda p: typed(send(p), {"D21": 20}), ".xlsx", "refused", "impossible-together"),
    "patients that differ": (lambda p: typed(send(p), {"D10": 900}), ".xlsx", "refused", "patients-differ"),
    "a text that would run": (
        lambda p: typed(send(p), {"F6": "@SUM(1+1)*cmd|' /C calc'!A0"}), ".xlsx", "refused", "formula-injection",
    ),
    "a formula that reaches out": (
        lambda p: typed(send(p), {"F6": '=WEBSERVICE("https://nowhere.example")'}), ".xlsx", "refused",
        "formula-injection",
    ),
    "a zip that unpacks to far more": (bomb, ".xlsx", "not a workbook", "not-a-workbook"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_each_kind_of_file_gets_its_verdict_and_the_reason(case: str, tmp_path: Path) -> None:
    spoil, ending, verdict, code = SPOILT[case]
    spoil(tmp_path / f"july{ending}")
    one = became(tmp_path)[f"july{ending}"]
    assert one.verdict == verdict
    assert code in codes(one) if code else not codes(one)


def test_a_faulty_file_beside_sound_ones_takes_nothing_from_them(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    send(tmp_path / "deep" / "er" / "b.xlsx", figures("St Helens", more=7))
    (tmp_path / "c.xlsx").write_text("no workbook")
    found = became(tmp_path)
    assert {file: one.verdict for file, one in found.items()} == {
        "a.xlsx": "accepted", "deep/er/b.xlsx": "accepted", "c.xlsx": "not a workbook",
    }  # fmt: skip


def test_a_later_version_takes_the_place_of_the_earlier_which_stays_listed(tmp_path: Path) -> None:
    send(tmp_path / "first.xlsx")
    send(tmp_path / "again.xlsx", figures(O6b=tuple(2 * n for n in EVENTS)))
    received(tmp_path, first="2026-06-20", again="2026-06-30")
    found = became(tmp_path)
    first, again = found["first.xlsx"], found["again.xlsx"]
    assert (first.verdict, first.version, first.of) == ("superseded", 1, "again.xlsx")
    assert (again.verdict, again.version, again.timeliness) == ("accepted", 2, "second window")


def test_of_one_days_versions_the_later_file_counts(tmp_path: Path) -> None:
    for name, hour, more in (("early.xlsx", 9, 6), ("late.xlsx", 15, 7)):
        path = send(tmp_path / name, figures(more=more))
        os.utime(path, (1_781_000_000 + 3600 * hour,) * 2)
    received(tmp_path, early="2026-06-20", late="2026-06-20")
    assert {file: one.verdict for file, one in became(tmp_path).items()} == {
        "early.xlsx": "superseded", "late.xlsx": "accepted",
    }  # fmt: skip


def test_a_later_version_that_is_faulty_leaves_the_earlier_in_place(tmp_path: Path) -> None:
    send(tmp_path / "first.xlsx")
    send(tmp_path / "again.xlsx", hidden=Suppressed())
    received(tmp_path, first="2026-06-20", again="2026-06-30")
    found = became(tmp_path)
    assert (found["first.xlsx"].verdict, found["again.xlsx"].verdict) == ("accepted", "refused")


def test_the_same_bytes_under_two_names_count_once(tmp_path: Path) -> None:
    send(tmp_path / "one.xlsx")
    (tmp_path / "two.xlsx").write_bytes((tmp_path / "one.xlsx").read_bytes())
    received(tmp_path, one="2026-06-20", two="2026-06-21")
    found = became(tmp_path)
    assert (found["one.xlsx"].verdict, found["one.xlsx"].version) == ("accepted", 1)
    assert (found["two.xlsx"].verdict, found["two.xlsx"].of, found["two.xlsx"].version) == ("copy", "one.xlsx", 0)


def test_the_same_numbers_under_another_month_are_refused(tmp_path: Path) -> None:
    send(tmp_path / "april.xlsx")
    send(tmp_path / "may.xlsx", figures(month=MAY))
    received(tmp_path, april="2026-06-20", may="2026-07-20")
    may = became(tmp_path)["may.xlsx"]
    assert may.verdict == "refused" and "duplicate-content" in codes(may)


def test_a_workbook_of_another_place_than_its_sender_is_refused(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    received(tmp_path, a="2026-06-20 st-helens")
    one = became(tmp_path)["a.xlsx"]
    assert one.verdict == "refused" and "other-place" in codes(one)


def test_with_a_month_other_months_are_listed_and_do_not_count(tmp_path: Path) -> None:
    send(tmp_path / "april.xlsx")
    send(tmp_path / "may.xlsx", figures(month=MAY, more=6))
    found = became(tmp_path, MAY)
    assert found["april.xlsx"].verdict == "other month" and codes(found["april.xlsx"], "note") >= {"other-month"}
    assert found["may.xlsx"].verdict == "accepted"


def test_a_month_left_from_the_last_return_is_refused_when_every_total_differs(tmp_path: Path) -> None:
    send(tmp_path / "april.xlsx")
    send(tmp_path / "may.xlsx", figures(month=APRIL, more=9))  # May's numbers, with April still in the cell
    received(tmp_path, april="2026-06-20", may="2026-07-20")  # April's windows closed on 25 June and 2 July
    may = became(tmp_path)["may.xlsx"]
    assert may.verdict == "refused" and "other-month" in codes(may)


def test_a_return_that_came_under_the_wrong_month_gives_way_when_it_comes_again_under_the_right_one(
    tmp_path: Path,
) -> None:
    send(tmp_path / "april.xlsx")
    send(tmp_path / "wrong.xlsx", figures(O6b=tuple(2 * n for n in EVENTS)))  # May's, with April in the cell
    send(tmp_path / "right.xlsx", figures(month=MAY, O6b=tuple(2 * n for n in EVENTS)))
    received(tmp_path, april="2026-06-20", wrong="2026-07-20", right="2026-07-22")
    found = became(tmp_path)
    assert {file: one.verdict for file, one in found.items()} == {
        "april.xlsx": "accepted", "wrong.xlsx": "refused", "right.xlsx": "accepted",
    }  # fmt: skip
    assert "other-month" in codes(found["wrong.xlsx"]) and found["april.xlsx"].of == ""


def test_a_wrong_month_of_which_nothing_else_is_in_gives_way_too(tmp_path: Path) -> None:
    send(tmp_path / "wrong.xlsx")
    send(tmp_path / "right.xlsx", figures(month=MAY))
    received(tmp_path, wrong="2026-07-20", right="2026-07-22")
    found = collate(tmp_path)
    assert [(one.file, one.verdict) for one in found.files] == [("wrong.xlsx", "refused"), ("right.xlsx", "accepted")]
    assert found.months == (MAY,)


def test_a_correction_long_after_counts_where_some_totals_stay(tmp_path: Path) -> None:
    send(tmp_path / "april.xlsx")
    send(tmp_path / "again.xlsx", figures(O5b=tuple(3 * n for n in EVENTS)))
    received(tmp_path, april="2026-06-20", again="2026-08-05")
    again = became(tmp_path)["again.xlsx"]
    assert (again.verdict, again.version, again.timeliness) == ("accepted", 2, "after the windows")


def test_a_return_is_compared_with_the_month_before(tmp_path: Path) -> None:
    send(tmp_path / "april.xlsx")
    send(tmp_path / "may.xlsx", figures(month=MAY, O6b=tuple(5 * n for n in EVENTS)))
    may = became(tmp_path)["may.xlsx"]
    (change,) = (fault for fault in may.faults if fault.code == "implausible-change")
    assert may.verdict == "accepted" and "O6b is 1000, and was 200" in change.message


def test_lock_files_links_and_other_files_are_left_aside(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    (tmp_path / "~$a.xlsx").write_bytes(b"lock")
    (tmp_path / "letter.docx").write_bytes(b"text")
    (tmp_path / "link.xlsx").symlink_to("/etc/hostname")
    found = collate(tmp_path)
    assert [one.file for one in found.files] == ["a.xlsx"] and found.left_aside == 1


def test_links_to_files_and_folders_are_named_for_a_return_may_be_behind_one(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "received", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    send(folder / "a.xlsx")
    (folder / "link.xlsx").symlink_to(send(elsewhere / "b.xlsx", figures(month=MAY)))
    (folder / "more").symlink_to(elsewhere)
    found = collate(folder)
    assert found.links == ("link.xlsx", "more") and [one.file for one in found.files] == ["a.xlsx"]
    assert found.exit_code == 1


def test_a_name_that_is_no_text_is_written_with_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "received").mkdir()
    send(tmp_path / "received" / "a.xlsx").rename(os.fsdecode(os.fsencode(tmp_path) + b"/received/sm\xe5.xlsx"))
    found = collate(tmp_path / "received")
    assert [one.file for one in found.files] == [r"sm\xe5.xlsx"]
    write_collation(found, tmp_path / "all.xlsx")
    write_collation(found, tmp_path / "all.csv")
    assert r"sm\xe5.xlsx" in (tmp_path / "all files.csv").read_text(encoding="utf-8")


def test_heads_of_the_list_may_have_capitals_and_blanks(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    (tmp_path / "received.csv").write_text("File, Received ,Place\n./a.xlsx,2026-06-20,Sefton\n")
    (one,) = collate(tmp_path).files
    assert (one.file, f"{one.arrival.received}", one.arrival.sender) == ("a.xlsx", "2026-06-20", "sefton")


def test_a_listed_file_is_looked_at_whatever_its_name_and_one_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "return.txt").write_text("figures")
    (tmp_path / "received.csv").write_text("file,received\nreturn.txt,2026-06-20\ngone.xlsx,2026-06-21\n")
    found = collate(tmp_path)
    assert [one.verdict for one in found.files] == ["not a workbook"] and found.not_there == ("gone.xlsx",)
    assert found.exit_code == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,day\na.xlsx,2026-06-20\n", "no column file or received"),
        ("file,received\na.xlsx,20 June\n", "no day"),
        ("file,received,place\na.xlsx,2026-06-20,Atlantis\n", "no Place is called"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(text: str, told: str, tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    (tmp_path / "received.csv").write_text(text)
    with pytest.raises(DataError, match=told) as error:
        collate(tmp_path)
    assert "received.csv" in error.value.where


def test_a_list_that_is_no_text_is_refused(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    (tmp_path / "received.csv").write_bytes(b"file,received\n\xff\xfe,2026-06-20\n")
    with pytest.raises(DataError, match="CSV file in UTF-8"):
        collate(tmp_path)


def test_a_folder_without_workbooks_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no workbook"):
        collate(tmp_path)
    with pytest.raises(UsageError, match="not there"):
        collate(tmp_path / "nowhere")


def test_verdicts_are_the_same_with_several_processes(tmp_path: Path) -> None:
    for n in range(20):
        send(tmp_path / f"{n:02}.xlsx", figures(more=n + 6))
    (tmp_path / "20.xlsx").write_text("no workbook")
    one, two = (collate(tmp_path, processes=n) for n in (1, 2))
    assert one.files == two.files and len(one.files) == 21


def test_thousands_of_copies_are_read_once(tmp_path: Path) -> None:
    content = send(tmp_path / "0.xlsx").read_bytes()
    for n in range(1, 1500):
        (tmp_path / f"{n}.xlsx").write_bytes(content)
    found = collate(tmp_path)
    assert [one.verdict for one in found.files].count("copy") == 1499 and len(found.accepted) == 1
