"""From figures to a return that can be sent: suppressed, written, read back, checked, and entered in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstep import clock
from doorstep.errors import DataError, UsageError
from doorstep.home import Home
from doorstep.returns.checking import check
from doorstep.returns.faults import Fault
from doorstep.returns.figures import COLUMNS, Figures
from doorstep.returns.filling import fill
from doorstep.returns.layout import Kind, Spot
from doorstep.returns.ledger import Entry, Ledger, file_hash
from doorstep.returns.paths import replacing
from doorstep.returns.printed import NOTHING_HIDDEN, PATIENTS, Line, Suppressed, printed_lines
from doorstep.returns.provenance import write_provenance
from doorstep.returns.reading import read
from doorstep.returns.suppression import Method, apply_suppression, worked_out_cells
from doorstep.returns.writing import official_name, write


@dataclass(frozen=True)
class Order:
    """What to write: `out`, filled from `template` where one is given, and a copy with every number where asked for.

    Raises UsageError where the names would put one file over another, or the full copy beside the one to be sent.
    """

    out: Path
    method: Method = "primary"
    template: Path | None = None
    unsuppressed: Path | None = None

    def __post_init__(self) -> None:
        if self.out.suffix.lower() != ".xlsx":
            raise UsageError(f"the name ends in {self.out.suffix or 'nothing'}", expected=".xlsx", where=str(self.out))
        if self.template is not None and self.template.resolve() == self.out.resolve():
            raise UsageError(
                "the filled file would replace the template", where=str(self.out), do="choose another --out"
            )
        for path in (self.out, self.unsuppressed):
            if path is not None and not path.resolve().parent.is_dir():
                raise UsageError("the folder is not there", where=str(path.parent), do="make it, or name another")
        if self.unsuppressed is not None and self.unsuppressed.resolve().parent == self.out.resolve().parent:
            raise UsageError(
                "the copy with every number would lie beside the file to be sent",
                expected="another folder",
                where=str(self.unsuppressed),
                do="name a folder that only you can read, so that the wrong file is not attached",
            )


@dataclass(frozen=True)
class Produced:
    """What was written, what the check found, and what to know about suppression."""

    files: tuple[Path, ...]
    suppressed: Suppressed
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    entry: Entry


def produce(home: Home, figures: Figures, provenance: Mapping[str, Any], order: Order) -> Produced:
    """Write a return and everything that goes with it, and enter it in the ledger.

    Raises DataError where the figures break their own rules or the file read back holds other numbers.
    """
    ledger, place = Ledger.of(home), official_name(figures.place)
    earlier = ledger.sent_versions(place, figures.month)
    waiting = ledger.unsent(place, figures.month)
    suppressed = apply_suppression(figures, order.method, earlier)
    _workbook(figures, suppressed, order)
    sha256 = file_hash(order.out)
    told = _told(printed_lines(figures, suppressed), suppressed, earlier)
    with_file = {**provenance, "workbook": {"file": order.out.name, "sha256": sha256}, "suppression": told}
    written = [order.out, *write_provenance(order.out, with_file)]
    if order.unsuppressed is not None:
        write(figures, NOTHING_HIDDEN, order.unsuppressed, mode=0o600)
        written.append(order.unsuppressed)
    entry = ledger.add(_entry(figures, provenance, suppressed, order.out, sha256))
    faults = tuple(check([order.out], figures.month))
    notes = (*map(str, provenance.get("warnings", ())), *_notes(figures, len(waiting)))
    return Produced(tuple(written), suppressed, faults, notes, entry)


def _workbook(figures: Figures, suppressed: Suppressed, order: Order) -> None:
    """Write the workbook under another name, read it back, and only then give it its own."""
    with replacing(order.out) as temporary:
        if order.template is None:
            write(figures, suppressed, temporary)
        else:
            fill(order.template, figures, suppressed, temporary)
        back = read(temporary)
        same_head = (back.place, back.month) == (official_name(figures.place), figures.month)
        if not same_head or back.lines != printed_lines(figures, suppressed):
            raise DataError("the workbook read back holds other numbers than were written", where=str(order.out))


def _told(lines: Mapping[str, Line], suppressed: Suppressed, earlier: Sequence[Mapping[str, Line]]) -> dict[str, Any]:
    """Return what was hidden, and every hidden number that a reader can work out: cell, line, column, value."""
    exact = worked_out_cells(lines, earlier)
    return {
        "method": suppressed.method,
        "result": suppressed.sentence,
        "suppressed_cells": len(suppressed.hidden),
        "can_be_worked_out": [_exact_cell(line, column, value) for (line, column), value in sorted(exact.items())],
    }


def _exact_cell(line: str, column: int, value: int) -> dict[str, Any]:
    spot = Spot("O1a", Kind.PATIENTS, column) if line == PATIENTS else Spot(line, Kind.COUNT, column)
    return {"cell": spot.address, "line": line, "column": " ".join(dict.fromkeys(COLUMNS[column])), "value": value}


def _entry(figures: Figures, provenance: Mapping[str, Any], suppressed: Suppressed, out: Path, sha256: str) -> Entry:
    metric_set = provenance.get("metric_set", "guide")
    return Entry(
        event="built",
        place=official_name(figures.place),
        month=f"{figures.month:%Y-%m}",
        file=out.name,
        sha256=sha256,
        at=f"{clock.now():%Y-%m-%dT%H:%M:%SZ}",
        snapshot=str(provenance.get("snapshot", "")),
        run_id=str(provenance.get("run_id", "")),
        suppression=suppressed.method,
        note="" if metric_set == "guide" else f"metric set {metric_set}: to compare, not to send",
        lines=printed_lines(figures, suppressed),
    )


def _notes(figures: Figures, n_unsent: int) -> list[str]:
    notes = []
    if n_unsent:
        notes.append(
            f"earlier builds of this month not marked as sent: {n_unsent}; what readers of them know was left out. "
            "If one was sent, say so with `doorstep return ledger --sent FILE` and build again"
        )
    if not figures.caseload_line:
        notes.append("the caseload (P1) is not broken down; its columns E to Z hold *")
    return notes
