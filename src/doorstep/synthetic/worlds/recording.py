"""A condition that some practices begin to write down: entries come later than the illness, illness stays as it was."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.health.coding import lexicon
from doorstep.synthetic.timeline import NEVER, day_of, first_of, months_of
from doorstep.synthetic.use import Lives
from doorstep.synthetic.worlds.model import Coding


def catch_up(
    coded: Facts, lives: Lives, coding: Coding, changes: Bools, rng: np.random.Generator
) -> tuple[Facts, Ints]:
    """Hold back the entries of some people with the condition until their practice catches up.

    `changes` marks the practices that do. Returns the entries, and the day on which each person held back is written
    down (NEVER for all others). Of the entries before that day one is left, on it; whoever leaves or dies before it has
    none.
    """
    onset = lives.health.onset[:, lives.health.conditions.index(coding.condition)]
    first = int(months_of(np.array([lives.timeline.first]))[0])
    opens = day_of(first_of(first + coding.month - 1))
    held = (onset < opens) & changes[lives.people.practice] & (rng.random(lives.n) < coding.unwritten)
    written = np.where(held, opens + (rng.random(lives.n) * coding.days).astype(np.int32), NEVER).astype(np.int32)
    return _held_back(coded, _of_condition(coded, coding.condition) & held[coded.person], written, lives), written


def _of_condition(coded: Facts, condition: str) -> Bools:
    """Mark the entries whose code may stand for a condition."""
    lex = lexicon()
    code: Words = coded.columns["code"]
    kinds = [lex.kinds[kind] for kind in (condition, f"{condition}.young") if kind in lex.kinds]
    positions = np.unique(lex.slots[:, kinds])
    return np.asarray(np.isin(code.at, positions))


def _held_back(coded: Facts, held: Bools, written: Ints, lives: Lives) -> Facts:
    early = np.flatnonzero(held & (coded.day < written[coded.person]))
    order = early[np.argsort(coded.day[early], kind="stable")]
    _, first = np.unique(coded.person[order], return_index=True)
    one = order[first]
    one = one[written[coded.person[one]] <= lives.stop[coded.person[one]]]
    kept = np.ones(coded.n, bool)
    kept[early] = False
    kept[one] = True
    day = coded.day.copy()
    day[one] = written[coded.person[one]]
    return Facts(coded.table, coded.person, day, coded.columns).take(kept)
