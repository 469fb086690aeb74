"""The audit sees under-use that was planted, and does not see it where there is none."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from risk_worlds import CONDITIONS, FREE, TYPES, UNDERUSE, world_frame

from doorstep.planning.admission_risk.audit import Audit, GroupAudit, audit
from doorstep.planning.admission_risk.definition import risk_model
from doorstep.planning.admission_risk.design import design
from doorstep.planning.admission_risk.regressions import Effect
from doorstep.planning.admission_risk.score import prepare, score_of
from doorstep.planning.admission_risk.use import USES
from doorstep.synthetic.worlds import World

DEFINITION = risk_model().definition
PEOPLE = 60_000
STEEP = dataclasses.replace(UNDERUSE, sought=(0.4, 0.6, 0.8, 0.9, 1.0))


@cache
def audited(world: World, *also: str) -> Audit:
    """Fit the shipped definition to the people of a world who are not held out, and audit everybody."""
    frame = world_frame(world, PEOPLE)
    types = TYPES | dict.fromkeys((c for c in CONDITIONS if c in frame.columns), "BOOLEAN")
    seen = frame.some(~frame.held_out(DEFINITION.held_out))
    prepared = prepare(design(DEFINITION, types, also=also).terms, seen.columns)
    score = score_of("m", "m", prepared, seen.admitted, 10.0)
    return audit(DEFINITION, frame, score.risk(frame.columns))


def fifth(found: Audit, name: str) -> GroupAudit:
    return next(g for g in found.groups if (g.split, g.group) == ("imd_quintile", name))


def log_of(ratio: Effect | None) -> tuple[float, float]:
    """The logarithm of a ratio, and its standard error."""
    assert ratio is not None
    return float(np.log(ratio.value)), float(np.log(ratio.upper / ratio.lower) / (2 * 1.96))


def test_planted_under_use_is_flagged_and_a_world_without_is_not() -> None:
    assert audited(FREE).flagged == ()
    flagged = audited(UNDERUSE).flagged
    assert {"1", "2"} <= {g.group for g in flagged}
    assert all("GP appointments" in text for g in flagged if g.group in "12" for text in g.flags)


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("group", ["1", "2", "3", "4"])
def test_what_was_planted_is_found_again_within_its_interval(use: str, group: str) -> None:
    """Between the worlds, use at equal need falls by the share that people seek: 0.70, 0.80, 0.88 and 0.95.

    The limits are 3.5 standard errors, for sixteen ratios; the worlds share their draws, so that is generous. Above
    them, care that follows other care (an attendance after a stay) may fall by a little more or less.
    """
    (under, e1), (free, e2) = (log_of(fifth(audited(w), group).use_at_need[use]) for w in (UNDERUSE, FREE))
    planted = np.log(UNDERUSE.sought[int(group) - 1])
    assert abs(under - free - planted) < 3.5 * np.hypot(e1, e2)
    assert under < free


def test_steep_under_use_makes_the_score_itself_lower_at_equal_need() -> None:
    """Then people of the most deprived fifth have more need at the same score than unequal need alone would give."""
    group = fifth(audited(STEEP), "1")
    assert "scores lower at equal need" in group.flags
    assert group.score_at_need is not None and group.score_at_need.upper < 1
    need = group.need_at_score["ltc_count"]
    assert need.beyond.lower > 0 and need.observed.value > need.expected > 0
    free = fifth(audited(FREE), "1").need_at_score["ltc_count"]
    assert free.beyond.lower < 0


def test_use_of_planned_care_as_a_predictor_lowers_the_score_of_who_under_uses_it() -> None:
    """Why the definition leaves outpatient and GP appointments off."""
    plain, with_care = (
        fifth(audited(UNDERUSE, *also), "1").score_at_need
        for also in ((), ("outpatient_attendances_12m", "gp_appointments_12m"))
    )
    assert plain is not None and with_care is not None
    assert with_care.upper < plain.lower


def test_deprivation_as_a_predictor_learns_the_under_use() -> None:
    """Why the definition leaves deprivation off: the fall in score from the world without to the world with grows."""
    falls = []
    for also in ((), ("imd_quintile",)):
        under, free = (log_of(fifth(audited(w, *also), "1").score_at_need)[0] for w in (UNDERUSE, FREE))
        falls.append(under - free)
    assert falls[1] < falls[0] < 0


def test_without_difference_between_groups_nothing_is_flagged_and_need_is_as_expected() -> None:
    """Labels drawn by lot: every interval is a fair one, so hardly any lies on one side."""
    frame = world_frame(FREE, PEOPLE)
    lot = np.random.default_rng(8).integers(1, 6, frame.n)
    risk = np.random.default_rng(9).uniform(0.01, 0.5, frame.n)
    found = audit(DEFINITION, dataclasses.replace(frame, columns={**frame.columns, "imd_quintile": lot}), risk)
    assert len(found.groups) == 4 and found.flagged == ()
    for group in found.groups:
        assert group.score_at_need is not None and group.deaths_at_score is not None
        assert abs(np.log(group.score_at_need.value)) < 0.06
        assert abs(group.need_at_score["ltc_count"].beyond.value) < 0.06


def test_groups_too_small_to_say_anything_are_left_out() -> None:
    frame = world_frame(FREE, PEOPLE)
    some = np.array(frame.columns["ethnic_group"], dtype=object)
    some[:199], some[199:399] = "Few", "Enough"
    found = audit(
        DEFINITION, dataclasses.replace(frame, columns={**frame.columns, "ethnic_group": some}), np.full(frame.n, 0.1)
    )
    assert [g.group for g in found.groups if g.split == "ethnic_group"] == ["Enough"]
