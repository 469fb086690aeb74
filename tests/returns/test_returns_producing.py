"""From figures to files: the workbook, its provenance, the full copy, the ledger, the comparison."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from return_files import EVENTS, figures, official, workbook

from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.reference import policy
from doorstep.returns.compare import cell_changes, typed_only
from doorstep.returns.ledger import Ledger
from doorstep.returns.printed import NOTHING_HIDDEN, printed_lines
from doorstep.returns.producing import Order, Produced, produce
from doorstep.returns.provenance import files_beside
from doorstep.returns.provenance_page import WARNING, markdown
from doorstep.returns.reading import read
from doorstep.returns.sending import due, sending

PROVENANCE: dict[str, Any] = {
    "place": "Sefton",
    "month": "2026-04-01",
    "snapshot": "s1",
    "run_id": "r1",
    "is_reproducible": True,
    "figures": {"patients": [1000, 400], "caseload": [60, 7, 53], "counts": {"O1a": [200, 4]}},
    "definitions": [{"metric": "O1a", "title": "New", "unit": "appointments", "caveats": ["Read with care."]}],
    "people": {"O1a": 150},
    "in_another_column": {"O1a": {"events": 3, "people": 2}},
    "choices": [
        {
            "id": "denominator",
            "about": "Who",
            "option": "day 1",
            "means": "on the first day",
            "totals_under_other_options": {"any_day": {"patients": 1010, "O1a": 1200}, "ever": None},
            "moves_under_other_options": {"any_day": {"patients_joining": 10, "patients_leaving": 0}},
        }
    ],
    "patients_by_sex": {"female": 600, "male": 400},
    "completeness": [{"table": "spell", "provider": "RVY", "n_rows": 1200, "share": 0.456, "coded": {"acuity": 0.5}}],
    "warnings": ["a list | is unreviewed"],
    "nothing": [],
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def made(home: Home, order: Order, **changes: object) -> Produced:
    return produce(home, figures(**changes), PROVENANCE, order)


def test_a_return_is_written_with_its_provenance_and_entered_in_the_ledger(home: Home, tmp_path: Path) -> None:
    done = made(home, Order(tmp_path / "april.xlsx"))
    assert [path.name for path in done.files] == ["april.xlsx", "april.provenance.json", "april.provenance.md"]
    told = json.loads(done.files[1].read_text())
    assert told["workbook"] == {"file": "april.xlsx", "sha256": done.entry.sha256}
    assert told["suppression"]["result"] == done.suppressed.sentence
    assert (done.entry.snapshot, done.entry.run_id, done.entry.suppression) == ("s1", "r1", "primary")
    assert Ledger.of(home).entries() == [done.entry]
    assert {fault.severity for fault in done.faults} == {"note"}


def test_the_files_with_unsuppressed_totals_are_for_their_owner_only(home: Home, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    done = made(home, Order(tmp_path / "april.xlsx", unsuppressed=private / "full.xlsx"))
    assert [oct(path.stat().st_mode & 0o777) for path in done.files] == ["0o644", "0o600", "0o600", "0o600"]
    full = read(private / "full.xlsx")
    assert full.lines == printed_lines(figures(), NOTHING_HIDDEN)
    assert str(full.cell("SubmissionTemplate", "D1").value).startswith("NOT FOR SENDING")
    assert read(tmp_path / "april.xlsx").cell("SubmissionTemplate", "D1").is_empty
    assert WARNING in done.files[2].read_text()


def test_the_copy_with_every_number_may_not_lie_beside_the_return(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="beside the file to be sent"):
        Order(tmp_path / "april.xlsx", unsuppressed=tmp_path / "x" / ".." / "full.xlsx")


def test_the_template_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="replace the template"):
        Order(tmp_path / "t.xlsx", template=tmp_path / "t.xlsx")


def test_a_return_is_an_xlsx_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv"):
        Order(tmp_path / "t.csv")


def test_a_folder_that_is_not_there_is_said_before_anything_is_counted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder is not there"):
        Order(tmp_path / "none" / "t.xlsx")


def test_the_official_template_is_filled_where_one_is_given(home: Home, tmp_path: Path) -> None:
    template = official(tmp_path / "official.xlsx")
    made(home, Order(tmp_path / "april.xlsx", template=template))
    assert read(tmp_path / "april.xlsx").lines["O1a"][:3] == (200, "*", 36)


def test_a_file_that_is_no_template_leaves_nothing_behind(home: Home, tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("no")
    with pytest.raises(NotWhatItClaimsError):
        made(home, Order(tmp_path / "april.xlsx", template=tmp_path / "t.xlsx"))
    assert [path.name for path in tmp_path.iterdir()] == ["t.xlsx"]


def test_figures_that_break_their_rules_are_not_written(home: Home, tmp_path: Path) -> None:
    counts = figures().counts | {"O3": (1, *[0] * 22)}
    with pytest.raises(DataError):
        made(home, Order(tmp_path / "april.xlsx", method="secondary"), counts=counts)
    assert list(tmp_path.iterdir()) == []


def test_builds_that_were_not_marked_as_sent_are_pointed_out(home: Home, tmp_path: Path) -> None:
    first = made(home, Order(tmp_path / "a.xlsx"))
    second = made(
        home, Order(tmp_path / "b.xlsx"), counts=figures().counts | {"O5a": (400, *[2 * n for n in EVENTS[1:]])}
    )
    assert first.notes == tuple(PROVENANCE["warnings"])
    assert len(second.notes) == 2 and "not marked as sent: 1" in second.notes[1]


def test_a_sent_version_counts_as_known(home: Home, tmp_path: Path) -> None:
    made(home, Order(tmp_path / "a.xlsx"))
    Ledger.of(home).mark_sent(tmp_path / "a.xlsx")
    again = made(home, Order(tmp_path / "b.xlsx"))
    assert again.notes == tuple(PROVENANCE["warnings"])
    assert "knowing 1 earlier version of the month" in again.suppressed.sentence


def test_provenance_reads_as_a_page() -> None:
    page = markdown(PROVENANCE)
    assert page.splitlines()[0] == "# Provenance of the return of Sefton, April 2026"
    assert "- Snapshot: s1" in page
    assert "- Can be built again exactly: yes" in page
    assert "| Who | day 1 | on the first day | default |" in page
    assert "| Who | any_day | patients 1,010 (1,000); O1a 1,200 (200) | patients joining 10 |" in page
    assert "| Who | ever | cannot be used for this month |  |" in page
    assert "- Female: 600" in page
    assert "| spell | RVY | 1,200 |  | 46% |  |  | acuity 50% |" in page
    assert "- a list \\| is unreviewed" in page
    assert page.endswith("## Nothing\n\nNone.\n")


def test_the_page_has_one_total_a_line_with_people_beside_events() -> None:
    page = markdown(PROVENANCE)
    assert "| Patients | Patients of the month | 1,000 | people | 1,000 |  |  |" in page
    assert "| O1a | New | 200 | appointments | 150 | 3 | 2 |" in page
    assert "| P1 |  | 60 |" in page
    assert "- O1a: Read with care." in page


def test_each_hidden_number_that_can_be_worked_out_is_named_in_the_provenance(home: Home, tmp_path: Path) -> None:
    # one age group alone is hidden: its number is the total less the others
    alone = (200, 4, 36, *[20] * 8, 100, 20, 20, 20, 20, 20, 40, 40, 40, 40, 20, 20)
    done = made(home, Order(tmp_path / "april.xlsx"), counts=figures().counts | {"O5a": alone})
    told = json.loads(done.files[1].read_text())["suppression"]["can_be_worked_out"]
    assert {"cell": "E36", "line": "O5a", "column": "Age Group 18-19", "value": 4} in told
    assert f"{len(told)} of" in done.suppressed.sentence
    assert "| E36 | O5a | Age Group 18-19 | 4 |" in done.files[2].read_text()


def test_warnings_of_the_count_are_told_with_the_build(home: Home, tmp_path: Path) -> None:
    assert "a list | is unreviewed" in made(home, Order(tmp_path / "april.xlsx")).notes


def test_the_provenance_files_take_the_workbooks_name(tmp_path: Path) -> None:
    names = [path.name for path in files_beside(tmp_path / "Sefton 2026-04.v2.xlsx")]
    assert names == ["Sefton 2026-04.v2.provenance.json", "Sefton 2026-04.v2.provenance.md"]


def test_two_versions_are_compared_cell_by_cell(tmp_path: Path) -> None:
    old = workbook(tmp_path / "old.xlsx")
    more = (203, 7, *EVENTS[2:11], 103, *EVENTS[12:17], 43, *EVENTS[18:])
    new = workbook(tmp_path / "new.xlsx", counts=figures().counts | {"O5a": more})
    changes = cell_changes(read(old), read(new))
    assert {c.metric for c in changes} == {"O5a"}
    assert [(c.cell, c.old, c.new, c.difference) for c in typed_only(changes)] == [
        ("D36", 200, 203, 3),
        ("E36", "*", 7, None),
        ("O36", 100, 103, 3),
        ("U36", 40, 43, 3),
    ]
    assert "Age Group 18-19" in {c.column_words for c in changes}
    assert {c.cell for c in changes if c.kind == "rate"} == {"D38", "E38", "O38", "U38"}


def test_a_change_of_the_denominator_is_shown_once(tmp_path: Path) -> None:
    old = workbook(tmp_path / "old.xlsx")
    people = tuple(2 * n for n in figures().patients)
    changes = cell_changes(read(old), read(workbook(tmp_path / "new.xlsx", patients=people)))
    assert {c.cell[1:] for c in typed_only(changes)} == {"7"}
    assert {c.metric for c in typed_only(changes)} == {"patients"}


def test_returns_of_two_places_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Croydon"):
        cell_changes(read(workbook(tmp_path / "a.xlsx")), read(workbook(tmp_path / "b.xlsx", place="Croydon")))


def test_a_return_goes_where_the_home_says_and_else_where_the_template_says() -> None:
    assert sending("Sefton", figures().month, {}).address == policy.sending_address
    own = sending("Dorset Place ", figures().month, {"return": {"sending_address": "icb@example.nhs.uk"}})
    assert (own.address, own.source) == ("icb@example.nhs.uk", "config.toml")
    assert own.subject == "NNHIP data collection template submission: Dorset Place, April 2026"


def test_the_due_date_comes_with_its_bank_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-12-01")
    from datetime import date

    lines = due(date(2026, 10, 1))
    assert lines[0] == "Due       25 December 2026 (first window); 1 January 2027 (second window)"
    assert "Christmas Day" in lines[1]
    assert due(date(2028, 1, 1)) == []
