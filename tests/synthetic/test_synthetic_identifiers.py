"""NHS numbers pass the modulus 11 check and lie in the range that is never issued; guids are stable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.errors import UsageError
from doorstep.synthetic import identifiers


def by_hand(first_nine: str) -> int:
    """The check digit as the NHS data dictionary describes it: weights 10 down to 2, 11 minus the remainder."""
    rest = 11 - sum(int(d) * w for d, w in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    return 0 if rest == 11 else rest


def test_the_check_digit_of_a_published_example() -> None:
    assert identifiers.check_digit(np.array([943476591])).tolist() == [9]  # 943 476 5919


@given(st.integers(999_000_000, 999_999_999))
def test_the_check_digit_agrees_with_the_sum_done_by_hand(nine: int) -> None:
    assert identifiers.check_digit(np.array([nine]))[0] == by_hand(str(nine))


def test_numbers_are_different_valid_and_of_the_test_range() -> None:
    numbers = [n.decode() for n in identifiers.nhs_numbers(5000, np.random.default_rng(1))]
    assert len(set(numbers)) == 5000
    assert all(n.startswith("999") and len(n) == 10 and int(n[9]) == by_hand(n[:9]) for n in numbers)
    assert "9999999999" not in numbers


def test_the_whole_range_holds_no_ten_nines_and_no_more_people_than_it_has() -> None:
    everyone = identifiers.nhs_numbers(909_090, np.random.default_rng(1))
    assert b"9999999999" not in set(everyone.tolist())
    with pytest.raises(UsageError, match="at most 909,090"):
        identifiers.nhs_numbers(909_091, np.random.default_rng(1))


def test_a_spoilt_number_never_passes() -> None:
    good = identifiers.nhs_numbers(900, np.random.default_rng(2))
    for number in identifiers.spoil(good).tolist():
        text = number.decode()
        assert len(set(text)) == 1 or int(text[9]) != by_hand(text[:9])


def test_a_guid_belongs_to_its_number_and_kind() -> None:
    numbers = np.arange(20_000)
    guids = identifiers.guids("slot", numbers)
    assert len(set(guids.tolist())) == 20_000
    assert (guids == identifiers.guids("slot", numbers)).all()
    assert not set(guids.tolist()) & set(identifiers.guids("session", numbers).tolist())
    parts = guids[5].decode().split("-")
    assert [len(p) for p in parts] == [8, 4, 4, 4, 12]
    assert parts[0] + parts[1] + parts[2] != (parts[3] + parts[4])[:16]


def test_keys_of_parts_are_those_of_the_whole_and_none_comes_twice() -> None:
    whole = identifiers.numbered_keys(0, 50_000, seed=3)
    parts = [identifiers.numbered_keys(first, 10_000, seed=3) for first in range(0, 50_000, 10_000)]
    assert (np.concatenate(parts) == whole).all()
    assert len(np.unique(whole)) == 50_000
    assert len({key[:16] for key in whole.tolist()}) == 50_000  # the first half alone tells people apart
    assert not set(whole.tolist()) & set(identifiers.numbered_keys(0, 50_000, seed=4).tolist())
    assert all(len(key) == 32 and int(key, 16) >= 0 for key in whole[:100].tolist())
