"""Rising risk is change over time and not level: what the shipped flags find, and what chance alone would."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from scores_kit import AS_AT, cases, shelf_of

from doorstep.planning.definitions import Flag, shipped
from doorstep.planning.engine.columns import rule_columns
from doorstep.planning.engine.plain.rules import Sentence

FLAGS: dict[str, Flag] = {f.id: f for f in shipped().flags}
COLUMNS = rule_columns(shipped())
counts = st.integers(0, 60)


def sentence(name: str) -> Sentence:
    return Sentence(FLAGS[name].rule, COLUMNS, name)


USE, FRAILTY = sentence("rising_emergency_use"), sentence("rising_frailty")


def use(ed: tuple[int, int, int] = (0, 0, 0), admissions: tuple[int, int, int] = (0, 0, 0)) -> bool:
    """Ask of attendances and admissions: the last six months, the six before, and the year before those."""
    ends = ("6m", "6_12m", "12_24m")
    row = {f"ed_attendances_{end}": n for end, n in zip(ends, ed, strict=True)}
    return USE.holds(row | {f"emergency_admissions_{end}": n for end, n in zip(ends, admissions, strict=True)})


def frailty(now: int, before: int, *, age: int = 80, medicines: bool = False) -> bool:
    """Ask of coded deficits now and a year ago; five medicines are one deficit more today."""
    row = {"age": age, "efi_has_polypharmacy": medicines, "efi_count": now + medicines, "efi_count_12m_ago": before}
    return FRAILTY.holds(row)


@pytest.mark.parametrize(
    ("ed", "expected"),
    [
        ((3, 0, 0), True),
        ((2, 0, 0), False),  # too few to tell
        ((3, 1, 2), True),
        ((4, 2, 0), False),  # twice as many is not more than twice
        ((5, 2, 4), True),
        ((5, 2, 5), False),  # as many in the year before: this is not new
        ((10, 10, 20), False),  # high and steady
        ((0, 9, 20), False),  # falling
    ],
)
def test_attendances_rise(ed: tuple[int, int, int], expected: bool) -> None:
    assert use(ed=ed) is expected


@pytest.mark.parametrize(
    ("admissions", "expected"), [((2, 0, 0), True), ((2, 0, 2), False), ((2, 1, 0), False), ((5, 5, 10), False)]
)
def test_admissions_rise(admissions: tuple[int, int, int], expected: bool) -> None:
    assert use(admissions=admissions) is expected


@given(counts, counts)
def test_steady_use_never_rises_however_high(ed: int, admissions: int) -> None:
    assert not use((ed, ed, 2 * ed), (admissions, admissions, 2 * admissions))


@given(counts, counts, counts)
def test_more_use_before_never_makes_a_rise(last: int, earlier: int, year: int) -> None:
    assert use((last, earlier, year)) <= use((last, max(0, earlier - 1), year))
    assert use((last, earlier, year)) <= use((last, earlier, max(0, year - 1)))


def by_chance(rate: float, *, admissions: bool) -> float:
    """Return how likely somebody with one steady rate in six months is found, if events come independently."""
    most = range(30)
    last, year = poisson(rate).pmf(most), poisson(2 * rate).pmf(most)
    found = (
        last[a] * last[b] * year[c]
        for a, b, c in product(most, range(13), range(25))
        if a > 2 * b and a > c and (use(admissions=(a, b, c)) if admissions else use(ed=(a, b, c)))
    )
    return float(sum(found))


def test_chance_finds_as_many_as_the_definition_says() -> None:
    said = " ".join(FLAGS["rising_emergency_use"].caveats)
    assert "at most 6.1 in 100 would be found by attendances" in said and "7.3 in 100 by admissions" in said
    assert 0.060 < max(by_chance(rate, admissions=False) for rate in (1.0, 1.6, 1.7, 1.8, 3.0)) < 0.061
    assert 0.072 < max(by_chance(rate, admissions=True) for rate in (0.5, 1.1, 1.2, 1.3, 3.0)) < 0.073
    assert by_chance(1 / 6, admissions=False) < 0.001  # one attendance in three years
    assert by_chance(1 / 24, admissions=True) < 0.001  # one admission in twelve


def test_frailty_rises_by_three_deficits_or_by_two_and_a_band() -> None:
    bands = (5, 9, 13)
    for before, gained, medicines in product(range(20), range(6), (False, True)):
        now = before + gained
        has_new_band = any(before < start <= now for start in bands)
        expected = gained >= 3 or (gained >= 2 and has_new_band)
        assert frailty(now, before, medicines=medicines) is expected, (before, now, medicines)


def test_frailty_that_is_high_and_steady_does_not_rise() -> None:
    assert not any(frailty(level, level, medicines=medicines) for level in range(37) for medicines in (False, True))
    assert not frailty(3, 6)  # deficits do not go, but a look-back could make them


@pytest.mark.parametrize(("age", "expected"), [(64, False), (65, True)])
def test_frailty_is_asked_at_65_and_over(age: int, expected: bool) -> None:
    assert frailty(8, 2, age=age) is expected


def test_one_life_from_rows_to_flag() -> None:
    shelf = shelf_of("rising_emergency_use", "ed_attendances", "emergency_admissions", "high_intensity_ed_use")

    def attendances(*days_ago: int) -> list[dict[str, Any]]:
        return [{"arrived_on": AS_AT - timedelta(days=n), "department_type": "01"} for n in days_ago]

    steady, rising = cases(shelf, "emergency", [attendances(*range(5, 730, 30)), attendances(10, 40, 90)])
    assert (steady["ed_attendances_12m"], steady["high_intensity_ed_use"]) == (12, True)  # every thirty days
    assert (rising["ed_attendances_12m"], rising["high_intensity_ed_use"]) == (3, False)
    assert (steady["rising_emergency_use"], rising["rising_emergency_use"]) == (False, True)


def test_rising_risk_is_either_and_a_cohort_of_adults() -> None:
    either = sentence("rising_risk")
    for rises, frailer in product((False, True), repeat=2):
        assert either.holds({"rising_emergency_use": rises, "rising_frailty": frailer}) is (rises or frailer)
    (adults,) = (c for c in shipped().cohorts if c.id == "rising_risk_adults")
    found = [Sentence(adults.rule, COLUMNS, adults.id).holds({"rising_risk": True, "age": age}) for age in (17, 18)]
    assert found == [False, True]
    assert adults.is_on and adults.status == "inferred" and date(2027, 4, 1) <= adults.review_by
