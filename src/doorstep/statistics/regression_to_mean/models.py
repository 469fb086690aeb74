"""Who is chosen, and what to expect of them: closed forms."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from doorstep.errors import DataError
from doorstep.statistics.results import ProportionError, populations


class TooFewChosenError(DataError):
    """The rule chooses nobody, or too few to say anything of them."""


@dataclass(frozen=True)
class Above:
    """Choose everyone with this much or more in the window (a total for counts, a mean for measures)."""

    threshold: float


@dataclass(frozen=True)
class Top:
    """Choose this share of people, the highest first; of people level at the cut, a random part."""

    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ProportionError(f"the top share is {self.share}", expected="between 0 and 1, such as 0.05")


Rule = Above | Top


@dataclass(frozen=True)
class Expected:
    """The people a rule chooses: `share` of all, their mean in the window and the mean to expect after it.

    Means are for one person and one unit of time (counts), or of one measurement.
    """

    share: float
    before: float
    after: float

    @property
    def change(self) -> float:
        """What choosing alone will show as change."""
        return self.after - self.before

    @property
    def relative_change(self) -> float:
        """The change as a share of the mean before: -0.4 is a fall of 40%."""
        return self.change / self.before

    def explains(self, observed_change: float) -> float:
        """Return the share of an observed fall that choosing alone explains; NaN where nothing fell."""
        return self.change / observed_change if observed_change < 0 else math.nan


@dataclass(frozen=True)
class GammaPoisson:
    """Counts: person i has x ~ Poisson(λ_i × time), and λ_i ~ gamma with this mean and shape.

    mean: events for a person in one unit of time, above 0. shape: above 0; the smaller, the more people differ
    (variance of λ = mean²/shape); infinity where all have one rate.
    """

    mean: float
    shape: float

    def __post_init__(self) -> None:
        populations("the mean", self.mean)
        if not self.shape > 0:
            populations("the shape", self.shape)

    def expected(self, rule: Rule, window: float = 1.0) -> Expected:
        """Return what to expect of people chosen on their count in a window of this length.

        With m = mean × window, q = m/(m + shape) and T_r(c) = P(count ≥ c) for a negative binomial of shape r:
        E[x | x ≥ c] = m T_{shape+1}(c − 1)/T_shape(c), and E[rate after | x] = (1 − q) mean + q x/window.
        Raises TooFewChosenError where nobody is chosen. Source: Robbins, Proceedings of the Third Berkeley Symposium
        1956; 1: 157-163; Hauer, Observational Before-After Studies in Road Safety (1997), chapter 11.
        """
        m = self.mean * float(populations("the window", window))
        cut = math.ceil(rule.threshold) if isinstance(rule, Above) else self._cut(m, rule.share)
        share, total = self._tail(cut, m, self.shape), m * self._tail(cut - 1, m, self.shape + 1)
        if isinstance(rule, Top):
            share, total = rule.share, total + (rule.share - share) * (cut - 1)
        _somebody(share)
        before = total / share / window
        return Expected(share, before, self.mean + self._reliability(m) * (before - self.mean))

    def _reliability(self, m: float) -> float:
        return 0.0 if math.isinf(self.shape) else m / (m + self.shape)

    def _tail(self, count: int, m: float, shape: float) -> float:
        """Return P(x ≥ count) where the variance between people is that of `self`, for a gamma of this shape."""
        if count <= 0:
            return 1.0
        if math.isinf(shape):
            return float(special.gammainc(count, m))
        return float(special.betainc(count, shape, self._reliability(m)))

    def _cut(self, m: float, share: float) -> int:
        """Return the smallest count that at most this share of people reach."""
        low, high = 0, 1
        while self._tail(high, m, self.shape) > share:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._tail(middle, m, self.shape) > share else (low, middle)
        return high


@dataclass(frozen=True)
class NormalMeasure:
    """Measures: person i has their own mean, normal about `mean`, and each measurement is normal about that."""

    mean: float
    sd_between: float
    sd_within: float

    def expected(self, rule: Rule, window: int = 1) -> Expected:
        """Return what to expect of people chosen on the mean of `window` measurements.

        σ² = σ_b² + σ_w²/window, λ = φ(a)/(1 − Φ(a)) at the standardised cut a: before = μ + σ λ,
        after = μ + (σ_b²/σ²) σ λ. Raises TooFewChosenError. Source: Davis, American Journal of Epidemiology 1976; 104:
        493-498; Barnett and others, International Journal of Epidemiology 2005; 34: 215-220.
        """
        between, within = self.sd_between**2, self.sd_within**2 / float(populations("the window", window))
        sd = math.sqrt(float(populations("the variance", between + within)))
        a = (rule.threshold - self.mean) / sd if isinstance(rule, Above) else -float(special.ndtri(rule.share))
        share = float(special.ndtr(-a))
        _somebody(share)
        excess = sd * math.exp(-(a**2) / 2 - math.log(2 * math.pi) / 2 - float(special.log_ndtr(-a)))
        return Expected(share, self.mean + excess, self.mean + between / sd**2 * excess)


def _somebody(share: float) -> None:
    if not share > 0:
        raise TooFewChosenError("the rule chooses nobody", expected="a threshold that some people reach")
