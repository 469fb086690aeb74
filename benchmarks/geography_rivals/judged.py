"""What a drawing of England is worth, counted the same way whoever drew it: band, pieces, councils, compactness."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doorstep.geography import shapes
from doorstep.geography.neighbourhoods.ground import areas

LOW, HIGH = 30_000, 50_000
DEGREE = 111_320.0  # metres of a degree of latitude


@dataclass(frozen=True)
class Judged:
    """Areas drawn; those with 30,000 to 50,000 residents; those that do not hang together; councils that are crossed.

    `squared_km`: mean squared distance of residents to their area's centre of population. `roundness`: Polsby and
    Popper's 4 pi area / perimeter squared, the mean over residents (1: a circle). `border_km`: border between areas of
    one council.
    """

    n: int
    in_band: int
    in_pieces: int
    crossed: int
    squared_km: float
    roundness: float
    border_km: float

    @property
    def share(self) -> float:
        """The share of areas in the band."""
        return self.in_band / self.n


class Judge:
    """Holds what every count needs: residents, centres, ground in km² and borders of some 2021 areas."""

    def __init__(self, codes: Iterable[str]) -> None:
        known, self.codes = areas(), tuple(sorted(codes))
        found = [known[code] for code in self.codes]
        self.people = np.array([a.people for a in found], dtype=float)
        self.points = np.array([(a.x, a.y) for a in found])
        self.council = np.unique([a.council for a in found], return_inverse=True)[1]
        edge, at = shapes.borders(), {code: i for i, code in enumerate(self.codes)}
        place = np.array([at.get(code, -1) for code in edge.codes] + [-1])
        self.a, self.b, self.km = place[edge.a], place[edge.b], edge.metres / 1000

    @cached_property
    def ground(self) -> NDArray[np.float64]:
        """Return the ground of each area in km², from its outline at its own latitude."""
        return np.array([_km2(shapes.polygon([code])["coordinates"]) for code in self.codes])

    def of(self, drawn: Sequence[Sequence[str]]) -> Judged:
        """Count a drawing that holds every area once; ValueError where it does not."""
        label = self._labels(drawn)
        people = np.bincount(label, self.people)
        inner = (self.a >= 0) & (self.b >= 0)
        between = inner & (label[self.a] != label[self.b]) & (self.council[self.a] == self.council[self.b])
        return Judged(
            n=len(drawn),
            in_band=int(((people >= LOW) & (people <= HIGH)).sum()),
            in_pieces=sum(len(shapes.parts(codes)) > 1 for codes in drawn),
            crossed=self._crossed(label),
            squared_km=self._squared(label, people),
            roundness=self._roundness(label, people),
            border_km=float(self.km[between].sum()),
        )

    def _labels(self, drawn: Sequence[Sequence[str]]) -> NDArray[Any]:
        at = {code: i for i, codes in enumerate(drawn) for code in codes}
        if sorted(code for codes in drawn for code in codes) != list(self.codes):
            raise ValueError("the drawing does not hold every area once")
        return np.array([at[code] for code in self.codes])

    def _crossed(self, label: NDArray[Any]) -> int:
        pairs = np.unique(np.column_stack([label, self.council]), axis=0)
        several = np.flatnonzero(np.bincount(pairs[:, 0]) > 1)
        return len(set(pairs[np.isin(pairs[:, 0], several), 1]))

    def _squared(self, label: NDArray[Any], people: NDArray[Any]) -> float:
        centre = np.column_stack([np.bincount(label, self.people * xy) / people for xy in self.points.T])
        far = ((self.points - centre[label]) ** 2).sum(axis=1)
        return float(np.average(far, weights=self.people))

    def _roundness(self, label: NDArray[Any], people: NDArray[Any]) -> float:
        padded = np.append(label, -1)  # the place -1 is outside
        one, other = padded[self.a], padded[self.b]
        around = np.zeros(len(people))
        for side in (one, other):
            edge = (one != other) & (side >= 0)
            np.add.at(around, side[edge], self.km[edge])
        each = 4 * math.pi * np.bincount(label, self.ground) / around**2
        return float(np.average(each, weights=people))


def _km2(coordinates: Sequence[Sequence[Sequence[Sequence[float]]]]) -> float:
    """Return the km² of a MultiPolygon in degrees: outer rings count, holes (the other way round) are taken off."""
    total = 0.0
    for rings in coordinates:
        for ring in rings:
            x, y = np.array(ring).T
            width = DEGREE * math.cos(math.radians(float(y.mean())))
            total += float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2 * width * DEGREE
    return total / 1e6
