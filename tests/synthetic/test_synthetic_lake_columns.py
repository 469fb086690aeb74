"""Arrow columns made from numbers say what the numbers say."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.synthetic.facts import Lists, Words
from doorstep.synthetic.lake import columns
from doorstep.synthetic.timeline import NEVER

WORDS = st.lists(st.text(max_size=4), min_size=1, max_size=6)


@given(WORDS, st.data())
def test_words_are_what_they_stand_for_and_the_empty_word_is_null(vocabulary: list[str], data: st.DataObject) -> None:
    at = data.draw(st.lists(st.integers(0, len(vocabulary) - 1)))
    column = columns.words(Words(np.array(at, np.int32), tuple(vocabulary)))
    assert column.to_pylist() == [vocabulary[i] or None for i in at]
    assert len(set(column.dictionary.to_pylist())) == len(column.dictionary)


def test_words_can_be_missing_besides() -> None:
    column = columns.words(Words(np.array([0, 1, 1]), ("a", "")), np.array([True, False, False]))
    assert column.to_pylist() == [None, None, None]


@given(WORDS)
def test_text_is_the_same_as_arrows_own(words: list[str]) -> None:
    assert columns.text(words).equals(pa.array(words, pa.string()))


def test_lists_keep_their_order_and_may_be_empty() -> None:
    column = columns.lists(Lists(np.array([0, 2, 2, 3]), np.array([1, 0, 1]), ("I50", "J44")))
    assert column.to_pylist() == [["J44", "I50"], [], ["J44"]]


def test_days_that_have_not_come_are_null() -> None:
    column = columns.days(np.array([0, 20_000, NEVER, NEVER + 7, -NEVER - 1]))
    assert [str(day) for day in column.to_pylist()] == ["1970-01-01", "2024-10-04", "None", "None", "None"]


def test_identifiers_are_eight_letters_that_never_repeat_and_rise() -> None:
    made = columns.ids("S", 0, 50_000).to_pylist() + columns.ids("S", 37, 50_000).to_pylist()
    assert made[0] == "S0000000" and made[36] == "S0000010" and made[50_000] == "S0110000"
    assert made == sorted(set(made))


def test_identifiers_can_be_of_given_numbers() -> None:
    every = columns.ids("R", 3, 2000).to_pylist()
    assert columns.ids("R", 3, np.array([1999, 5, 5])).to_pylist() == [every[1999], every[5], every[5]]


def test_more_rows_than_a_part_has_identifiers_for_is_refused() -> None:
    with pytest.raises(UsageError, match="fewer months"):
        columns.ids("S", 0, columns.MOST_IDS + 1)


def test_pseudonyms_have_the_lakes_form_and_never_repeat() -> None:
    made = columns.pseudonyms(1, 0, 100_000).to_pylist()
    assert all(re.fullmatch("p[0-9a-f]{24}", p) for p in made[:200])
    assert len(set(made)) == len(made)


def test_pseudonyms_depend_on_seed_and_number_alone() -> None:
    made = columns.pseudonyms(1, 0, 1000).to_pylist()
    assert columns.pseudonyms(1, 400, 1000).to_pylist() == made[400:]
    assert not set(made) & set(columns.pseudonyms(2, 0, 1000).to_pylist())


def test_each_digit_of_a_pseudonym_is_as_likely_as_any_other() -> None:
    made = np.array(columns.pseudonyms(1, 0, 32_000).to_pylist()).astype("S25").view("S1").reshape(-1, 25)[:, 1:]
    for place in range(24):
        _, counts = np.unique(made[:, place], return_counts=True)
        assert len(counts) == 16
        # 32,000 digits, 2,000 of each expected: chi squared of 15 degrees of freedom is above 50 once in 100,000.
        assert ((counts - 2000) ** 2 / 2000).sum() < 50


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200))
def test_the_pseudonyms_of_rows_are_those_of_their_people(place: list[int]) -> None:
    everybody = columns.pseudonyms(1, 0, 31)
    names = everybody.to_pylist()
    column = columns.pseudonyms_at(np.array(sorted(place), np.int32), everybody)
    assert column.to_pylist() == [names[i] for i in sorted(place)]


def test_row_hashes_go_on_from_one_part_to_the_next() -> None:
    whole = columns.row_hashes(np.uint64(9), 0, 1000).to_pylist()
    assert columns.row_hashes(np.uint64(9), 600, 400).to_pylist() == whole[600:]
    assert len(set(whole)) == 1000
