"""A Place's own installation: true numbers for its analysts, protected ones for everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from publishing_kit import DAYS, FEB, JAN, WHOLE

from doorstep.errors import UsageError
from doorstep.returns import METRICS, Figures

pytestmark = pytest.mark.usefixtures("db")
LOADED = date(2026, 3, 27)
SMALL = (100, 16, *[10] * 8, 4, *WHOLE[11:])


@pytest.fixture
def at_a_place() -> Iterator[None]:
    from django.test.utils import override_settings

    with override_settings(DOORSTEP_ROLE="place"):
        yield


def month_of(month: date = JAN, **counts: tuple[int, ...]) -> Figures:
    usual = {metric: DAYS if metric == "O3" else WHOLE for metric in METRICS}
    return Figures("Sefton", month, {**usual, **counts}, WHOLE, 40)


def load(*figures: Figures) -> Any:
    from doorstep.programme.figures import actions

    return actions.load_own(figures=figures, by=None, received_on=LOADED)


def shown(number: int | None = None) -> Any:
    from doorstep.programme.figures import reading

    return reading.figures(reading.edition(number))


@pytest.mark.usefixtures("at_a_place")
def test_the_first_of_two_editions_has_the_true_numbers_and_the_second_what_may_be_shown() -> None:
    edition = load(month_of(O1a=SMALL))
    true, safe = shown(edition.number), shown(edition.number + 1)
    assert true.number("O1a", "sefton", JAN, 10).value == 4
    assert "not for sending" in true.edition.rules
    assert [c for c, v in enumerate(safe.by_key["O1a", "sefton", JAN].values) if v is None] == [2, 10]
    assert not safe.edition.rules.startswith("true numbers")
    assert shown() == safe  # who names no edition gets the safe one


@pytest.mark.usefixtures("at_a_place")
def test_a_breakdown_nobody_knows_is_anything_up_to_the_total() -> None:
    number = shown(load(month_of()).number).number("P1", "sefton", JAN, 3)
    assert (number.value, number.low, number.high) == (None, 0, 40)
    assert shown(1).number("P1", "sefton", JAN).value == 40


@pytest.mark.usefixtures("at_a_place")
def test_loading_the_same_again_makes_no_edition() -> None:
    first = load(month_of())
    assert load(month_of()) == first
    assert load() == first


@pytest.mark.usefixtures("at_a_place")
def test_months_loaded_before_stay_and_a_changed_one_is_its_next_version() -> None:
    load(month_of(), month_of(FEB))
    edition = load(month_of(FEB, O1a=SMALL))
    found = shown(edition.number)
    assert found.months == (JAN, FEB)
    assert [found.by_key["O1a", "sefton", month].version for month in (JAN, FEB)] == [1, 2]
    assert shown(1).number("O1a", "sefton", FEB, 10).value == 10
    assert edition.through == FEB


@pytest.mark.usefixtures("at_a_place")
def test_a_number_once_hidden_from_others_stays_hidden() -> None:
    load(month_of(O1a=SMALL))
    edition = load(month_of(O1a=(106, 16, *[10] * 8, 10, *WHOLE[11:16], 16, *WHOLE[17:22], 16)))
    assert shown(edition.number).number("O1a", "sefton", JAN, 10).value == 10
    assert shown(edition.number + 1).number("O1a", "sefton", JAN, 10).value is None


@pytest.mark.usefixtures("at_a_place")
def test_a_place_publishes_nothing_and_nothing_to_load_is_said() -> None:
    from doorstep.programme.figures import actions

    with pytest.raises(UsageError, match="publishes nothing"):
        actions.publish(by=None)
    with pytest.raises(UsageError, match="no figures to load"):
        load()


def test_the_national_installation_never_takes_true_numbers() -> None:
    from doorstep.programme.figures.models import SafeLine

    with pytest.raises(UsageError, match="never loaded here"):
        load(month_of())
    assert not SafeLine.objects.exists()
