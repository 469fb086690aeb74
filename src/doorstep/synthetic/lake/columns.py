"""From numbers to Arrow columns without a Python object a row: words, days, constants, lists, identifiers.

Text is always a dictionary array: the Parquet writer takes its indices as they are and hashes nothing. Identifiers,
which never repeat, are eight letters made by adding two 64-bit numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from doorstep.errors import UsageError
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Lists, Words
from doorstep.synthetic.timeline import NEVER

Column = Any  # a pyarrow array
Hashes = npt.NDArray[np.uint64]

_SIGNS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
MOST_IDS = 36**4  # of one kind in one part
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: multiples are spread evenly


@cache
def vocabulary(words: tuple[str, ...]) -> tuple[Column, Ints | None, int]:
    """Return the different words, where each given position went (None: nowhere else), and where the empty word is."""
    unique = tuple(dict.fromkeys(words))
    place = {word: i for i, word in enumerate(unique)}
    moved = None if len(unique) == len(words) else np.array([place[w] for w in words], _index_type(len(unique)))
    return text(unique), moved, place.get("", -1)


def text(words: Sequence[str]) -> Column:
    """A column of text from Python's; made of bytes, because pyarrow would load pandas to look at a sequence."""
    letters = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, letters)]).astype(np.int32)
    return pa.Array.from_buffers(pa.string(), len(letters), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(letters))])


def _index_type(n: int) -> Any:
    return np.int16 if n < 2**15 else np.int32


def words(column: Words, missing: Bools | None = None) -> Column:
    """A column of words; null where the word is empty, or where told so."""
    dictionary, moved, blank = vocabulary(column.words)
    at = column.at if moved is None else moved[column.at]
    at = at.astype(_index_type(len(dictionary)), copy=False)
    if blank >= 0:
        empty = at == blank
        missing = empty if missing is None else missing | empty
    return pa.DictionaryArray.from_arrays(masked(at, missing), dictionary)


def masked(values: npt.NDArray[Any], missing: Bools | None) -> Column:
    """An array of numbers with nulls."""
    return pa.array(values, mask=missing if missing is not None and missing.any() else None)


def constant(word: str | None, n: int) -> Column:
    """A column of one word; of nulls where it is None."""
    if word is None:
        return pa.DictionaryArray.from_arrays(pa.nulls(n, pa.int8()), vocabulary(("",))[0])
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int8)), vocabulary((word,))[0])


def days(day: Ints) -> Column:
    """Days as dates; null where the day has not come (NEVER and later) or lies before every record (-NEVER)."""
    gone = (day >= NEVER) | (day < -NEVER)
    return masked(np.where(gone, 0, day).astype(np.int32) if gone.any() else _as_days(day), gone).view(pa.date32())


def known_days(day: Ints) -> Column:
    """Days as dates, where all are known."""
    return pa.array(_as_days(day)).view(pa.date32())


def _as_days(day: Ints) -> npt.NDArray[np.int32]:
    return day.astype(np.int32, copy=False)


def lists(column: Lists) -> Column:
    """A column of lists of words."""
    flat = words(Words(column.at, column.words))
    return pa.ListArray.from_arrays(pa.array(column.start.astype(np.int32, copy=False)), flat)


@cache
def _endings() -> Hashes:
    """The last four letters of the identifiers 0 to MOST_IDS, as numbers whose bytes stand where they are read."""
    letters = np.zeros((MOST_IDS, 8), np.uint8)
    number = np.arange(MOST_IDS)
    for place in range(4):
        letters[:, 7 - place] = _SIGNS[number // 36**place % 36]
    return letters.view(np.uint64).ravel()


def ids(kind: str, part: int, number: Ints | int) -> Column:
    """Identifiers of eight letters: the kind, three for the part, four for the number (of each row, or 0 to n - 1)."""
    most = number - 1 if isinstance(number, int) else int(number.max(initial=0))
    if most >= MOST_IDS:
        raise UsageError(
            f"a part of the people has {most + 1:,} rows of one kind",
            expected=f"at most {MOST_IDS:,}",
            do="ask for fewer months",
        )
    head = bytes([ord(kind), *(int(_SIGNS[part // 36**place % 36]) for place in (2, 1, 0)), 0, 0, 0, 0])
    endings = _endings()[:number] if isinstance(number, int) else _endings()[number]
    return fixed(endings | np.frombuffer(head, np.uint64)[0], 8)


def fixed(letters: npt.NDArray[Any], width: int) -> Column:
    """Text of one width from the bytes of an array."""
    n = letters.nbytes // width
    ends = pa.py_buffer(np.arange(0, width * n + 1, width, dtype=np.int32))
    return pa.Array.from_buffers(pa.string(), n, [None, ends, pa.py_buffer(letters)])


def key_of(seed: int, name: str) -> np.uint64:
    """Return the 64-bit key of one kind of mixed number under a seed."""
    digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little"))


def mix(number: Hashes, key: np.uint64) -> Hashes:
    """Mix numbers under a key, each number to another one (the finishing steps of MurmurHash3, keyed)."""
    with np.errstate(over="ignore"):
        x = number * _ODD + key
        x = (x ^ (x >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
        x = (x ^ (x >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
        return np.asarray(x ^ (x >> np.uint64(33)))


def pseudonyms(seed: int, first: int, stop: int) -> Column:
    """Pseudonyms of the people of those numbers: 'p' and 24 hex digits, different for different numbers."""
    number = np.arange(first, stop, dtype=np.uint64)
    front = mix(number, key_of(seed, "pseudonym"))
    back = mix(front, key_of(seed, "pseudonym, its end"))
    octets = np.concatenate([front[:, None].view(np.uint8), back[:, None].view(np.uint8)[:, :4]], axis=1)
    letters = np.empty((len(number), 25), np.uint8)
    letters[:, 0] = ord("p")
    letters[:, 1::2], letters[:, 2::2] = _HEX[octets >> 4], _HEX[octets & 15]
    return fixed(letters, 25)


def pseudonyms_at(place: Ints, pseudonyms: Column) -> Column:
    """The pseudonym at each place, in a dictionary of those that are needed; `place` never falls."""
    if not len(place):
        return pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32)), pseudonyms[:0])
    first, last = int(place[0]), int(place[-1])
    if len(place) > 3 * (last - first + 1):  # nearly everyone has rows
        return pa.DictionaryArray.from_arrays(pa.array(place - np.int32(first)), pseudonyms[first : last + 1])
    new = np.empty(len(place), bool)
    new[:1], new[1:] = True, place[1:] != place[:-1]
    needed = pseudonyms.take(pa.array(place[new]))
    return pa.DictionaryArray.from_arrays(pa.array(np.cumsum(new, dtype=np.int32) - np.int32(1)), needed)


def row_hashes(key: np.uint64, first: int, n: int) -> Column:
    """Different numbers for rows `first` to `first + n`: multiples of an odd number, which the file holds as steps."""
    with np.errstate(over="ignore"):
        return pa.array(np.arange(first, first + n, dtype=np.uint64) * _ODD + key)
