"""The counts of a report, and which of them may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.design import as_words
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.shown import HIDDEN, Breakdown, Shown, shown
from doorstep.reference import policy

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
GROUPS = ("quintile", "ethnic group", "sex", "age")
AGES = ((18, "18-49"), (50, "50-64"), (65, "65-74"), (75, "75-84"), (85, "85 and over"))
NOT_KNOWN = "not known"
SEXES = {"1": "male", "2": "female", "9": "indeterminate"}
WITH, WITHOUT = "admitted", "not admitted"
BELOW = "below"


@dataclass(frozen=True)
class Bands:
    """Bands of a score, highest risk first, joined until each holds enough people admitted, and enough others.

    `label` is each person's joined band, `upto` the last joined band at or above each of the bands as they were: blank
    where nobody reaches it, None where the numbers down to it would be small, or would give a small one away.
    """

    label: Words
    upto: Mapping[str, str | None]


@dataclass(frozen=True)
class Counted:
    """Counts as they may be shown, by split and part, of people admitted and of others; `labels` are the parts."""

    shown: Mapping[str, Mapping[str, Mapping[str, Shown]]]
    labels: Mapping[str, Words]
    bands: Mapping[str, Bands]

    def parts(self, split: str) -> Sequence[str]:
        """The parts of a split that anybody is in, in order."""
        return list(self.shown[WITH][split])

    def pair(self, split: str, part: str) -> tuple[Shown, Shown]:
        """Return how many of a part were admitted, and how many not."""
        return self.shown[WITH][split].get(part, 0), self.shown[WITHOUT][split].get(part, 0)

    def above(self, split: str, band: str) -> tuple[Shown, Shown]:
        """Return the same of a band and all bands above it; `*` where that may not be shown."""
        last = self.bands[split].upto[band]
        if last is None:
            return HIDDEN, HIDDEN
        order = self.parts(split)
        reached = order[: order.index(last) + 1] if last else []
        return _sum(self.shown[WITH][split], reached), _sum(self.shown[WITHOUT][split], reached)


def counted(definition: RiskModel, people: Frame, risks: Mapping[str, Floats]) -> Counted:
    """Count a report's people by every split it prints, and hide what is small or would give something small away."""
    labels = {split: parts_of(split, people) for split in GROUPS}
    labels["became"] = np.where(people.died, "died", np.where(people.left, "left", "stayed")).astype(object)
    held = people.held_out(definition.held_out)
    labels["seen"] = np.where(held, "not in the fit", "in the fit").astype(object)
    labels["tenth of risk"] = _tenths(risks["model"])
    bands = dict(_all_bands(definition, people.admitted, risks))
    labels |= {split: band.label for split, band in bands.items()}
    sides = {WITH: people.admitted, WITHOUT: ~people.admitted}
    order = {split: _order(label, bands[split].upto if split in bands else ()) for split, label in labels.items()}
    return Counted(shown({side: _breakdown(labels, order, who) for side, who in sides.items()}), labels, bands)


def called_shares(people: Frame, called: Bools) -> dict[tuple[str, str], tuple[Shown, Shown]]:
    """Return how many of each group are called, of those admitted and of the others, by split and part.

    Where a number of people not called is small, nothing of that split is shown: it could be worked out from the rest.
    """
    labels = {split: parts_of(split, people) for split in GROUPS}
    order = {split: _order(label, ()) for split, label in labels.items()}
    sides = {WITH: people.admitted & called, WITHOUT: ~people.admitted & called}
    found = shown({side: _breakdown(labels, order, who) for side, who in sides.items()})
    told = {}
    for split, label in labels.items():
        spared = [int(((label == p) & ~called & had).sum()) for p in order[split] for had in _both(people.admitted)]
        is_safe = min(spared) >= policy.suppression_threshold
        for part in order[split]:
            pair = found[WITH][split][part], found[WITHOUT][split][part]
            told[(split, part)] = pair if is_safe else (HIDDEN, HIDDEN)
    return told


def _both(admitted: Bools) -> tuple[Bools, Bools]:
    return admitted, ~admitted


def _breakdown(labels: Mapping[str, Words], order: Mapping[str, Sequence[str]], who: Bools) -> Breakdown:
    splits = {s: {p: int((label[who] == p).sum()) for p in order[s]} for s, label in labels.items()}
    return Breakdown(int(who.sum()), splits)


def _order(label: Words, bands: Iterable[str]) -> list[str]:
    """Return the parts that anybody is in: bands in their own order, others by name, what is not known last."""
    found = {str(part) for part in np.unique(label.astype(str))}
    named = [band for band in bands if band in found]
    return named or sorted(found, key=lambda part: (part.casefold() == NOT_KNOWN, part))


def _all_bands(definition: RiskModel, admitted: Bools, risks: Mapping[str, Floats]) -> Iterator[tuple[str, Bands]]:
    for name, risk in risks.items():
        capacity = [(f"{share:g}", cut) for share, cut in _capacity_cuts(risk, admitted, definition.capacities)]
        yield f"capacity: {name}", join_bands(risk, admitted, capacity)
        thresholds = [(f"{t:g}", t) for t in reversed(definition.thresholds)]
        yield f"threshold: {name}", join_bands(risk, admitted, thresholds)


def join_bands(risk: Floats, admitted: Bools, cuts: Sequence[tuple[str, float]]) -> Bands:
    """Cut people at risks, highest first, and join bands until none has a small number of people on either side.

    A band that nobody is in says something of the score and nothing of people: it is shown as the one above it.
    """
    label, names = _cut(risk, cuts), [*(name for name, _ in cuts), BELOW]
    joined: list[list[str]] = []
    waiting: list[str] = []
    upto: dict[str, str | None] = {}
    for name in names:
        if (label == name).any():
            waiting.append(name)
            among = np.isin(label, waiting)
            if min(int((among & side).sum()) for side in _both(admitted)) >= policy.suppression_threshold:
                joined.append(waiting)
                waiting = []
        upto[name] = None if waiting else (joined[-1][-1] if joined else "")
    if waiting and joined:
        last = joined.pop()
        upto = {name: None if band == last[-1] else band for name, band in upto.items()}
        waiting = [*last, *waiting]
    if waiting:
        joined.append(waiting)
    own = label.copy()
    for group in joined:
        own[np.isin(label, group)] = group[-1]
    return Bands(own, upto)


def parts_of(split: str, people: Frame) -> Words:
    """Return the part that each person belongs to, in words."""
    columns = people.columns
    if split == "age":
        starts = np.array([start for start, _ in AGES])
        at = np.clip(np.searchsorted(starts, columns["age"].astype(np.float64), side="right") - 1, 0, None)
        return np.array([name for _, name in AGES], dtype=object)[at]
    name = {"quintile": "imd_quintile", "ethnic group": "ethnic_group", "sex": "sex"}[split]
    words = as_words(columns[name])
    if split == "sex":
        words = np.array([SEXES.get(word, "") for word in words], dtype=object)
    return np.where(words == "", NOT_KNOWN, words)


def _tenths(risk: Floats) -> Words:
    """Cut people into ten parts by risk, people of one risk together: 01 the lowest, 10 the highest."""
    cuts = np.unique(np.quantile(risk, np.arange(1, 10) / 10))
    return np.array([f"{i:02d}" for i in range(1, 11)], dtype=object)[np.searchsorted(cuts, risk, side="right")]


def _capacity_cuts(risk: Floats, admitted: Bools, shares: Sequence[float]) -> Iterator[tuple[float, float]]:
    from doorstep.statistics.risk import at_capacity

    for share in shares:
        yield share, at_capacity(risk, admitted, places(share, len(risk))).threshold


def places(share: float, n: int) -> int:
    """Return how many of n people a share is, one at least."""
    return max(1, round(share * n))


def _cut(risk: Floats, cuts: Sequence[tuple[str, float]]) -> Words:
    """Name each person's band: the first cut, highest first, that their risk reaches."""
    found = np.full(len(risk), BELOW, dtype=object)
    for name, cut in reversed(cuts):
        found[risk >= cut] = name
    return found


def _sum(parts: Mapping[str, Shown], reached: Sequence[str]) -> Shown:
    values = [parts[part] for part in reached if part in parts]
    known = [value for value in values if isinstance(value, int)]
    return HIDDEN if len(known) < len(values) else sum(known)
