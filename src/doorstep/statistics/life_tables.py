"""Life expectancy from abridged period life tables."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.blocks import by_rows
from doorstep.statistics.results import Bools, Estimate, Floats, Numbers, ShapeError, counts, together, two_sided_z

STARTING_AGES = (0, 1, *range(5, 95, 5))
"""The 20 bands: under 1, 1 to 4, then five years each, and 90 and over."""

_YEARS = np.diff(STARTING_AGES).astype(np.float64)
_LIVED = np.array([0.1] + [0.5] * 18)  # the share of the band lived by those who die in it

SMALLEST_POPULATION = 5_000
WIDEST_INTERVAL = 20.0


def life_expectancy(deaths: Numbers, population: Numbers, *, confidence: float = 0.95) -> Estimate:
    """Return life expectancy in years at the start of each of the 20 age bands of `STARTING_AGES`, with limits.

    Chiang's abridged table: with M = deaths / population, n the years of a band and a the share of it lived by those
    who die (0.1 under 1, else 0.5), q = n M / (1 + n M (1 - a)), at most 1; with l the share alive and l' that of a
    band later, L = n (l' + a (l - l')), and l / M in the last; e = T / l, T summing L from here on. The variance of e
    is (sum of l^2 ((1 - a) n + e')^2 q^2 (1 - q) / D from here on, and l^2 / (D M^2) of the last band) / l^2; limits
    are e -/+ z times its root.

    `deaths` and `population` (the same years of both: deaths of three years beside three times the people) have shape
    (..., 20), as has the result: all areas at once. `[..., 0]` is life expectancy at birth.

    Blank (all three) where it would not be reliable: for all ages of an area with 5,000 people or fewer, with more
    deaths than people in a band, nobody in a band, or no deaths in the last; at an age that nobody reaches, and at an
    age where the 95% limits are more than 20 years apart.

    Errors: ShapeError where there are not 20 bands; NegativeCountError, NotANumberError, ConfidenceError.
    Source: Chiang, The Life Table and its Applications (1984); Silcocks et al., JECH 2001; 55: 38-43 (the last band's
    variance); ONS and PHE small-area life expectancy guidance.
    """
    d, p = together(deaths=counts("deaths", deaths), population=counts("population", population))
    if d.shape[-1:] != (len(STARTING_AGES),):
        raise ShapeError(
            f"deaths and population have shape {d.shape}",
            expected="(..., 20): 20 age bands last (0, 1-4, 5-9, and so on to 90+)",
        )
    z = two_sided_z(confidence)
    return Estimate(*by_rows(lambda deaths, population: _limits(deaths, population, z), d, p))


def _limits(deaths: Floats, population: Floats, z: float) -> tuple[Floats, ...]:
    """Return expectancy and its limits, (areas, 20) each; all NaN where blank."""
    usable = _usable(deaths, population)
    d, p = deaths[usable], population[usable]
    value, error = np.full((2, *deaths.shape), np.nan)
    value[usable], error[usable] = _table(d, d / p)
    value[np.isnan(error) | (2 * two_sided_z(0.95) * error > WIDEST_INTERVAL)] = np.nan
    return value, value - z * error, value + z * error


def _usable(deaths: Floats, population: Floats) -> Bools:
    enough = (population.sum(axis=1) > SMALLEST_POPULATION) & (population > 0).all(axis=1)
    return np.asarray(enough & (deaths <= population).all(axis=1) & (deaths[:, -1] > 0))


def _table(d: Floats, m: Floats) -> tuple[Floats, Floats]:
    q = np.minimum(_YEARS * m[:, :-1] / (1 + _YEARS * m[:, :-1] * (1 - _LIVED)), 1)
    alive = np.hstack([np.ones((len(d), 1)), np.cumprod(1 - q, axis=1)])
    later = alive[:, 1:]
    lived = np.hstack([_YEARS * (later + _LIVED * (alive[:, :-1] - later)), alive[:, -1:] / m[:, -1:]])
    with np.errstate(divide="ignore", invalid="ignore"):  # nobody alive: NaN, which is the documented blank
        e = _from_here_on(lived) / alive
        error = np.sqrt(_from_here_on(_spread(d, m, q, alive, e))) / alive
    return e, error


def _spread(d: Floats, m: Floats, q: Floats, alive: Floats, e: Floats) -> Floats:
    """Return what each band adds to the variance of the years lived from any earlier age on."""
    of_q = q**2 * (1 - q) / np.where(d[:, :-1] > 0, d[:, :-1], 1)  # no deaths: q is 0, and so is its variance
    after = np.where(alive[:, 1:] > 0, e[:, 1:], 0)  # those whom nobody outlives have no years after
    banded = alive[:, :-1] ** 2 * ((1 - _LIVED) * _YEARS + after) ** 2 * of_q
    return np.hstack([banded, (alive[:, -1] ** 2 / (d[:, -1] * m[:, -1] ** 2))[:, None]])


def _from_here_on(values: Floats) -> Floats:
    return np.asarray(np.cumsum(values[:, ::-1], axis=1)[:, ::-1])
