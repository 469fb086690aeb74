"""`doorstep return compare`: which numbers differ between two versions of a month, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import home_option, json_option, report, table
from doorstep.errors import NotWhatItClaimsError, UsageError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.planning.explaining import Reason
    from doorstep.returns.compare import Change

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Say which numbers differ between two versions, and why.")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--all", "everything", is_flag=True, help="Also the cells that only follow from others: rates, copies.")
@home_option
@json_option
def compare(old: Path, new: Path, everything: bool, home: Path | None, as_json: bool) -> int:
    """Say which numbers differ between two versions of a month, and why where the provenance files lie beside them.

    Reasons hold numbers that are not suppressed: keep them with the Place.
    """
    from doorstep.returns.compare import cell_changes, typed_only
    from doorstep.returns.reading import read

    for path in (old, new):
        if not path.is_file():
            raise UsageError("the file is not there", where=str(path))
    changes = cell_changes(read(old), read(new))
    shown = changes if everything else typed_only(changes)
    why = _why(home, old, new)
    told = [{**asdict(c), "reasons": [asdict(r) for r in why.of(c)]} for c in shown]
    report(as_json, {"changes": told, "breaks": why.breaks, "notes": why.notes}, _lines(shown, why))
    return 0


@dataclass(frozen=True)
class _Why:
    """What the provenance files say: reasons by metric and column, breaks in series, and what to know of the files.

    `reasons` is null where there are no files to say so; `names` are those of the extracts, by id.
    """

    reasons: dict[tuple[str, int], tuple[Reason, ...]] | None
    breaks: list[str]
    notes: list[str]
    names: dict[str, str]

    def of(self, change: Change) -> tuple[Reason, ...]:
        """Return the reasons of one changed number."""
        return (self.reasons or {}).get((change.metric, change.column), ())


def _why(home: Path | None, old: Path, new: Path) -> _Why:
    from doorstep.returns.ledger import file_hash
    from doorstep.returns.provenance import files_beside

    beside = {path: files_beside(path)[0] for path in (old, new)}
    missing = [file.name for file in beside.values() if not file.is_file()]
    if missing:
        return _Why(None, [], [f"No reasons: {' and '.join(missing)} not found beside the workbook."], {})
    from doorstep.planning import breaks, explain_change

    told = {path: _provenance(file) for path, file in beside.items()}
    notes = [
        f"{path.name} is not the workbook that {beside[path].name} was written with; its numbers may be others."
        for path, facts in told.items()
        if facts.get("workbook", {}).get("sha256", "") not in ("", file_hash(path))
    ]
    explained = explain_change(Home.find(home), told[old], told[new])
    names = {f["file_id"]: f["name"] for facts in told.values() for f in facts.get("files", ())}
    return _Why({(c.metric, c.column): c.reasons for c in explained}, breaks(told[old], told[new]), notes, names)


def _provenance(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise NotWhatItClaimsError(f"this is no provenance file: {error}", where=str(path)) from error


def _lines(changes: Sequence[Change], why: _Why) -> Iterator[str]:
    yield from why.breaks
    if changes:
        rows = [(c.cell, c.metric, c.kind, c.column_words, str(c.old), str(c.new), _signed(c)) for c in changes]
        yield from table(("Cell", "Metric", "Row", "Column", "Old", "New", "Change"), rows)
    for change in changes:
        yield from (f"{change.cell}: {reason.words(why.names)}" for reason in why.of(change))
        if why.reasons is not None and not why.of(change):
            yield f"{change.cell}: the count is the same; suppression shows or hides it"
    count = "No number differs." if not changes else f"{len(changes)} number{'s' * (len(changes) > 1)} differ."
    yield " ".join([count, *(why.notes if changes else ())])


def _signed(change: Change) -> str:
    return "" if change.difference is None else f"{change.difference:+,}"
