"""`doorstep need` as its users run it: files hold what is printed, and a mistake is told and leaves nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.cli.app import main
from doorstep.geography.areas import areas_within
from doorstep.geography.need.definition import FOLDER

HALTON = areas_within("Halton")
OF_2011 = "E01012428"  # an area of 2011 in Halton that was split, and is none of 2021
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doorstep(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line; return its exit code, what it printed, and what it said of mistakes."""

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["need", *map(str, words)])
        told = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, told.out, told.err

    return run


def own_index(folder: Path) -> tuple[Path, Path]:
    """An index on nothing but a measure of one's own, that puts Halton's areas in the order of their codes."""
    head = (FOLDER / "health_need.toml").read_text(encoding="utf-8").partition("[[indicator]]")[0]
    index, measure = folder / "ours.toml", folder / "falls.csv"
    index.write_text(
        head.replace('id = "health_need"', 'id = "falls"')
        + '[[indicator]]\nid = "falls"\ntitle = "Falls"\ncolumn = "falls"\ndirection = "higher is more need"\n'
        'weight = 1\nsource = "Ours"\nwhy = "To try it."\n',
        encoding="utf-8",
    )
    rows = [f"{code},{len(HALTON) - i}" for i, code in enumerate(HALTON)]
    measure.write_text("\n".join(["lsoa21,falls", *rows]) + "\n", encoding="utf-8")
    return index, measure


def test_a_measure_of_ones_own_ranks_its_areas_and_the_files_say_what_it_was(doorstep: Run, tmp_path: Path) -> None:
    index, measure = own_index(tmp_path)
    out = tmp_path / "ranked.csv"
    code, text, _ = doorstep(
        "rank", "--index", index, "--measure", measure, "--vintage", "2021", "--draws", "20", "--within", "Halton",
        "--out", out, "--json",
    )  # fmt: skip
    told = json.loads(text)
    assert code == 0 and told["index"] == "falls@1" and told["status"] == "unreviewed"
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["lsoa21"] for row in rows] == list(HALTON)
    assert [int(row["rank"]) for row in rows] == list(range(1, len(HALTON) + 1))
    assert [(row["rank_low"], row["rank_high"]) for row in rows] == [(r["rank"], r["rank"]) for r in rows]
    beside = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside["weights"] == {"falls": 1.0} and beside["sources"] == {"falls": "Ours"}
    assert [area["lsoa21"] for area in told["areas"]] == list(HALTON[:20])


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["--within", "Haltn"], 2, "did you mean halton"),
        (["--weight", "wealth=2"], 2, "disability"),
        (["--weight", "disability"], 2, "INDICATOR=NUMBER"),
        (["--index", "no_such"], 2, "health_need"),
        (["--index", "SHORT"], 4, "[[indicator]] 1 has no direction, weight, source, why"),
        (["--measure", "FALLS", "--vintage", "2021"], 2, "does not read 'falls'"),
        (["--measure", "FALLS"], 2, "2011 or 2021"),
        (["--measure", "MIXED", "--vintage", "2021"], 4, OF_2011),
    ],
)
def test_what_cannot_be_ranked_is_refused_and_leaves_nothing(
    doorstep: Run, tmp_path: Path, words: list[str], exit_code: int, said: str
) -> None:
    _, falls = own_index(tmp_path)
    mixed = tmp_path / "mixed.csv"
    mixed.write_text(f"lsoa21,falls\n{HALTON[0]},1\n{OF_2011},2\n", encoding="utf-8")
    short = tmp_path / "short.toml"
    short.write_text(
        (FOLDER / "health_need.toml").read_text(encoding="utf-8").partition("[[indicator]]")[0]
        + '[[indicator]]\nid = "falls"\ntitle = "Falls"\ncolumn = "falls"\n',
        encoding="utf-8",
    )
    named = {"FALLS": str(falls), "MIXED": str(mixed), "SHORT": str(short)}
    out = tmp_path / "ranked.csv"
    code, text, err = doorstep("rank", *(named.get(w, w) for w in words), "--draws", "20", "--out", out)
    assert (code, text) == (exit_code, "") and said in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["falls.csv", "mixed.csv", "ours.toml", "short.toml"]


@pytest.mark.parametrize(
    ("rows", "exit_code", "said"),
    [
        (["lsoa21", HALTON[0], HALTON[0]], 4, f"{HALTON[0]} stands twice"),
        (["lsoa21", HALTON[0], OF_2011], 4, OF_2011),
        (["code", HALTON[0]], 2, "lsoa21"),
        (["lsoa21"], 4, "the list is empty"),
        (["lsoa21", "Narnia", OF_2011, "", "E01999999"], 4, f"row 2: 'Narnia' is no area of 2021; row 3: '{OF_2011}'"),
        (["lsoa21", "Narnia", OF_2011, "", "E01999999"], 4, "row 5: 'E01999999'"),
        (["lsoa21", OF_2011], 4, "but one of 2011"),
        (["lsoa21", HALTON[0], HALTON[1], HALTON[0], HALTON[1]], 4, f"{HALTON[1]} stands twice (rows 3, 5)"),
    ],
)
def test_a_list_that_cannot_be_compared_is_refused(
    doorstep: Run, tmp_path: Path, rows: list[str], exit_code: int, said: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    code, text, err = doorstep("compare", path)
    assert (code, text) == (exit_code, "") and said in " ".join(err.split())


@pytest.mark.parametrize("content", [b"lsoa21\n\xe9\n", b"\x00\x01\xff" * 99])
def test_a_list_that_is_no_text_is_refused(doorstep: Run, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.csv").write_bytes(content)
    code, _, err = doorstep("compare", tmp_path / "list.csv")
    assert code == 4 and "not text in UTF-8" in err


def test_rows_of_nothing_at_the_end_of_a_list_are_passed_over(doorstep: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"rank,lsoa21\n1,{HALTON[0]}\n,\n\n,\n", encoding="utf-8")
    code, text, _ = doorstep("compare", tmp_path / "list.csv", "--json")
    assert code == 0 and json.loads(text)["n_listed"] == 1


def test_what_of_a_measure_of_2011_was_not_carried_stands_in_the_answer_and_the_file(
    doorstep: Run, tmp_path: Path
) -> None:
    index, measure = own_index(tmp_path)
    complicated = ["E01008187", "E01023508", "E01023679"]  # change code X in the ONS lookup
    rows = [f"{code},{i}" for i, code in enumerate(["E01000001", "E01000002", "E01000003", *complicated])]
    measure.write_text("\n".join(["lsoa11,falls", *rows]) + "\n", encoding="utf-8")
    asked = ("--index", index, "--measure", measure, "--vintage", "2011", "--draws", "20")
    _, text, _ = doorstep("rank", *asked, "--out", tmp_path / "ranked.csv", "--json")
    for told in (json.loads(text), json.loads((tmp_path / "ranked.json").read_text(encoding="utf-8"))):
        assert told["measure"]["areas"] == 3 and sorted(told["measure"]["not_carried"]) == complicated
    _, text, _ = doorstep("rank", *asked)
    assert "33,752 areas have no value of it" in text


def test_the_audit_of_a_report_is_written_as_it_is_printed(doorstep: Run, tmp_path: Path) -> None:
    out = tmp_path / "claims.csv"
    code, text, _ = doorstep("audit-report", "--out", out, "--json")
    told = json.loads(text)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert code == 0
    assert [(r["says"], r["verdict"]) for r in rows] == [(c["says"], c["verdict"]) for c in told["claims"]]
    assert {r["verdict"] for r in rows} >= {"holds"} and len(rows) > 5
