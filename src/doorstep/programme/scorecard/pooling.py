"""Sums, and rates of sums with intervals, where some of the numbers are hidden. Nothing here is ever an average."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from doorstep.programme.figures.numbers import NOTHING, TOTAL, Figures, Line, Number, pooled

PER = 1000
NARROW = 0.02  # of its lower end: a range no wider is a point in a drawing, never in a table or a sentence
PATIENTS, CASELOAD, BED_DAYS, STAYS = "patients", "P1", "O3", "O2b"
Part = tuple[str, date]  # a Place and a month


@dataclass(frozen=True)
class Between:
    """What is known of a number: `low` to `high` (None: no bound). A number that is shown has both alike."""

    low: float
    high: float | None

    @property
    def is_exact(self) -> bool:
        """True where only one number is possible."""
        return self.low == self.high

    @property
    def drawn(self) -> float | None:
        """Where a drawing has a point: the number, or the middle of a range too narrow to see; else None."""
        if self.high is None or self.high - self.low > NARROW * self.low:
            return None
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Rate:
    """A rate of sums: `events` over `people` times `per`, and its 95% interval, hidden numbers allowed for.

    `value` is a range where something is hidden. The interval is then the widest that any number behind what is hidden
    would give: from the lower limit of the lowest rate to the upper limit of the highest. None is no limit. `spread` is
    how many times the variance of a count is its mean.
    """

    events: Between
    people: Between
    value: Between
    lower: float | None
    upper: float | None
    n_parts: int
    n_hidden: int
    spread: float | None = 1

    @property
    def point(self) -> float | None:
        """The rate itself, None where only its range is known."""
        return self.value.low if self.value.is_exact else None


def total(numbers: Iterable[Number]) -> Between:
    """Return what is known of the sum of all numbers, hidden ones as their ranges."""
    found = pooled(numbers)
    return Between(found.low, found.high)


def numbers_of(figures: Figures, line: str, parts: Iterable[Part], columns: Sequence[int] = (TOTAL,)) -> list[Number]:
    """Return a line's numbers of those Places and months that sent them."""
    sent = [found for place, month in parts if (found := figures.line(line, place, month))]
    return [found.number(column) for found in sent for column in columns]


def rate(figures: Figures, line: str, parts: Iterable[Part], column: int = TOTAL) -> Rate | None:
    """Return the rate of a line pooled over Places and months: sum of counts / sum of patients * `PER`.

    Pooled over months it is a rate a month: patients are counted in each. None where nobody sent anything, or where the
    patients may all be behind a star, so that nothing can be divided.
    """
    return rates(figures, line, parts, (column,))[0]


def rates(figures: Figures, line: str, parts: Iterable[Part], columns: Sequence[int]) -> list[Rate | None]:
    """Return the rate of each of some columns, as `rate` does: the Places' months are looked up and added once."""
    pairs = _pairs(figures, line, parts)
    events, people = (_by_column([pair[n] for pair in pairs], columns) for n in (0, 1))
    where = [(a.place, a.month) for a, _ in pairs]
    spreads = [spread(figures, line, where, column) for column in columns]
    hidden = [
        sum([a is None or b is None for a, b in zip(e.values, p.values, strict=True)])
        for e, p in zip(events, people, strict=True)
    ]
    return _rates([e.known for e in events], [p.known for p in people], hidden, spreads, [len(pairs)] * len(columns))


def rates_each(figures: Figures, line: str, each: Iterable[Iterable[Part]]) -> list[Rate | None]:
    """Return the rate of a line pooled over each of several sets of Places and months, as `rate` does.

    All limits are found in one computation: of three years' months one by one they take as long as a whole page.
    """
    events: list[Between] = []
    people: list[Between] = []
    hidden: list[int] = []
    spreads: list[float | None] = []
    n_parts: list[int] = []
    for parts in each:
        found = _pairs(figures, line, parts)
        pairs = [(a.number(), b.number()) for a, b in found]
        events.append(total(a for a, _ in pairs))
        people.append(total(b for _, b in pairs))
        hidden.append(sum(a.is_hidden or b.is_hidden for a, b in pairs))
        spreads.append(spread(figures, line, [(a.place, a.month) for a, _ in found]))
        n_parts.append(len(pairs))
    return _rates(events, people, hidden, spreads, n_parts)


def _pairs(figures: Figures, line: str, parts: Iterable[Part]) -> list[tuple[Line, Line]]:
    """Return a line and the patients of those Places and months that sent both."""
    sent = figures.sent
    return [
        (a, b)
        for place, month in parts
        if (a := sent.get((line, month), NOTHING).get(place)) and (b := sent.get((PATIENTS, month), NOTHING).get(place))
    ]


@dataclass(frozen=True)
class _Column:
    """One column of several lines."""

    values: tuple[int | None, ...]
    lows: tuple[int, ...]
    highs: tuple[int | None, ...]

    @property
    def known(self) -> Between:
        """What is known of the sum."""
        return Between(sum(self.lows), None if None in self.highs else sum(cast("tuple[int, ...]", self.highs)))


def _by_column(lines: Sequence[Line], columns: Sequence[int]) -> list[_Column]:
    if not lines:
        return [_Column((), (), ())] * len(columns)
    values, lows, highs = (_turned(lines, array) for array in ("values", "lows", "highs"))
    return [_Column(values[column], lows[column], highs[column]) for column in columns]


def _turned(lines: Sequence[Line], array: str) -> list[tuple[Any, ...]]:
    """Return one of the lines' arrays by column."""
    return list(zip(*(getattr(line, array) for line in lines), strict=True))


def rate_of(
    events: Sequence[Number], people: Sequence[Number], spread: float | None = 1, per: int = PER
) -> Rate | None:
    """Return the rate of two lists of numbers that belong together; `spread` None gives no interval."""
    hidden = sum(e.is_hidden or p.is_hidden for e, p in zip(events, people, strict=True))
    known = [Between(found.low, found.high) for found in (pooled(events), pooled(people))]
    return _rates(known[:1], known[1:], [hidden], [spread], [len(events)], per)[0]


def _rates(
    events: Sequence[Between],
    people: Sequence[Between],
    hidden: Sequence[int],
    spreads: Sequence[float | None],
    n_parts: Sequence[int],
    per: int = PER,
) -> list[Rate | None]:
    limits = _limits(events, people, spreads, per)
    made: list[Rate | None] = []
    for n, (count, of, (lower, upper)) in enumerate(zip(events, people, limits, strict=True)):
        if not of.low:
            made.append(None)
            continue
        made.append(Rate(count, of, _divided(count, of, per), lower, upper, n_parts[n], hidden[n], spreads[n]))
    return made


def _divided(count: Between, of: Between, per: int) -> Between:
    low = count.low / (of.high or float("inf")) * per
    return Between(low, None if count.high is None else count.high / of.low * per)


Limits = tuple[float | None, float | None]


def _limits(
    counts: Sequence[Between], people: Sequence[Between], spreads: Sequence[float | None], per: int
) -> list[Limits]:
    """Return the widest interval that any number behind what is hidden would give, of each; all in one computation."""
    from doorstep.statistics.rates import poisson_limits

    # A limit is asked for at both ends of what each count may be; where nothing bounds it the upper one is not used.
    scales = [spread or 1 for spread in spreads]
    lower, _ = poisson_limits([count.low / scale for count, scale in zip(counts, scales, strict=True)])
    _, upper = poisson_limits(
        [(count.low if count.high is None else count.high) / scale for count, scale in zip(counts, scales, strict=True)]
    )
    found: list[Limits] = []
    for n, (count, of, spread) in enumerate(zip(counts, people, spreads, strict=True)):
        if spread is None or not of.low:
            found.append((None, None))
            continue
        low = float(lower[n]) * spread / (of.high or float("inf")) * per
        found.append((low, None if count.high is None else float(upper[n]) * spread / of.low * per))
    return found


def spread(figures: Figures, line: str, parts: Iterable[Part], column: int = TOTAL) -> float | None:
    """Return how many times the variance of a count is its mean: 1 for events; for bed days 2m - 1, m days a stay.

    Days of one stay come together, so a sum of D days of N stays varies as N times the mean square of a stay. With
    lengths of stay that fall off geometrically from one day that is D (2m - 1), where m = D / N. Real lengths vary
    somewhat more, so that the interval is rather too narrow than too wide. None where the stays may all be hidden.
    """
    if line != BED_DAYS:
        return 1
    parts = list(parts)
    days, stays = (total(numbers_of(figures, of, parts, (column,))) for of in (BED_DAYS, STAYS))
    return spread_of(days.high, stays.low)


def spread_of(days: float | None, stays: float) -> float | None:
    """Return the spread of `days` in hospital of `stays` (no more than which are known), as `spread` has it."""
    if not stays or days is None:
        return None if days != 0 else 1
    return max(1.0, 2 * days / stays - 1)


def share(part: Sequence[Number], whole: Sequence[Number], *, is_part: bool = True) -> Rate | None:
    """Return a share in per cent with Wilson's limits, hidden numbers allowed for; None where it is no share.

    It is none where the whole may be nought, or where the part is above the whole: is for sure, or may be where it need
    not be a part of it (`is_part`).
    """
    count, of = total(part), total(whole)
    if not of.low or of.high is None or (count.low > of.high if is_part else count.high is None or count.high > of.low):
        return None
    lowest, highest = (count.low, of.high), (min(of.low, of.low if count.high is None else count.high), of.low)
    lower, _, _ = _wilson(*lowest)
    _, _, upper = _wilson(*highest)
    value = Between(lowest[0] / lowest[1] * 100, highest[0] / highest[1] * 100)
    hidden = sum(number.is_hidden for number in (*part, *whole))
    return Rate(count, of, value, lower, upper, len(part), hidden)


def _wilson(part: float, whole: float) -> tuple[float, float, float]:
    from doorstep.statistics.proportions import proportion

    found = proportion(part, whole, multiplier=100)
    return float(found.lower), float(found.value), float(found.upper)
