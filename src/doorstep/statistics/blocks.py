"""Works through a million areas a block at a time, so that what is worked out on the way stays small."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doorstep.statistics.results import Floats

ROWS = 8_192  # twenty bands of this many areas are 1.3 MB an array: what is worked out stays in the caches


def by_rows(work: Callable[..., tuple[Floats, ...]], *arrays: Floats, rows: int = ROWS) -> tuple[Floats, ...]:
    """Give `work` blocks of arrays of one shape (..., bands) as (rows, bands); join what it returns, (rows, ...) each.

    The leading dimensions come back as they were. What an area gets does not depend on the areas beside it.
    """
    leading, bands = arrays[0].shape[:-1], arrays[0].shape[-1]
    flat = [array.reshape(-1, bands) for array in arrays]
    found: list[Floats] = []
    for start in range(0, max(len(flat[0]), 1), rows):
        block = slice(start, start + rows)
        parts = work(*(array[block] for array in flat))
        found = found or [np.empty((len(flat[0]), *part.shape[1:])) for part in parts]
        for whole, part in zip(found, parts, strict=True):
            whole[block] = part
    return tuple(whole.reshape(leading + whole.shape[1:]) for whole in found)
