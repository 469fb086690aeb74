"""The verbs `population` and `cohort`: what people read, and what leaves planning."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from lake_tables import FakeLake, lake, make_home

from doorstep import reference
from doorstep.cli.cohort import group as cohort
from doorstep.cli.population import group as population
from doorstep.errors import DoorstepError
from doorstep.home import Home
from doorstep.records.loading import LoadReport, RefusedFile

HERE = "N84001"
P = "p" + "0" * 23


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Forty adults of whom 12 are frail and have one condition; three of these in the most deprived quintile."""
    path = str(reference.table("lsoa21"))
    areas = duckdb.execute(
        "select min(lsoa21) from read_parquet(?) group by imd2025_decile order by imd2025_decile", [path]
    )
    (poor,), *_, (rich,) = areas.fetchall()
    path = str(reference.table("codes"))
    (diabetes,) = duckdb.execute("select min(code) from read_parquet(?) where list_id = 'diabetes'", [path]).fetchall()[
        0
    ]
    names = [f"p{i:024x}" for i in range(40)]
    con = lake(
        person=[
            {
                "person_id": n, "source": "gp", "record_id": n, "practice": HERE, "birth_on": date(1950, 1, 1),
                "ethnicity": "A", "lsoa21": poor if i < 3 or i >= 20 else rich,
            }
            for i, n in enumerate(names)
        ],
        spell=[{"person_id": n, "admitted_on": date(2026, 1, 1), "diagnoses": ["F00"]} for n in names[:12]],
        coded=[{"person_id": n, "code": diabetes, "recorded_on": date(2019, 5, 1)} for n in names[:12]],
        cohort=[{"person_id": n, "cohort_name": "local", "identified_on": date(2026, 9, 1)} for n in names[:20]],
    )  # fmt: skip
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-11-20")
    monkeypatch.setattr("doorstep.records.open_lake", lambda home, known_by=None: FakeLake(con), raising=False)
    made = make_home(tmp_path)
    monkeypatch.setenv("DOORSTEP_HOME", str(made.root))
    return made


def call(group: Any, *words: str) -> Result:
    result = CliRunner().invoke(group, list(words), standalone_mode=False)
    if isinstance(result.exception, DoorstepError):
        raise result.exception
    assert result.exception is None, result.output
    return result


def test_build_says_what_was_written_and_from_what(home: Home) -> None:
    text = call(population, "build", "--as-at", "2026-09-30").output
    assert "40 people written to" in text
    assert "hfrs@1 (the guide's proxy; validated at 75 and over; blind to people never admitted)" in text
    assert "unreviewed" in text
    assert len(list((home.planning / "person").glob("2026-09-30_2026-10-31_aaaaaaaa/*"))) == 3


def test_summary_hides_small_counts_and_their_neighbours(home: Home) -> None:
    found = json.loads(call(population, "summary", "--json").output)["counts"]
    assert found["registered adults"]["total"]["total"] == 40
    # 40 - 23 - 17 leaves nobody for the other three: one of the two large ones must be hidden too
    assert found["registered adults"]["quintile"] == {"1": 23, "2": "*", "3": "*", "4": "*", "5": "*", "Not Known": "*"}
    assert found["national group"]["total"]["total"] == 12
    assert found["national group"]["quintile"]["1"] == "*"
    text = call(population, "summary").output
    assert "3" not in [line.split()[-1] for line in text.splitlines() if line.startswith("national group")]


def test_summary_without_a_day_is_of_the_table_built_last(home: Home) -> None:
    call(population, "build", "--as-at", "2026-09-30")
    call(population, "build", "--as-at", "2026-08-31")
    assert json.loads(call(population, "summary", "--json").output)["as_at"] == "2026-08-31"
    assert json.loads(call(population, "summary", "--as-at", "2026-09-30", "--json").output)["as_at"] == "2026-09-30"
    assert len(list((home.planning / "person").iterdir())) == 2


def test_summary_where_nothing_was_built_builds_the_table_of_the_knowledge_date(home: Home) -> None:
    assert json.loads(call(population, "summary", "--json").output)["as_at"] == "2026-10-31"


def test_explain_shows_code_date_and_file_and_is_written_down_first(home: Home) -> None:
    person = f"p{1:024x}"
    text = call(population, "explain", "--person", person, "--purpose", "checking the rule with Dr A").output
    assert "in the national group: 1 long-term condition and intermediate risk" in text
    (line,) = [x for x in text.splitlines() if x.startswith("diabetes@1")]
    assert "yes" in line and "2019-05-01" in line and "ffffffffffffffff row 2" in line
    (logged,) = (home.log / "explain.jsonl").read_text().splitlines()
    assert json.loads(logged)["purpose"] == "checking the rule with Dr A"
    assert json.loads(logged)["person"] == person


def test_explain_wants_a_purpose_and_logs_a_look_at_nobody_too(home: Home) -> None:
    with pytest.raises(DoorstepError, match="purpose"):
        call(population, "explain", "--person", P, "--purpose", " ")
    assert not (home.log / "explain.jsonl").exists()
    with pytest.raises(DoorstepError, match="no person"):
        call(population, "explain", "--person", "nobody", "--purpose", "looking for somebody")
    assert len((home.log / "explain.jsonl").read_text().splitlines()) == 1


def test_a_cohort_from_rule_to_frozen(home: Home) -> None:
    file = home.root / "frail.toml"
    file.write_text(
        'id = "frail"\nversion = 1\ntitle = "Frail"\npurpose = "Care"\nowner = "Place"\nsource = "Lead"\n'
        'status = "inferred"\nreview_by = 2027-01-01\nrule = "hfrs >= 5"\n'
    )
    assert "next: doorstep cohort run frail" in call(cohort, "define", str(file)).output
    assert (
        "frail@1 on 2026-09-30: 12 members, 12 came, * went"
        in call(cohort, "run", "frail", "--as-at", "2026-09-30").output
    )
    kept = json.loads(call(cohort, "freeze", "frail", "--signed-by", "Dr A", "--on", "2026-09-30", "--json").output)
    assert (kept["members"], kept["on"], len(kept["sha256"])) == (12, "2026-09-30", 64)
    text = call(cohort, "list").output
    assert "frail@1" in text and "list that was loaded" in text and "2 cohorts." in text


def test_check_reports_overlaps(home: Home) -> None:
    found = json.loads(call(cohort, "check", "local", "--as-at", "2026-09-30", "--json").output)["counts"]
    assert found["national group"]["total"] == {"total": 12}
    # everybody in the group is in the cohort: 12 or 8 would tell that nobody is outside
    assert found["local cohort"]["by national group"] == {"in the national group": "*", "not in it": "*"}
    assert "counted and kept" in call(cohort, "check", "local", "--as-at", "2026-09-30").output


def test_no_person_is_named_in_what_is_printed(home: Home) -> None:
    for group, words in ((population, ("build",)), (population, ("summary",)), (cohort, ("check", "local"))):
        assert "p0000000" not in call(group, *words).output


def loading(monkeypatch: pytest.MonkeyPatch, report: LoadReport) -> list[dict[str, Any]]:
    """Let `records.load` answer with this report, and return how it was called."""
    calls: list[dict[str, Any]] = []

    def load(home: Home, paths: list[Path], **kwargs: Any) -> LoadReport:
        calls.append({"paths": paths, **kwargs})
        return report

    monkeypatch.setattr("doorstep.records.load", load, raising=False)
    return calls


def test_import_goes_through_records_and_names_the_lists(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home.root / "board.csv"
    file.write_text("")
    calls = loading(monkeypatch, LoadReport("a" * 64, already=("board.csv",)))
    text = call(cohort, "import", str(file), "--received", "2026-10-20").output
    assert calls == [{"paths": [file], "received_on": date(2026, 10, 20), "profile": "nnhip", "mapping": None}]
    assert "board.csv was in the lake already" in text
    assert [line.split() for line in text.splitlines() if line.startswith("local")] == [["local", "20"]]


def test_an_import_that_records_refuse_is_an_error(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home.root / "board.csv"
    file.write_text("")
    loading(monkeypatch, LoadReport("a" * 64, refused=(RefusedFile("board.csv", "no purpose for programme"),)))
    with pytest.raises(DoorstepError, match=r"board\.csv: no purpose for programme"):
        call(cohort, "import", str(file))
