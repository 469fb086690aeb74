"""`doorstep return`: build, check, collate, compare, timetable and ledger of the monthly return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doorstep import clock
from doorstep.cli.collating import collate
from doorstep.cli.comparing import compare
from doorstep.cli.output import home_option, json_option, known_day, progress, report, table
from doorstep.errors import ConfigurationError, UsageError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.reference.policy import TimetableRow
    from doorstep.returns.faults import Fault
    from doorstep.returns.ledger import Entry
    from doorstep.returns.producing import Order, Produced
    from doorstep.returns.sending import Sending

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)


def _month(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return the first day of a month such as 2026-07."""
    try:
        return None if value is None else date.fromisoformat(f"{value}-01")
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a month such as 2026-07", ctx, param) from error


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return a day such as 2026-09-30."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a day such as 2026-09-30", ctx, param) from error


@click.group()
def group() -> None:
    """Build, check, collate, compare and log the monthly return."""


group.add_command(collate)
group.add_command(compare)


@group.command()
@click.option("--place", default=None, help="The Place (default: the home's).")
@click.option("--month", metavar="YYYY-MM", callback=_month, required=True, help="The month of the activity.")
@click.option("--cohort", default="local", show_default=True, help="Whose activity is counted; see `cohort list`.")
@click.option(
    "--known-by",
    metavar="YYYY-MM-DD",
    callback=_day,
    default=None,
    help="Count what had arrived by this day (default: today).",
)
@click.option("--out", type=FILE, default=None, help="The workbook to write (default: `PLACE YYYY-MM.xlsx` here).")
@click.option(
    "--template", type=FILE, default=None, help="Fill this official template v1.2 instead of writing our own."
)
@click.option(
    "--suppression",
    type=click.Choice(["primary", "secondary"]),
    default="primary",
    show_default=True,
    help="primary: numbers below 6, as the guide asks; secondary: also what would give these away.",
)
@click.option("--unsuppressed", type=FILE, default=None, help="Write a copy with every number, in another folder.")
@click.option(
    "--set",
    "metric_set",
    type=click.Choice(["guide", "centre"]),
    default="guide",
    show_default=True,
    help="guide: the Measurement Guide's rules; centre: those of the Centre's own baseline, to compare.",
)
@click.option("--accept-incomplete", metavar="REASON", default=None, help="Go on though a main provider sent nothing.")
@home_option
@json_option
def build(
    place: str | None,
    month: date,
    cohort: str,
    known_by: date | None,
    out: Path | None,
    template: Path | None,
    suppression: str,
    unsuppressed: Path | None,
    metric_set: str,
    accept_incomplete: str | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Build a month's return, check it, and enter it in the ledger.

    Exit code: 0, 1 where the check has notes, 4 where it has faults.
    """
    from doorstep.planning import build_return
    from doorstep.records.snapshot import check_bytes, current
    from doorstep.returns.faults import exit_code
    from doorstep.returns.producing import Order, produce

    where = Home.find(home)
    name = _place_name(where, place)
    order = Order(out or Path(f"{name.strip()} {month:%Y-%m}.xlsx"), suppression, template, unsuppressed)  # type: ignore[arg-type]
    check_bytes(where, current(where))  # a number that leaves the Place never comes from a damaged file
    progress(f"counting {month:%B %Y}")
    built = build_return(
        where,
        place=name,
        month=month,
        known_by=known_day(known_by) or clock.today(),
        cohort=cohort,
        metric_set=metric_set,
        accept_incomplete=accept_incomplete,
    )
    progress("suppressing and writing")
    produced = produce(where, built.figures, built.provenance, order)
    _report_build(as_json, where, name, month, order, produced, metric_set)
    return exit_code(produced.faults)


def _place_name(home: Home, place: str | None) -> str:
    from doorstep.returns.writing import official_name

    own = str(home.config().get("place", ""))
    if not (place or own):
        raise ConfigurationError(
            "no Place is set", where=str(home.config_file), do='write place = "NAME" there, or give --place'
        )
    return official_name(place or own)


def _report_build(
    as_json: bool, home: Home, place: str, month: date, order: Order, produced: Produced, metric_set: str
) -> None:
    from doorstep.returns.sending import due, sending

    how = sending(place, month, home.config())
    notes = list(produced.notes)
    if metric_set != "guide":
        notes.append("counted by the Centre's own rules: to compare, not to send")
    result = {
        "place": place,
        "month": f"{month:%Y-%m}",
        "files": [str(path) for path in produced.files],
        "suppression": produced.suppressed.sentence,
        "faults": [asdict(fault) for fault in produced.faults],
        "notes": notes,
        "sha256": produced.entry.sha256,
        "send_to": how.address,
        "subject": how.subject,
    }
    report(as_json, result, _build_lines(order, produced, notes, how, due(month)))


def _build_lines(
    order: Order, produced: Produced, notes: Sequence[str], how: Sending, due_lines: Sequence[str]
) -> Iterator[str]:
    yield f"Suppressed ({order.method}): {produced.suppressed.sentence}"
    yield from (f"note: {note}" for note in notes)
    yield from _fault_lines(produced.faults)
    yield ""
    yield from (f"Wrote     {path}" for path in produced.files)
    yield from how.lines(order.out.name)
    yield from due_lines
    yield f'When sent: doorstep return ledger --sent "{order.out}"'


def _fault_lines(faults: Sequence[Fault]) -> Iterator[str]:
    yield from (fault.line() for fault in faults)
    n_faults = sum(fault.severity == "fault" for fault in faults)
    yield f"Checked: {_n(n_faults, 'fault')}, {_n(len(faults) - n_faults, 'note')}"


def _n(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


@group.command(short_help="Check workbooks, one line a finding.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option(
    "--month", metavar="YYYY-MM", callback=_month, default=None, help="The month collected: any other is a fault."
)
@click.option("--previous", multiple=True, type=FILE, help="The Place's return of the month before, to compare totals.")
@json_option
def check(paths: tuple[Path, ...], month: date | None, previous: tuple[Path, ...], as_json: bool) -> int:
    """Check workbooks, one line a finding with sheet and cell; a folder means every workbook in it.

    Exit code: 0 clean, 1 notes only, 4 faults, 5 a file is no workbook.
    """
    from doorstep.returns.checking import check as check_files
    from doorstep.returns.faults import exit_code

    files = [file for path in paths for file in _workbooks(path)]
    faults = check_files(files, month, previous)
    result = {"files": [str(file) for file in files], "findings": [asdict(fault) for fault in faults]}
    report(as_json, result, [*_fault_lines(faults), f"Read {_n(len(files), 'file')}; nothing was written."])
    return exit_code(faults)


def _workbooks(path: Path) -> list[Path]:
    """Return the file, or the files of a folder that could be returns (Office's lock files left out)."""
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods"))
    files = [p for p in found if not p.name.startswith(("~$", "."))]
    if not files:
        raise UsageError("the folder holds no workbook", expected="at least one .xlsx", where=str(path))
    return files


@group.command(short_help="Show when returns are due.")
@click.option("--month", metavar="YYYY-MM", callback=_month, default=None, help="One month only.")
@json_option
def timetable(month: date | None, as_json: bool) -> int:
    """Show when returns are due, with bank holidays and where the guide disagrees with itself."""
    from doorstep.reference import policy

    rows = (policy.timetable_row(month),) if month else policy.timetable()
    result = {
        "months": [{**asdict(row), "warnings": list(row.bank_holiday_warnings)} for row in rows],
        "note": policy.timetable_note(),
    }
    report(as_json, result, _timetable_lines(rows, policy.timetable_note()))
    return 1 if any(row.bank_holiday_warnings for row in rows) else 0


def _timetable_lines(rows: Sequence[TimetableRow], note: str) -> Iterator[str]:
    heads = ("Month", "First window", "Quality report", "Second window", "Final report")
    dates = [(r.first_submission, r.quality_report, r.second_submission, r.final_report) for r in rows]
    cells = [(f"{r.month:%b %Y}", *(f"{day:%a %d %b %Y}" for day in days)) for r, days in zip(rows, dates, strict=True)]
    yield from table(heads, cells)
    for row in rows:
        yield from (f"note: {row.month:%B %Y}: {warning}" for warning in row.bank_holiday_warnings)
    yield f"note: {note}"


@group.command(short_help="List the returns built and sent, or enter one as sent.")
@click.option("--sent", type=FILE, default=None, help="Enter that this workbook was sent.")
@click.option(
    "--on",
    "sent_on",
    metavar="YYYY-MM-DD",
    callback=_day,
    default=None,
    help="With --sent: the day it went (default: now).",
)
@click.option("--note", default="", help="With --sent: a note to keep.")
@home_option
@json_option
def ledger(sent: Path | None, sent_on: date | None, note: str, home: Path | None, as_json: bool) -> int:
    """List the returns built and sent here, or enter that one was sent."""
    from doorstep.returns.ledger import Ledger

    if sent is None and (sent_on or note):
        raise UsageError("--on and --note go with --sent", expected="the workbook that was sent")
    where = Home.find(home)
    where.config()
    book = Ledger.of(where)
    if sent is not None:
        entry = book.mark_sent(sent, sent_on, note)
        report(
            as_json, asdict(entry), [f"Entered   {entry.place.strip()}, {entry.month}: {entry.file} sent {entry.at}"]
        )
        return 0
    entries = book.entries()
    report(as_json, {"entries": [asdict(entry) for entry in entries]}, _ledger_lines(entries, book.path))
    return 0


def _ledger_lines(entries: Sequence[Entry], path: Path) -> Iterator[str]:
    if not entries:
        yield "No return was built here yet."
        return
    heads = ("Month", "Place", "What", "When", "File", "SHA-256", "Suppression", "Note")
    rows = [(e.month, e.place.strip(), e.event, e.at, e.file, e.sha256[:12], e.suppression, e.note) for e in entries]
    yield from table(heads, rows)
    yield f"{_n(len(entries), 'row')}, unbroken, in {path}"
