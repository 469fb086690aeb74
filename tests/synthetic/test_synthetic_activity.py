"""Days, clinics, community and social care, and the events the months are drawn by."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from use_made import TIMELINE, drawn

from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.timeline import NEVER, Timeline, day_of, months_of
from doorstep.synthetic.use import with_programme
from doorstep.synthetic.use.chances import draw, look_up
from doorstep.synthetic.use.constants import assumed, by_age
from doorstep.synthetic.use.days import WARM_UP, Months, Window, bank_holidays, weights, working
from doorstep.synthetic.use.urgent import MOST_RECENT, _Process

EVEN = (1.0,) * 8
NO_SEASON = (1.0,) * 12
CLINIC = tuple(assumed()["week"]["clinic"])


def test_bank_holidays_are_englands() -> None:
    days = bank_holidays(day_of(date(2025, 1, 1)), day_of(date(2025, 12, 31)))
    expected = ("01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26")
    assert days.tolist() == [day_of(date.fromisoformat(f"2025-{d}")) for d in expected]


def test_clinics_are_nearly_empty_on_sundays_and_bank_holidays() -> None:
    first, last = day_of(date(2025, 1, 1)), day_of(date(2025, 12, 31))
    weight = weights(first, last, CLINIC, NO_SEASON)
    weekday = (np.arange(first, last + 1) + 3) % 7
    assert weight[weekday == 6].sum() < 0.02 * weight[weekday == 0].sum()
    assert weight[day_of(date(2025, 12, 25)) - first] < 0.05
    assert weights(first, last, EVEN, NO_SEASON).tolist() == pytest.approx([1.0] * 365)


def test_a_window_draws_days_by_their_weights() -> None:
    window = Window.of(Timeline.ending("2025-12", 12), EVEN, (2.0, *(1.0,) * 11))
    days = window.draw(400_000, np.random.default_rng(1))
    january = (months_of(days) % 12 == 0).mean()
    assert january == pytest.approx(62 / (62 + 334), rel=0.02)
    assert window.years == pytest.approx(1.0, rel=0.01)


def test_months_begin_before_the_window_and_end_with_it() -> None:
    months = Months.of(TIMELINE, EVEN, NO_SEASON)
    assert months.n == 24 + WARM_UP
    assert months.first[WARM_UP] == TIMELINE.first
    assert months.calendar[WARM_UP] == 9  # October
    assert months.years[WARM_UP] == pytest.approx(31 / 365.25)
    assert months.days(WARM_UP, np.array([0.0, 0.9999])).tolist() == [TIMELINE.first, TIMELINE.first + 30]


def test_hazard_is_used_up_as_in_a_poisson_process() -> None:
    months = Months.of(TIMELINE, EVEN, NO_SEASON)
    process = _Process(20_000, 0.0, 0.5, months, np.random.default_rng(3))
    for month in range(months.n):
        process.run(month, np.full(20_000, 0.1, np.float32))
    person, _ = process.events()
    counts = np.bincount(person, minlength=20_000)
    assert counts.mean() == pytest.approx(2.7, rel=0.02)
    assert counts.var() == pytest.approx(2.7, rel=0.05)


def test_recent_events_raise_the_hazard_and_not_without_end() -> None:
    months = Months.of(TIMELINE, EVEN, NO_SEASON)
    made = {}
    for recent in (0.0, 2.0):
        process = _Process(5_000, recent, 0.6, months, np.random.default_rng(3))
        for month in range(months.n):
            who, hazard = process.run(month, np.full(5_000, 0.5, np.float32))
            process.add(who)
            assert hazard.max() <= 0.5 * (1 + recent * float(MOST_RECENT)) + 1e-6
        made[recent] = len(process.events()[0])
    assert 1.8 * made[0.0] < made[2.0] < 5.2 * made[0.0]


def test_weekends_move_to_monday() -> None:
    saturday = day_of(date(2025, 3, 1))
    days = np.repeat(saturday + np.arange(7), 1000)
    moved = working(days, np.random.default_rng(1))
    weekday = (moved + 3) % 7
    assert (weekday >= 5).mean() < 0.03
    assert ((moved - days) <= 2).all()


def test_words_come_with_their_shares() -> None:
    shares = {"a": 0.7, "b": 0.29, "c": 0.01}
    drawn_words = draw(np.random.default_rng(1), 200_000, shares)
    assert (np.bincount(drawn_words.at) / 200_000).tolist() == pytest.approx([0.7, 0.29, 0.01], rel=0.06)
    assert np.bincount(look_up([1, 3])).tolist() == [16384, 49152]


def test_curves_are_straight_between_their_ages() -> None:
    curve = by_age([0, 10, 20], [1.0, 2.0, 4.0])
    assert curve[[0, 5, 10, 15, 20, 90]].tolist() == pytest.approx([1, 1.5, 2, 3, 4, 4])


def test_programme_work_comes_on_top_and_alone_on_its_day() -> None:
    def facts(person: list[int], day: list[int], **columns: object) -> Facts:
        return Facts("appointment", np.array(person, np.int32), np.array(day, np.int32), columns)

    words = {
        name: Words(np.zeros(3, np.int16), ("one", "two")) for name in ("status", "role", "setting", "category", "mode")
    }
    own = facts([1, 1, 2], [10, 11, 10], **words, minute=np.zeros(3, np.int16), programme=np.zeros(3, bool))
    theirs = facts([1], [10], with_gp=np.array([False]))
    both = with_programme(own, theirs, np.random.default_rng(1))
    assert sorted(zip(both.person.tolist(), both.day.tolist(), both.columns["programme"].tolist(), strict=True)) == [
        (1, 10, True), (1, 11, False), (2, 10, False),
    ]  # fmt: skip


def test_contacts_lie_in_their_referral_and_after_it() -> None:
    use = drawn().use
    received = use.received[use.community.columns["referral"]]
    assert (use.community.day >= received).all()
    of_referral: dict[int, int] = {}
    for referral, person in zip(use.community.columns["referral"].tolist(), use.community.person.tolist(), strict=True):
        assert of_referral.setdefault(referral, person) == person


def test_who_lives_outside_has_no_community_contacts() -> None:
    from made_place import real_ground
    from use_made import PARAMETERS, lives

    from doorstep.synthetic.streams import Streams
    from doorstep.synthetic.use import Setting, make_use

    served = np.arange(lives().n) % 2 == 0
    use = make_use(lives(), Setting.of(real_ground(), PARAMETERS), served, Streams(5).part(0))
    assert use.community.n > 0
    assert served[use.community.person].all()


def test_mothers_have_clinics_before_and_a_stay_at_a_birth() -> None:
    d = drawn()
    people = d.lives.people
    babies = np.flatnonzero((people.birth >= TIMELINE.first) & (people.mother >= 0))
    spell = d.use.spell
    delivered = np.isin(spell.columns["admission_method"].at, [spell.columns["admission_method"].words.index("31")])
    stays = set(zip(spell.person[delivered].tolist(), spell.columns["admitted"][delivered].tolist(), strict=True))
    known = [(int(people.mother[b]), int(people.birth[b])) for b in babies]
    there = [k for k in known if d.lives.there(np.array([k[0]]), np.array([k[1]]))[0]]
    assert sum(k in stays for k in there) >= 0.85 * len(there)


def test_social_care_is_for_the_frail_and_ends_after_it_begins() -> None:
    d = drawn()
    care = d.use.social_care
    assert (care.columns["ended"] >= care.day).all()
    at_home = care.columns["kind"].at == 0
    frail = d.lives.frailty[0][care.person[at_home]]
    assert (d.lives.age[care.person[at_home]] >= 65).all()
    older = d.lives.age >= 65
    assert frail.mean() > 1.5 * d.lives.frailty[0][older].mean()
    assert ((care.columns["ended"] == NEVER) | (care.columns["ended"] <= d.lives.people.died[care.person])).all()


def test_people_go_back_to_the_clinics_they_know() -> None:
    clinics = drawn().use.outpatient
    person, function = clinics.person, clinics.columns["function"].at
    order = np.argsort(person, kind="stable")
    person, function = person[order], function[order]
    same_person = person[1:] == person[:-1]
    again = (function[1:] == function[:-1])[same_person].mean()
    shuffled = np.random.default_rng(1).permutation(function)
    by_chance = (shuffled[1:] == shuffled[:-1]).mean()
    assert again > 2.5 * by_chance
