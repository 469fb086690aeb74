"""What the verbs of `population` say where the asked-for cannot be had."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from doorstep.cli.population_verbs.build import _nobody
from doorstep.cli.population_verbs.summary import _refuse_others
from doorstep.errors import UsageError


def lake(*received: date, known_by: date) -> Any:
    loads = [SimpleNamespace(kind="load", received_on=day) for day in received]
    return SimpleNamespace(known_by=known_by, manifest=SimpleNamespace(loads=loads))


def test_an_empty_table_says_when_the_first_delivery_arrived() -> None:
    early = lake(date(2026, 11, 20), date(2026, 10, 20), known_by=date(2026, 8, 15))
    assert "the first delivery arrived on 2026-10-20" in _nobody(early)[0]
    assert "no list of people" in _nobody(lake(date(2026, 8, 1), known_by=date(2026, 8, 15)))[0]
    assert "no list of people" in _nobody(lake(known_by=date(2026, 8, 15)))[0]


def test_an_option_of_another_reading_says_which_reading_to_ask_for() -> None:
    nothing = {"scheme": None, "area": None, "without_quintiles": False, "costs": None}
    _refuse_others("segment", {**nothing, "scheme": "snee"})
    with pytest.raises(UsageError, match="--scheme cannot be used with --by group, which is the default") as refused:
        _refuse_others("group", {**nothing, "scheme": "snee"})
    assert "add --by segment" in refused.value.text()
    with pytest.raises(UsageError, match="with --by cohort") as refused:
        _refuse_others("cohort", {**nothing, "without_quintiles": True})
    assert "default" not in refused.value.text()
