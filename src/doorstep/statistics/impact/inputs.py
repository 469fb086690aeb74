"""The checks that every method of impact makes of what it is given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from doorstep.statistics.impact.faults import CollinearError, ExposureError, NotBinaryError, OneGroupError
from doorstep.statistics.results import Bools, Floats, Ints, NotANumberError, Numbers, ShapeError, counts, numbers

Covariates = Mapping[str, Numbers]


def one_column(name: str, values: Numbers, n: int | None = None) -> Floats:
    """Return one value per row. ShapeError where it is not one column, or not of `n` rows."""
    found = numbers(name, values)
    _check_column(name, found.shape, n)
    return found


def labels(name: str, values: Numbers, n: int) -> Ints:
    """Return the number of each row's label, from 0, in the labels' order; a label may be a word or a number."""
    return distinct(name, values, n)[1]


def distinct(name: str, values: Numbers, n: int) -> tuple[tuple[str, ...], Ints]:
    """Return the labels as text, in order, and the number of each row's. NotANumberError where one is missing."""
    found = np.asarray(values)
    _check_column(name, found.shape, n)
    if found.dtype.kind == "f":
        numbers(name, found)
    missing = np.array([value is None or value != value for value in found.tolist()], dtype=bool)
    if missing.any():
        raise NotANumberError(f"{name} is missing in row {int(np.argmax(missing))}", expected="a label in every row")
    names, at = np.unique(found.astype(str) if found.dtype.kind == "O" else found, return_inverse=True)
    return tuple(_text(label) for label in names.tolist()), at.astype(np.int64)


def _text(label: object) -> str:
    return f"{label:g}" if isinstance(label, float) else str(label)


def yes_or_no(name: str, values: Numbers, n: int | None = None) -> Bools:
    """Return a column of 0 and 1 (or False and True). NotBinaryError where it holds something else."""
    found = one_column(name, values, n)
    bad = (found != 0) & (found != 1)
    if bad.any():
        row = int(np.argmax(bad))
        raise NotBinaryError(f"{name} holds {found[row]:g} in row {row}", expected="0 or 1")
    return np.asarray(found == 1)


def two_groups(name: str, values: Numbers, n: int | None = None) -> Bools:
    """Return a column of 0 and 1 that holds both. OneGroupError where it holds one only, or nothing."""
    found = yes_or_no(name, values, n)
    if found.all() or not found.any():
        raise OneGroupError(
            f"{name} is {'1' if found.size and found[0] else '0'} in all {found.size} rows"
            if found.size
            else f"{name} is empty",
            expected="rows of both groups",
            do="add people who did not have the service: without them there is no comparison",
        )
    return found


def matrix(covariates: Covariates, n: int) -> tuple[tuple[str, ...], Floats]:
    """Return the covariates' names, and their values as n rows by k columns."""
    columns = [one_column(name, values, n) for name, values in covariates.items()]
    return tuple(covariates), np.column_stack(columns) if columns else np.empty((n, 0))


def with_constant(names: tuple[str, ...], columns: Floats) -> tuple[tuple[str, ...], Floats]:
    """Return names and columns with the intercept first."""
    return ("(Intercept)", *names), np.column_stack([np.ones(len(columns)), columns])


def check_rank(names: tuple[str, ...], design: Floats) -> None:
    """CollinearError where a column is a sum of those before it; it names the column."""
    size = np.sqrt((design**2).sum(axis=0))
    if (size == 0).any():
        raise _collinear(names[int(np.argmax(size == 0))])
    # What is left of each column once those before it are taken out; scaled, so that units do not matter.
    left = np.abs(np.diag(np.linalg.qr(design / size, mode="r")))
    if len(left) < len(names) or (left < 1e-9).any():
        short = np.append(left, np.zeros(len(names) - len(left)))
        raise _collinear(names[int(np.argmax(short < 1e-9))])


def exposures(values: Numbers, n: int) -> Floats:
    """Return times at risk. ExposureError where one is not above 0."""
    found = one_column("exposure", values, n)
    if (found <= 0).any():
        row = int(np.argmax(found <= 0))
        raise ExposureError(
            f"the exposure is {found[row]:g} in row {row}",
            expected="time at risk above 0",
            do="leave out people who were never at risk",
        )
    return found


def weights_of(values: Numbers | None, n: int) -> Floats:
    """Return weights of 0 or more; 1 for everybody where none are given."""
    if values is None:
        return np.ones(n)
    found = counts("weights", values)
    _check_column("weights", found.shape, n)
    return found


def _collinear(name: str) -> CollinearError:
    return CollinearError(
        f"{name} says nothing that the columns before it do not say",
        expected="columns that are no sum of one another, and that vary",
        do=f"leave {name} out",
    )


def _check_column(name: str, shape: tuple[int, ...], n: int | None) -> None:
    if len(shape) != 1 or (n is not None and shape[0] != n):
        wanted = "one column" if n is None else f"one column of {n} rows"
        raise ShapeError(f"{name} has shape {shape}", expected=wanted)
