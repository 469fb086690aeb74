"""Between tidy data frames of any kind and arrays of groups by bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import narwhals as nw
import numpy as np
from narwhals.typing import IntoDataFrameT

from doorstep.errors import DataError, UsageError
from doorstep.statistics.results import Floats, Ints

_ROW, _CODE = "__row", "__code"  # names of no column of anybody's


class ColumnError(DataError):
    """A column is missing, is not of numbers, has empty labels, or is there already."""


class IncompleteTableError(DataError):
    """A group does not have each of its bands exactly once."""


@dataclass(frozen=True)
class Groups(Generic[IntoDataFrameT]):
    """The groups of a frame: one row of labels for each, in order of appearance, and the group of every row."""

    labels: nw.DataFrame[IntoDataFrameT]
    of_row: Ints

    def __len__(self) -> int:
        return len(self.labels)

    def sums(self, values: Floats) -> Floats:
        """Return the sum of the values of each group."""
        return np.bincount(self.of_row, weights=values, minlength=len(self)).astype(np.float64)

    def named(self, group: int) -> str:
        """Return a group's labels for a message, each followed by a comma."""
        pairs = zip(self.labels.columns, self.labels.row(group), strict=True)
        return "".join(f"{name} {label}, " for name, label in pairs if name != _CODE)


@dataclass(frozen=True)
class Table(Generic[IntoDataFrameT]):
    """Rows that are groups by bands, each pair once; `cell` is the place of each row in (groups, bands) laid flat."""

    groups: Groups[IntoDataFrameT]
    bands: tuple[Any, ...]
    cell: Ints

    def column(self, values: Floats) -> Floats:
        """Return a column as (groups, bands)."""
        flat = np.empty(len(values))
        flat[self.cell] = values
        return flat.reshape(len(self.groups), len(self.bands))

    def rows(self, values: Floats) -> Floats:
        """Return (groups, bands) in the order of the frame's rows."""
        return np.asarray(values.reshape(-1)[self.cell])


def opened(frame: IntoDataFrameT, *names: str) -> nw.DataFrame[IntoDataFrameT]:
    """Return a frame that has these columns. ColumnError, naming those there are, where it has not."""
    try:
        found = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise UsageError(
            f"a {type(frame).__name__} is no data frame", expected="one of pandas or Polars, collected"
        ) from error
    absent = [name for name in names if name not in found.columns]
    if absent:
        raise ColumnError(f"there is no column {', '.join(absent)}", expected=f"one of {', '.join(found.columns)}")
    return found


def floats(frame: nw.DataFrame[Any], name: str) -> Floats:
    """Return a column of numbers; an empty cell is NaN. ColumnError where it is not of numbers."""
    held = frame.get_column(name)
    if not held.dtype.is_numeric():
        raise ColumnError(f"column {name} holds {held.dtype}", expected="numbers", do="convert it first")
    return np.asarray(held.cast(nw.Float64).to_numpy(), dtype=np.float64)


def groups_of(frame: nw.DataFrame[IntoDataFrameT], by: Sequence[str]) -> Groups[IntoDataFrameT]:
    """Return the groups by the labels of some columns; no columns make one group. ColumnError for an empty label."""
    labelled = frame.select(*by) if by else frame.select(nw.lit(0).alias(_CODE))
    if len(frame) == 0:
        raise ColumnError("the frame has no rows", expected="one or more rows")
    empty = [name for name in by if labelled.get_column(name).null_count()]
    if empty:
        raise ColumnError(f"column {', '.join(empty)} has empty labels", expected="a label in every row")
    if not by:
        return Groups(labelled.head(1), np.zeros(len(frame), dtype=np.int64))
    labels = nw.maybe_reset_index(labelled.unique(maintain_order=True))
    # A left join is not bound to keep the order of rows.
    rows = labelled.with_row_index(_ROW).join(labels.with_row_index(_CODE), on=list(by), how="left").sort(_ROW)
    return Groups(labels, rows.get_column(_CODE).to_numpy().astype(np.int64))


def table_of(
    frame: nw.DataFrame[IntoDataFrameT], by: Sequence[str], band: str, order: Sequence[Any] | None = None
) -> Table[IntoDataFrameT]:
    """Return groups by bands: in `order` if given, else as they sort.

    Errors: ColumnError for a label that is not in `order`; IncompleteTableError where a group lacks a band or has it
    twice, naming both.
    """
    groups, found = groups_of(frame, by), groups_of(frame, [band])
    seen = found.labels.get_column(band).to_list()
    bands = tuple(sorted(seen) if order is None else order)
    place = {label: i for i, label in enumerate(bands)}
    strange = [label for label in seen if label not in place]
    if strange:
        raise ColumnError(f"column {band} holds {strange[0]!r}", expected=", ".join(map(str, bands)))
    cell = groups.of_row * len(bands) + np.array([place[label] for label in seen], dtype=np.int64)[found.of_row]
    _each_once(groups, bands, cell, band)
    return Table(groups, bands, cell)


def _each_once(groups: Groups[Any], bands: Sequence[Any], cell: Ints, band: str) -> None:
    times = np.bincount(cell, minlength=len(groups) * len(bands))
    if (times != 1).any():
        group, at = divmod(int(np.flatnonzero(times != 1)[0]), len(bands))
        where = f"{groups.named(group)}{band} {bands[at]}"
        raise IncompleteTableError(
            f"{where}: {int(times[group * len(bands) + at])} rows",
            expected="one row for each band of each group, also where nothing happened",
            do="add the bands that are missing with their population; sum rows that share a band",
        )


def with_columns(frame: nw.DataFrame[IntoDataFrameT], *columns: Mapping[str, Floats]) -> IntoDataFrameT:
    """Return the frame itself with more columns, NaN as its own empty cell. ColumnError for a name that is there."""
    added = [(name, values) for some in columns for name, values in some.items()]
    names = [*frame.columns, *(name for name, _ in added)]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ColumnError(f"there would be two columns {', '.join(sorted(twice))}", do="rename or drop yours first")
    space = nw.get_native_namespace(frame)
    made = [nw.new_series(name, values, nw.Float64, backend=space).fill_nan(None) for name, values in added]
    return frame.with_columns(*made).drop(_CODE, strict=False).to_native()
