"""`doorstep records`: map, load and look after extracts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import home_option, json_option, known_day, n_of, progress, report, table
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.records.loading import LoadReport

NOTES = 1
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_MONTH = click.DateTime(formats=["%Y-%m", "%Y-%m-%d"])


class _RecordsGroup(click.Group):
    """Brings in `map` from its own file only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["map", *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "map":
            return super().get_command(ctx, cmd_name)
        from doorstep.cli.records_map import map_command

        return map_command


@click.group(cls=_RecordsGroup)
def group() -> None:
    """Map, load and look after extracts."""


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


@group.command("load", short_help="Load files or deliveries and publish a snapshot.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--received", type=_DAY, help="The day the files arrived (default: delivery.toml, else today).")
@click.option("--profile", help="Read the files with this profile, whatever their names say.")
@click.option("--mapping", type=click.Path(path_type=Path), help="Read the files with this mapping file.")
@home_option
@json_option
def load_command(
    paths: tuple[Path, ...],
    received: datetime | None,
    profile: str | None,
    mapping: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Load files, delivery folders or a folder of deliveries; publish a snapshot or change nothing.

    Exit code: 0, also with notes on single files; 1 where a file was refused or the whole load has a note.
    """
    from doorstep import records

    found = records.load(
        Home.find(home), paths, received_on=_day(received), profile=profile, mapping=mapping, say=progress
    )
    report(as_json, _load_result(found), _load_lines(found))
    return NOTES if found.refused or found.notes or any(i.notes for x in found.loads for i in x.inputs) else 0


def _load_result(found: LoadReport) -> dict[str, Any]:
    return {
        "snapshot": found.snapshot,
        "loads": [
            {"load_id": x.load_id, "received_on": x.received_on, "files": [asdict(i) for i in x.inputs]}
            for x in found.loads
        ],
        "rows": found.n_rows,
        "already_loaded": list(found.already),
        "refused": [asdict(r) for r in found.refused],
        "notes": list(found.notes),
        "swept": list(found.swept),
    }


def _load_lines(found: LoadReport) -> list[str]:
    from doorstep.records.notes import by_kind

    files = [i for x in found.loads for i in x.inputs]
    lines = [f"refused {r.name}: {r.reason}" for r in found.refused]
    lines += [f"note: {note}" for note in [*by_kind(files), *found.notes]]
    if found.swept:
        lines.append(f"removed what an earlier load or purge left behind ({len(found.swept)} folders or files)")
    if found.already:
        lines.append(f"{n_of(len(found.already), 'file')} in the lake already: nothing changes")
    if not found.loads:
        return [*lines, f"nothing new; the snapshot is still {found.snapshot[:12]}"]
    rows = f"{n_of(found.n_rows, 'row')} of {n_of(len(files), 'file')} in {n_of(len(found.loads), 'load')}"
    return [*lines, f"read {rows}; published snapshot {found.snapshot[:12]}; see `doorstep records status`"]


@group.command("opt-outs", short_help="Load the list of those who have NOT opted out.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dated", type=_DAY, required=True, help="The day the checking service returned the list.")
@home_option
@json_option
def opt_outs_command(path: Path, dated: datetime, home: Path | None, as_json: bool) -> None:
    """Load the checking service's cleaned list: the keys of those who have NOT opted out."""
    from doorstep.records.opt_outs import load_cleaned_list
    from doorstep.records.snapshot import current

    where = Home.find(home)
    done = load_cleaned_list(where, path, dated=dated.date())
    name, n = current(where).hash, done.inputs[0].n_rows if done else 0
    line = f"cleaned list of {dated:%Y-%m-%d}: {n:,} people have not opted out; published snapshot {name[:12]}"
    result = {"snapshot": name, "people": n, "already_loaded": done is None}
    report(as_json, result, [line if done else f"this list is in the lake already; the snapshot is still {name[:12]}"])


@group.command("status", short_help="Say file by file what became of every row.")
@click.option("--known-by", type=_DAY, help="As known by this day (default: today).")
@home_option
@json_option
def status_command(known_by: datetime | None, home: Path | None, as_json: bool) -> int:
    """Say file by file what became of every row, and how many people are withheld."""
    from doorstep import clock
    from doorstep.records import purposes, snapshot, status

    where, day = Home.find(home), known_day(_day(known_by)) or clock.today()
    files = status.files(where, day)
    withheld = status.withheld_people(where, day)
    problems = purposes.problems(where, clock.today())
    published = snapshot.current(where)
    result = {
        "snapshot": published.hash,
        "known_by": day,
        "files": [{"name": f.file.name, "file_id": f.file.file_id, "received_on": f.received_on, "rows": f.n_rows,
                   "table": f.file.tables[0] if f.file.tables else "", "outcomes": f.counts} for f in files],
        "withheld": [asdict(w) for w in withheld],
        "purposes": problems,
        "purges": [asdict(p) for p in published.purges],
    }  # fmt: skip
    lines = [*_file_lines(files), *_withheld_lines(withheld)]
    lines += [f"note: {problem}" for problem in problems.values()]
    lines += [f"purged on {p.purged_on}: {p.n_rows:,} rows ({p.reason})" for p in published.purges]
    lines.append(f"{n_of(len(files), 'file')} known by {day}; snapshot {published.hash[:12]}; every file adds up")
    report(as_json, result, lines)
    return 0


_HEADS = {
    "loaded": "loaded",
    "loaded_with_warning": "warning",
    "refused": "refused",
    "exact_duplicate": "duplicate",
    "superseded": "superseded",
    "withheld": "withheld",
    "out_of_scope": "out of scope",
    "unlinked": "unlinked",
}


def _file_lines(files: list[Any]) -> list[str]:
    rows = [(f.file.name, str(f.received_on), f.n_rows, *(f.counts[o] for o in _HEADS)) for f in files]
    return table(["file", "received", "rows", *_HEADS.values()], rows) if rows else ["nothing has been loaded"]


def _withheld_lines(withheld: list[Any]) -> list[str]:
    if not withheld:
        return []
    rows = [(w.flow, w.breakdown, w.group, w.withheld, w.people, w.reason) for w in withheld]
    return ["", *table(["flow", "by", "group", "withheld", "people", "why"], rows), ""]


@group.command("quarantine", short_help="Say why rows were not loaded as they came.")
@click.option("--file", "file", help="Only files whose name begins with this (or one file id).")
@home_option
@json_option
def quarantine_command(file: str | None, home: Path | None, as_json: bool) -> None:
    """Say why rows were not loaded as they came: reasons and counts, no identifiers."""
    from doorstep.records import status

    where = Home.find(home)
    rows = status.quarantine(where, file)
    result = {"rows": [dict(zip(("file", "outcome", "reason", "rows"), row, strict=True)) for row in rows]}
    lines = table(["file", "outcome", "reason", "rows"], rows) if rows else []
    total = sum(n for *_, n in rows)
    report(as_json, result, [*lines, f"{total:,} rows with a reason; rows that wait are kept in {where.quarantine}"])


@group.command("verify", short_help="Read every byte of the lake again.")
@home_option
@json_option
def verify_command(home: Path | None, as_json: bool) -> int:
    """Read every byte of the lake again and compare it with what the snapshots say."""
    from doorstep.records import status

    where = Home.find(home)
    snapshot, wrong = status.verify(where)
    n_files = sum(len(x.parts) for x in snapshot.loads)
    result = {"snapshot": snapshot.hash, "files": n_files, "faults": wrong, "reproducibility_lost": list(snapshot.lost)}
    good = f"{n_files} files of snapshot {snapshot.hash[:12]} (and of those before it) are what they claim to be"
    report(as_json, result, [f"fault: {w}" for w in wrong] or [good])
    return 5 if wrong else 0


@group.command("purge")
@click.option("--person", help="A person's pseudonym, NHS number or sender's key.")
@click.option("--practice", help="All rows of a practice or provider (ODS code).")
@click.option("--file", "file", help="All rows of one file (its id: see `records status --json`).")
@click.option("--before", type=_DAY, help="All activity dated before this day.")
@click.option("--reason", required=True, help="Why; kept with the tombstone. Write no identifier in it.")
@home_option
@json_option
def purge_command(
    person: str | None,
    practice: str | None,
    file: str | None,
    before: datetime | None,
    reason: str,
    home: Path | None,
    as_json: bool,
) -> None:
    """Remove rows from every snapshot and leave a tombstone."""
    from doorstep.records import purge, snapshot

    where = Home.find(home)
    done = purge.purge(where, purge.What(person, practice, file, _day(before)), reason=reason)
    name = snapshot.current(where).hash
    line = f"purged {done.n_rows:,} rows; figures from earlier snapshots can no longer be built again"
    report(as_json, {"snapshot": name, **asdict(done)}, [f"{line}; published snapshot {name[:12]}"])


@group.command("completeness", short_help="Compare each provider's month with its usual.")
@click.option("--month", type=_MONTH, required=True, help="The month, such as 2026-07.")
@click.option("--known-by", type=_DAY, help="As known by this day (default: today).")
@click.option("--all", "is_all", is_flag=True, help="Print small providers that sent what is expected too.")
@home_option
@json_option
def completeness_command(
    month: datetime, known_by: datetime | None, is_all: bool, home: Path | None, as_json: bool
) -> int:
    """Compare what each provider sent for a month with what it usually sends.

    Prints providers with 10% or more of a table's rows, and those that are short of what is expected or silent.
    """
    from doorstep import records

    with records.open_lake(Home.find(home), known_by=known_day(_day(known_by))) as lake:
        rows = records.completeness(lake.connection(), month.date())
        reasons = records.stop_reasons(lake.connection(), month.date())
        snapshot, known = lake.snapshot, lake.known_by
    result = {"snapshot": snapshot, "known_by": known, "rows": [asdict(r) for r in rows], "stop_reasons": reasons}
    printed = [r for r in rows if is_all or r.is_notable]
    shown = [
        (r.table, r.provider, r.n_rows, "-" if r.expected is None else f"{r.expected:,.0f}", f"{r.share:.0%}",
         str(r.last_activity_on or "-"), "final" if r.is_final else "provisional",
         " ".join(f"{c} {v:.0%}" for c, v in r.coded.items()))
        for r in printed
    ]  # fmt: skip
    heads = ["table", "provider", "rows", "expected", "share", "last activity", "state", "filled in"]
    stops = [f"a return would stop: {reason}" for reason in reasons]
    end = f"{len(rows)} providers for {month:%B %Y}, known by {known}; {len(reasons)} reasons to stop a return"
    report(as_json, result, [*table(heads, shown), *_rest(len(rows) - len(printed)), *stops, end])
    return NOTES if reasons else 0


def _rest(n: int) -> list[str]:
    if not n:
        return []
    who = "1 more provider has" if n == 1 else f"{n} more providers have each"
    return [f"{who} under 10% of the rows of a table and sent what is expected: `--all` prints them too"]
