"""Signals in worlds with known truth, a few seeds; `python benchmarks/scorecard_signals.py` watches two hundred."""

from __future__ import annotations

from math import sqrt
from statistics import fmean

import pytest
from signal_worlds import CHANGED_AT, STOPPED_AT, changed, reselected, unchanged

from doorstep.programme.scorecard.control import Control
from doorstep.programme.scorecard.noted import Noted
from doorstep.programme.scorecard.spc_words import REGRESSION, WHAT_A_SIGNAL_IS
from doorstep.programme.scorecard.words import claims
from doorstep.web.charts import Icon

SEEDS = range(20)


def is_low(control: Control) -> bool:
    return bool(control.signal and not control.signal.is_high)


def test_a_true_change_is_shown_as_soon_as_its_size_predicts() -> None:
    worlds = [changed(seed) for seed in SEEDS]
    shown = [fmean(column) for column in zip(*(w.low_by_month(CHANGED_AT) for w in worlds), strict=True)]
    parts = [w.predicted(CHANGED_AT, 20, seed) for seed, w in zip(SEEDS, worlds, strict=True)]
    predicted = [fmean(column) for column in zip(*parts, strict=True)]
    for month, (found, expected) in enumerate(zip(shown, predicted, strict=True), CHANGED_AT):
        chance = 3 * sqrt(max(expected * (1 - expected), 0.02) / len(SEEDS))
        assert found == pytest.approx(expected, abs=chance), month
    assert shown[-1] >= 0.9  # a quarter fewer is seen within seven months


def test_without_a_change_hardly_a_signal_is_shown() -> None:
    assert sum(unchanged(seed).low_by_month(CHANGED_AT)[-1] for seed in SEEDS) <= 4  # 4 in 100 by chance


@pytest.mark.parametrize("line", ["O2b", "O5a"])
def test_a_fall_from_choosing_people_otherwise_is_shown_and_never_called_an_effect(line: str) -> None:
    for seed in SEEDS:
        world = reselected(seed, line)
        months = next(m for m in range(STOPPED_AT, 22) if is_low(world.control(m)))  # the numbers do fall
        exhibit = world.exhibit(months)
        text = " ".join([*exhibit.sentences, *(picture.alternative for picture in exhibit.more_pictures)])
        assert world.control(months).icon is Icon.LOW
        assert REGRESSION in text and WHAT_A_SIGNAL_IS in text
        assert claims(text) == ()


def test_a_break_in_the_log_parts_the_months_before_and_after_the_choice() -> None:
    for seed in SEEDS:
        world = reselected(seed, "O5a")
        noted = Noted("break", world.made.months[STOPPED_AT - 1], None, "People chosen once, then followed.")
        control = world.control(len(world.counts), [noted])
        assert not any(not signal.is_high for signal in control.signals)
        assert control.segment_from == world.made.months[STOPPED_AT - 1]
