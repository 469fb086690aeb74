"""Good choices: greedy, then interchange until no single exchange helps.

Interchange after Teitz and Bart (1968), its gains and losses of all exchanges at once after Resende and Werneck (2007),
"A fast swap-based local search procedure for location problems", Annals of Operations Research 150.
"""

from __future__ import annotations

import numpy as np

from doorstep.geography.siting.pairs import Nearest, Pairs, nearest_two, summed, total
from doorstep.geography.siting.rules import Flags, Floats, Rule

_LEAST = 1e-12


def greedy(pairs: Pairs, weights: Floats, rule: Rule) -> Flags:
    """Open sites one after another, each time the one that saves most for what it takes of the rule's room."""
    is_open = np.zeros(pairs.n_sites, dtype=bool)
    now = np.where(np.isfinite(pairs.base), pairs.base, pairs.cap)
    weight, price = weights[pairs.rows], rule.price()
    while (addable := rule.addable(is_open)).any():
        saved = np.bincount(pairs.cols, weight * np.maximum(now[pairs.rows] - pairs.dist, 0.0), minlength=pairs.n_sites)
        opened = int(np.argmax(np.where(addable, saved / price, -1.0)))
        is_open[opened] = True
        at = np.flatnonzero(pairs.cols == opened)
        now[pairs.rows[at]] = np.minimum(now[pairs.rows[at]], pairs.dist[at])
    return is_open


def interchange(pairs: Pairs, begin: Flags, rule: Rule, weights: Floats) -> Flags:
    """Exchange one open site for one that is not, the best first, until none lowers the weighted distance.

    Where a budget has room, a site is also added.
    """
    now, near = begin.copy(), nearest_two(pairs, begin)
    value = total(weights, near.first)
    while (move := _best_move(pairs, now, near, rule, weights)) is not None:
        trial = now.copy()
        trial[list(move[0])], trial[move[1]] = False, True
        near = nearest_two(pairs, trial)
        if total(weights, near.first) >= value - _LEAST * abs(value):
            break  # the list of pairs was too short to see it, or rounding
        now, value = trial, total(weights, near.first)
    return now


def _best_move(
    pairs: Pairs, is_open: Flags, near: Nearest, rule: Rule, weights: Floats
) -> tuple[tuple[int, ...], int] | None:
    """Return which sites to close (one or none) and which to open, where that is thought to help."""
    gain, loss, extra = _savings(pairs, is_open, near, weights)
    out = np.flatnonzero(is_open)
    change = np.where(rule.swappable(is_open, out), loss[:, None] - gain[None, :] - extra, np.inf)
    table = np.vstack([change, np.where(rule.addable(is_open), -gain, np.inf)[None, :]])
    row, col = divmod(int(np.argmin(table)), pairs.n_sites)
    if table[row, col] >= 0.0:
        return None
    return ((int(out[row]),) if row < len(out) else (), col)


def _savings(pairs: Pairs, is_open: Flags, near: Nearest, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what opening each site saves, what closing each open one costs, and what the two together save beside."""
    m, out = pairs.n_sites, np.flatnonzero(is_open)
    second = np.where(np.isfinite(near.second), near.second, 2.0 * pairs.dist.max() + 1.0)
    order = np.full(m + 1, len(out), dtype=np.intp)  # the last row is what stands already, which nobody closes
    order[out] = np.arange(len(out))
    owner = order[near.site]
    owner[near.site < 0] = len(out)
    loss = summed(weights * (second - near.first), owner, len(out) + 1)[:-1]
    at = np.flatnonzero((pairs.dist < second[pairs.rows]) & ~is_open[pairs.cols])
    rows, cols, dist = pairs.rows[at], pairs.cols[at], pairs.dist[at]
    gain = summed(weights[rows] * np.maximum(near.first[rows] - dist, 0.0), cols, m)
    both = weights[rows] * (second[rows] - np.maximum(dist, near.first[rows]))
    extra = summed(both, owner[rows] * m + cols, (len(out) + 1) * m).reshape(-1, m)[:-1]
    return gain, loss, extra
