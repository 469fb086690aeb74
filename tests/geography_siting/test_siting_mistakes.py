"""`doorstep centres` and its users' mistakes: each is told with what to do, and no file is left."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.cli.app import main
from doorstep.geography.areas import areas_within

HALTON = areas_within("Halton")
SITES = "site,easting,northing,cost\nA,351000,383000,2\nB,352000,384000,3\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doorstep(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line; return its exit code, what it printed, and what it said of mistakes."""

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["centres", *map(str, words)])
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return run


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_files_hold_the_centres_that_are_printed(doorstep: Run, tmp_path: Path) -> None:
    sites, out = write(tmp_path / "sites.csv", SITES), tmp_path / "chosen.csv"
    code, text, _ = doorstep("site", "--place", "Halton", "--candidates", sites, "--n", "1", "--out", out, "--json")
    told = json.loads(text)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert code == 0 and [row["site"] for row in rows] == [c["site"] for c in told["centres"]]
    assert [int(row["people_nearest"]) for row in rows] == [128_508]


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["--place", "Haltn", "--n", "1"], 2, "did you mean halton"),
        (["--place", "Halton", "--n", "3"], 2, "3 centres are asked of 2 candidate sites"),
        (["--place", "Halton"], 2, "a number, a mix, or a budget"),
        (["--place", "Halton", "--n", "1", "--budget", "3"], 2, "a number, a mix, or a budget"),
        (["--place", "Halton", "--budget", "1"], 2, "budget"),
        (["--place", "Halton", "--n", "1", "--objective", "covering"], 2, "--within"),
        (["--place", "Halton", "--new", "1", "--repurposed", "1"], 2, "0 of the candidate sites are new"),
    ],
)
def test_a_question_without_an_answer_is_refused_and_leaves_nothing(
    doorstep: Run, tmp_path: Path, words: list[str], exit_code: int, said: str
) -> None:
    sites, out = write(tmp_path / "sites.csv", SITES), tmp_path / "chosen.geojson"
    code, text, err = doorstep("site", *words, "--candidates", sites, "--out", out)
    assert (code, text) == (exit_code, "") and said in err
    assert [path.name for path in tmp_path.iterdir()] == ["sites.csv"]


@pytest.mark.parametrize(
    ("text", "exit_code", "said"),
    [
        ("site,easting\nA,351000\n", 2, "no column northing; its columns are site, easting"),
        ("site,easting,northing\nA,,383000\n", 4, "row 2, easting: the cell is empty"),
        ("site,easting,northing\nA,351000,383000\nA,1,1\n", 4, "site A stands twice"),
        ("site,easting,northing\nA,53.3,-2.7\n", 4, "longitude and latitude must be turned into these"),
        ("site,easting,northing\n", 4, "the file has no site"),
    ],
)
def test_a_file_of_sites_that_is_wrong_is_told_by_its_row(
    doorstep: Run, tmp_path: Path, text: str, exit_code: int, said: str
) -> None:
    sites = write(tmp_path / "sites.csv", text)
    code, _, err = doorstep("site", "--place", "Halton", "--candidates", sites, "--n", "1")
    assert code == exit_code and said in err and str(sites) in err


def test_a_fixed_centre_that_the_matrix_does_not_know_is_refused_even_where_pairs_may_be_missing(
    doorstep: Run, tmp_path: Path
) -> None:
    sites = write(tmp_path / "sites.csv", SITES)
    fixed = write(tmp_path / "fixed.csv", "site,easting,northing\nTOWN,353000,382000\n")
    lines = [f"{code},{site},10" for code in HALTON for site in ("A", "B")]
    matrix = write(tmp_path / "times.csv", "\n".join(["lsoa21,site,value", *lines]) + "\n")
    for aim in (["--objective", "covering", "--within", "15"], ["--objective", "median"]):
        code, text, err = doorstep(
            "site", "--place", "Halton", "--candidates", sites, "--fixed", fixed, "--matrix", matrix, "--n", "1", *aim
        )
        assert (
            (code, text) == (4, "")
            and "1 of the 3 sites are in no line of it, first TOWN" in err
            and str(matrix) in err
        )


def test_opening_hours_that_are_no_hours_are_told_by_row_and_day(doorstep: Run, tmp_path: Path) -> None:
    week = "site,monday,tuesday,wednesday,thursday,friday,saturday,sunday\nA,08:00-20:00,,,,,20:00-08:00,\n"
    hours = write(tmp_path / "hours.csv", week)
    code, text, err = doorstep("hours", hours)
    assert (code, text) == (4, "") and f"{hours} row 2, saturday" in err
    assert "split a span that runs past midnight" in err


def test_a_site_of_an_own_list_far_from_everybody_is_noted_and_the_answer_stands(doorstep: Run, tmp_path: Path) -> None:
    sites = write(tmp_path / "sites.csv", SITES + "LONDON,530000,180000,1\n")
    code, text, _ = doorstep("site", "--place", "Halton", "--candidates", sites, "--n", "1")
    assert code == 1 and "note: LONDON (LONDON) is 2" in text and "is it placed right?" in text
    code, told, _ = doorstep("site", "--place", "Halton", "--candidates", sites, "--n", "1", "--json")
    assert code == 1 and len(json.loads(told)["notes"]) == 1 and json.loads(told)["certified_by"] == "count"


def test_a_budget_with_a_site_that_has_no_cost_names_it(doorstep: Run, tmp_path: Path) -> None:
    sites = write(tmp_path / "sites.csv", SITES.replace("384000,3", "384000,"))
    code, text, err = doorstep("site", "--place", "Halton", "--candidates", sites, "--budget", "3")
    assert (code, text) == (2, "") and "1 have none, first B" in err


def test_a_folder_that_is_not_there_is_refused_before_the_work(doorstep: Run, tmp_path: Path) -> None:
    code, text, err = doorstep("site", "--place", "Halton", "--n", "1", "--out", tmp_path / "none" / "chosen.csv")
    assert (code, text) == (2, "") and "there is no folder" in err


def test_hours_and_sites_that_are_no_csv_are_said_to_be_none(doorstep: Run, tmp_path: Path) -> None:
    """A cell longer than a CSV's may be, and a text in another code: each by the one way in which lists are read."""
    heading = "site,monday,tuesday,wednesday,thursday,friday,saturday,sunday\n"
    long = write(tmp_path / "long.csv", heading + "A" * 200_000)
    code, _, err = doorstep("hours", long)
    assert code == 4 and "cannot be read as CSV" in err
    other = tmp_path / "other.csv"
    other.write_bytes("site,easting,northing\nCafé,352000,384000\n".encode("cp1252"))
    code, _, err = doorstep("site", "--place", "Halton", "--candidates", other, "--n", "1")
    assert code == 4 and "not text in UTF-8" in err


@pytest.mark.parametrize(("text", "exit_code", "said"), [(None, 2, "no such file"), ("", 4, "the file has no site")])
def test_hours_of_no_site_are_refused(
    doorstep: Run, tmp_path: Path, text: str | None, exit_code: int, said: str
) -> None:
    path = tmp_path / "hours.csv"
    if text is not None:
        write(path, "site,monday,tuesday,wednesday,thursday,friday,saturday,sunday\n" + text)
    code, _, err = doorstep("hours", path)
    assert code == exit_code and said in err
