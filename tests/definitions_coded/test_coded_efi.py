"""The electronic frailty index: 36 deficits, each counted once, banded by count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from coded_engines import ENGINES, Person, code_rows

from doorstep.planning.definitions import Shelf, shipped

(EFI,) = shipped().deficits
MEDICINES = tuple(a for a in shipped().activities if "medicines_3m" in {f"{a.id}_{s.suffix}" for s in a.spans})
SHELF = Shelf(deficits=(EFI,), activities=MEDICINES)
CODED_DEFICITS = [d.lists[0] for d in EFI.deficit if d.lists]
OLD = date(1940, 1, 1)

engines = pytest.mark.parametrize("engine", ENGINES)


def with_deficits(n: int, day: str = "2015-01-01", born: date | None = OLD) -> Person:
    return Person([f"{day} {name}" for name in CODED_DEFICITS[:n]], born)


def codes_in_two() -> list[str]:
    found: dict[str, set[str]] = {}
    for row in code_rows():
        if row["list_id"].startswith("efi."):
            found.setdefault(row["code"], set()).add(row["list_id"])
    return sorted(code for code, lists in found.items() if len(lists) == 2)


def test_it_has_the_36_deficits_of_the_paper() -> None:
    assert len(EFI.deficit) == 36
    assert [d.id for d in EFI.deficit if d.column] == ["polypharmacy"]
    assert [(b.name, b.starts_at) for b in EFI.bands] == [("fit", 0), ("mild", 5), ("moderate", 9), ("severe", 13)]
    # 13 of 36 is severe, though a page that rounds to two decimals calls 0.36 moderate
    assert [round(b.starts_at / 36, 4) for b in EFI.bands] == [0, 0.1389, 0.25, 0.3611]


@engines
def test_the_bands_change_between_4_and_5_8_and_9_12_and_13(engine: str) -> None:
    counts = (0, 1, 4, 5, 8, 9, 12, 13, 35)
    made = ENGINES[engine]({f"{n:02}": with_deficits(n) for n in counts}, SHELF)
    found = [(made[f"{n:02}"]["efi_count"], made[f"{n:02}"]["efi_band"]) for n in counts]
    assert [n for n, _ in found] == list(counts)
    assert [band for _, band in found] == [
        "fit", "fit", "fit", "mild", "mild", "moderate", "moderate", "severe", "severe",
    ]  # fmt: skip
    assert made["09"]["efi"] == 0.25


@engines
def test_nobody_under_65_or_of_unknown_age_has_a_band(engine: str) -> None:
    people = {
        "64": with_deficits(6, born=date(1961, 10, 1)),
        "65": with_deficits(6, born=date(1961, 9, 30)),
        "not known": with_deficits(6, born=None),
    }
    made = ENGINES[engine](people, SHELF)
    assert {name: (row["efi_count"], row["efi_band"]) for name, row in made.items()} == {
        "64": (6, None), "65": (6, "mild"), "not known": (6, None),
    }  # fmt: skip


@engines
def test_a_deficit_counts_once_and_a_code_counts_in_every_deficit_it_lies_in(engine: str) -> None:
    twice = [f"{year}-01-01 efi.falls" for year in (2010, 2015, 2020)]
    made = ENGINES[engine](
        {"again": Person(twice, OLD), "two": Person([f"2020-01-01 {codes_in_two()[0]}"], OLD)}, SHELF
    )
    assert (made["again"]["efi_count"], made["two"]["efi_count"]) == (1, 2)


@engines
def test_old_age_is_no_fall(engine: str) -> None:
    assert "49808004" in {row["code"] for row in code_rows() if row["list_id"] == "efi.falls"}
    made = ENGINES[engine]({"old": Person(["2020-01-01 49808004"], OLD)}, SHELF)
    assert made["old"]["efi_count"] == 0


@engines
def test_five_medicines_in_three_months_are_a_deficit(engine: str) -> None:
    def issued(n: int, day: str) -> Person:
        return Person(["2020-01-01 efi.falls"], OLD, [f"{day} {100000 + i}" for i in range(n)])

    people = {"four": issued(4, "2026-08-01"), "five": issued(5, "2026-08-01"), "long ago": issued(5, "2026-06-30")}
    made = ENGINES[engine](people, SHELF)
    assert {name: row["efi_count"] for name, row in made.items()} == {"four": 1, "five": 2, "long ago": 1}


@engines
def test_a_year_ago_only_what_was_recorded_by_then_counts(engine: str) -> None:
    people = {
        "since": Person(["2025-10-01 efi.falls", "2015-01-01 efi.diabetes"], OLD),
        "by then": Person(["2025-09-30 efi.falls", "undated efi.diabetes"], OLD),
    }
    made = ENGINES[engine](people, SHELF)
    assert {name: (row["efi_count"], row["efi_count_12m_ago"]) for name, row in made.items()} == {
        "since": (2, 1), "by then": (2, 2),
    }  # fmt: skip


@engines
def test_a_look_back_leaves_older_entries_out(engine: str) -> None:
    shelf = Shelf(deficits=(replace(EFI, months=36),), activities=MEDICINES)
    people = {
        "inside": Person(["2023-10-01 efi.falls"], OLD),
        "outside": Person(["2023-09-30 efi.falls"], OLD),
    }
    made = ENGINES[engine](people, shelf)
    assert {name: row["efi_count"] for name, row in made.items()} == {"inside": 1, "outside": 0}


@engines
def test_which_deficits_somebody_has_can_be_read_back(engine: str) -> None:
    made = ENGINES[engine]({"p": Person(["2020-01-01 efi.falls", "2020-01-01 efi.diabetes"], OLD)}, SHELF)
    mask = made["p"]["efi_deficits"]
    assert [d.id for i, d in enumerate(EFI.deficit) if mask >> i & 1] == ["diabetes", "falls"]
