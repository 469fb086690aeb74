"""A sample of England, made with every mechanism and without some: what is judged must tell them apart."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_system import made_lake

from doorstep.cli.check_made import check as check_command
from doorstep.errors import NotWhatItClaimsError
from doorstep.synthetic import Parameters
from doorstep.synthetic.calibration import Check, Made, Verdict, checks, compare_local, open_made, run
from doorstep.synthetic.calibration.published import figures
from doorstep.synthetic.lake import make_lake
from doorstep.synthetic.parameters import MECHANISMS

PEOPLE = 40_000
# Mechanisms left out together, whose checks look at different things: two systems do for nine mechanisms.
TOGETHER = (
    ("heavy_tail", "weekday", "deprivation_gradient", "frailty_mortality", "death_near_use"),
    ("frailty_use", "season", "correlation", "recent_use"),
)
OF = {mechanism: without for without in TOGETHER for mechanism in without}
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def england(without: tuple[str, ...] = ()) -> Made:
    _KEPT.append(tempfile.TemporaryDirectory())
    folder = Path(_KEPT[-1].name) / "made"
    make_lake(Parameters(system="England", people=PEOPLE, seed=3, without=without), folder, workers=1)
    return open_made(folder)


@pytest.fixture(scope="module", autouse=True)
def _gone_afterwards() -> Iterator[None]:
    yield
    for folder in _KEPT:
        folder.cleanup()


def _of(mechanism: str) -> list[Check]:
    return [check for check in checks() if mechanism in check.mechanism]


def _judged(made: Made, wanted: list[Check]) -> list[Verdict]:
    return [verdict for verdict in run(made, wanted) if verdict.is_target]


@pytest.mark.parametrize("mechanism", list(OF))
def test_each_check_of_a_mechanism_fails_without_it(mechanism: str) -> None:
    for check in _of(mechanism):
        assert any(v.fails for v in _judged(england(OF[mechanism]), [check])), check.name


@pytest.mark.parametrize("mechanism", list(OF))
def test_its_checks_hold_with_it(mechanism: str) -> None:
    wanted = [check for check in _of(mechanism) if check.name != "register_by_decile"]
    assert [(v.check, v.group, v.made) for v in _judged(england(), wanted) if v.fails] == []


def test_registers_by_deprivation_hold_but_for_chance() -> None:
    """Of 200 cells of few people, one or two may lie outside three standard errors."""
    (check,) = [check for check in checks() if check.name == "register_by_decile"]
    verdicts = _judged(england(), [check])
    assert len(verdicts) == 200
    assert sum(v.fails for v in verdicts) <= 4


def test_every_mechanism_is_looked_at_here_or_among_places() -> None:
    assert set(MECHANISMS) - set(OF) == {"raking", "practice_variation", "provider_variation"}


def test_every_target_is_measured_in_a_sample_of_england() -> None:
    measured = {(v.check, v.group) for v in _judged(england(), list(checks()))}
    bounds = {(check.name, group) for check in checks() for group, *_ in (*check.bounds, *check.expects)}
    wanted = {
        (check.name, figure.group)
        for check in checks() for entry in check.against if entry.target for figure in figures(england(), entry)
    }  # fmt: skip
    assert measured == bounds | wanted
    assert len(wanted) > 250


def test_england_is_not_compared_area_by_area() -> None:
    assert compare_local(england()) == []


def test_levels_are_only_shown_for_a_system_whose_people_differ() -> None:
    made = open_made(made_lake().folder)
    crude = [check for check in checks() if check.name in ("two_or_more", "deaths", "consultations")]
    assert all(not v.is_target and not v.fails for v in run(made, crude))
    weekend = [check for check in checks() if check.name == "weekend_appointments"]
    assert [v.is_target for v in run(made, weekend)] == [True]


def test_part_of_a_list_is_not_judged_cell_by_cell() -> None:
    found = {v.check: v for v in compare_local(open_made(made_lake().folder))}
    assert not found["flows"].is_target
    assert not found["ages"].is_target


def test_the_command_gives_every_comparison_and_says_which_do_not_hold() -> None:
    result = CliRunner().invoke(check_command, [str(made_lake().folder), "--json"], standalone_mode=False)
    said = json.loads(result.stdout)
    judged = [one for one in said["comparisons"] if one["is_target"]]
    assert said["judged"] == len(judged)
    assert said["failing"] == sum(not one["holds"] for one in judged)
    assert result.return_value == (1 if said["failing"] else 0)


def test_the_command_marks_what_does_not_hold() -> None:
    result = CliRunner().invoke(check_command, [str(made_lake().folder)], standalone_mode=False)
    lines = result.stdout.splitlines()
    marked = sum("DOES NOT HOLD" in line for line in lines)
    holding, _, judged, *_ = lines[-1].replace(",", "").split()
    assert int(judged) - int(holding) == marked


@pytest.mark.parametrize("said", [None, "{", '{"parameters": {}}', "[]"])
def test_a_folder_that_was_not_made_is_refused(tmp_path: Path, said: str | None) -> None:
    if said is not None:
        (tmp_path / "truth").mkdir()
        (tmp_path / "truth" / "parameters.json").write_text(said, encoding="utf-8")
    with pytest.raises(NotWhatItClaimsError, match="no made-up system"):
        open_made(tmp_path)
