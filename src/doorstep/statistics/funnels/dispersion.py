"""How much more areas differ than chance makes them differ, and limits widened by it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from doorstep.errors import DataError
from doorstep.statistics.funnels.limits import Limits, deviates
from doorstep.statistics.results import Floats, ProportionError

Method = Literal["none", "additive", "multiplicative"]
FEWEST_AREAS = 3


class TooFewAreasError(DataError):
    """There are too few areas to estimate how much areas differ."""


@dataclass(frozen=True)
class Dispersion:
    """How limits were widened, and how large that was.

    phi: the mean squared z-score after winsorising, as published: where chance alone is at work it is 1, and 0.68 after
    winsorising a tenth each side. Additive limits use it so, and are on the narrow side; multiplicative limits use
    `factor`, which puts that right. tau2: variance between areas on the scale of the scores (the square root of the
    ratio to the baseline; the arcsine of the square root for proportions). within_people: the factor of
    `person_dispersion`, 1 where not given.
    """

    method: Method = "none"
    phi: float = float("nan")
    tau2: float = 0.0
    n_areas: int = 0
    winsorised: float = 0.0
    within_people: float = 1.0

    @property
    def factor(self) -> float:
        """What the sampling variance is multiplied by where multiplicative: phi over what chance gives; 1 or more."""
        return max(1.0, self.phi / winsorised_variance(self.winsorised)) if self.method == "multiplicative" else 1.0

    @property
    def sampling(self) -> float:
        """What multiplies the sampling variance: people's repeats, and the spread of areas where multiplicative."""
        return self.within_people * self.factor

    @property
    def widens(self) -> bool:
        """Limits differ from the exact ones."""
        return self.sampling > 1 or self.tau2 > 0

    def between_areas(self, baseline: float | None = None) -> float:
        """Return the standard deviation between areas' true values, to first order.

        Without a baseline as a share of the baseline rate (2 τ: 0.1 is 10%); with a baseline proportion p, in shares of
        1 (2 τ √(p(1 − p))).
        """
        return 2 * math.sqrt(self.tau2 * (1.0 if baseline is None else baseline * (1 - baseline)))

    def text(self) -> str:
        """Say in a sentence how limits were widened."""
        if not self.widens:
            found = "" if self.method == "none" else f" (no variance between areas found: phi {self.phi:.2f})"
            return f"exact limits, not widened{found}"
        parts = [f"repeats within people: variance times {self.within_people:.2f}"] if self.within_people > 1 else []
        if self.factor > 1:
            parts.append(f"variance between {self.n_areas} areas, multiplicative: variance times {self.factor:.2f}")
        if self.tau2 > 0:
            parts.append(f"variance between {self.n_areas} areas, additive: tau {self.tau2**0.5:.4f}")
        return "limits widened; " + "; ".join(parts)


def winsorise(scores: Floats, share: float) -> Floats:
    """Pull scores beyond the `share` and 1 - `share` quantiles in to them (linear quantiles)."""
    if not 0 <= share < 0.5:
        raise ProportionError(f"the share to winsorise is {share}", expected="0 or more and below 0.5")
    low, high = np.quantile(scores, [share, 1 - share])
    return np.clip(scores, low, high)


def winsorised_variance(share: float) -> float:
    """Return the variance of a standard normal winsorised at q = Φ⁻¹(1 − s): 1 − 2s − 2qφ(q) + 2sq²."""
    if share == 0:
        return 1.0
    q = float(special.ndtri(1 - share))
    return 1 - 2 * share - 2 * q * math.exp(-(q**2) / 2) / math.sqrt(2 * math.pi) + 2 * share * q**2


def estimate(
    scaled: Floats, centre: float, variance: Floats, method: Method, share: float, within_people: float
) -> Dispersion:
    """Estimate the spread of areas from values on the stabilised scale.

    scaled, variance: (areas,), values and their sampling variances s²; centre: the baseline on that scale.
    z = (y − θ₀)/s, winsorised; φ = Σz²/I; w = 1/s²; τ² = max(0, (Iφ − (I − 1))/(Σw − Σw²/Σw)).
    Raises TooFewAreasError below three areas. Sources: Spiegelhalter, Quality and Safety in Health Care 2005; 14:
    347-351; Spiegelhalter and others, Journal of the Royal Statistical Society A 2012; 175: 1-47 (the scales).
    """
    if method == "none":
        return Dispersion(within_people=within_people, n_areas=scaled.size)
    if scaled.size < FEWEST_AREAS:
        raise TooFewAreasError(f"there are {scaled.size} areas", expected=f"{FEWEST_AREAS} areas or more")
    w = 1 / (within_people * variance)
    phi = float(np.mean(winsorise((scaled - centre) * np.sqrt(w), share) ** 2))
    spread = (scaled.size * phi - (scaled.size - 1)) / float(w.sum() - (w**2).sum() / w.sum())
    tau2 = max(0.0, spread) if method == "additive" else 0.0
    return Dispersion(method, phi, tau2, scaled.size, share, within_people)


def widen(exact: Limits, low: Floats, high: Floats) -> Limits:
    """Return the outer of the exact limits and the widened ones, so that widening never narrows."""
    return Limits(exact.levels, exact.denominator, np.minimum(exact.lower, low), np.maximum(exact.upper, high))


def half_widths(levels: tuple[float, ...], variance: Floats, dispersion: Dispersion) -> Floats:
    """Return z √(φ s² + τ²) for each level and area, on the stabilised scale."""
    return deviates(levels) * np.sqrt(dispersion.sampling * variance + dispersion.tau2)
