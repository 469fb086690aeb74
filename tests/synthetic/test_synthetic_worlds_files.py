"""World files are read strictly, and what is written beside a made-up Place says what is true of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from doorstep.cli.synthetic import group
from doorstep.errors import UsageError
from doorstep.synthetic import FaultRates, Parameters, make
from doorstep.synthetic.worlds import World, names

SMALLEST = """
title = "Mine"
holds = "Nothing happens."
naive = "Nothing."
waves = [{ month = 3, practices = 0.5 }]
looked_over = 2

[chance]
intercept = 0.0
"""


def written(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_world_of_the_manual_ships_and_says_what_is_true() -> None:
    assert names() == (
        "coding_change", "deprived_underuse", "list_drift", "no_effect", "regression_to_the_mean", "staggered_starts",
        "true_effect", "unmeasured_confounder",
    )  # fmt: skip
    for name in names():
        world = World.named(name)
        assert world.name == name and world.holds and world.naive
        world.check(24)


def test_a_file_of_ones_own_is_a_world_and_goes_by_the_file_s_name(tmp_path: Path) -> None:
    world = World.named(written(tmp_path, SMALLEST))
    assert (world.name, world.waves[0].month, world.chance.intercept) == ("mine", 3, 0.0)
    assert world.least.age == 18 and world.unmeasured is None


def test_the_world_in_the_manual_can_be_made(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "planted-worlds.md"
    text = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    world = World.named(written(tmp_path, text))
    world.check(24)
    assert world.unmeasured is not None and world.chance.frailty == (0.0, 0.6, 1.2, 1.6)
    for name in names():
        assert f"| `{name}` |" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("month = 3", "moth = 3"), "no 'moth'"),
        (('title = "Mine"', ""), "lacks 'title'"),
        (("practices = 0.5", "practices = 1.5"), "practices is 1.5"),
        (("practices = 0.5", 'practices = "half"'), "practices is 'half'"),
        (("month = 3", "month = 0"), "month is 0"),
        (("[chance]", "[chance"), "not a world"),
        (("intercept = 0.0", "intercept = true"), "intercept is True"),
        (("intercept = 0.0", "intercept = 0.0\nfrailty = [0, 1]"), "frailty has 2 numbers"),
        (("intercept = 0.0", "intercept = 0.0\nunmeasured = 1.0"), "no .unmeasured"),
        (("looked_over = 2", "sought = [1, 1, 1, 1, 2]"), "sought is 2.0"),
        (("looked_over = 2", "lists = 3"), "lists is 3"),
    ],
)
def test_a_file_with_a_mistake_is_refused_and_the_mistake_named(
    change: tuple[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=words):
        World.named(written(tmp_path, SMALLEST.replace(*change)))


def test_a_world_that_is_none_is_refused_with_the_names_of_those_that_are() -> None:
    with pytest.raises(UsageError, match="regression_to_the_mean"):
        World.named("utopia")


def test_a_window_too_short_for_the_world_is_refused() -> None:
    with pytest.raises(UsageError, match="takes 19 months and the window has 12"):
        Parameters("Sefton", months=12, world=World.named("no_effect"))


def test_an_unknown_condition_is_refused(tmp_path: Path) -> None:
    coding = '[coding]\ncondition = "gout"\npractices = 0.5\nmonth = 3\nunwritten = 0.5\n'
    world = World.named(written(tmp_path, SMALLEST + coding))
    with pytest.raises(UsageError, match="no condition 'gout'"):
        make(Parameters("Sefton", people=100, months=6, world=world), tmp_path / "made")
    assert not (tmp_path / "made").exists()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world") / "made"
    strong = dataclasses.replace(
        World.named("true_effect"), waves=(dataclasses.replace(World.named("true_effect").waves[0], practices=1.0),),
        chance=dataclasses.replace(World.named("true_effect").chance, intercept=0.0),
    )  # fmt: skip
    clean = FaultRates(**{f.name: 0.0 for f in dataclasses.fields(FaultRates)})
    return make(Parameters("Sefton", people=3000, seed=4, world=strong, faults=clean), out).folder


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "truth" / f"{name}.parquet").to_pylist()
    return rows


def test_effects_have_one_row_a_person_in_order(folder: Path) -> None:
    effects, people = table(folder, "effects"), table(folder, "people")
    assert [row["person"] for row in effects] == [row["person"] for row in people]
    assert {row["person"] for row in effects if row["served"]} == {r["person"] for r in people if r["is_member"]}
    for row, person in zip(effects, people, strict=True):
        assert (row["started_on"] is not None) == row["served"]
        assert not row["served"] or row["started_on"] == row["looked_on"]
        assert row["looked_on"] is None or row["looked_on"] >= person["registered_from"]


def test_admissions_and_bed_days_after_the_start_are_those_of_the_true_events(folder: Path) -> None:
    """Summed once more, plainly, over the events of the served, but for the few whose stay outlasts the window."""
    effects = {row["person"]: row for row in table(folder, "effects") if row["served"]}
    people = {row["person"]: row for row in table(folder, "people")}
    counted = dict.fromkeys(effects, 0)
    nights = dict.fromkeys(effects, 0)
    for event in table(folder, "events"):
        if event["kind"] != "spell" or event["person"] not in effects:
            continue
        start = effects[event["person"]]["started_on"]
        begin = max(event["date"], start)
        nights[event["person"]] += max((event["until"] - begin).days, 0)
        counted[event["person"]] += event["date"] >= start and event["admission_method"].startswith("2")
    settled = [p for p in effects if people[p]["died_on"] is None and people[p]["registered_to"] is None]
    same = [p for p in settled if nights[p] == effects[p]["bed_days_with"]]
    assert len(settled) > 80 and len(same) >= 0.95 * len(settled)
    assert {p: counted[p] for p in same} == {p: effects[p]["emergency_admissions_with"] for p in same}
    assert sum(counted[p] for p in same) > 20


def test_the_world_is_said_in_words_and_in_the_numbers_that_came_of_it(folder: Path) -> None:
    said = json.loads((folder / "truth" / "worlds.json").read_text())
    served = [row for row in table(folder, "effects") if row["served"]]
    found: Mapping[str, Any] = said["realised"]["served"]
    assert said["what_is_true"].startswith("From each person's start on") and said["title"] and said["name"]
    assert found["people"] == len(served) > 80
    with_it, without = (sum(row[f"bed_days_{k}"] for row in served) for k in ("with", "without"))
    assert (found["bed_days"]["with"], found["bed_days"]["without"]) == (with_it, without)
    assert found["bed_days"]["change"] == pytest.approx((with_it - without) / without, abs=1e-6)
    assert said["parameters"]["waves"][0]["stays_prevented"] == World.named("true_effect").waves[0].stays_prevented
    parameters = json.loads((folder / "truth" / "parameters.json").read_text())["parameters"]
    assert parameters["world"]["title"] == said["title"]


def test_the_score_that_is_sent_knows_nothing_of_the_unmeasured_factor() -> None:
    from made_world import by_person, named

    part = named("unmeasured_confounder", 150_000)
    cohort, seen = part.facts["cohort"], by_person(part, "seen_chance")
    assert (abs(cohort.columns["score"] - 100 * seen[cohort.person]) <= 0.051).all()


def test_the_command_plants_a_world_by_name_or_file(tmp_path: Path) -> None:
    text = written(tmp_path, SMALLEST)
    words = ["make", "--place", "Sefton", "--people", "100", "--months", "6", "--world", text]
    result = CliRunner().invoke(group, [*words, "--out", str(tmp_path / "made")], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "made" / "truth" / "worlds.json").read_text())["name"] == "mine"
    with pytest.raises(UsageError, match="no world 'utopia'"):
        CliRunner().invoke(
            group, ["make", "--place", "Sefton", "--world", "utopia", "--out", "x"], catch_exceptions=False
        )


def test_without_a_world_there_is_no_truth_of_one(tmp_path: Path) -> None:
    folder = make(Parameters("Sefton", people=100, months=3), tmp_path / "made").folder
    assert not (folder / "truth" / "worlds.json").exists() and not (folder / "truth" / "effects.parquet").exists()
