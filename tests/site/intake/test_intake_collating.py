"""A folder of files is taken in by the same action as one upload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from intake_kit import *  # noqa: F403
from intake_kit import JULY, figures, workbook

from doorstep.errors import DataError, UsageError

pytestmark = pytest.mark.usefixtures("register")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files: two of Sefton, the later one in a folder of its own, and a text."""
    made = tmp_path / "sent"
    (made / "late").mkdir(parents=True)
    (made / "late" / "a.xlsx").write_bytes(workbook(tmp_path, figures(O1a=720)))
    (made / "b.xlsx").write_bytes(workbook(tmp_path, figures(O1a=700)))
    (made / "c.xlsx").write_bytes(b"no workbook")
    (made / "~$b.xlsx").write_bytes(b"a lock")
    lines = ["file,received", "late/a.xlsx,2026-09-28", "b.xlsx,2026-09-21T23:30+00:00", "c.xlsx,2026-09-22"]
    (made / "received.csv").write_text("\n".join(lines), encoding="utf-8")
    return made


def collate(folder: Path, by: Any = None, **more: Any) -> list[Any]:
    from doorstep.programme.submissions.collating import collate

    return list(collate(folder=folder, by=by, **more))


def test_files_come_in_the_order_received_with_their_windows(folder: Path, people: Any) -> None:
    found = collate(folder, people["ana"], received_from=folder / "received.csv")
    assert [(one.file_name, one.outcome) for one in found] == [
        ("b.xlsx", "kept"),
        ("c.xlsx", "refused"),
        ("a.xlsx", "kept"),
    ]
    first, second = found[0].submission, found[2].submission
    assert (first.version, first.window, first.received_on.isoformat()) == (1, "first", "2026-09-22")
    assert (second.version, second.window, second.via) == (2, "second", "folder")


def test_an_hour_without_a_zone_is_that_of_england(folder: Path) -> None:
    """July's first window closes on 25 September, in summer time: an hour before midnight is still of that day."""
    path = folder / "received.csv"
    path.write_text("file,received\nlate/a.xlsx,2026-09-28\nb.xlsx,2026-09-25T23:30\nc.xlsx,2026-09-22\n", "utf-8")
    made = next(one.submission for one in collate(folder, received_from=path) if one.file_name == "b.xlsx")
    assert (made.received_on.isoformat(), made.window) == ("2026-09-25", "first")


def test_a_second_time_everything_is_here_already(folder: Path, people: Any) -> None:
    collate(folder, received_from=folder / "received.csv")
    again = collate(folder, received_from=folder / "received.csv")
    assert [one.outcome for one in again] == ["same", "refused", "same"]


def test_other_processes_find_the_same(folder: Path, tmp_path: Path, monkeypatch: Any) -> None:
    from doorstep.programme.submissions import collating

    monkeypatch.setattr(collating, "FEW", 0)
    found = collate(folder, received_from=folder / "received.csv", processes=2)
    assert [one.outcome for one in found] == ["kept", "refused", "kept"]


def test_a_sender_brings_in_their_own_places_files_only(folder: Path, people: Any, tmp_path: Path) -> None:
    (folder / "b.xlsx").write_bytes(workbook(tmp_path, figures("Croydon")))
    found = collate(folder, people["sam"], received_from=folder / "received.csv")
    assert [one.outcome for one in found] == ["refused", "refused", "kept"]


def test_a_workbook_that_names_another_place_than_sent_it_is_refused(folder: Path) -> None:
    path = folder / "received.csv"
    lines = ["file,received,place", "late/a.xlsx,2026-09-28,Croydon", "b.xlsx,2026-09-21,SEFTON", "c.xlsx,2026-09-22,"]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = collate(folder, received_from=path)
    assert [(one.file_name, one.outcome) for one in found] == [
        ("b.xlsx", "kept"),
        ("c.xlsx", "refused"),
        ("a.xlsx", "refused"),
    ]
    assert found[2].reason == "The workbook names another Place than the one that sent it."


def test_only_the_month_asked_for_is_taken(folder: Path) -> None:
    from intake_kit import JUNE

    assert {one.outcome for one in collate(folder, received_from=folder / "received.csv", month_collected=JUNE)} == {
        "refused"
    }


def test_a_list_of_days_that_is_wrong_stops_before_anything_is_taken(folder: Path) -> None:
    from doorstep.programme.submissions.models import Submission

    path = folder / "received.csv"
    path.write_text("file,received\nb.xlsx,yesterday\n", encoding="utf-8")
    with pytest.raises(DataError, match="yesterday"):
        collate(folder, received_from=path)
    path.write_text("file,received\nb.xlsx,2026-09-21\n", encoding="utf-8")
    with pytest.raises(DataError, match="not in the list"):
        collate(folder, received_from=path)
    with pytest.raises(UsageError):
        collate(folder / "none")
    assert Submission.objects.filter(month=JULY).count() == 0
