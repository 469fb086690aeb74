"""Definitions read from coded entries: the latest value recorded, and counts of deficits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from doorstep.planning.definitions.base import Definition, require

# `number` reads the entry's own value; the others are what an entry of their lists says.
NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class ValueOf:
    """What an entry of these lists says: a word or whole number as text, or `number`, the value it carries."""

    value: str
    lists: tuple[str, ...]

    def __post_init__(self) -> None:
        require(bool(self.lists), f"no code list says {self.value}", expected="lists = ['name of a code list']")


@dataclass(frozen=True, kw_only=True)
class Band:
    """A named band that begins at a number, that number included."""

    name: str
    starts_at: float


@dataclass(frozen=True, kw_only=True)
class ValueExample:
    """A person a reader can check by eye: entries are `2019-05-01 cfs.score=6`, a list and the number it carries.

    `value` is what the column holds: a word, a number as text, or nothing where it is null.
    """

    says: str
    entries: tuple[str, ...]
    value: str = ""
    born: date | None = None


@dataclass(frozen=True, kw_only=True)
class CodedValue(Definition):
    """The latest value that somebody recorded, never derived: a scale's score, a severity, a supplier's index.

    Of the dated entries on or before the day asked about, the latest day decides; on one day the `says` written later
    in the file wins, and of two numbers of one `says` the larger. An undated entry counts only where there is no dated
    one, a number outside `lowest` to `highest` does not count, nor does an entry without a number where `number` is
    asked for. With `months`, an entry counts only where it is later than so many months before the day asked about:
    an older one does not, nor does an undated one. What does not count hides nothing: an older entry that counts is
    found behind it.

    Columns: `<id>` (text, or a number where `is_number`; null where never recorded), `<id>_on` (the day; null where
    undated or never), `<id>_band` where there are `bands`, and `<id>_flag` where there is `valid_from_age`: why the
    value may not be used (`under 65`), null where it may or where there is no value. An age not known is not flagged.
    """

    says: tuple[ValueOf, ...]
    is_number: bool = False
    lowest: float | None = None
    highest: float | None = None
    months: int | None = None
    bands: tuple[Band, ...] = ()
    valid_from_age: int | None = None
    example: tuple[ValueExample, ...] = ()

    kind: ClassVar[str] = "recorded value"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(bool(self.says), "nothing says the value", expected="at least one [[says]] table")
        require(self.is_number or not self.bands, "bands of words", expected="is_number = true where there are bands")
        require_bands(self.bands)
        ranged = self.lowest is not None or self.highest is not None or any(v.value == NUMBER for v in self.says)
        require(self.is_number or not ranged, "numbers of words", expected="is_number = true where a number is read")
        needs_number = [v.value for v in self.says if v.value != NUMBER and self.is_number and not is_number(v.value)]
        require(not needs_number, f"{', '.join(needs_number)} is no number", expected="a number in quotes, or 'number'")

    @property
    def lists(self) -> tuple[str, ...]:
        """Every code list it reads, once."""
        return tuple(dict.fromkeys(name for v in self.says for name in v.lists))


@dataclass(frozen=True, kw_only=True)
class Deficit:
    """One deficit: a code of these lists, or a count of the person table that reaches `at_least`."""

    id: str
    title: str
    lists: tuple[str, ...] = ()
    column: str = ""
    at_least: int = 0

    def __post_init__(self) -> None:
        require(
            bool(self.lists) != bool(self.column),
            f"deficit {self.id}",
            expected="either code lists, or a column and the number it reaches",
        )


@dataclass(frozen=True, kw_only=True)
class DeficitCount(Definition):
    """How many of a fixed set of deficits a person has; each counts once.

    A deficit is there where an entry of its lists is dated on or before the day asked about (after the start of the
    look-back, where `months` gives one) or has no date; codes in `not_codes` do not count.

    Columns: `<id>_count`; `<id>` (count over the number of deficits); `<id>_band` by the count, null under
    `bands_from_age` and where the age is not known; `<id>_deficits` (bit i, from 0, is the i-th deficit of the file);
    `<id>_count_<n>m_ago` for each n in `months_ago` (the same, asked about that day, of coded deficits alone);
    rules may also ask `<id>_has_<deficit>`. The `column` of a deficit is one of an activity, a recorded number, a score
    of diagnoses or a count of registers; where it is not known the deficit is not there.
    """

    deficit: tuple[Deficit, ...]
    bands: tuple[Band, ...]
    bands_from_age: int
    months: int | None = None
    months_ago: tuple[int, ...] = ()
    not_codes: tuple[str, ...] = ()

    kind: ClassVar[str] = "count of deficits"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 < len(self.deficit) <= 62, f"{len(self.deficit)} deficits", expected="1 to 62, the bits of a mask")
        names = [d.id for d in self.deficit]
        twice = sorted({n for n in names if names.count(n) > 1})
        require(not twice, f"{', '.join(twice)} twice", expected="each deficit once")
        require_bands(self.bands)

    @property
    def lists(self) -> tuple[str, ...]:
        """Every code list it reads, once."""
        return tuple(dict.fromkeys(name for d in self.deficit for name in d.lists))


def require_bands(bands: tuple[Band, ...]) -> None:
    """Require bands in rising order."""
    starts = [b.starts_at for b in bands]
    require(starts == sorted(set(starts)), f"bands that begin at {starts}", expected="rising numbers, each once")


def is_number(text: str) -> bool:
    """Return whether text reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
