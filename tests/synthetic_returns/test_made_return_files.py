"""The made-up files, read by other means than those that wrote them: what is planted is in them, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from doorstep.cli.app import cli
from doorstep.errors import UsageError
from doorstep.reference import places, policy
from doorstep.returns.collating import Collation, collate
from doorstep.synthetic.programme_returns import Parameters, TrueChange, make

PLANTS = Parameters(
    seed=3,
    months=4,
    last=date(2026, 7, 1),
    places=14,
    change=TrueChange(month=3),
    reselects_until=2,
    wider_rule_from=4,
    joined_late=2,
    hiding_more=1,
)
FAULTS = {
    "below_six", "macros", "wrong_month", "missing_sheet", "not_a_workbook", "typed_zero", "does_not_add",
    "formula_injection",
}  # fmt: skip
COUNT_ROWS = {
    "O1a": 6, "O1b": 9, "O1c": 12, "O2a": 15, "O2b": 18, "O3": 21, "O4.1": 24, "O4.2": 27, "O4.3": 30, "O4.4": 33,
    "O5a": 36, "O5b": 39, "O6a": 42, "O6b": 45, "patients": 7, "P1": 48,
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("returns") / "made", parameters=PLANTS, processes=1).folder


@pytest.fixture(scope="module")
def collated(made: Path) -> Collation:
    return collate(made / "files")


def told(made: Path) -> list[dict[str, object]]:
    return list(json.loads((made / "truth" / "truth.json").read_text())["planted"])


def listed(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def sendings(made: Path) -> list[dict[str, str]]:
    return listed(made / "truth" / "sendings.csv")


def sent(made: Path, **wanted: str) -> list[Path]:
    found = [s for s in sendings(made) if all(s[key] == value for key, value in wanted.items())]
    return [made / "files" / s["file"] for s in found]


def rows(path: Path) -> dict[str, list[object]]:
    """The 23 cells of each line, as a spreadsheet program shows them."""
    sheet = openpyxl.load_workbook(path, data_only=True)["SubmissionTemplate"]
    return {line: [cell.value for cell in sheet[f"D{row}:Z{row}"][0]] for line, row in COUNT_ROWS.items()}


def true_lines(made: Path) -> dict[tuple[str, str, str], list[int]]:
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in pq.read_table(made / "truth" / "figures.parquet").to_pylist():
        found.setdefault((row["place"], f"{row['month']:%Y-%m}", row["metric"]), []).append(row["value"])
    return found


def test_everything_that_can_be_planted_is_named_in_the_truth(made: Path) -> None:
    kinds = Counter(str(plant["kind"]) for plant in told(made))
    assert kinds == {
        "true_change": 1, "regression_to_the_mean": 1, "wider_rule": 1, "joined_late": 1, "no_caseload": 1,
        "missing_month": 3, "second_window": 5, "after_the_windows": 2, "faulty_file": 8, "corrected": 3,
        "same_file_twice": 1, "secondary_suppression": 2,
    }  # fmt: skip
    assert {plant["fault"] for plant in told(made) if plant["kind"] == "faulty_file"} == FAULTS
    assert all(places.find(str(plant["place"])) and plant["month"] and plant["what"] for plant in told(made))


def test_the_list_of_what_arrived_names_each_file_once_and_in_order(made: Path) -> None:
    received = listed(made / "files" / "received.csv")
    on_disk = {p.relative_to(made / "files").as_posix() for p in (made / "files").rglob("*") if p.is_file()}
    assert sorted(row["file"] for row in received) == sorted(on_disk - {"received.csv"})
    assert [row["received"] for row in received] == sorted(row["received"] for row in received)
    assert all(row["file"].startswith(row["received"][:7] + "/") for row in received)
    assert all(date.fromisoformat(row["received"]).weekday() < 5 for row in received)


def test_there_are_as_many_files_as_places_months_and_plants_make(made: Path) -> None:
    whole = 14 * 4 - 2  # one Place joins with two months to go
    mended = sum(bool(plant.get("mended")) for plant in told(made))
    assert mended == 4
    assert len(sendings(made)) == whole - 3 + mended + 3 + 1  # missing months, mended, corrected, sent twice


def test_the_truth_stands_beside_the_files_and_gives_every_number(made: Path) -> None:
    assert not any("truth" in path.parts for path in (made / "files").rglob("*"))
    assert len(true_lines(made)) == (14 * 4 - 2) * 16 and {len(line) for line in true_lines(made).values()} == {23}
    assert len(listed(made / "truth" / "underlying.csv")) == (14 * 4 - 2) * 14


def test_sound_files_print_the_true_numbers_and_hide_exactly_the_small_ones(made: Path) -> None:
    true = true_lines(made)
    first_versions = {(str(p["place"]), str(p["month"])) for p in told(made) if p["kind"] == "corrected"}
    sound = [s for s in sendings(made) if not s["fault"] and s["method"] == "primary"]
    checked = 0
    for s in sound[::6]:
        if s["version"] == "1" and (s["place"], s["month"]) in first_versions:
            continue
        for line, printed in rows(made / "files" / s["file"]).items():
            assert printed == [n if n >= 6 else "*" for n in true[s["place"], s["month"], line]]
            checked += 1
    assert checked >= 8 * 16


def test_places_that_hide_more_hide_all_the_small_numbers_and_some_others(made: Path) -> None:
    (path, *_) = sent(made, method="secondary")
    (s,) = (s for s in sendings(made) if made / "files" / s["file"] == path)
    larger = 0
    for line, printed in rows(path).items():
        for shown, n in zip(printed, true_lines(made)[s["place"], s["month"], line], strict=True):
            assert shown == "*" or (shown == n and n >= 6)
            larger += shown == "*" and n >= 6
    assert larger > 0


def test_a_file_with_a_hidden_number_left_in_shows_numbers_below_six(made: Path) -> None:
    shown = [v for line in rows(*sent(made, fault="below_six")).values() for v in line]
    assert sum(isinstance(v, int) and v < 6 for v in shown) == 2


def test_a_file_with_macros_holds_a_program(made: Path) -> None:
    (path,) = sent(made, fault="macros")
    assert path.suffix == ".xlsm" and "xl/vbaProject.bin" in zipfile.ZipFile(path).namelist()


def test_a_file_of_a_wrong_month_names_the_month_before(made: Path) -> None:
    (path,) = sent(made, fault="wrong_month")
    (month,) = (s["month"] for s in sendings(made) if s["fault"] == "wrong_month")
    said = openpyxl.load_workbook(path)["Instructions"]["B7"].value
    year, number = map(int, month.split("-"))
    assert (said.year, said.month) == ((year, number - 1) if number > 1 else (year - 1, 12))


def test_a_file_can_lack_its_sheet_or_be_no_workbook(made: Path) -> None:
    lacking, none = sent(made, fault="missing_sheet")[0], sent(made, fault="not_a_workbook")[0]
    assert "SubmissionTemplate" not in openpyxl.load_workbook(lacking).sheetnames
    assert not zipfile.is_zipfile(none)


def test_a_zero_is_typed_where_a_rate_of_a_hidden_number_was(made: Path) -> None:
    sheet = openpyxl.load_workbook(sent(made, fault="typed_zero")[0])["SubmissionTemplate"]
    typed = [c for row in range(8, 48, 3) for c in sheet[f"D{row}:Z{row}"][0] if not str(c.value).startswith("=")]
    assert [(c.value, sheet.cell(c.row - 2, c.column).value) for c in typed] == [(0, "*")]


def test_a_breakdown_can_be_more_than_its_total(made: Path) -> None:
    found = rows(*sent(made, fault="does_not_add"))
    ages = [v for v in found["O6a"][1:11] if isinstance(v, int)]
    assert isinstance(found["O6a"][0], int) and sum(ages) > found["O6a"][0]


def test_a_text_that_would_run_stands_where_a_count_is_typed(made: Path) -> None:
    (path,) = sent(made, fault="formula_injection")
    assert "=HYPERLINK(" in zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml").decode()


def test_a_corrected_month_differs_in_the_metrics_that_were_incomplete_and_ends_true(made: Path) -> None:
    for plant in (p for p in told(made) if p["kind"] == "corrected"):
        first, second = sent(made, place=str(plant["place"]), month=str(plant["month"]))
        before, after = rows(first), rows(second)
        totals = {line: (before[line][0], after[line][0]) for line in COUNT_ROWS}
        assert {line for line, (old, new) in totals.items() if old != new} == {"O1b", "O5b", "O6b"}
        true = true_lines(made)[str(plant["place"]), str(plant["month"]), "O6b"]
        assert after["O6b"] == [n if n >= 6 else "*" for n in true]


def test_the_same_bytes_come_under_two_names(made: Path) -> None:
    (plant,) = (p for p in told(made) if p["kind"] == "same_file_twice")
    one, two = sent(made, place=str(plant["place"]), month=str(plant["month"]))
    assert one.name != two.name and one.read_bytes() == two.read_bytes()
    hashes = Counter(s["sha256"] for s in sendings(made))
    assert sorted(hashes.values())[-2:] == [1, 2]
    assert hashes[hashlib.sha256(one.read_bytes()).hexdigest()] == 2


def test_files_arrive_in_the_window_that_the_truth_says(made: Path) -> None:
    late = {(p["place"], p["month"]): p["kind"] for p in told(made) if str(p["kind"]).endswith(("window", "windows"))}
    for s in (s for s in sendings(made) if s["version"] == "1"):
        row = policy.timetable_row(date.fromisoformat(f"{s['month']}-01"))
        day = date.fromisoformat(s["received"])
        in_time, in_second = day <= row.first_submission, row.first_submission < day <= row.second_submission
        kind = late.get((s["place"], s["month"]))
        assert (in_time, in_second) == (kind is None, kind == "second_window")


def test_months_that_are_missing_are_in_no_file(made: Path) -> None:
    missing = {(p["place"], p["month"]) for p in told(made) if p["kind"] == "missing_month"}
    assert len(missing) == 3 and not missing & {(s["place"], s["month"]) for s in sendings(made)}


def test_the_break_in_a_series_is_declared_with_the_file(made: Path) -> None:
    (plant,) = (p for p in told(made) if p["kind"] == "wider_rule")
    said = [row for row in listed(made / "files" / "received.csv") if "break in our series" in row["said"]]
    assert [(row["place"], str(plant["month"]) in row["file"]) for row in said] == [(plant["place"], True)]


def test_the_same_parameters_make_the_same_bytes_in_one_process_and_in_two(tmp_path: Path) -> None:
    few = Parameters(seed=5, months=2, last=date(2026, 2, 1), places=5, hiding_more=0)
    one, two = (make(tmp_path / f"{n}", parameters=few, processes=n).folder for n in (1, 2))
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    assert [f for f in files if (one / f).read_bytes() != (two / f).read_bytes()] == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="something in the output folder"):
        make(tmp_path, months=1, places=1, last=date(2026, 1, 1))
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_writes_a_folder_and_says_what_is_planted(tmp_path: Path) -> None:
    arguments = "synthetic returns --months 1 --last 2026-01 --places 2 --seed 4 --no-change --processes 1 --json --out"
    done = CliRunner().invoke(cli, [*arguments.split(), str(tmp_path / "made")], catch_exceptions=False)
    result = json.loads(done.stdout)
    assert done.exit_code == 0 and result["files"] == len(list((tmp_path / "made" / "files").rglob("*.xls*")))
    assert json.loads((tmp_path / "made" / "truth" / "truth.json").read_text())["parameters"]["change"] is None
    assert "Nobody counted in these files exists" in (tmp_path / "made" / "README.md").read_text()


CODE_OF = {
    "below_six": "below-six", "macros": "macros", "wrong_month": "other-month", "missing_sheet": "missing-sheet",
    "not_a_workbook": "not-a-workbook", "typed_zero": "typed-zero", "does_not_add": "does-not-add",
    "formula_injection": "formula-injection",
}  # fmt: skip


def test_collating_the_files_finds_what_was_planted_and_refuses_nothing_else(made: Path, collated: Collation) -> None:
    found = {one.file: one for one in collated.files}
    refused = {file: one for file, one in found.items() if one.verdict in ("refused", "not a workbook")}
    spoilt = {s["file"]: s["fault"] for s in sendings(made) if s["fault"]}
    assert set(refused) == set(spoilt)
    for file, fault in spoilt.items():
        assert CODE_OF[fault] in {f.code for f in refused[file].faults if f.severity == "fault"}
    last: dict[tuple[str, str], str] = {}
    for s in sendings(made):
        one = found[s["file"]]
        assert one.arrival.received.isoformat() == s["received"] and one.arrival.sha256 == s["sha256"]
        if not s["fault"] and one.verdict != "copy":
            last[s["place"], s["month"]] = s["file"]
    assert {file for file, one in found.items() if one.verdict == "accepted"} == set(last.values())
    assert sum(one.verdict == "superseded" for one in found.values()) == 3
    assert [one.verdict for one in found.values()].count("copy") == 1


def test_what_is_collated_are_the_true_numbers(made: Path, collated: Collation) -> None:
    true = true_lines(made)
    for one in collated.accepted[::5]:
        for line, printed in one.lines.items():
            known = true[one.place, f"{one.month:%Y-%m}", line]
            assert all(shown in (n, "*") for shown, n in zip(printed, known, strict=True))
