"""One month counted by hand, row by row, equals the count made from the extracts alone."""

from __future__ import annotations

import ast
import csv
import gzip
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from acceptance_figures import FIXTURE, HERE, KNOWN_BY, MONTH, figures_from_counts, figures_from_csv
from counter import count

from doorstep.records.contracts import LAYOUTS
from doorstep.returns.figures import COLUMNS, METRICS, Figures

DELIVERIES = FIXTURE / "deliveries"
LISTS = FIXTURE / "quintiles.csv", FIXTURE / "practices.csv"


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _count(folder: Path = DELIVERIES, known: date = KNOWN_BY) -> Figures:
    quintiles, practices = (_read(path) for path in LISTS)
    fifths = {row["lsoa21"]: int(row["quintile"]) for row in quintiles}
    return figures_from_counts(count(folder, MONTH, known, fifths, {row["practice"] for row in practices}))


def _totals(figures: Figures) -> dict[str, int]:
    return {**{m: figures.counts[m][0] for m in METRICS}, "patients": figures.patients[0], "P1": figures.caseload}


def _expected() -> Figures:
    return figures_from_csv(FIXTURE / "expected.csv")


def test_the_expected_return_is_the_sum_of_the_rows_that_say_why() -> None:
    tally: Counter[tuple[str, str, str]] = Counter()
    for row in _read(FIXTURE / "why.csv"):
        places = (("Total", "Total"), ("Age Group", row["age_group"]), ("Ethnic Group", row["ethnic_group"]))
        for breakdown, value in (*places, ("Deprivation Quintile", row["quintile"])):
            if row["metric"] and value:
                tally[row["metric"], breakdown, value] += int(row["n"])
    expected = _expected()
    for metric in METRICS:
        assert expected.counts[metric] == tuple(tally[metric, *column] for column in COLUMNS)
    assert expected.patients == tuple(tally["patients", *column] for column in COLUMNS)
    assert expected.caseload == tally["P1", "Total", "Total"]


def test_every_row_of_every_file_has_its_reason() -> None:
    reasons = {(r["received_on"], r["file"], int(r["row"])) for r in _read(FIXTURE / "why.csv") if r["why"]}
    rows = set()
    for path in DELIVERIES.glob("*/*.csv"):
        received, stem = path.parent.name.removeprefix("received-"), path.stem.removesuffix("_2026-03")
        rows |= {(received, stem, i) for i in range(1, len(_read(path)) + 1)}
    assert rows == reasons


def test_the_files_have_the_shipped_layouts() -> None:
    for path in DELIVERIES.glob("*/*.csv"):
        layout = LAYOUTS[path.stem.removesuffix("_2026-03")]
        columns = tuple(c.replace("{key}", "Der_Pseudo_NHS_Number") for c in layout.columns)
        assert tuple(_read(path)[0]) == columns


def test_the_counter_finds_the_return_counted_by_hand() -> None:
    assert _count() == _expected()


@pytest.mark.parametrize(
    ("known", "changed"),
    [
        # Without the delivery of 18 May: K42 is still a member (a spell of a day) and K40 not yet (an O5b); the
        # spells of K16 (two days, not five) and K26 (three days), K53's first attendance and K54's and K55's
        # appointments stand as first sent; K14's contact was attended; K09's case is open.
        (
            date(2026, 4, 30),
            {
                "O3": 52 - (5 - 2) - 3 + 1,
                "O4.1": 2 + 1,
                "O4.4": 2 - 1,
                "O5a": 19 + 1,
                "O5b": 7 - 1 - 1,
                "O6a": 16 - 1 - 1,
                "O6b": 12 + 1,
                "P1": 8 + 1,
            },
        ),
        # With the delivery of 22 June: K41 is a member with an attendance, K55 has two more appointments, K17's
        # spell of a day goes to another function, K14 has a case.
        (
            date(2026, 6, 30),
            {
                "O1a": 11 + 1,
                "O2b": 26 - 1,
                "O3": 52 - 1,
                "O5a": 19 + 1,
                "O6a": 16 + 1,
                "patients": 47 + 1,
                "P1": 8 + 1,
            },
        ),
    ],
)
def test_what_was_known_by_another_day_differs_as_the_deliveries_say(known: date, changed: dict[str, int]) -> None:
    assert _totals(_count(known=known)) == _totals(_expected()) | changed


def test_compressed_files_count_the_same(tmp_path: Path) -> None:
    folder = shutil.copytree(DELIVERIES, tmp_path / "deliveries")
    plain = folder / "received-2026-04-20" / "APCS_2026-03.csv"
    with gzip.open(plain.with_suffix(".csv.gz"), "wb") as packed:
        packed.write(b"\xef\xbb\xbf" + plain.read_bytes())
    plain.unlink()
    assert _count(folder) == _expected()


def test_the_command_prints_what_the_function_counts(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "counter.py"), str(DELIVERIES), "2026-03", str(KNOWN_BY), *map(str, LISTS)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (tmp_path / "counted.csv").write_text(printed, encoding="utf-8")
    assert figures_from_csv(tmp_path / "counted.csv") == _expected()


def test_the_counter_is_short_and_stands_alone() -> None:
    source = (HERE / "counter.py").read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    assert len(source.splitlines()) <= 150
