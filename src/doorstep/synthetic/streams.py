"""Named streams of random numbers: each part of the made-up Place draws from its own.

A change in one part (another fault rate, one more table) then leaves the draws of every other part alone.
"""

from __future__ import annotations

import hashlib

import numpy as np


class Streams:
    """Hands out one generator for each name; the same seed and name always give the same numbers."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, name: str) -> np.random.Generator:
        """Return a fresh generator for `name`."""
        digest = hashlib.sha256(name.encode()).digest()
        words = [int.from_bytes(digest[i : i + 4], "big") for i in (0, 4, 8)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, *words])))
