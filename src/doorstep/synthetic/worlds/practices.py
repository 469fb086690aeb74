"""Which practices do what in a world: chosen once for all parts, in exact shares of all practices."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.streams import Streams


def groups(name: str, shares: tuple[float, ...], n: int, streams: Streams) -> Ints:
    """Return for each of n practices which group it is in, -1 for none; `streams` belong to no part."""
    order = Streams(streams.seed)(f"world: {name}").permutation(n)
    edges = np.round(np.cumsum(shares) * n).astype(np.int64)
    group = np.full(n, -1, np.int8)
    group[order] = np.where(np.arange(n) < edges[-1], np.searchsorted(edges, np.arange(n), side="right"), -1)
    return group
