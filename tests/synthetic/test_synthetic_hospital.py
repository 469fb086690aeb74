"""Stays in hospital hang together: nobody is in two places, codes are real, attendances lead to their spells."""

from __future__ import annotations

import re

import numpy as np
import pyarrow.parquet as pq
import pytest
from use_made import TIMELINE, drawn

from doorstep import reference
from doorstep.synthetic.facts import Facts, Lists, Words
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.use import thin
from doorstep.synthetic.use.constants import reasons
from doorstep.synthetic.use.spells import came_through_department, is_emergency


@pytest.fixture(scope="module")
def spell() -> Facts:
    return drawn().use.spell


def _text(column: Words) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return np.array(column.words)[column.at]


def _first(column: Lists) -> list[str]:
    return [column.words[i] for i in column.at[column.start[:-1]]]


def test_nobody_is_in_hospital_twice_at_once(spell: Facts) -> None:
    order = np.lexsort((spell.day, spell.columns["admitted"], spell.person))
    person, out, into = spell.person[order], spell.day[order], spell.columns["admitted"][order]
    same = person[1:] == person[:-1]
    assert (into[1:] >= out[:-1])[same].all()
    assert (spell.day >= spell.columns["admitted"]).all()


def test_who_dies_in_hospital_does_so_on_the_day_of_discharge(spell: Facts) -> None:
    people = drawn().lives.people
    died = _text(spell.columns["discharge_method"]) == "4"
    assert (spell.day[died] == people.died[spell.person[died]]).all()
    assert is_emergency(spell)[died].all()
    dead = (people.died < NEVER) & (people.died == drawn().lives.stop)
    assert died.sum() / dead.sum() == pytest.approx(0.43, abs=0.06)


def test_every_admission_through_a_department_has_its_attendance_that_day(spell: Facts) -> None:
    use = drawn().use
    led = use.led_to >= 0
    to = use.led_to[led]
    assert (use.emergency.person[led] == spell.person[to]).all()
    assert (use.emergency.day[led] == spell.columns["admitted"][to]).all()
    assert (_text(use.emergency.columns["provider"])[led] == _text(spell.columns["provider"])[to]).all()
    in_window = (spell.columns["admitted"] >= TIMELINE.first) & (spell.columns["admitted"] <= TIMELINE.last)
    there = drawn().lives.there(spell.person, spell.columns["admitted"])
    assert len(set(to.tolist())) == (came_through_department(spell) & in_window & there).sum()


def test_diagnoses_and_procedures_have_the_form_of_real_codes(spell: Facts) -> None:
    for word in spell.columns["diagnoses"].words:
        assert re.fullmatch(r"[A-Z]\d\d[\dX]", word), word
    for word in spell.columns["procedures"].words:
        assert re.fullmatch(r"[A-Z]\d\d\d", word), word


def test_frailty_codes_belong_to_the_frailty_score() -> None:
    known = set(pq.read_table(reference.table("hfrs"), columns=["icd10_3"])["icd10_3"].to_pylist())
    assert {code[:3] for code in reasons()["frailty"]} <= known


def test_every_episode_has_its_own_first_code(spell: Facts) -> None:
    assert (spell.columns["diagnoses"].lengths >= spell.columns["episodes"]).all()


def test_reasons_follow_what_people_have(spell: Facts) -> None:
    health, urgent = drawn().lives.health, np.flatnonzero(is_emergency(spell))
    first = np.array(_first(spell.columns["diagnoses"]))[urgent]
    lungs, sugar = health.has("copd")[spell.person[urgent]], health.has("diabetes")[spell.person[urgent]]
    copd, ketones = np.char.startswith(first, "J44"), np.char.startswith(first, "E1")
    assert copd.sum() > 30
    assert lungs[copd].all()
    assert ketones[sugar].mean() > 10 * ketones[~sugar].mean()


def test_injuries_have_an_external_cause_and_hip_fractures_are_of_the_old(spell: Facts) -> None:
    codes: Lists = spell.columns["diagnoses"]
    first = np.array(_first(codes))
    hurt = np.flatnonzero(is_emergency(spell) & np.char.startswith(first, "S"))
    for row in hurt[:200]:
        row_codes = [codes.words[i] for i in codes.at[codes.start[row] : codes.start[row + 1]]]
        assert any(code[0] in "VWXY" for code in row_codes), row_codes
    hips = np.char.startswith(first, "S72")
    assert np.median(drawn().lives.age[spell.person[hips]]) > 75


def test_older_people_stay_longer_and_a_few_very_long(spell: Facts) -> None:
    d = drawn()
    urgent = np.flatnonzero(is_emergency(spell))
    nights = spell.day[urgent] - spell.columns["admitted"][urgent]
    old, young = (d.lives.age[spell.person[urgent]] >= 80), (d.lives.age[spell.person[urgent]] < 45)
    assert nights[old].mean() > 2.5 * nights[young].mean()
    assert 4 < nights.mean() < 9
    assert 0.2 < (nights == 0).mean() < 0.5
    assert 25 < np.quantile(nights, 0.98) < 90


def test_hospitals_differ_in_length_of_stay_only_where_they_may() -> None:
    def spread(without: str | None) -> float:
        d = drawn(*(() if without is None else (without,)))
        urgent = d.urgent
        nights = (urgent.day - urgent.columns["admitted"])[urgent.day > urgent.columns["admitted"]]
        at = urgent.columns["provider"].at[urgent.day > urgent.columns["admitted"]]
        logs = np.log(nights)
        return float(np.std([logs[at == i].mean() for i in range(3)]))

    assert spread("provider_variation") < spread(None)


def test_people_go_to_the_hospital_of_their_area(spell: Facts) -> None:
    people = drawn().lives.people
    provider = spell.columns["provider"].at
    home = people.lsoa_at(spell.person, spell.columns["admitted"])
    most = [np.bincount(provider[home == lsoa]).max() / (home == lsoa).sum() for lsoa in np.unique(home)
            if (home == lsoa).sum() > 60]  # fmt: skip
    assert 0.72 < np.mean(most) < 0.92


def test_thinning_leaves_out_the_share_and_no_one_elses_stays(spell: Facts) -> None:
    d = drawn()
    served = np.arange(d.lives.n) % 3 == 0
    start = np.where(served, TIMELINE.first + 200, NEVER)
    kept = thin(spell, start, 0.3, np.random.default_rng(1))
    after = is_emergency(spell) & served[spell.person] & (spell.columns["admitted"] >= TIMELINE.first + 200)
    mortal = _text(spell.columns["discharge_method"]) == "4"
    assert kept[~after | mortal].all()
    assert (~kept).sum() / (after & ~mortal).sum() == pytest.approx(0.3, abs=0.05)
    assert thin(spell, start, 0.0, np.random.default_rng(1)).all()


def test_a_prevented_stay_takes_its_attendance_with_it() -> None:
    use = drawn().use
    start = np.full(drawn().lives.n, TIMELINE.first)
    after, kept = use.thinned(start, 1.0, np.random.default_rng(2))
    assert after.spell.n == kept.sum() < use.spell.n
    assert (use.emergency.n - after.emergency.n) == (
        use.led_to[use.led_to >= 0][:, None] == np.flatnonzero(~kept)
    ).sum()
    led = after.led_to >= 0
    assert (after.spell.person[after.led_to[led]] == after.emergency.person[led]).all()
    assert (after.spell.columns["admitted"][after.led_to[led]] == after.emergency.day[led]).all()
    assert after.outpatient is use.outpatient
