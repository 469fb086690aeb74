"""The ledger as pages need it: each version of each month, and what differs between two, with breaks where known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstep.errors import DataError
from doorstep.planning import series
from doorstep.returns.figures import COLUMNS
from doorstep.returns.ledger import Entry
from doorstep.returns.printed import LINE_IDS

Line = tuple[int | str, ...]

# What a version's provenance tells about breaks; the rest stays in its file, which holds numbers before suppression.
_FACTS = ("choices", "definitions", "cohort", "metric_set", "baseline_on", "place_definition")


@dataclass(frozen=True)
class LineChange:
    """One printed number that differs between two versions of a month."""

    line: str
    column: int
    old: int | str
    new: int | str

    @property
    def column_words(self) -> str:
        """The column's name, such as `Age Group 40-49`."""
        breakdown, value = COLUMNS[self.column]
        return value if breakdown == value else f"{breakdown} {value}"

    @property
    def difference(self) -> int | None:
        """New less old, where both are shown."""
        return self.new - self.old if isinstance(self.old, int) and isinstance(self.new, int) else None


def line_changes(old: Mapping[str, Line], new: Mapping[str, Line]) -> list[LineChange]:
    """Return the printed numbers that differ, in the order of the return."""
    return [
        LineChange(line, column, before, after)
        for line in LINE_IDS
        if line in old and line in new
        for column, (before, after) in enumerate(zip(old[line], new[line], strict=True))
        if before != after
    ]


def breaks_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what two versions were made with that differs; nothing where either's provenance is not known."""
    return series.breaks(old, new) if old and new else []


def provenance_in(folders: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Return what the provenance files of some folders tell about breaks, by the SHA-256 of their workbook."""
    found = {}
    for path in (file for folder in folders for file in sorted(folder.glob("*.provenance.json"))):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            found[str(told["workbook"]["sha256"])] = _plain(told)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                "this is no provenance file of a return",
                expected="a file as `doorstep return build` wrote it",
                where=str(path),
                do="take it out of the folder, or build the return again",
            ) from error
    return found


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts, without any total: a choice comes with the total under every other option."""
    kept = {name: told[name] for name in _FACTS if name in told}
    kept["choices"] = [{"id": c["id"], "option": c["option"]} for c in told.get("choices", ())]
    kept["definitions"] = [{k: d.get(k) for k in ("metric", "ref", "sha256")} for d in told.get("definitions", ())]
    cohort = told.get("cohort", {})
    kept["cohort"] = {k: cohort[k] for k in ("name", "definition") if k in cohort}
    kept["place_definition"] = {"hash": told.get("place_definition", {}).get("hash")}
    return kept


def numbered(entries: Iterable[Entry]) -> Iterator[tuple[int, Entry, str]]:
    """Yield each version built, oldest first, with its number within its month and the day it was sent (or nothing)."""
    rows = list(entries)
    sent = {entry.sha256: entry.at[:10] for entry in rows if entry.event == "sent"}
    counts: dict[str, int] = {}
    for entry in rows:
        if entry.event == "built":
            counts[entry.month] = counts.get(entry.month, 0) + 1
            yield counts[entry.month], entry, sent.get(entry.sha256, "")
