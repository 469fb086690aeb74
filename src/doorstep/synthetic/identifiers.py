"""Identifiers that nobody has: NHS numbers of the test range, sender keys, guids.

NHS numbers are drawn from 999 000 0000 to 999 999 9999, which is never issued, and pass the modulus 11 check.
"""

from __future__ import annotations

import hashlib

import numpy as np

from doorstep.errors import UsageError
from doorstep.synthetic.arrays import Bytes, Ints

_WEIGHTS = np.arange(10, 1, -1)
_HEX = np.frombuffer("".join(f"{i:02x}" for i in range(256)).encode(), dtype="S2")
_DASHES = (8, 12, 16, 20)


def check_digit(first_nine: Ints) -> Ints:
    """Return the modulus 11 check digit of nine-digit numbers; 10 where there is none."""
    digits = first_nine[:, None] // 10 ** np.arange(8, -1, -1) % 10
    rest: Ints = (11 - digits @ _WEIGHTS % 11) % 11
    return rest


def nhs_numbers(n: int, rng: np.random.Generator) -> Bytes:
    """Return `n` different valid NHS numbers of the 999 range, never ten equal digits.

    Raises UsageError where the range does not hold so many.
    """
    nine = 999_000_000 + rng.permutation(1_000_000)
    check = check_digit(nine)
    whole = (nine * 10 + check)[(check < 10) & (nine != 999_999_999)]
    if n > len(whole):
        raise UsageError(
            f"{n:,} people were to have an NHS number",
            expected=f"at most {len(whole):,}: so many numbers are set aside for people who do not exist",
            where="--people, --scale",
            do="ask for fewer people, or for the planning plane alone, where nobody has an NHS number",
        )
    return np.asarray(whole[:n].astype("S10"))


def spoil(numbers: Bytes) -> Bytes:
    """Return the numbers with a wrong check digit, every third one as ten nines."""
    wrong = (numbers.astype(np.int64) // 10) * 10 + (numbers.astype(np.int64) % 10 + 1) % 10
    wrong[::3] = 9_999_999_999
    return wrong.astype("S10")


def sender_keys(n: int, rng: np.random.Generator) -> Bytes:
    """Return `n` keys of 32 hex digits, as a processor would make from NHS numbers."""
    return _hexed(rng.integers(0, 2**64, size=(n, 2), dtype=np.uint64))


def numbered_keys(first: int, n: int, seed: int) -> Bytes:
    """Return the keys of people `first` to `first + n`: 32 hex digits each, different for every person of one seed.

    A key is the person's number scattered over 64 bits one to one, so that millions can be made part by part and none
    comes twice; nothing needs to remember them.
    """
    salt = np.uint64(int.from_bytes(hashlib.sha256(f"person keys {seed}".encode()).digest()[:8], "big"))
    one = _mix(np.arange(first, first + n, dtype=np.uint64) ^ salt)
    return _hexed(np.column_stack([one, _mix(one + salt)]))


def guids(kind: str, numbers: Ints) -> Bytes:
    """Return one guid (36 characters) for each number: the same number and kind always give the same guid."""
    salt = np.uint64(int.from_bytes(kind.encode()[:8].ljust(8, b"-"), "big"))
    first = _mix(numbers.astype(np.uint64) + salt)
    mixed = np.column_stack([first, _mix(first + np.uint64(1))])
    return _dashed(_hexed(mixed))


def _mix(x: Ints) -> Ints:
    """Return the numbers scattered over 64 bits, one to one (the finaliser of splitmix64)."""
    z = x * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def _hexed(words: Ints) -> Bytes:
    """Return 32 hex digits for each row of two 64-bit words."""
    octets = np.ascontiguousarray(words.astype(">u8")).view(np.uint8).reshape(len(words), 16)
    return np.ascontiguousarray(_HEX[octets]).view("S32").reshape(len(words))


def _dashed(digits: Bytes) -> Bytes:
    letters = digits.view("S1").reshape(len(digits), 32)
    parts = np.full((len(digits), 36), b"-", dtype="S1")
    start = 0
    for n, stop in enumerate((*_DASHES, 32)):
        parts[:, start + n : stop + n] = letters[:, start:stop]
        start = stop
    return np.ascontiguousarray(parts).view("S36").reshape(len(digits))
