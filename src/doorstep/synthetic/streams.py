"""Named streams of random numbers: each part of the made-up Place draws from its own.

A change in one part (another fault rate, one more table) then leaves the draws of every other part alone.
"""

from __future__ import annotations

import hashlib

import numpy as np


class Streams:
    """Hands out one generator for each name; the same seed and name always give the same numbers."""

    def __init__(self, seed: int, part: int | None = None) -> None:
        self.seed, self._part = seed, part

    def part(self, number: int) -> Streams:
        """Return the streams of one part of the people: each part draws its own numbers, whoever makes it and when."""
        return Streams(self.seed, number)

    def __call__(self, name: str) -> np.random.Generator:
        """Return a fresh generator for `name`."""
        digest = hashlib.sha256(name.encode()).digest()
        words = [int.from_bytes(digest[i : i + 4], "big") for i in (0, 4, 8)]
        part = [] if self._part is None else [self._part]
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence([self.seed, *words, *part])))
