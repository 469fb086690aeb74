"""The counts of a report, and which of them may be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.design import as_words
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.shown import HIDDEN, Breakdown, Shown, shown

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[Any]
AGES = ((18, "18-49"), (50, "50-64"), (65, "65-74"), (75, "75-84"), (85, "85 and over"))
NOT_KNOWN = "not known"
SEXES = {"1": "male", "2": "female", "9": "indeterminate"}
WITH, WITHOUT = "admitted", "not admitted"
BELOW = "below"


@dataclass(frozen=True)
class Counted:
    """Counts as they may be shown, by split and part, of people admitted and of others; `labels` has each one's part.

    The parts of `capacity: <score>` and `threshold: <score>` are bands, highest risk first.
    """

    shown: Mapping[str, Mapping[str, Mapping[str, Shown]]]
    labels: Mapping[str, Words]
    orders: Mapping[str, Sequence[str]]

    def parts(self, split: str) -> Sequence[str]:
        """The parts of a split that anybody is in, in order."""
        return list(self.shown[WITH][split])

    def pair(self, split: str, part: str) -> tuple[Shown, Shown]:
        """Return how many of a part were admitted, and how many not."""
        return self.shown[WITH][split].get(part, 0), self.shown[WITHOUT][split].get(part, 0)

    def above(self, split: str, part: str) -> tuple[Shown, Shown]:
        """Return the same of a band and all bands above it; `*` where one of them is hidden."""
        order = self.orders[split]
        reached = order[: order.index(part) + 1]
        return _sum(self.shown[WITH][split], reached), _sum(self.shown[WITHOUT][split], reached)


def counted(definition: RiskModel, people: Frame, risks: Mapping[str, Floats]) -> Counted:
    """Count a report's people by every split it prints, and hide what is small or would give something small away."""
    labels = {split: parts_of(split, people) for split in ("quintile", "ethnic group", "sex", "age")}
    labels["became"] = np.where(people.died, "died", np.where(people.left, "left", "stayed")).astype(object)
    held = people.held_out(definition.held_out)
    labels["seen"] = np.where(held, "not in the fit", "in the fit").astype(object)
    labels["tenth of risk"] = _tenths(risks["model"])
    for name, risk in risks.items():
        labels[f"capacity: {name}"] = _by_capacity(risk, people.admitted, definition.capacities)
        labels[f"threshold: {name}"] = _bands(risk, [(f"{t:g}", t) for t in reversed(definition.thresholds)])
    order = {split: _order(split, label, definition) for split, label in labels.items()}
    # A band that nobody reaches is a fact about the score, not about people: no count to hide its neighbours for.
    present = {split: [part for part in order[split] if (label == part).any()] for split, label in labels.items()}
    sides = {WITH: people.admitted, WITHOUT: ~people.admitted}
    breakdowns = {
        side: Breakdown(
            int(who.sum()),
            {s: {p: int((label[who] == p).sum()) for p in present[s]} for s, label in labels.items()},
        )
        for side, who in sides.items()
    }
    return Counted(shown(breakdowns), labels, order)


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


def _order(split: str, label: Words, definition: RiskModel) -> list[str]:
    if split == "age":
        return [name for _, name in AGES]
    if split.startswith("capacity"):
        return [*(f"{share:g}" for share in definition.capacities), BELOW]
    if split.startswith("threshold"):
        return [*(f"{t:g}" for t in reversed(definition.thresholds)), BELOW]
    found = [str(part) for part in np.unique(label.astype(str))]
    return sorted(found, key=lambda part: (part.casefold() == NOT_KNOWN, part))


def _tenths(risk: Floats) -> Words:
    """Cut people into ten parts by risk, people of one risk together: 01 the lowest, 10 the highest."""
    cuts = np.unique(np.quantile(risk, np.arange(1, 10) / 10))
    return np.array([f"{i:02d}" for i in range(1, 11)], dtype=object)[np.searchsorted(cuts, risk, side="right")]


def _by_capacity(risk: Floats, admitted: npt.NDArray[np.bool_], shares: Sequence[float]) -> Words:
    from doorstep.statistics.risk import at_capacity

    places = [max(1, round(share * len(risk))) for share in shares]
    cuts = [at_capacity(risk, admitted, n).threshold for n in places]
    return _bands(risk, [(f"{share:g}", cut) for share, cut in zip(shares, cuts, strict=True)])


def _bands(risk: Floats, cuts: Sequence[tuple[str, float]]) -> Words:
    """Name each person's band: the first cut, highest first, that their risk reaches."""
    found = np.full(len(risk), BELOW, dtype=object)
    for name, cut in reversed(cuts):
        found[risk >= cut] = name
    return found


def _sum(parts: Mapping[str, Shown], reached: Sequence[str]) -> Shown:
    values = [parts[part] for part in reached if part in parts]
    known = [value for value in values if isinstance(value, int)]
    return HIDDEN if len(known) < len(values) else sum(known)
