"""Tables that a user brings: opened in one way, with one set of words for what is no such table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from doorstep.errors import DataError, UsageError


@contextmanager
def reading(path: Path) -> Iterator[csv.DictReader[str]]:
    """Read a CSV with a row of headings (UTF-8, with or without a mark of it).

    Raises UsageError where the file is not there or cannot be read, DataError where it is no text in UTF-8 or no CSV.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield csv.DictReader(file)
    except FileNotFoundError as error:
        raise UsageError("there is no such file", where=str(path)) from error
    except OSError as error:
        raise UsageError("the file cannot be read", expected="a CSV in UTF-8", where=str(path)) from error
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


def rows_with(path: Path, needed: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row stands and its cells without blanks around them, by headings in small letters.

    Raises UsageError where a column that is needed is not there, and as `reading` does.
    """
    with reading(path) as reader:
        headings = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = headings
        missing = [name for name in needed if name not in headings]
        if missing:
            there = ", ".join(name for name in headings if name) or "none"
            raise UsageError(
                f"no column {', '.join(missing)}; its columns are {there}",
                expected=f"a CSV with {', '.join(needed)}", where=str(path),
            )  # fmt: skip
        for n, row in enumerate(reader, start=2):
            yield f"{path} row {n}", {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}
