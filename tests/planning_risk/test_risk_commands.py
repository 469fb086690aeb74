"""`doorstep population risk`: from a lake and a person table to a model, a report and scores."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result
from lake_tables import make_home
from risk_tables import DAY, HERE, UNTIL, KnownLake, People

from doorstep.cli.population import group as population
from doorstep.errors import DoorstepError, UsageError
from doorstep.home import Home
from doorstep.planning.person_file import PersonFile

LATER = date(2026, 10, 20)
N = 1500


@dataclass(frozen=True)
class Made:
    """Lakes by knowledge date, and person tables by day."""

    lakes: dict[date, KnownLake]
    tables: dict[date, PersonFile]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Fifteen hundred adults; the old and those with diabetes are admitted more often in the year after."""
    rng, folder = np.random.default_rng(6), tmp_path_factory.mktemp("people")
    names = [f"p{i:04d}" for i in range(N)]
    age, diabetes = rng.integers(18, 95, N), rng.random(N) < 0.3
    had = rng.random(N) < 1 / (1 + np.exp(-(-3.2 + 0.04 * (age - 50) + diabetes)))
    rows = [{"person_id": n, "age": int(a), "diabetes": bool(d)} for n, a, d in zip(names, age, diabetes, strict=True)]
    person = [
        {"person_id": n, "source": "gp", "record_id": n, "practice": HERE, "profile": "synthetic@1", "received_on": DAY}
        for n in names
    ]
    spell = [
        {"person_id": n, "admitted_on": UNTIL, "admission_method": "21", "received_on": LATER}
        for n, was in zip(names, had, strict=True)
        if was
    ]
    return Made(
        {DAY: KnownLake.of(DAY), LATER: KnownLake.of(LATER, person=person, spell=spell)},
        {day: People(rows).write(folder / str(day), as_at=day) for day in (DAY, LATER)},
    )


@pytest.fixture
def home(tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose lake and person tables are the made ones; nothing had arrived in the lake by the first day."""

    def opened(home: Home, known_by: date | None = None) -> KnownLake:
        return made.lakes[known_by or LATER]

    def ensured(home: Home, lake: KnownLake, *, as_at: date) -> PersonFile:
        return made.tables[as_at]

    monkeypatch.setenv("DOORSTEP_TODAY", "2026-10-20")
    monkeypatch.setattr("doorstep.records.open_lake", opened, raising=False)
    monkeypatch.setattr("doorstep.planning.person_file.ensure_person_file", ensured)
    monkeypatch.setattr("doorstep.planning.person_file.place_practices", lambda home: [HERE])
    found: Home = make_home(tmp_path)
    monkeypatch.setenv("DOORSTEP_HOME", str(found.root))
    return found


def call(*words: str) -> Result:
    result = CliRunner().invoke(population, ["risk", *words], standalone_mode=False)
    if isinstance(result.exception, DoorstepError):
        raise result.exception
    assert result.exception is None, result.output
    return result


def test_fit_report_score(home: Home) -> None:
    text = call("fit", "--as-at", str(DAY)).output
    assert "synthetic: no clinical meaning" in text and "unreviewed" in text and "does not diagnose" in text
    assert "not used: outpatient_attendances_12m" in text
    told: dict[str, Any] = json.loads(call("report", "--as-at", str(DAY), "--json").output)
    assert Path(told["out"]).is_relative_to(home.planning) and (Path(told["out"]) / "report.md").exists()
    assert 0.5 < told["performance"]["c"] < 1
    scored = json.loads(call("score", "--as-at", str(LATER), "--json").output)
    assert scored["n_people"] == N
    found = duckdb.execute(f"from '{scored['out']}/scores.parquet' order by person_id").fetchall()
    assert len(found) == N and all(0 < risk < 1 for _, risk, _ in found)
    about = json.loads((Path(scored["out"]) / "about.json").read_text())
    assert "never makes anybody a member" in about["intended_purpose"] and "no clinical meaning" in about["warnings"][0]


def test_scores_rank_as_planted_and_say_why(home: Home, made: Made) -> None:
    call("fit", "--as-at", str(DAY))
    out = json.loads(call("score", "--as-at", str(LATER), "--json").output)["out"]
    table = made.tables[LATER].path
    query = (
        f"select age, diabetes, admission_risk, reasons from '{out}/scores.parquet' join '{table}' using (person_id)"
    )
    rows = duckdb.execute(query).fetchall()
    old = [(risk, why) for age, ill, risk, why in rows if age >= 80 and ill]
    young = [(risk, why) for age, ill, risk, why in rows if age < 40 and not ill]
    assert min(r for r, _ in old) > max(r for r, _ in young)
    assert all({"age", "diabetes"} <= set(why) for _, why in old)
    assert all("diabetes" not in why for _, why in young)


def test_a_report_of_a_day_before_the_fit_and_a_day_to_come_are_refused(home: Home) -> None:
    call("fit", "--as-at", str(DAY))
    with pytest.raises(UsageError, match="before the day of the fit"):
        call("report", "--as-at", "2025-08-31")
    with pytest.raises(UsageError, match="has not come yet"):
        call("fit", "--as-at", "2026-12-01")


def test_without_a_model_it_says_which_command_makes_one(home: Home) -> None:
    with pytest.raises(UsageError, match="risk fit"):
        call("report", "--as-at", str(DAY))
    with pytest.raises(UsageError, match="no model file"):
        call("score", "--model", str(home.root / "none.json"))


def test_scores_leave_nothing_but_their_own_files_behind(home: Home) -> None:
    call("fit", "--as-at", str(DAY))
    call("score", "--as-at", str(LATER))
    written = {p.relative_to(home.planning).parts[0] for p in home.planning.rglob("*")}
    assert written == {"admission_risk"}
