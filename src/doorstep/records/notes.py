"""Notes on files, said once for each kind of file: twelve months of one extract repeat them twelve times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.records.reading.source import stem_of

if TYPE_CHECKING:
    from doorstep.records.snapshot import Input

_COUNTED = re.compile(r"([\d,]+) (row|slot)s?\b(.*)", re.DOTALL)


def by_kind(files: Iterable[Input]) -> list[str]:
    """Return the notes of all files, equal ones together with their counts added up.

    `APCS (3 files): 154 rows: Admission_Method is not a code of admission_method`; a note on one file names the file.
    """
    found: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for file in files:
        kind = stem_of(Path(file.name)) or file.name
        for note in file.notes:
            counted = _COUNTED.fullmatch(note)
            what, words = (counted[2], counted[3]) if counted else ("", note)
            n = int(counted[1].replace(",", "")) if counted else 0
            found.setdefault((kind, what, words), []).append((file.name, n))
    return [f"{_files(kind, seen)}: {_said(what, words, seen)}" for (kind, what, words), seen in found.items()]


def _files(kind: str, seen: Sequence[tuple[str, int]]) -> str:
    return seen[0][0] if len(seen) == 1 else f"{kind} ({len(seen)} files)"


def _said(what: str, words: str, seen: Sequence[tuple[str, int]]) -> str:
    total = sum(n for _, n in seen)
    return f"{total:,} {what}{'' if total == 1 else 's'}{words}" if what else words
