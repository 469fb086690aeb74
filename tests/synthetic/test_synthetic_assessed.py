"""Entries that say what somebody assessed: frailty scores, the supplier's index, who needs an interpreter."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from made_illness import SEED, TIMELINE, Drawn, sample

from doorstep.planning.definitions import shipped
from doorstep.synthetic.arrays import Bools
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.ground import CATEGORIES
from doorstep.synthetic.health import NO_DAY, code_lists
from doorstep.synthetic.health.assessed import (
    CODES,
    EFI2,
    LEVELS,
    PLAIN,
    SCORE,
    Assessed,
    habits,
    make_assessed,
    recorded,
)
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR

SYSTEM = "Cheshire and Merseyside"


@cache
def drawn() -> tuple[Drawn, Assessed]:
    part = sample(SYSTEM, 30_000)[0]
    return part, make_assessed(part.people, part.health, TIMELINE, Streams(SEED).part(0), SEED)


def rows_of(*codes: str) -> Bools:
    return np.isin(drawn()[1].code, [CODES.index(code) for code in codes])


def test_an_entry_carries_a_number_where_its_code_needs_one_and_only_there() -> None:
    _, found = drawn()
    assert (~np.isnan(found.value) == rows_of(SCORE, EFI2)).all()
    assert set(found.value[rows_of(SCORE)]) <= set(range(1, 10))
    index = found.value[rows_of(EFI2)]
    assert (index > 0).all() and (index < 1).all()


def test_entries_lie_in_the_time_that_a_person_is_known() -> None:
    part, found = drawn()
    assert (found.day <= part.people.stop(TIMELINE)[found.person]).all()
    assert (found.day >= part.people.birth[found.person]).all()


def test_scores_are_of_people_of_65_and_over_and_at_most_one_a_day() -> None:
    part, found = drawn()
    scores = rows_of(SCORE, *LEVELS)
    age = (found.day - part.people.birth[found.person])[scores] / YEAR
    assert age.min() >= 65 - 0.01
    days = list(zip(found.person[scores], found.day[scores], strict=True))
    assert len(days) == len(set(days)) > 500


def test_the_frailer_the_more_often_scored_and_the_higher() -> None:
    part, found = drawn()
    scores = rows_of(SCORE, *LEVELS)
    level = np.where(found.code == CODES.index(SCORE), found.value, found.code - CODES.index(LEVELS[0]) + 1)[scores]
    person = found.person[scores]
    band = part.health.frailty_band(part.people.stop(TIMELINE))
    old = np.intersect1d(part.here, np.flatnonzero(part.age >= 65))
    shares = [np.isin(old[band[old] == b], person).mean() for b in range(4)]
    assert shares == sorted(shares) and shares[0] < 0.1 < 0.3 < shares[3]
    means = [level[(band[person] == b) & (level < 9)].mean() for b in range(4)]
    assert means == sorted(means)
    assert len(set(level[band[person] == 1])) >= 4  # no function of the band


def test_practices_write_a_level_or_a_number_and_do_not_mix() -> None:
    part, found = drawn()
    by_level = {int(p) for p in part.people.practice[found.person[rows_of(*LEVELS)]]}
    by_number = {int(p) for p in part.people.practice[found.person[rows_of(SCORE)]]}
    assert by_level and by_number and not by_level & by_number


def test_the_index_comes_once_a_year_from_some_suppliers_for_everyone_of_65_there() -> None:
    part, found = drawn()
    index = rows_of(EFI2)
    person, day = found.person[index], found.day[index]
    assert ((day - part.people.birth[person]) / YEAR).min() >= 65 - 0.01
    sending = set(part.people.practice[person])
    old = np.intersect1d(part.here, np.flatnonzero(part.age >= 67))
    stayed = old[part.people.registered_from[old] < TIMELINE.first]
    has = np.isin(stayed, person)
    theirs = np.isin(part.people.practice[stayed], list(sending))
    assert (has == theirs).all()
    assert 0.3 < theirs.mean() < 0.9
    assert set(np.bincount(person)[stayed[theirs]]) == {2}  # of a window of two years


def test_interpreters_are_needed_by_adults_and_rarely_by_those_born_to_the_language() -> None:
    part, found = drawn()
    person = found.person[found.code >= CODES.index(PLAIN)]
    assert ((found.day - part.people.birth[found.person])[found.code >= CODES.index(PLAIN)] / YEAR).min() >= 18 - 0.01
    british = part.people.ethnicity == CATEGORIES.index("A")
    needs = np.zeros(part.people.n, bool)
    needs[person] = True
    assert needs[british].mean() < 0.005 < 0.03 < needs[~british].mean()


def test_none_of_these_codes_puts_anyone_on_a_register() -> None:
    lists = code_lists()
    asked = {name for register in shipped().registers for name in register.lists}
    assert not set(CODES) & {code for name in asked for code in lists.get(name, ())}
    own = {name for name, codes in lists.items() if set(CODES) & set(codes)}
    assert own == {"cfs.score", "interpreter_needed", *(f"cfs.level_{n}" for n in range(1, 10))}


def test_what_the_record_last_says_is_the_latest_entry() -> None:
    words = Words(np.array([0, 1, 0, 2, 3, 4]), (SCORE, LEVELS[4], EFI2, PLAIN, "38341003"))
    values = np.array([7.0, np.nan, 4.0, 0.2, np.nan, np.nan])
    facts = Facts(
        "coded", np.array([0, 0, 1, 1, 2, 2]), np.array([10, 20, 5, 6, 7, 8]), {"code": words, "value": values}
    )
    said = recorded(facts, 4)
    assert list(said.cfs) == [5, 4, 0, 0]
    assert list(said.cfs_on) == [20, 5, NO_DAY, NO_DAY]
    assert said.efi2[1] == 0.2 and list(said.efi2_on == NO_DAY) == [True, False, True, True]
    assert list(said.needs_interpreter) == [False, False, True, False]


def test_a_practice_has_the_same_habits_in_every_part() -> None:
    part, found = drawn()
    assert np.array_equal(habits(SEED, 5), habits(SEED, 9)[:5])  # whatever the practices of a part
    again = make_assessed(part.people, part.health, TIMELINE, Streams(SEED).part(1), SEED)
    assert not np.array_equal(found.day, again.day)
    practices = part.people.practice
    assert not set(practices[found.person[rows_of(*LEVELS)]]) & set(
        practices[again.person[again.code == CODES.index(SCORE)]]
    )


@pytest.mark.parametrize("name", ["value", "code"])
def test_the_columns_are_as_long_as_the_entries(name: str) -> None:
    _, found = drawn()
    assert len(getattr(found, name)) == len(found.person) == len(found.day)
