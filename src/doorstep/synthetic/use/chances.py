"""Drawing from small lists of chances by looking up a random number of sixteen bits: one look-up a draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.facts import Words

SIZE = 1 << 16
Shorts = npt.NDArray[np.int16]


def look_up(shares: Sequence[float] | Floats) -> Shorts:
    """Return the table that gives position i to a share `shares[i]` of the numbers from 0 to 65,535."""
    total = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(total / total[-1], (np.arange(SIZE) + 0.5) / SIZE, side="right").astype(np.int16)


def raw(rng: np.random.Generator, n: int) -> npt.NDArray[np.uint16]:
    """Draw n numbers from 0 to 65,535."""
    return rng.integers(0, SIZE, n, dtype=np.uint16)


def draw(rng: np.random.Generator, n: int, shares: Mapping[str, float]) -> Words:
    """Draw words with the given shares, to within one in 65,536."""
    return Words(look_up(list(shares.values())).take(raw(rng, n)), tuple(shares))


def unit(rng: np.random.Generator, n: int) -> npt.NDArray[np.float32]:
    """Draw n numbers from 0 up to 1."""
    return rng.random(n, dtype=np.float32)


def normal(rng: np.random.Generator, n: int) -> npt.NDArray[np.float32]:
    """Draw n standard normal numbers."""
    return rng.standard_normal(n, dtype=np.float32)


def repeated(counts: Ints) -> Ints:
    """Return each position as many times as its count says."""
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)
