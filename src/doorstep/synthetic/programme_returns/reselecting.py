"""A Place that chooses its people by their recent use, month after month, and then follows those it chose last.

Nobody's use changes. The people are drawn one by one, each with a rate of emergency use that stays as it is; the
month's own events count towards being chosen, so rates stand high while the choice goes on and fall when it stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.programme_returns.parameters import Parameters
from doorstep.synthetic.programme_returns.people import SHAPE, full_mix
from doorstep.synthetic.programme_returns.rates import before, constants, rates, rhythm
from doorstep.synthetic.streams import Streams

SELECTING = ("O2a", "O2b", "O5a")  # emergency use, by which people are chosen


@dataclass(frozen=True)
class Reselected:
    """People by month and cell, the events of `SELECTING` of those people, and what they should have had by chance."""

    patients: Ints
    events: dict[str, Ints]
    expected: dict[str, Floats]


def reselected(slug: str, parameters: Parameters, size: int, until: int) -> Reselected:
    """Draw the Place's people and choose `size` of them in each of the first `until` months.

    `expected` is the mean number of events a month that the people chosen have by their own rates, without rhythm.
    """
    given = constants()["use_of_people"]
    streams = Streams(parameters.seed)
    rng = streams(f"reselecting {slug}")
    n, back = size * given["pool"], given["look_back"]
    cells = rng.choice(int(np.prod(SHAPE)), n, p=full_mix(slug, rng).ravel())
    own = rng.gamma(given["shape"], 1 / given["shape"], n)
    rate = {metric: _rates(metric, cells) * own * parameters.level for metric in SELECTING}
    window = (*before(parameters.window, back), *parameters.window)
    use = {m: streams(f"{m} {slug}").poisson(rhythm(rates()[m].kind, window)[:, None] * rate[m]) for m in SELECTING}
    chosen = _choose(sum(use.values()), rng.random(n), size, back, until)
    counts = {m: _by_cell(chosen, cells, use[m][back:]) for m in SELECTING}
    means = {m: np.array([rate[m][who].sum() for who in chosen]) for m in SELECTING}
    return Reselected(_by_cell(chosen, cells, np.ones((parameters.months, n))), counts, means)


def _rates(metric: str, cells: Ints) -> Floats:
    """Return each person's mean rate by age and fifth; half, for the people chosen need about twice the others' use."""
    age, _, fifth = np.unravel_index(cells, SHAPE)
    return np.asarray(rates()[metric].by_age_and_fifth[age, fifth] / 2)


def _choose(use: Ints, order: Floats, size: int, back: int, until: int) -> Sequence[Ints]:
    """Return who is chosen in each month: those with most use in the months looked back on, that month included."""
    recent = np.cumsum(use, axis=0)
    recent[back:] -= recent[:-back].copy()
    chosen = [np.sort(np.argsort(-(now + order))[:size]) for now in recent[back : back + until]]
    return chosen + [chosen[-1]] * (len(use) - back - until)


def _by_cell(chosen: Sequence[Ints], cells: Ints, values: Ints | Floats) -> Ints:
    """Add the chosen people's values up by cell: (months, 10, 6, 6)."""
    n_cells = int(np.prod(SHAPE))
    found = [np.bincount(cells[who], values[month][who], n_cells) for month, who in enumerate(chosen)]
    return np.rint(np.stack(found)).astype(np.int64).reshape(-1, *SHAPE)
