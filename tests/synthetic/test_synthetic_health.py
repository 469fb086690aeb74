"""The state of health of made-up people: in order, drawn part by part, and counted as it says."""

from __future__ import annotations

import numpy as np
import pytest
from made_illness import SEED, TIMELINE, Drawn, drawn, ground, sample

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.health import BANDS, DEFICITS, NO_DAY, class_of, model
from doorstep.synthetic.health.medicines import CLASSES, MEDICINES, make_medicines, polypharmacy_on
from doorstep.synthetic.health.registers import years_old
from doorstep.synthetic.health.state import Health, bands
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR, day_of

SYSTEM, PEOPLE = "Cheshire and Merseyside", 30_000


@pytest.fixture(scope="module")
def parts() -> tuple[Drawn, ...]:
    return sample(SYSTEM, PEOPLE)


@pytest.fixture(scope="module")
def part(parts: tuple[Drawn, ...]) -> Drawn:
    return parts[0]


def test_everything_begins_after_birth_and_by_the_last_day(part: Drawn) -> None:
    last = part.people.stop(TIMELINE)
    for days in (part.health.onset, part.health.deficit_on, part.health.medicine_on, part.health.band_from):
        person, _ = np.nonzero(days < NO_DAY)
        begun = days[days < NO_DAY]
        assert (begun >= part.people.birth[person]).all()
        assert (begun <= last[person]).all()


def test_what_ends_has_begun_at_least_a_month_before(part: Drawn) -> None:
    over = part.health.ended < NO_DAY
    assert over.any()
    assert (part.health.ended[over] - part.health.onset[over] > 30).all()


def test_days_of_bands_are_those_of_the_fifth_ninth_and_thirteenth_deficit() -> None:
    deficit_on = np.full((36, 3), NO_DAY, np.int32)
    deficit_on[:4, 0] = [10, 20, 30, 40]
    deficit_on[:9, 1] = [90, 80, 70, 60, 50, 40, 30, 20, 10]
    deficit_on[:13, 2] = range(13)
    none = NO_DAY
    assert bands(deficit_on).T.tolist() == [[none, none, none], [50, 90, none], [4, 8, 12]]


def test_a_band_is_what_the_count_of_deficits_says(part: Drawn) -> None:
    for day in (TIMELINE.first, TIMELINE.last):
        count = part.health.deficits_at(day)
        assert (part.health.frailty_band(day) == np.digitize(count, (5, 9, 13))).all()
    assert (part.health.frailty == part.health.deficits_at(part.people.stop(TIMELINE))).all()
    assert len(BANDS) == 4
    assert len(DEFICITS) == part.health.deficit_on.shape[1] == 36


def test_conditions_that_count_as_one_count_once() -> None:
    names = model().names
    onset = np.full((1, len(names)), NO_DAY, np.int32)
    for name in ("depression", "anxiety", "stroke", "tia", "hypertension", "autism"):
        onset[0, names.index(name)] = 5
    ended = np.full_like(onset, NO_DAY)
    ended[0, names.index("anxiety")] = 7
    health = _blank(names, onset, ended)
    assert health.count_at(4).tolist() == [0]
    assert health.count_at(6).tolist() == [3]  # mood, stroke or TIA, hypertension
    ended[0, names.index("hypertension")] = 8
    assert health.count_at(9).tolist() == [2]


def _blank(names: tuple[str, ...], onset: Ints, ended: Ints) -> Health:
    n = len(onset)
    never = np.full((n, 36), NO_DAY, np.int32)
    return Health(
        names, onset, ended, np.zeros(n, np.int8), np.zeros(n, bool), never, never[:, :3], never[:, :5],
        np.zeros(n, np.int8), np.zeros((n, 3), np.float32), np.full(n, 100, np.int32),
    )  # fmt: skip


def test_forgetting_drops_what_came_later_and_counts_again() -> None:
    names = model().names
    onset = np.full((2, len(names)), NO_DAY, np.int32)
    onset[:, names.index("asthma")], onset[:, names.index("diabetes")] = 10, 60
    ended = np.full_like(onset, NO_DAY)
    ended[:, names.index("asthma")] = 70
    health = _blank(names, onset, ended)
    health.forget(np.array([50, 100]))
    assert health.has("asthma").tolist() == [True, True]
    assert health.has("diabetes").tolist() == [False, True]
    assert health.ended[:, names.index("asthma")].tolist() == [NO_DAY, 70]
    assert health.count[0] == 1


def test_conditions_bring_their_deficits_on_the_same_day_or_before(part: Drawn) -> None:
    health = part.health
    for deficit in model().deficits:
        for condition in deficit.conditions:
            has = health.has(condition)
            on = health.deficit_on[has, DEFICITS.index(deficit.name)]
            assert (on <= health.onset[has, health.conditions.index(condition)]).all(), deficit.name


def test_the_fifth_medicine_is_polypharmacy(part: Drawn) -> None:
    days = np.full((6, 2), NO_DAY, np.int32)
    days[:, 0] = [60, 50, 40, 30, 20, 10]
    days[:4, 1] = 5
    assert polypharmacy_on(days, 5).tolist() == [50, NO_DAY]
    many = (part.health.medicine_on < NO_DAY).sum(axis=1) >= 5
    assert ((part.health.deficit_on[:, DEFICITS.index("polypharmacy")] < NO_DAY) == many).all()


@pytest.mark.parametrize(
    ("medicine", "conditions"),
    [
        ("insulin", ("diabetes",)),
        ("levodopa", ("parkinsons_disease",)),
        ("anticoagulant", ("atrial_fibrillation",)),
        ("statin", ("coronary_heart_disease", "stroke", "tia", "diabetes", "peripheral_arterial_disease",
                    "chronic_kidney_disease", "hypertension")),
    ],
)  # fmt: skip
def test_medicines_follow_conditions(part: Drawn, medicine: str, conditions: tuple[str, ...]) -> None:
    takes = part.health.medicine_on[:, CLASSES.index(medicine)] < NO_DAY
    ill = np.any([part.health.has(name) for name in conditions], axis=0)
    assert takes.any()
    assert not takes[~ill].any()


def test_issues_come_every_four_or_eight_weeks_while_on_the_medicine(part: Drawn) -> None:
    facts = make_medicines(part.people, part.health, TIMELINE, 12, Streams(SEED).part(0))
    line, day = facts.columns["record"], facts.day
    assert (facts.day >= part.people.registered_from[facts.person]).all()
    assert (facts.day <= part.people.stop(TIMELINE)[facts.person]).all()
    order = np.lexsort((day, line))
    gaps = np.diff(day[order])[np.diff(line[order]) == 0]
    assert set(np.unique(gaps)) == {28, 56}
    kinds = {class_of(MEDICINES[code]) for code in np.unique(facts.columns["code"].at)}
    assert len(kinds) > 35
    assert all(
        class_of(MEDICINES[code]) == CLASSES[kind]
        for code, kind in zip(facts.columns["code"].at[:500], facts.columns["class"].at[:500], strict=True)
    )


def test_about_eighteen_issues_a_year_and_most_to_people_with_two_conditions() -> None:
    """18 a person-year; 78.7% of adults' to those with two or more conditions (Cassell 2018), within a tenth."""
    england = sample("England", 60_000)
    issues = people = multimorbid = adults = 0.0
    for number, one in enumerate(england):
        facts = make_medicines(one.people, one.health, TIMELINE, 12, Streams(SEED).part(number))
        recent = facts.day > TIMELINE.last - round(YEAR)
        by = np.bincount(facts.person[recent], minlength=one.people.n)[one.here]
        adult, many = one.age[one.here] >= 18, one.health.count[one.here] >= 2
        issues, people = issues + by.sum(), people + len(by)
        multimorbid, adults = multimorbid + by[adult & many].sum(), adults + by[adult].sum()
    assert issues / people == pytest.approx(18, rel=0.1)
    assert multimorbid / adults == pytest.approx(0.787, rel=0.1)


def test_a_part_is_the_same_whoever_makes_it(parts: tuple[Drawn, ...]) -> None:
    again = drawn(ground(SYSTEM), Parameters(system=SYSTEM, people=PEOPLE, seed=SEED), 1)
    for name in ("onset", "ended", "deficit_on", "band_from", "medicine_on", "count", "frailty"):
        assert (getattr(again.health, name) == getattr(parts[1].health, name)).all(), name
    assert (again.people.died == parts[1].people.died).all()


def test_practices_differ_in_what_they_diagnose_unless_that_is_left_out(parts: tuple[Drawn, ...]) -> None:
    level = sample(SYSTEM, PEOPLE, "practice_variation")
    spreads = [_spread_between_practices(group) for group in (parts, level)]
    assert spreads[0] > 1.25 * spreads[1]


def _spread_between_practices(group: tuple[Drawn, ...]) -> float:
    """Standard deviation between practices of the share with depression, less chance, over the mean."""
    practice = np.concatenate([one.people.practice[one.here] for one in group])
    has = np.concatenate([one.health.has("depression")[one.here] for one in group])
    n, on = np.bincount(practice), np.bincount(practice, has)
    large = n >= 60
    share = on[large] / n[large]
    chance = share.mean() * (1 - share.mean()) * (1 / n[large]).mean()
    return float(np.sqrt(max(share.var() - 0.9 * chance, 1e-6)) / share.mean())


def test_carers_and_care_homes_are_known_as_such(part: Drawn) -> None:
    people, last = part.people, part.people.stop(TIMELINE)
    at_home = (people.care_home_from < NEVER) & (people.care_home_from <= last)
    assert (part.health.has("care_home_resident") == at_home).all()
    grown = (people.carer_hours > 0) & (people.birth + 16.5 * YEAR < last)
    assert part.health.has("unpaid_carer")[grown].mean() > 0.9 if grown.any() else True
    assert not part.health.has("unpaid_carer")[people.carer_hours == 0].any()


def test_children_have_no_coded_frailty_and_the_worse_follows_the_milder(part: Drawn) -> None:
    health = part.health
    mild, severe = (health.onset[:, health.conditions.index(f"frailty_{name}")] for name in ("mild", "severe"))
    coded = mild < NO_DAY
    assert coded.any()
    assert (mild[coded] - part.people.birth[coded] >= 65 * YEAR - 1).all()
    assert (severe[severe < NO_DAY] > health.band_from[severe < NO_DAY, 2]).all()


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("2000-02-29", "2018-02-28", 17),
        ("2000-02-29", "2018-03-01", 18),
        ("1990-09-30", "2026-09-30", 36),
        ("1990-10-01", "2026-09-30", 35),
        ("2026-09-30", "2026-09-30", 0),
    ],
)
def test_age_is_by_the_calendar(birth: str, day: str, age: int) -> None:
    from datetime import date

    days = [day_of(date.fromisoformat(text)) for text in (birth, day)]
    assert years_old(np.array([days[0]]), days[1]).tolist() == [age]


def test_a_course_has_the_share_that_its_file_says() -> None:
    """Heart failure by age and sex with nothing else at work: the file's own shares, within three errors."""
    england = sample("England", 60_000, "deprivation_gradient", "practice_variation", "correlation")
    course = next(c for c in model().courses if c.name == "heart_failure")
    for sex in (0, 1):
        for low in (60, 70, 80):
            has, expected = [], []
            for one in england:
                rows = one.here[(one.people.sex[one.here] == sex) & (one.age[one.here] // 10 == low // 10)]
                has.append(one.health.has("heart_failure")[rows])
                expected.append(np.interp(one.age[rows], model().ages, course.share[sex]))
            share, said = np.concatenate(has).mean(), np.concatenate(expected).mean()
            error = (said / len(np.concatenate(has))) ** 0.5
            assert share == pytest.approx(said, abs=3 * error + 0.06 * said), (sex, low)


def test_courses_never_become_rarer_with_age() -> None:
    for course in model().courses:
        assert (np.diff(course.knots, axis=1) < 0).all(), course.name
        assert sum(load**2 for load in course.loads) < 1
