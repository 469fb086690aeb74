"""The ledger: rows are added, never changed, and say what readers of a month already know."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from return_files import APRIL, figures, workbook

from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.returns.ledger import START, Entry, Ledger, file_hash
from doorstep.returns.printed import printed_lines
from doorstep.returns.suppression import apply_suppression


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.of(Home(tmp_path / "home"))


def built(path: Path, **changes: object) -> Entry:
    lines = printed_lines(figures(**changes), apply_suppression(figures(**changes)))
    return Entry("built", "Sefton", "2026-04", path.name, file_hash(path), "2026-06-01T09:00:00Z", lines=lines)


@pytest.fixture
def april(tmp_path: Path) -> Path:
    return workbook(tmp_path / "april.xlsx")


def test_a_home_without_returns_has_an_empty_ledger(ledger: Ledger) -> None:
    assert ledger.entries() == []
    assert not ledger.path.exists()


def test_each_row_carries_the_hash_of_the_row_before(ledger: Ledger, april: Path) -> None:
    first, second = ledger.add(built(april)), ledger.add(built(april))
    assert first.previous == START
    assert second.previous == first.hash != second.hash
    assert ledger.entries() == [first, second]


@pytest.mark.parametrize("old, new", [("april.xlsx", "other.xlsx"), ('"*"', "4"), ("built", "sent")])
def test_a_row_that_was_changed_is_found(ledger: Ledger, april: Path, old: str, new: str) -> None:
    ledger.add(built(april))
    ledger.path.write_text(ledger.path.read_text().replace(old, new, 1))
    with pytest.raises(NotWhatItClaimsError, match="line 1"):
        ledger.entries()


def test_a_row_that_was_taken_out_is_found(ledger: Ledger, april: Path) -> None:
    for _ in range(3):
        ledger.add(built(april))
    first, _, last = ledger.path.read_text().splitlines()
    ledger.path.write_text(f"{first}\n{last}\n")
    with pytest.raises(NotWhatItClaimsError, match="line 2"):
        ledger.entries()


@pytest.mark.parametrize("text", ["not json", "[]", "{}", '{"lines": {}}'])
def test_a_line_that_is_no_row_is_found(ledger: Ledger, april: Path, text: str) -> None:
    ledger.add(built(april))
    with ledger.path.open("a") as file:
        file.write(text + "\n")
    with pytest.raises(NotWhatItClaimsError, match="line 2"):
        ledger.add(built(april))


def test_only_versions_that_were_sent_are_known_to_readers(ledger: Ledger, april: Path) -> None:
    entry = ledger.add(built(april))
    assert ledger.sent_versions("Sefton", APRIL) == []
    assert ledger.unsent("Sefton", APRIL) == [entry]
    sent = ledger.mark_sent(april, date(2026, 6, 2), "first window")
    assert (sent.event, sent.at, sent.note) == ("sent", "2026-06-02", "first window")
    assert ledger.sent_versions("Sefton", APRIL) == [entry.lines]
    assert ledger.unsent("Sefton", APRIL) == []


def test_other_months_and_places_are_not_earlier_versions(ledger: Ledger, april: Path) -> None:
    ledger.add(built(april))
    ledger.mark_sent(april)
    assert ledger.sent_versions("Sefton", date(2026, 5, 1)) == []
    assert ledger.sent_versions("Croydon", APRIL) == []


def test_a_file_that_was_not_built_here_cannot_be_marked_as_sent(ledger: Ledger, april: Path, tmp_path: Path) -> None:
    ledger.add(built(april))
    with pytest.raises(DataError, match="no return with these bytes"):
        ledger.mark_sent(workbook(tmp_path / "other.xlsx", place="Croydon"))
    with pytest.raises(UsageError, match="not there"):
        ledger.mark_sent(tmp_path / "none.xlsx")


def test_two_commands_do_not_write_at_once(ledger: Ledger, april: Path) -> None:
    ledger.add(built(april))
    lock = ledger.path.with_suffix(".lock")
    lock.touch()
    with pytest.raises(DataError, match="another command"):
        ledger.add(built(april))
    lock.unlink()
    ledger.add(built(april))
    assert len(ledger.entries()) == 2
