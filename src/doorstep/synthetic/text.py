"""From numbers to the text of a file: words, days, numbers and identifiers as Arrow columns."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doorstep.synthetic.arrays import Bools, Bytes, Floats, Ints
from doorstep.synthetic.facts import Lists, Words
from doorstep.synthetic.timeline import NEVER, day_of

Text = Any  # a pyarrow string array

BLANK, IMPOSSIBLE = -1_000_000, -1_000_001
_FIRST = day_of(date(1880, 1, 1))
_IMPOSSIBLE = "2026-02-30"


@cache
def _day_words() -> Text:
    days = np.arange(_FIRST, NEVER).astype("datetime64[D]").astype(str)
    return pa.array([*days, _IMPOSSIBLE])


@cache
def _minute_words() -> Text:
    return pa.array([f"{m // 60:02d}:{m % 60:02d}:00" for m in range(1440)])


def _taken(words: Text, at: Ints, blank: Bools) -> Text:
    return words.take(pa.array(at, mask=blank))


def days(day: Ints) -> Text:
    """Days as 2026-07-31; BLANK and days that have not come are blank, IMPOSSIBLE is a date that is none."""
    at = np.where(day == IMPOSSIBLE, NEVER - _FIRST, day - _FIRST)
    blank = (day == BLANK) | (day >= NEVER)
    return _taken(_day_words(), np.where(blank, 0, at), blank)


def months(day: Ints) -> Text:
    """The month of each day as 202607, blank where the day is."""
    return pc.replace_substring(pc.utf8_slice_codeunits(days(day), 0, 7), "-", "")


def minutes(minute: Ints) -> Text:
    """Minutes of the day as 14:05:00."""
    return _minute_words().take(pa.array(minute))


def words(column: Words) -> Text:
    """A column of words; the empty word is blank."""
    return pa.array([word or None for word in column.words], pa.string()).take(pa.array(column.at))


def choose(at: Ints, names: tuple[str, ...]) -> Text:
    """The name at each position."""
    return words(Words(at, names))


def numbers(value: Ints, prefix: str = "") -> Text:
    """Numbers in digits, after a prefix."""
    text = pa.array(value).cast(pa.string())
    return pc.binary_join_element_wise(prefix, text, "") if prefix else text


def amounts(value: Floats) -> Text:
    """Numbers with the decimals that they have; NaN is blank."""
    there, at = np.unique(value[~np.isnan(value)], return_inverse=True)
    place = np.zeros(len(value), np.int64)
    place[~np.isnan(value)] = at
    return _taken(pa.array([f"{v:g}" for v in there] or [""]), place, np.isnan(value))


def letters(value: Bytes) -> Text:
    """Fixed-width ASCII as text; empty ones are blank."""
    text = pa.array(value).cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)


def blanked(text: Text, blank: Bools) -> Text:
    """Blank some of the cells."""
    return pc.if_else(pa.array(~blank), text, None) if blank.any() else text


def replaced(text: Text, where: Bools, by: str) -> Text:
    """Put the same text in some of the cells."""
    return pc.if_else(pa.array(where), by, text) if where.any() else text


def nothing(n: int) -> Text:
    """A blank column."""
    return pa.nulls(n, pa.string())


def same(value: str, n: int) -> Text:
    """A column of one value."""
    return pa.array([value]).take(pa.array(np.zeros(n, np.int8)))


def yes_no(flag: Bools, yes: str = "true", no: str = "false") -> Text:
    """Claims as words."""
    return choose(flag.astype(np.int8), (no, yes))


def lists(column: Lists, between: str) -> Text:
    """Lists of words in one cell; an empty list is blank."""
    flat = pa.array(column.words).take(pa.array(column.at))
    text = pc.binary_join(pa.ListArray.from_arrays(pa.array(column.start.astype(np.int32)), flat), between)
    return blanked(text, column.lengths == 0)


def first_of(column: Lists, position: Ints) -> Text:
    """The word at a position of each list; blank where the list is shorter."""
    there = position < column.lengths
    at = (
        np.where(there, column.at[np.minimum(column.start[:-1] + position, max(len(column.at) - 1, 0))], 0)
        if len(column.at)
        else np.zeros(len(position), np.int64)
    )
    return blanked(pa.array(column.words).take(pa.array(at)), ~there)
