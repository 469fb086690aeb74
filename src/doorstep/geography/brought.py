"""Tables that a user brings: opened in one way, with one set of words for what is no such table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doorstep.errors import DataError, UsageError


@contextmanager
def reading(path: Path) -> Iterator[csv.DictReader[str]]:
    """Read a CSV with a row of headings (UTF-8, with or without a mark of it).

    Raises UsageError where the file is not there, DataError where it is no text in UTF-8 or no CSV.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file)
    except FileNotFoundError as error:
        raise UsageError("the file is not there", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise DataError(
            "the file is not text in UTF-8",
            expected="a CSV in UTF-8",
            where=str(path),
            do="save it as CSV UTF-8 (a spreadsheet's plain CSV is often in another code)",
        ) from error
    except csv.Error as error:
        raise DataError(
            f"the file cannot be read as CSV: {error}", expected="a CSV in UTF-8", where=str(path)
        ) from error
