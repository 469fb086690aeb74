"""Divide a piece: cut it, improve the cut, and bring every part into the band where that can be done."""

from __future__ import annotations

import random
from dataclasses import replace

from doorstep.geography.neighbourhoods.cutting import first_division
from doorstep.geography.neighbourhoods.improving import Division, improve, recut
from doorstep.geography.neighbourhoods.mending import mend, outside
from doorstep.geography.neighbourhoods.piece import Band, Piece, Weights, cost

# Tried on Sefton and Leeds with 5 to 300 sweeps and a heat of 0.3 to 100: below these the search stays in the nearest
# of many poor divisions, above them it costs more and finds the same.
SWEEPS, RESTARTS, HEAT, STRICTER = 100, 2, 10.0, 50.0


def divide(
    piece: Piece, k: int, band: Band, weights: Weights, *, seed: int, sweeps: int = SWEEPS, restarts: int = RESTARTS
) -> list[int]:
    """Return the best division found of a connected piece into k connected parts: a part for each node.

    The same piece, settings and seed give the same division. Fewest residents outside the band come first, then cost.
    """
    if k == 1:
        return [0] * len(piece.people)
    rng = random.Random(f"{seed} {piece.name} {piece.codes[0][0]}")  # noqa: S311 - a search, and no secret
    found = [_divided(piece, k, band, weights, rng, sweeps) for _ in range(restarts)]
    best = min(found, key=lambda parts: (outside(piece, parts, band), cost(piece, parts, k, band, weights)))
    if outside(piece, best, band) and not band.missing(piece.total, k):
        best = mend(Division(piece, best, k, band, weights), rng)
    return best


def _divided(piece: Piece, k: int, band: Band, weights: Weights, rng: random.Random, sweeps: int) -> list[int]:
    division = Division(piece, first_division(piece, k, band, rng.random()), k, band, weights)
    recut(division, rng)
    improve(division, rng, sweeps, heat=HEAT)
    if recut(division, rng):
        improve(division, rng, 3, heat=0.0)
    if outside(piece, division.parts, band):  # the band first, whatever it costs in the other terms
        strict = replace(weights, band=weights.band * STRICTER)
        division = Division(piece, division.parts, k, band, strict)
        improve(division, rng, sweeps // 2, heat=HEAT)
    return division.parts
