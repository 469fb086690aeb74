"""What becomes of a file: kept as a version, the same as one before, or refused with nothing kept but an audit line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import IN_TIME, JULY, JUNE, codes, edited, figures, refused_events, send, workbook

pytestmark = pytest.mark.usefixtures("register")


def n_kept() -> int:
    from doorstep.programme.submissions.models import Finding, Submission

    return Submission.objects.count() + Finding.objects.count()


def test_a_sound_file_becomes_the_first_version_of_its_place_and_month(people: Any, tmp_path: Path) -> None:
    content = workbook(tmp_path, figures(O1a=1234))
    kept = send(content, people["sam"], note="Sent early")
    made = kept.submission
    assert (kept.outcome, made.place_id, made.month, made.version) == ("kept", "sefton", JULY, 1)
    assert (made.n_faults, made.window, made.note) == (0, "first", "Sent early")
    assert made.lines["O1a"][0] == 1234
    assert bytes(made.file) == content


def test_the_same_bytes_again_are_the_same_submission(people: Any, tmp_path: Path) -> None:
    content = workbook(tmp_path, figures())
    first, again = send(content, people["sam"]), send(content, people["ana"])
    assert again.outcome == "same"
    assert again.submission.pk == first.submission.pk


def test_a_resubmission_is_the_next_version_and_the_earlier_stays(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions.models import Submission

    first = send(workbook(tmp_path, figures(O1a=700)), people["sam"]).submission
    second = send(workbook(tmp_path, figures(O1a=710)), people["sam"]).submission
    assert (first.version, second.version) == (1, 2)
    lines: Any = Submission.objects.get(pk=first.pk).lines
    assert lines["O1a"][0] == 700


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2026, 9, 25), "first"),
        (date(2026, 9, 26), "second"),
        (date(2026, 10, 2), "second"),
        (date(2026, 10, 3), "late"),
    ],
)
def test_the_window_is_that_of_the_day_received(people: Any, tmp_path: Path, day: date, window: str) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert send(workbook(tmp_path, figures()), people["sam"], received_at=at).submission.window == window


def test_the_day_received_is_the_day_in_england(people: Any, tmp_path: Path) -> None:
    at = datetime(2026, 9, 25, 23, 30, tzinfo=UTC)  # half past midnight of the 26th, British Summer Time
    made = send(workbook(tmp_path, figures()), people["sam"], received_at=at).submission
    assert (made.received_on, made.window) == (date(2026, 9, 26), "second")


def test_a_file_with_faults_is_kept_with_each_of_them(people: Any, tmp_path: Path) -> None:
    kept = send(workbook(tmp_path, figures(O2a=12)), people["sam"])  # 12 over ten ages is 1 and 3: below six
    assert kept.outcome == "kept"
    assert kept.needs_correcting
    assert "below-six" in codes(kept.submission)


def test_a_form_without_its_columns_has_no_numbers(people: Any, tmp_path: Path) -> None:
    content = workbook(tmp_path, figures())
    broken = edited(tmp_path, content, lambda name, part: part.replace(b"18-19", b"17-19"))
    kept = send(broken, people["sam"])
    assert kept.submission.lines is None
    assert "missing-column" in codes(kept.submission)


NOT_KEPT: dict[str, tuple[str, bytes]] = {
    "a PDF under another name": ("not-a-workbook", b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF"),
    "an empty file": ("empty", b""),
    "a workbook with a password": ("not-a-workbook", bytes.fromhex("d0cf11e0a1b11ae1") + b"EncryptedPackage" * 200),
    "more than 5 MB": ("too-large", b"P" * 5_000_001),
    "a text": ("not-a-workbook", b"Place,Month\nSefton,July\n"),
}


@pytest.mark.parametrize("what", NOT_KEPT)
def test_what_is_no_workbook_leaves_an_audit_line_and_nothing_else(people: Any, what: str) -> None:
    code, content = NOT_KEPT[what]
    found = send(content, people["sam"])
    assert (found.outcome, found.submission, n_kept()) == ("refused", None, 0)
    assert refused_events() == [("submission", "", code)]
    assert found.reason.endswith(".")


def test_a_zip_bomb_is_refused_without_being_unpacked(people: Any, tmp_path: Path) -> None:
    bomb = edited(tmp_path, workbook(tmp_path, figures()), lambda _, part: part, {"xl/media/a.bin": b"\0" * 40_000_000})
    assert len(bomb) < 100_000
    assert send(bomb, people["sam"]).outcome == "refused"
    assert n_kept() == 0


def test_macros_are_refused(people: Any, tmp_path: Path) -> None:
    content = edited(
        tmp_path, workbook(tmp_path, figures()), lambda _, part: part, {"xl/vbaProject.bin": b"Attribute VB"}
    )
    found = send(content, people["sam"])
    assert (found.outcome, refused_events(), n_kept()) == ("refused", [("submission", "sefton", "macros")], 0)
    assert "macros" in found.reason


def test_a_workbook_of_another_type_is_refused_by_its_name(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions

    content = workbook(tmp_path, figures())
    found = actions.receive(file_name="return.xlsm", content=content, by=people["sam"], received_at=IN_TIME)
    assert found.reason == "The name ends in .xlsm; .xlsx is asked for."
    assert n_kept() == 0
    # The same bytes under a right name are taken: the refusal left nothing that would call them "the same".
    assert send(content, people["sam"]).outcome == "kept"


def cell_text(text: str) -> Any:
    """Return an edit that puts a text into the cell of O1a's total."""

    def edit(name: str, part: bytes) -> bytes:
        import re

        if not name.endswith("sheet2.xml"):
            return part
        return re.sub(
            rb'<c r="D6"([^>]*)><v>\d+</v></c>',
            rb'<c r="D6"\1 t="inlineStr"><is><t>' + text.encode() + rb"</t></is></c>",
            part,
        )

    return edit


def test_a_text_that_would_run_as_a_formula_is_refused_with_its_cell(people: Any, tmp_path: Path) -> None:
    found = send(edited(tmp_path, workbook(tmp_path, figures()), cell_text("=cmd|' /C calc'!A0")), people["sam"])
    assert found.outcome == "refused"
    assert "SubmissionTemplate!D6" in found.reason
    assert n_kept() == 0


def test_a_file_that_names_two_places_is_refused(people: Any, tmp_path: Path) -> None:
    content = workbook(tmp_path, figures("Sefton"))
    both = edited(tmp_path, content, lambda name, part: part.replace(b"<v>Sefton</v>", b"<v>Croydon</v>"))
    assert both != content
    found = send(both, people["sam"])
    assert found.reason == "The file names two Places: Sefton and Croydon."
    assert n_kept() == 0


def test_a_place_sends_its_own_returns_only(people: Any, tmp_path: Path) -> None:
    found = send(workbook(tmp_path, figures("Croydon")), people["sam"])
    assert (found.outcome, found.findings, n_kept()) == ("refused", (), 0)
    assert refused_events() == [("submission", "", "not-yours")]
    assert send(workbook(tmp_path, figures("Croydon")), people["cara"]).outcome == "kept"


def test_a_coach_sends_nothing(people: Any, tmp_path: Path) -> None:
    assert send(workbook(tmp_path, figures()), people["kit"]).outcome == "refused"


def test_a_role_that_has_ended_sends_nothing(people: Any, tmp_path: Path) -> None:
    from doorstep.web.accounts.models import Assignment

    Assignment.objects.filter(user=people["sam"]).update(starts_on=date(2025, 1, 1), ends_on=date(2025, 2, 1))
    assert send(workbook(tmp_path, figures()), people["sam"]).outcome == "refused"


def test_another_month_than_the_one_collected_is_refused(people: Any, tmp_path: Path) -> None:
    content = workbook(tmp_path, figures(month=JUNE))
    assert "June 2026" in send(content, people["sam"], month_collected=JULY).reason
    assert n_kept() == 0
    assert send(content, people["sam"], month_collected=JUNE).outcome == "kept"


def test_a_month_that_has_not_ended_cannot_be_complete(people: Any, tmp_path: Path) -> None:
    at = datetime(2026, 7, 31, 12, tzinfo=UTC)
    assert send(workbook(tmp_path, figures()), people["sam"], received_at=at).outcome == "refused"
    assert send(workbook(tmp_path, figures()), people["sam"], received_at=at.replace(month=8)).outcome == "kept"


def test_a_folder_in_the_name_is_cut_off(people: Any, tmp_path: Path) -> None:
    from doorstep.programme.submissions import actions

    content = workbook(tmp_path, figures())
    name = "..\\..\\x/../../etc/re\x00turn\u202e.xlsx"
    made = actions.receive(file_name=name, content=content, by=people["sam"], received_at=IN_TIME).submission
    assert made is not None
    assert made.file_name == "return.xlsx"


def test_a_count_that_no_place_has_is_a_fault(people: Any, tmp_path: Path) -> None:
    kept = send(workbook(tmp_path, figures(O6b=20_000_000)), people["sam"])
    assert "too-large" in codes(kept.submission)
