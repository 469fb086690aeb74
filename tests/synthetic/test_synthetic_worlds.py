"""In each planted world what its file says is true of the made-up people, and nothing else is changed."""

from __future__ import annotations

import numpy as np
import pytest
from made_place import real_ground
from made_world import SEED, TIMELINE, by_person, drawn, month_of_window, named, opening_of, rate_ratio, world_with

from doorstep.synthetic.facts import Facts
from doorstep.synthetic.health import code_lists
from doorstep.synthetic.part import Part
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR
from doorstep.synthetic.use.spells import is_emergency
from doorstep.synthetic.worlds import World
from doorstep.synthetic.worlds.model import names
from doorstep.synthetic.worlds.practices import groups


def stays(part: Part) -> set[tuple[int, int, int]]:
    """Spells as person, admission and discharge."""
    spells = part.facts["spell"]
    return set(zip(spells.person.tolist(), spells.columns["admitted"].tolist(), spells.day.tolist(), strict=True))


def same(one: Facts, other: Facts) -> bool:
    return one.n == other.n and bool((one.person == other.person).all() and (one.day == other.day).all())


@pytest.mark.parametrize("name", ["no_effect", "true_effect", "regression_to_the_mean", "staggered_starts"])
def test_the_served_are_the_cohort_and_have_a_case_from_the_day_of_being_found(name: str) -> None:
    part = named(name)
    served, looked = by_person(part, "served"), by_person(part, "looked")
    for table in ("cohort", "caseload"):
        facts = part.facts[table]
        assert sorted(facts.person.tolist()) == np.flatnonzero(served).tolist(), table
        assert (facts.day == looked[facts.person]).all(), table
    assert served.sum() > 80


def test_a_programme_without_effect_leaves_every_stay_and_attendance_as_without_a_programme() -> None:
    without, with_it = drawn(None), named("no_effect")
    assert stays(without) == stays(with_it)
    for table in ("emergency", "outpatient", "community", "medicine"):
        assert same(without.facts[table], with_it.facts[table]), table
    for measure in ("emergency_admissions", "emergency_bed_days", "bed_days"):
        assert (by_person(with_it, f"{measure}_with") == by_person(with_it, f"{measure}_without")).all()


def test_a_true_effect_takes_nothing_but_emergency_stays_of_the_served_after_their_start() -> None:
    without, with_it = drawn(None), named("true_effect")
    served, start = by_person(with_it, "served"), by_person(with_it, "looked")
    assert stays(with_it) < stays(without)
    spells = without.facts["spell"]
    emergency = dict(zip(zip(spells.person.tolist(), spells.columns["admitted"].tolist(), strict=True),
                         is_emergency(spells).tolist(), strict=True))  # fmt: skip
    for person, admitted, _ in stays(without) - stays(with_it):
        assert served[person] and admitted >= start[person] and emergency[person, admitted]
    deaths = [f.facts["spell"].columns["discharge_method"].at == 3 for f in (without, with_it)]
    assert deaths[0].sum() == deaths[1].sum() > 0  # nobody's last stay is prevented


def test_the_true_effect_is_what_its_file_says() -> None:
    """The number of stays prevented is binomial: within three standard errors of the share of those at risk."""
    world, part = World.named("true_effect"), named("true_effect")
    share, served = world.waves[0].stays_prevented, by_person(part, "served")
    without, with_it, expected = (
        by_person(part, f"emergency_admissions_{k}")[served].sum() for k in ("without", "with", "expected")
    )
    at_risk = (without - expected) / share
    assert abs((without - with_it) - share * at_risk) < 3 * np.sqrt(share * (1 - share) * at_risk)
    bed_days, expected_days = (by_person(part, f"bed_days_{k}")[served].sum() for k in ("without", "expected"))
    assert expected_days / bed_days - 1 == pytest.approx(-0.10, abs=0.01)


def test_who_is_served_follows_the_chance_that_stands_in_truth() -> None:
    part = named("no_effect")
    chance, served = by_person(part, "chance").astype(float), by_person(part, "served")
    starts = by_person(part, "wave") >= 0
    assert not served[~starts].any() and (chance[~starts] > 0).any()
    for low, high in ((0.0, 0.05), (0.05, 0.15), (0.15, 1.0)):
        some = starts & (chance > low) & (chance <= high)
        error = np.sqrt((chance[some] * (1 - chance[some])).sum())
        assert abs(served[some].sum() - chance[some].sum()) < 3 * error, (low, high)


def test_selection_on_recent_use_alone_falls_afterwards_without_any_effect() -> None:
    part = named("regression_to_the_mean", 120_000)
    served, wave = by_person(part, "served"), by_person(part, "wave")
    before, after = (by_person(part, f"emergency_admissions_{k}") for k in ("before", "without"))
    days_before, days_after = by_person(part, "days_before"), by_person(part, "days_after")
    assert (after == by_person(part, "emergency_admissions_with")).all()
    assert before[served].min() >= 2
    rate_before = before[served].sum() / days_before[served].sum()
    assert after[served].sum() / days_after[served].sum() < 0.7 * rate_before
    alike = (by_person(part, "chance") > 0) & (served | (wave < 0))  # chosen so too, where nothing started
    ratio, error = rate_ratio(after[alike], days_after[alike], served[alike], np.ones(int(alike.sum())))
    assert abs(np.log(ratio)) < 3 * error < 0.6


def test_practices_start_in_their_wave_and_some_never() -> None:
    world, part = World.named("staggered_starts"), named("staggered_starts")
    served, wave, looked = (by_person(part, name) for name in ("served", "wave", "looked"))
    month = month_of_window(looked[served])
    for i, one in enumerate(world.waves):
        months = set(month[wave[served] == i].tolist())
        assert months == set(range(one.month, one.month + world.looked_over))
        in_wave = served & (wave == i)
        without, with_it, expected = (
            by_person(part, f"emergency_admissions_{k}")[in_wave].sum() for k in ("without", "with", "expected")
        )
        at_risk = (without - expected) / one.stays_prevented
        error = np.sqrt(one.stays_prevented * (1 - one.stays_prevented) * at_risk)
        assert abs((without - with_it) - one.stays_prevented * at_risk) < 3 * error, i
    practices = part.people.practice
    assert {len(set(wave[practices == p].tolist())) for p in set(practices.tolist())} == {1}
    assert not served[wave < 0].any() and 0.05 < (wave < 0).mean() < 0.4


def registers(part: Part, condition: str, day: int) -> set[int]:
    """Who has an entry of a condition's list by a day."""
    coded = part.facts["coded"]
    codes = set(code_lists()[condition])
    listed = np.array([word in codes for word in coded.columns["code"].words])[coded.columns["code"].at]
    return set(coded.person[listed & (coded.day <= day)].tolist())


def test_a_change_of_coding_moves_the_register_and_nobody_s_illness() -> None:
    world, changed = World.named("coding_change"), named("coding_change")
    coding = world.coding
    assert coding is not None
    plain = drawn(world_with("coding_change", coding=None))
    assert (changed.health.onset == plain.health.onset).all()
    practices = groups("coding", (coding.practices,), len(real_ground().practices), Streams(SEED)) == 0
    change = practices[changed.people.practice]
    opens = opening_of(coding.month)
    here = changed.people.stop(TIMELINE) >= opens + coding.days
    for day, share in ((opens - 1, 1 - coding.unwritten), (opens + coding.days, 1.0)):
        was, now = (
            {p for p in registers(part, coding.condition, day) if change[p] and here[p]} for part in (plain, changed)
        )
        assert now <= was and len(was) > 300
        error = np.sqrt(share * (1 - share) / len(was))
        assert abs(len(now) / len(was) - share) <= max(3 * error, 0.01), day
    others = [{p for p in registers(part, coding.condition, opens - 1) if not change[p]} for part in (plain, changed)]
    assert others[0] == others[1]


def listed(part: Part, day: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many each practice's list holds on a day, of people whose first practice it is."""
    people = part.people
    there = (people.registered_from <= day) & (people.registered_to >= day)
    there &= (people.practice_2_from > day) | people.doubly_registered
    return np.bincount(people.practice[there], minlength=len(real_ground().practices))


def test_lists_grow_and_shrink_by_what_the_file_says() -> None:
    lists = World.named("list_drift").lists
    assert lists is not None
    plain, drifting = drawn(None), named("list_drift")
    group = groups("lists", (lists.growing, lists.shrinking), len(real_ground().practices), Streams(SEED))
    years = (TIMELINE.last - TIMELINE.first + 1) / YEAR
    for which, a_year in ((0, 1 + lists.a_year), (1, 1 - lists.a_year), (-1, 1.0)):
        first, last = (
            [listed(part, day)[group == which].sum() for part in (plain, drifting)]
            for day in (TIMELINE.first, TIMELINE.last)
        )
        drift = (last[1] / first[1]) / (last[0] / first[0])
        assert drift == pytest.approx(a_year**years, abs=0.012), which


def test_people_who_left_unnoticed_stay_on_the_list_and_use_nothing() -> None:
    part = named("list_drift")
    gone = by_person(part, "gone")
    ghosts = gone < NEVER
    adults = part.people.age_on(TIMELINE.first) >= 18
    assert ghosts.sum() / adults.sum() == pytest.approx(0.03 * 0.85, rel=0.25)  # of those who stay registered
    assert (part.people.registered_to[ghosts] == NEVER).all()
    for table in ("spell", "emergency", "outpatient", "community", "appointment", "coded", "medicine"):
        facts = part.facts[table]
        day = facts.columns["admitted"] if table == "spell" else facts.day
        assert (day < gone[facts.person]).all(), table
    assert not by_person(part, "served")[ghosts & (by_person(part, "looked") >= gone)].any()


USED = {"appointment": 0.04, "outpatient": 0.06, "community": 0.10, "emergency": 0.08}


def test_deprived_people_use_less_at_equal_need() -> None:
    """The same people with and without the barriers: need is equal person by person, use is the stated share."""
    world = World.named("deprived_underuse")
    free = drawn(world_with("deprived_underuse", sought=(1.0,) * 5))
    part = named("deprived_underuse")
    assert (part.health.onset == free.health.onset).all() and (part.people.died == free.people.died).all()
    fifth = by_person(part, "fifth")
    for table, within in USED.items():
        for i, sought in enumerate(world.sought):
            now, was = ((fifth[p.facts[table].person] == i + 1).sum() for p in (part, free))
            assert now / was == pytest.approx(sought, abs=within), (table, i)


def weights(part: Part, chance: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """The ratio of admissions of the served to others made alike by a chance of being served."""
    served, wave = by_person(part, "served"), by_person(part, "wave")
    some = (wave >= 0) & (chance > 0)
    weight = np.where(served, 1.0, chance / (1 - chance))[some]
    count, days = by_person(part, "emergency_admissions_with"), by_person(part, "days_after")
    return rate_ratio(count[some], days[some], served[some], weight)


def test_the_unmeasured_factor_explains_the_whole_of_a_seeming_harm() -> None:
    """Weighted by the chance without the factor, the served seem harmed by what the factor among them implies."""
    world, part = World.named("unmeasured_confounder"), named("unmeasured_confounder", 240_000)
    given, seen = world.unmeasured, by_person(part, "seen_chance").astype(float)
    assert given is not None
    assert (by_person(part, "emergency_admissions_with") == by_person(part, "emergency_admissions_without")).all()
    odds = seen / (1 - seen) * np.exp(world.chance.unmeasured)
    measured = given.people * odds / (1 + odds) + (1 - given.people) * seen
    blind, error = weights(part, measured)
    assert np.log(blind) > 2.5 * error
    assert np.log(blind) == pytest.approx(np.log(implied(part, measured, given.admissions)), abs=3 * error)
    knowing, error = weights(part, by_person(part, "chance").astype(float))
    assert abs(np.log(knowing)) < 2.5 * error < 0.3


def implied(part: Part, chance: np.ndarray[tuple[int], np.dtype[np.float64]], admissions: float) -> float:
    """How much more the served are admitted for having the factor more often, weighted as in `weights`."""
    served, some = by_person(part, "served"), (by_person(part, "wave") >= 0) & (chance > 0)
    weight, factor = chance / (1 - chance), 1 + (admissions - 1) * by_person(part, "unmeasured")
    others = some & ~served
    return float(factor[served].mean() / np.average(factor[others], weights=weight[others]))


def test_the_unmeasured_factor_leaves_the_level_and_the_extracts_alone() -> None:
    part, plain = named("unmeasured_confounder", 240_000), drawn(None)
    factor = by_person(part, "unmeasured")
    assert factor.mean() == pytest.approx(0.2, abs=0.005)
    assert part.health.count[factor].mean() == pytest.approx(part.health.count[~factor].mean(), abs=0.05)
    admissions = [is_emergency(p.facts["spell"]).sum() / p.people.n for p in (part, plain)]
    assert admissions[0] / admissions[1] == pytest.approx(1, abs=0.06)
    spells = part.facts["spell"]
    not_last = is_emergency(spells) & (spells.columns["discharge_method"].at != 3)  # last stays are nobody's choice
    theirs = [(not_last & (factor[spells.person] == which)).sum() / (factor == which).sum() for which in (True, False)]
    assert theirs[0] / theirs[1] == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize("name", names())
def test_a_part_of_a_world_is_the_same_whoever_makes_it_and_whatever_else_is_made(name: str) -> None:
    whole = named(name, 2_000)
    again = drawn.__wrapped__(World.named(name), 2_000)
    for table, facts in whole.facts.items():
        assert same(facts, again.facts[table]), table
