"""How much care people use follows what is published; each check fails when its mechanism is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from made_place import real_ground
from use_made import PARAMETERS, TIMELINE, Drawn, drawn, lives, older_rate_ratio

from doorstep.synthetic.arrays import Bools, Floats
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.parameters import MECHANISMS
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import months_of
from doorstep.synthetic.use import Lives, Setting, make_use
from doorstep.synthetic.use.constants import Fitted, assumed, fitted, read
from doorstep.synthetic.use.hazards import admission_rates, attendance_rates, deprivation_of
from doorstep.synthetic.use.setting import hospital_codes


def _urgent(d: Drawn) -> Floats:
    return d.count(d.urgent.person)


def _often(d: Drawn) -> float:
    """Share of the first year's attendances by people with five or more in it."""
    visits = d.use.emergency
    first = d.count(visits.person[visits.day < TIMELINE.first + 365])
    return float(first[first >= 5].sum() / first.sum())


def _after_discharge(d: Drawn) -> float:
    """Emergency admissions in the month after a discharge from another, against a month of the half-year after it."""
    urgent = d.urgent
    order = np.lexsort((urgent.columns["admitted"], urgent.person))
    person, admitted, out = urgent.person[order], urgent.columns["admitted"][order], urgent.day[order]
    gaps = []
    for step in range(1, 12):
        pair = (person[step:] == person[:-step]) & (out[:-step] < TIMELINE.last - 210)
        gaps.append((admitted[step:] - out[:-step])[pair])
    gap = np.concatenate(gaps)
    return float(((gap >= 0) & (gap < 30)).sum() / (((gap >= 120) & (gap < 210)).sum() / 3))


def _before_death(d: Drawn) -> float:
    """Emergency admissions of the last three months before a death, against the same people's a year before."""
    urgent, people = d.urgent, d.lives.people
    last = d.use.spell.columns["discharge_method"]
    apart = np.isin(urgent.columns["discharge_method"].at, [last.words.index("4")], invert=True)
    left = people.died[urgent.person] - urgent.columns["admitted"]
    died = people.died[urgent.person]
    mortal = (died <= TIMELINE.last) & (died >= TIMELINE.first + 456) & apart
    return float((mortal & (left < 91)).sum() / max((mortal & (left >= 365) & (left < 456)).sum(), 1))


def _weekday_ratio(facts: Facts) -> float:
    weekday = np.bincount((facts.day + 3) % 7, minlength=7)
    return float(weekday[5:].sum() / weekday[:5].sum() / 0.4)


def _respiratory_winter(d: Drawn) -> float:
    """Share of respiratory reasons in winter's emergency admissions, against summer's."""
    urgent = d.urgent
    month = months_of(urgent.columns["admitted"]) % 12
    codes = urgent.columns["diagnoses"]
    chest = np.array([w[0] == "J" for w in codes.words])[codes.at[codes.start[:-1]]]
    return float(chest[np.isin(month, (11, 0, 1))].mean() / chest[np.isin(month, (5, 6, 7))].mean())


def _between_practices(d: Drawn) -> float:
    """Standard deviation of practices' appointments against those expected from age and illness."""
    practice, seen = d.lives.people.practice, d.count(d.use.appointment.person)
    ill = np.clip(d.lives.age // 10, 0, 9) * 5 + np.minimum(d.lives.conditions[0], 4)
    rate = np.bincount(ill, seen) / np.maximum(np.bincount(ill, d.years), 1e-9)
    made, expected = np.bincount(practice, seen), np.bincount(practice, d.years * rate[ill])
    large = expected > 2000
    return float(np.std(made[large] / expected[large]))


CHECKS: dict[str, tuple[Callable[[Drawn], float], float, float]] = {
    "frailty_use": (lambda d: older_rate_ratio(d, _urgent(d), 2), 1.9, 3.3),
    "recent_use": (_after_discharge, 1.7, 4.5),
    "heavy_tail": (_often, 0.11, 0.22),
    "death_near_use": (_before_death, 2.0, 60.0),
    "season": (_respiratory_winter, 1.25, 2.6),
    "weekday": (lambda d: _weekday_ratio(d.use.appointment), 0.0, 0.1),
    "practice_variation": (_between_practices, 0.12, 0.40),
}


@pytest.mark.parametrize("mechanism", sorted(CHECKS))
def test_each_mechanism_is_seen_and_is_gone_without_it(mechanism: str) -> None:
    seen, low, high = CHECKS[mechanism]
    assert low < seen(drawn()) < high
    assert mechanism in MECHANISMS
    without = seen(drawn(mechanism))
    assert not low < without < high, without


@pytest.mark.parametrize("mechanism", ["recent_use", "heavy_tail", "frailty_use", "death_near_use"])
def test_leaving_a_mechanism_out_keeps_the_level(mechanism: str) -> None:
    whole, part = drawn(), drawn(mechanism)
    assert _urgent(part).sum() == pytest.approx(_urgent(whole).sum(), rel=0.12)
    assert part.use.emergency.n == pytest.approx(whole.use.emergency.n, rel=0.12)


def test_the_deprived_and_the_old_are_admitted_more() -> None:
    d = drawn()
    urgent, years, old = _urgent(d), d.years, d.lives.age >= 67
    poor, rich = d.lives.people.decile <= 2, d.lives.people.decile >= 9
    middle = (d.lives.age >= 38) & (d.lives.age < 67)

    def rate(rows: Bools) -> float:
        return float(urgent[rows].sum() / years[rows].sum())

    def admitted(rows: Bools) -> float:  # at all: a few who come every week say nothing of the others
        return float((urgent[rows] > 0).sum() / years[rows].sum())

    assert rate(old) > 2.2 * rate(middle)
    assert admitted(middle & poor) > 1.25 * admitted(middle & rich)


def test_levels_are_those_of_england_within_what_sefton_differs() -> None:
    d = drawn()
    years = d.years.sum()
    seen = d.use.appointment.columns["status"].at == 0
    assert seen.sum() / years == pytest.approx(5.16, rel=0.15)
    assert d.use.emergency.n / years == pytest.approx(0.416, rel=0.2)
    assert d.use.outpatient.n / years == pytest.approx(1.8, rel=0.2)
    assert d.urgent.n / years == pytest.approx(0.085, rel=0.3)


def test_a_few_people_have_most_emergency_bed_days() -> None:
    d = drawn()
    nights = d.count(d.urgent.person, (d.urgent.day - d.urgent.columns["admitted"]).astype(float))
    ranked = np.sort(nights)[::-1]
    assert 0.35 < ranked[: round(0.01 * len(ranked))].sum() / ranked.sum() < 0.85
    assert ranked[: round(0.05 * len(ranked))].sum() / ranked.sum() > 0.9


def test_an_unmeasured_factor_multiplies_emergency_admissions_and_nothing_else() -> None:
    people = lives()
    factor = np.where(np.arange(people.n) % 2 == 0, 2.0, 1.0)
    setting = Setting.of(real_ground(), PARAMETERS)
    changed = make_use(replace(people, unmeasured=factor), setting, np.ones(people.n, bool), Streams(5).part(0))
    d = Drawn(people, changed)
    urgent = _urgent(d)
    assert urgent[::2].sum() / urgent[1::2].sum() == pytest.approx(2.0, rel=0.15)
    clinics = d.count(changed.outpatient.person)
    assert clinics[::2].sum() / clinics[1::2].sum() == pytest.approx(1.0, rel=0.15)


def test_who_meets_a_barrier_seeks_that_share_of_care() -> None:
    people = lives()
    barrier = np.where(np.arange(people.n) % 2 == 0, 0.6, 1.0)
    setting = Setting.of(real_ground(), PARAMETERS)
    changed = make_use(replace(people, barrier=barrier), setting, np.ones(people.n, bool), Streams(5).part(0))
    for facts in (changed.appointment, changed.emergency):
        made = np.bincount(facts.person % 2, minlength=2)
        assert made[0] / made[1] == pytest.approx(0.6, rel=0.15), facts.table


def test_the_same_streams_draw_the_same_care() -> None:
    setting = Setting.of(real_ground(), PARAMETERS)
    again = make_use(lives(), setting, np.ones(lives().n, bool), Streams(5).part(0))
    assert (again.spell.day == drawn().use.spell.day).all()
    assert (again.emergency.columns["minute"] == drawn().use.emergency.columns["minute"]).all()


def test_deciles_lie_on_straight_lines_through_the_fifths() -> None:
    found = deprivation_of(np.arange(1, 11), np.array([5.0, 4.0, 3.0, 2.0, 1.0]))
    assert found.tolist() == pytest.approx([5.25, 4.75, 4.25, 3.75, 3.25, 2.75, 2.25, 1.75, 1.25, 0.75])


def test_rates_are_tables_by_decile_and_age() -> None:
    for rates in (admission_rates(fitted()), attendance_rates(fitted())):
        assert rates.shape == (10 * 111,)
        assert (rates > 0).all()


def test_every_fitted_figure_is_near_its_target_but_those_that_are_context() -> None:
    made = read("use")["made"]
    free = ("odds 2", "odds 3", "multi_contacts", "multi_admissions")  # said in `choices`
    off = {name: b / a for name, (a, b) in made.items() if not name.startswith(free)}
    assert len(off) > 50
    assert {name: x for name, x in off.items() if not 0.85 < x < 1.15} == {}


def test_constants_are_read_by_name() -> None:
    values = read("use")["fitted"]
    assert Fitted.of(values).emergency_cells.shape == (5, 5)
    with pytest.raises(KeyError):
        Fitted.of({k: v for k, v in values.items() if k != "stay_level"})


def test_hospitals_have_codes_of_their_own() -> None:
    codes = hospital_codes(280)
    assert len(set(codes)) == 280
    assert codes[:3] == ("DS1", "DS2", "DS3")
    assert not {"DS4", "DSC", "DSM"} & set(codes)


def test_shares_that_are_taken_as_given_add_up() -> None:
    given = assumed()
    for section, name in (
        ("emergency_admission", "methods"),
        ("emergency_attendance", "departments"),
        ("general_practice", "roles"),
        ("general_practice", "modes"),
        ("general_practice", "modes_of_the_old"),
        ("outpatients", "attended"),
    ):
        assert sum(given[section][name].values()) == pytest.approx(1.0), name


def test_people_who_are_not_there_use_nothing() -> None:
    d = drawn()
    for facts in (d.use.emergency, d.use.outpatient, d.use.appointment, d.use.community):
        assert (facts.day >= d.lives.start[facts.person]).all(), facts.table
        assert (facts.day <= d.lives.stop[facts.person]).all(), facts.table


def test_lives_look_at_frailty_once_a_year() -> None:
    people: Lives = lives()
    assert people.years == (TIMELINE.first, TIMELINE.first + 365)
    assert people.frailty.shape == (2, people.n)
    assert people.year_of(TIMELINE.first - 40) == 0
    assert people.year_of(TIMELINE.last) == 1
    assert (people.frailty[1] >= people.frailty[0]).mean() > 0.999
