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
    starts = range(0, max(len(flat[0]), 1), rows)
    done = [work(*(array[start : start + rows] for array in flat)) for start in starts]
    joined = (np.concatenate(parts) for parts in zip(*done, strict=True))
    return tuple(part.reshape(leading + part.shape[1:]) for part in joined)
