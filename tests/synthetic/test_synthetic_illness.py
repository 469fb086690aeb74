"""Illness is that of England: registers by deprivation, multimorbidity and frailty as published, and why."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.parquet as pq
import pytest
from made_illness import TIMELINE, Drawn, Flat, flat, sample

from doorstep import reference
from doorstep.synthetic.arrays import Bools, Floats
from doorstep.synthetic.health.registers import registers

PEOPLE = 100_000
# Register, contract code, first age of the denominator; the newest national prevalence by a verified source.
LEVELS = [
    ("hypertension", "HYP", 0, 0.152),  # 2024/25
    ("depression", "DEP", 18, 0.143),  # 2024/25
    ("diabetes", "DM", 17, 0.073),  # 2021/22, as all below
    ("asthma_dx_only", "AST", 6, 0.065),
    ("non_diabetic_hyperglycaemia_dx_only", "NDH", 18, 0.061),
    ("chronic_kidney_disease", "CKD", 18, 0.040),
    ("cancer", "CAN", 0, 0.033),
    ("coronary_heart_disease", "CHD", 0, 0.030),
    ("atrial_fibrillation_dx_only", "AF", 0, 0.021),
    ("copd_dx_only", "COPD", 0, 0.019),
    ("stroke_tia", "STIA", 0, 0.018),
    ("heart_failure", "HF", 0, 0.0095),
    ("serious_mental_illness_dx_only", "MH", 0, 0.0095),
    ("dementia", "DEM", 0, 0.0072),
    ("peripheral_arterial_disease", "PAD", 0, 0.0058),
    ("osteoporosis_dx_only", "OST", 50, 0.0085),
]


@pytest.fixture(scope="module")
def england() -> tuple[Drawn, ...]:
    return sample("England", PEOPLE)


@pytest.fixture(scope="module")
def everyone(england: tuple[Drawn, ...]) -> Flat:
    return flat(england)


def _on_register(parts: tuple[Drawn, ...], name: str) -> Bools:
    found = [registers(one.health, one.people.birth, TIMELINE.last)[name][one.here] for one in parts]
    return np.concatenate(found)


@pytest.fixture(scope="module")
def on(england: tuple[Drawn, ...]) -> dict[str, Bools]:
    return {name: _on_register(england, name) for name, *_ in LEVELS}


@pytest.mark.parametrize(("name", "code", "first_age", "level"), LEVELS)
def test_registers_are_as_common_as_in_england(
    everyone: Flat, on: dict[str, Bools], name: str, code: str, first_age: int, level: float
) -> None:
    """Within the larger of a tenth and three standard errors."""
    theirs = on[name][everyone.age >= first_age]
    error = (level * (1 - level) / len(theirs)) ** 0.5
    assert theirs.mean() == pytest.approx(level, abs=max(0.1 * level, 3 * error))


@pytest.mark.parametrize("code", ["HYP", "DM", "CHD", "COPD", "DEP", "AF", "CAN", "AST"])
def test_registers_differ_by_deprivation_as_in_england(everyone: Flat, on: dict[str, Bools], code: str) -> None:
    """Most against least deprived fifth, within the larger of a tenth and three standard errors."""
    name, _, first_age, _ = next(row for row in LEVELS if row[1] == code)
    published = _by_decile(code)
    rows = everyone.age >= first_age
    most, least = (on[name][rows & np.isin(everyone.decile, deciles)] for deciles in ((1, 2), (9, 10)))
    expected = published[:2].mean() / published[8:].mean()
    error = expected * (1 / most.sum() + 1 / least.sum()) ** 0.5
    assert most.mean() / least.mean() == pytest.approx(expected, abs=max(0.1 * expected, 3 * error))


def _by_decile(code: str) -> Floats:
    """The published prevalence of 2019/20 by decile, the most deprived first."""
    cells = [("topic", "=", "qof_by_decile"), ("measure", "=", code)]
    rows = pq.read_table(reference.table("published_margins"), filters=cells).to_pylist()
    assert len(rows) == 10
    return np.array([row["value"] for row in sorted(rows, key=lambda row: int(row["group"]))])


def test_multimorbidity_is_that_of_england(everyone: Flat) -> None:
    """Between the two national shares of adults (24%, 27.2%), more women than men, more in the most deprived fifth."""
    adult, many = everyone.age >= 18, everyone.conditions >= 2
    assert 0.24 * 0.97 < many[adult].mean() < 0.272 * 1.03
    women, men = (many[adult & (everyone.sex == sex)].mean() for sex in (1, 0))
    assert women / men == pytest.approx(0.300 / 0.244, rel=0.1)
    most, least = (many[adult & np.isin(everyone.decile, d)].mean() for d in ((1, 2), (9, 10)))
    assert most / least == pytest.approx(0.300 / 0.258, rel=0.1)
    assert (everyone.conditions >= 1).mean() == pytest.approx(0.422, rel=0.1)  # Barnett 2012


def test_two_conditions_come_ten_years_earlier_to_the_most_deprived_fifth(everyone: Flat) -> None:
    """Median ages of adults with two or more: 61 and 71 (Health Foundation 2018)."""
    for deciles, published in (((1, 2), 61), ((9, 10), 71)):
        rows = np.isin(everyone.decile, deciles) & (everyone.age >= 18) & (everyone.conditions >= 2)
        assert np.median(everyone.age[rows]) == pytest.approx(published, rel=0.05)


def _years_earlier(everyone: Flat) -> float:
    """By how many years the most deprived tenth has the multimorbidity of the least, at 40 to 60."""
    edges = np.arange(20, 96, 5)
    middle = edges[:-1] + 2.5

    def curve(decile: int) -> Floats:
        rows = everyone.decile == decile
        n = np.histogram(everyone.age[rows], edges)[0]
        return np.asarray(np.histogram(everyone.age[rows & (everyone.conditions >= 2)], edges)[0] / n)

    least, most = np.maximum.accumulate(curve(10)), curve(1)
    at = (middle >= 40) & (middle < 60)
    return float(np.mean(np.interp(most[at], least, middle) - middle[at]))


def test_multimorbidity_is_ten_to_fifteen_years_earlier_where_deprivation_is_worst(everyone: Flat) -> None:
    assert 9 < _years_earlier(everyone) < 16


def test_without_the_gradient_illness_does_not_come_earlier(everyone: Flat) -> None:
    level = flat(sample("England", PEOPLE, "deprivation_gradient"))
    assert abs(_years_earlier(level)) < 4
    assert (level.conditions >= 2).mean() == pytest.approx((everyone.conditions >= 2).mean(), rel=0.06)


def _company(parts: tuple[Drawn, ...], one: str, other: str) -> float:
    """The odds ratio of two conditions at 60 to 69."""
    n = np.zeros((2, 2))
    for part in parts:
        rows = part.here[(part.age[part.here] >= 60) & (part.age[part.here] < 70)]
        both = [part.health.has(name)[rows].astype(int) for name in (one, other)]
        np.add.at(n, tuple(both), 1)
    return float(n[1, 1] * n[0, 0] / (n[1, 0] * n[0, 1]))


PAIRS = [("diabetes", "hypertension"), ("coronary_heart_disease", "heart_failure"), ("depression", "anxiety")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_conditions_of_a_person_keep_company(england: tuple[Drawn, ...], one: str, other: str) -> None:
    assert _company(england, one, other) > 1.7


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_without_correlation_they_do_not_and_are_as_common(england: tuple[Drawn, ...], one: str, other: str) -> None:
    apart = sample("England", PEOPLE, "correlation")
    assert _company(apart, one, other) < 1.7
    for name in (one, other):
        shares = [np.concatenate([p.health.has(name)[p.here] for p in parts]).mean() for parts in (england, apart)]
        assert shares[1] == pytest.approx(shares[0], rel=0.12)


def test_frailty_bands_are_those_of_the_paper(everyone: Flat) -> None:
    """Clegg et al. 2016 at 65 to 95: 50, 35, 12 and 3 per cent."""
    old = everyone.frailty[(everyone.age >= 65) & (everyone.age < 96)]
    made = [np.mean((old >= low) & (old < high)) for low, high in ((0, 5), (5, 9), (9, 13), (13, 37))]
    for share, published in zip(made, (0.50, 0.35, 0.12, 0.03), strict=True):
        error = 3 * (published * (1 - published) / len(old)) ** 0.5
        assert share == pytest.approx(published, abs=max(0.1 * published, error))


def test_a_tenth_of_those_from_50_to_64_is_frail(everyone: Flat) -> None:
    middle = everyone.frailty[(everyone.age >= 50) & (everyone.age < 65)]
    assert (middle >= 5).mean() == pytest.approx(0.10, rel=0.12)


@pytest.fixture(scope="module", autouse=True)
def _let_go() -> Iterator[None]:
    """Samples of England are large: forget them when the file is done."""
    yield
    sample.cache_clear()
