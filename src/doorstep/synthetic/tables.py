"""Reading the shipped tables of areas by code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.arrays import Ints


def read(name: str, columns: list[str], filters: Any = None) -> pa.Table:
    """Return columns of a reference table."""
    return pq.read_table(reference.table(name), columns=columns, filters=filters)


def column(name: str, wanted: str) -> Any:
    """Return one whole column of a reference table."""
    return read(name, [wanted])[wanted].combine_chunks()


def by_code(name: str, key: str, order: Sequence[str], columns: list[str]) -> dict[str, Any]:
    """Return columns of a reference table for the codes of `order`, in that order."""
    found = read(name, [key, *columns])
    rows = found.take(positions(pa.array(order, pa.string()), found[key].combine_chunks()))
    return {c: np.asarray(rows[c].to_pylist()) for c in columns}


def positions(codes: Any, order: Any) -> Ints:
    """Return where in `order` each code stands; -1 where it does not."""
    known = order if isinstance(order, pa.Array) else pa.array(list(order), pa.string())
    return np.asarray(pc.fill_null(pc.index_in(codes, value_set=known), -1))


def selected(name: str, wanted: str, where: str, value: str) -> tuple[str, ...]:
    """Return the codes of a table's rows that have a value, in order."""
    return tuple(sorted(read(name, [wanted], [(where, "==", value)])[wanted].to_pylist()))
