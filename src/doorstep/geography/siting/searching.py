"""Good choices: greedy, then interchange until no single exchange helps.

Interchange after Teitz and Bart (1968), its gains and losses of all exchanges at once after Resende and Werneck (2007),
"A fast swap-based local search procedure for location problems", Annals of Operations Research 150.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doorstep.geography.siting.pairs import Nearest, Pairs, nearest_two
from doorstep.geography.siting.rules import Flags, Floats, Rule

# What a choice costs by each area's distance, and the weights that make that cost a sum near that choice.
Value = Callable[[Floats], float]
Slopes = Callable[[Floats], Floats]
_TRIED = 40  # exchanges tried in full where the cost is not a sum
_LEAST = 1e-12


def greedy(pairs: Pairs, weights: Floats, rule: Rule) -> Flags:
    """Open sites one after another, each time the one that saves most for what it takes of the rule's room."""
    is_open = np.zeros(pairs.n_sites, dtype=bool)
    now = np.where(np.isfinite(pairs.base), pairs.base, pairs.cap)
    weight, price = weights[pairs.rows], rule.price()
    while (addable := rule.addable(is_open)).any():
        saved = np.bincount(
            pairs.cols, weight * np.maximum(now[pairs.rows] - pairs.dist, 0.0), minlength=pairs.n_sites
        )
        opened = int(np.argmax(np.where(addable, saved / price, -1.0)))
        is_open[opened] = True
        at = np.flatnonzero(pairs.cols == opened)
        now[pairs.rows[at]] = np.minimum(now[pairs.rows[at]], pairs.dist[at])
    return is_open


def filled(pairs: Pairs, weights: Floats, rule: Rule, worth: Floats) -> Flags:
    """Open sites in the order of their worth for what they take, as far as the rule has room."""
    is_open = np.zeros(pairs.n_sites, dtype=bool)
    for j in np.argsort(-worth / rule.price(), kind="stable"):
        if rule.addable(is_open)[j]:
            is_open[j] = True
    return is_open


def interchange(pairs: Pairs, is_open: Flags, rule: Rule, value: Value, slopes: Slopes, *, linear: bool) -> Flags:
    """Exchange one open site for one that is not, the best first, until none lowers the value; then add what fits."""
    now = is_open.copy()
    near = nearest_two(pairs, now)
    best = value(near.first)
    while True:
        for out, into in _moves(pairs, now, near, rule, slopes(near.first), 1 if linear else _TRIED):
            trial = now.copy()
            if out >= 0:
                trial[out] = False
            trial[into] = True
            there = nearest_two(pairs, trial)
            if value(there.first) < best - _LEAST * abs(best):
                now, near, best = trial, there, value(there.first)
                break
        else:
            return now


def _moves(
    pairs: Pairs, is_open: Flags, near: Nearest, rule: Rule, weights: Floats, most: int
) -> list[tuple[int, int]]:
    """Return the most promising exchanges (out, in), the best first; out is -1 where a site is only added."""
    gain, loss, extra = _savings(pairs, is_open, near, weights)
    out = np.flatnonzero(is_open)
    change = np.where(rule.swappable(is_open, out), loss[:, None] - gain[None, :] - extra, np.inf)
    added = np.where(rule.addable(is_open), -gain, np.inf)
    table = np.vstack([change, added[None, :]])
    flat = table.ravel()
    best = np.argpartition(flat, min(most, len(flat) - 1))[:most]
    best = best[np.argsort(flat[best], kind="stable")]
    site = np.append(out, -1)
    rows, cols = np.divmod(best, pairs.n_sites)
    return [(int(site[r]), int(c)) for r, c, f in zip(rows, cols, best, strict=True) if flat[f] < 0.0]


def _savings(pairs: Pairs, is_open: Flags, near: Nearest, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return what opening each site saves, what closing each open one costs, and what the two together save beside."""
    m, out = pairs.n_sites, np.flatnonzero(is_open)
    second = np.where(np.isfinite(near.second), near.second, 2.0 * pairs.dist.max() + 1.0)
    order = np.full(m + 1, len(out), dtype=np.intp)  # the last row is what stands already, which nobody closes
    order[out] = np.arange(len(out))
    owner = order[near.site]
    owner[near.site < 0] = len(out)
    loss = np.bincount(owner, weights * (second - near.first), minlength=len(out) + 1)[:-1]
    at = np.flatnonzero((pairs.dist < second[pairs.rows]) & ~is_open[pairs.cols])
    rows, cols, dist = pairs.rows[at], pairs.cols[at], pairs.dist[at]
    gain = np.bincount(cols, weights[rows] * np.maximum(near.first[rows] - dist, 0.0), minlength=m)
    both = weights[rows] * (second[rows] - np.maximum(dist, near.first[rows]))
    extra = np.bincount(owner[rows] * m + cols, both, minlength=(len(out) + 1) * m).reshape(-1, m)[:-1]
    return gain, loss, extra
