"""Coded entries: real codes, in order, differing by practice, and exactly the registers that the truth has."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake_tables import make_lake
from made_illness import SEED, TIMELINE, Drawn, sample

from doorstep import reference
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.duck import create_person_table
from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.health import EVERYDAY, model
from doorstep.synthetic.health.coding import SHARED, code_lists, elsewhere, lexicon, make_coded
from doorstep.synthetic.health.registers import OSTEOPOROSIS, RULES, registers
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, date_of

SYSTEM = "Cheshire and Merseyside"
NOBODY = (np.zeros(0, np.int32), np.zeros(0, np.int32), (), np.zeros(0, np.int32))
SHELF = shipped()


@pytest.fixture(scope="module")
def part() -> Drawn:
    return sample(SYSTEM, 30_000)[0]


def coded_of(part: Drawn, *without: str) -> Facts:
    parameters = Parameters(system=SYSTEM, people=30_000, seed=SEED, without=without)
    return make_coded(part.people, part.health, TIMELINE, parameters, Streams(SEED).part(0), NOBODY)


@pytest.fixture(scope="module")
def coded(part: Drawn) -> Facts:
    return coded_of(part)


@pytest.fixture(scope="module")
def found(part: Drawn, coded: Facts) -> dict[str, set[int]]:
    """Who is on each register, as planning finds them in the entries."""
    con = duckdb.connect()
    make_lake(con)
    n = part.people.n
    died = part.people.died
    people = pa.table(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "record_id": [f"p{i}" for i in range(n)],
            "source": ["gp"] * n,
            "birth_on": pa.array(part.people.birth, pa.int32()).cast(pa.date32()),
            "died_on": pa.array(np.where(died < NEVER, died, 0).astype(np.int32), pa.int32(), mask=died >= NEVER).cast(
                pa.date32()
            ),
            "received_on": [date_of(TIMELINE.last)] * n,
            "is_deleted": [False] * n,
            "row_no": np.arange(n),
            "file_id": ["f"] * n,
        }
    )
    code = coded.columns["code"]
    entries = pa.table(
        {
            "person_id": pa.array([f"p{i}" for i in range(n)]).take(pa.array(coded.person)),
            "code": pa.array(code.words).take(pa.array(code.at)),
            "recorded_on": pa.array(coded.day, pa.int32()).cast(pa.date32()),
            "received_on": [date_of(TIMELINE.last)] * coded.n,
            "is_deleted": [False] * coded.n,
            "row_no": np.arange(coded.n),
            "file_id": ["f"] * coded.n,
        }
    )
    con.register("made_people", people)
    con.register("made_entries", entries)
    con.execute("insert into person by name select * from made_people")
    con.execute("insert into coded by name select * from made_entries")
    create_person_table(con, Shelf(registers=SHELF.registers), as_at=date_of(TIMELINE.last), practices=())
    return {r.id: _on(con, r.id) for r in SHELF.registers}


def _on(con: duckdb.DuckDBPyConnection, name: str) -> set[int]:
    rows = con.execute(f"select person_id from person_table where {name}").fetchall()
    return {int(person[1:]) for (person,) in rows}


def test_every_register_of_the_shelf_has_its_truth() -> None:
    assert {*RULES, OSTEOPOROSIS} == {register.id for register in SHELF.registers}


@pytest.mark.parametrize("name", sorted({*RULES, OSTEOPOROSIS}))
def test_registers_found_in_the_entries_are_the_true_ones(part: Drawn, found: dict[str, set[int]], name: str) -> None:
    """Of those alive at the end who were there: the same people, to a person."""
    truth = registers(part.health, part.people.birth, TIMELINE.last)[name]
    alive = part.people.died >= NEVER
    stayed = alive & (part.people.registered_to > TIMELINE.last)
    mine, theirs = (set(np.flatnonzero(rows & stayed)) for rows in (truth, _mask(found[name], part.people.n)))
    assert mine, "an empty register shows nothing"
    assert mine == theirs


def _mask(rows: set[int], n: int) -> Any:
    found = np.zeros(n, bool)
    found[list(rows)] = True
    return found


def test_an_entry_too_many_is_noticed(part: Drawn, found: dict[str, set[int]]) -> None:
    """The comparison above can fail: without the rule on age, asthma of small children would be on the register."""
    truth = part.health.has_at("asthma", TIMELINE.last)
    stayed = part.people.registered_to > TIMELINE.last
    assert set(np.flatnonzero(truth & stayed)) != {i for i in found["asthma_dx_only"] if stayed[i]}


def has_check_digit(code: str) -> bool:
    """Verhoeff's test, through the dihedral group of the pentagon: rotations 0 to 4, reflections 5 to 9."""
    permutation = list(range(10))
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    checksum = 0
    for digit in reversed(code):
        checksum = _times(checksum, permutation[int(digit)])
        permutation = [step[i] for i in permutation]
    return checksum == 0


def _times(a: int, b: int) -> int:
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def test_the_check_digit_is_that_of_known_concepts() -> None:
    assert has_check_digit("73211009")
    assert has_check_digit("22298006")
    assert not has_check_digit("73211008")
    assert not has_check_digit("72311009")


def test_every_code_that_is_used_is_a_snomed_concept() -> None:
    for code in lexicon().words:
        assert code.isdigit(), code
        assert has_check_digit(code), code
        assert code[-3:-1] in ("00", "10"), code


def test_usual_codes_lie_in_their_own_list_and_in_no_other() -> None:
    lists = code_lists()
    for condition in model().conditions:
        for code in (*condition.usual, *condition.young):
            assert code in lists[condition.name], (condition.name, code)
            assert not elsewhere(code, condition.name), (condition.name, code)


def test_single_concepts_lie_in_no_list() -> None:
    """Conditions and deficits without a list put nobody on a register; the list of Parkinson's is its one concept."""
    own = (*SHARED, "parkinsons_disease")
    listed = {code for name, codes in code_lists().items() if name not in own for code in codes}
    single = {code for d in model().deficits for code in d.concepts}
    single |= {code for c in model().conditions for code in c.concepts}
    assert not single & listed
    assert not set(EVERYDAY) & listed
    assert all(len(d.concepts) <= 3 for d in model().deficits)


def test_every_deficit_that_follows_no_condition_has_concepts() -> None:
    for deficit in model().deficits:
        assert deficit.concepts or deficit.conditions or deficit.medicines, deficit.name


def test_entries_come_after_birth_and_by_the_last_day(part: Drawn, coded: Facts) -> None:
    assert (coded.day >= part.people.birth[coded.person]).all()
    assert (coded.day <= part.people.stop(TIMELINE)[coded.person]).all()


def test_the_first_entry_of_a_condition_is_on_its_day(part: Drawn, coded: Facts) -> None:
    words = coded.columns["code"]
    diabetes = set(code_lists()["diabetes"])
    ours = np.array([word in diabetes for word in words.words])[words.at]
    first = np.full(part.people.n, 10**7)
    np.minimum.at(first, coded.person[ours], coded.day[ours])
    has = part.health.has("diabetes")
    assert (first[has] == part.health.onset[has, part.health.conditions.index("diabetes")]).all()
    assert (first[~has] == 10**7).all()


def test_codes_that_suit_one_sex_are_given_to_it_alone(part: Drawn, coded: Facts) -> None:
    words = coded.columns["code"]
    for code, sex in (("254837009", 1), ("399068003", 0), ("102447009", 1)):
        rows = words.at == words.words.index(code)
        assert rows.any()
        assert (part.people.sex[coded.person[rows]] == sex).all()


def test_no_code_of_pregnancy_or_childhood_is_drawn_at_random() -> None:
    terms = pq.read_table(reference.table("codes"), columns=["code", "term"]).to_pylist()
    by_code = {row["code"]: (row["term"] or "").lower() for row in terms}
    used = [by_code.get(word, "") for word in lexicon().words]
    assert not [term for term in used if "pregnan" in term or "neonat" in term or "childbirth" in term]


def test_practices_have_favourite_codes(part: Drawn, coded: Facts) -> None:
    """Of the two usual codes of hypertension the first has 70%, and practices differ far more than by chance."""
    words = coded.columns["code"]
    first, second = (words.words.index(code) for code in ("59621000", "38341003"))
    rows = np.isin(words.at, (first, second))
    practice = part.people.practice[coded.person[rows]]
    n = np.bincount(practice)
    share = np.bincount(practice, words.at[rows] == first)[n >= 30] / n[n >= 30]
    assert share.std() > 0.2
    assert share.mean() == pytest.approx(0.70, abs=0.16)  # three errors, of about 40 practices


def test_about_twenty_seven_entries_a_person_and_practices_differ_in_depth(part: Drawn, coded: Facts) -> None:
    england = sample("England", 60_000)
    n = people = 0
    for number, one in enumerate(england):
        facts = make_coded(
            one.people,
            one.health,
            TIMELINE,
            Parameters(system="England", seed=SEED),
            Streams(SEED).part(number),
            NOBODY,
        )
        n, people = n + facts.n, people + one.people.n
    assert n / people == pytest.approx(27, rel=0.1)
    more = _by_practice(part, coded) / _by_practice(part, coded_of(part, "practice_variation"))
    assert 0.1 < np.std(np.log(more)) < 0.3  # the same people, whose practice writes down more or less


def _by_practice(part: Drawn, coded: Facts) -> Floats:
    """Entries of each practice with some people here."""
    n = np.bincount(part.people.practice)
    return np.bincount(part.people.practice[coded.person], minlength=len(n))[n >= 40].astype(float)


def test_all_parts_have_the_same_words(part: Drawn, coded: Facts) -> None:
    other = sample(SYSTEM, 30_000)[1]
    again = make_coded(
        other.people, other.health, TIMELINE, Parameters(system=SYSTEM, seed=SEED), Streams(SEED).part(1), NOBODY
    )
    assert again.columns["code"].words == coded.columns["code"].words


def test_programme_entries_come_through_as_they_are(part: Drawn) -> None:
    programme = (np.array([5]), np.array([TIMELINE.first]), ("123037004", "x"), np.array([1]))
    parameters = Parameters(system=SYSTEM, people=30_000, seed=SEED)
    facts = make_coded(part.people, part.health, TIMELINE, parameters, Streams(SEED).part(0), programme)
    words = facts.columns["code"]
    assert (facts.person[-1], facts.day[-1], words.words[words.at[-1]]) == (5, TIMELINE.first, "x")
