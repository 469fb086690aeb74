"""`doorstep cohort`: define, import, run, check, freeze and list a Place's own cohorts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.cohort_list import KINDS, write_mapping
from doorstep.cli.output import home_option, json_option, known_day, n_of, progress, report, table
from doorstep.cli.population_verbs.shared import count_lines, day, day_options
from doorstep.errors import ConfigurationError, DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.records.loading import LoadReport

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def group() -> None:
    """Define, import, check and freeze cohorts."""


@group.command("define")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@home_option
@json_option
def define_command(file: Path, home: Path | None, as_json: bool) -> int:
    """Check a rule file and keep it as a cohort of this Place.

    A rule takes the place of a loaded list of the same name once it has been run.
    """
    from doorstep.planning import cohorts

    place = Home.find(home)
    place.config()
    made = cohorts.define(place, file)
    kept = cohorts.CohortFolder.of(place, made.id).definition_file
    lines = [
        f"{made.label}: {made.title}",
        f"  rule: {made.rule}",
        f"Kept in {kept}; next: doorstep cohort run {made.id}",
    ]
    report(as_json, {"cohort": made.id, "version": made.version, "rule": made.rule, "path": str(kept)}, lines)
    return 0


@group.command("import", short_help="Load the Place's own list of people.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--received", type=_DAY, help="The day the list arrived (default: today).")
@click.option("--mapping", type=click.Path(path_type=Path), help="A mapping made by `doorstep records map`.")
@click.option("--key", metavar="COLUMN", help="The column of the person's key, where it has a name of its own.")
@click.option(
    "--key-kind",
    type=click.Choice(KINDS),
    default="sender",
    show_default=True,
    help="With --key: the key that your other extracts carry, or the NHS number.",
)
@home_option
@json_option
def import_command(
    file: Path,
    received: datetime | None,
    mapping: Path | None,
    key: str | None,
    key_kind: str,
    home: Path | None,
    as_json: bool,
) -> int:
    """Load the Place's own list of people; it goes through records, as any extract does.

    It needs a key and identified_on. The list is then a cohort under the name in its column cohort_name (`local` where
    it has none).
    """
    from doorstep.records import load, open_lake

    if key and mapping:
        raise UsageError("--key and --mapping are both given", expected="one: a mapping names the key itself")
    place = Home.find(home)
    if key:
        mapping = write_mapping(place, file, key, key_kind)
    try:
        done = load(place, [file], received_on=day(received), profile=None if mapping else "nnhip", mapping=mapping)
    except DataError as error:
        if mapping:
            raise
        name_it = "if the list has a key and identified_on, name the key's column with --key"
        raise DataError(
            error.seen, expected=error.expected, where=error.where, do=f"{name_it}; or {error.do}"
        ) from None
    for refused in done.refused:
        raise DataError(refused.reason, where=refused.name, do="mend the file or its mapping, and import it again")
    _check_is_list(place, done, file)
    with open_lake(place) as lake:
        found = lake.connection().execute(
            "select cohort_name, count(distinct person_id) from cohort group by 1 order by 1"
        )
        rows = [(str(name), _shown(n)) for name, n in found.fetchall()]
    notes = [*done.notes, *(note for one in done.loads for i in one.inputs for note in i.notes)]
    said = "was in the lake already" if done.already else f"is in the lake: {done.n_rows:,} rows"
    lines = [
        *(f"note: {n}" for n in notes),
        *table(("list", "people ever in it"), rows),
        f"{file.name} {said}; see `doorstep records status`.",
    ]
    report(as_json, {"lists": dict(rows), "rows": done.n_rows, "notes": notes}, lines)
    return 1 if notes else 0


def _check_is_list(home: Home, done: LoadReport, file: Path) -> None:
    """Refuse to call a file a list of people that the lake holds as something else."""
    from doorstep.records.files import sha256_of
    from doorstep.records.snapshot import current

    if done.already:
        items = [i for digest, i in current(home).known_files().items() if digest == sha256_of(file)]
    else:
        items = [i for one in done.loads for i in one.inputs]
    for item in items:
        if "cohort" not in item.tables:
            raise NotWhatItClaimsError(
                f"this file is in the lake as {', '.join(item.tables) or item.profile}, and is no list of people",
                expected="a file that fills the table cohort",
                where=str(file),
                do="name the list, or give its --mapping; `doorstep records purge --file` takes a wrong file out",
            )


@group.command("run", short_help="Ask a cohort's rule for a day: who comes, who goes.")
@click.argument("name")
@day_options
@home_option
@json_option
def run_command(name: str, as_at: datetime | None, known_by: datetime | None, home: Path | None, as_json: bool) -> int:
    """Ask a cohort's rule for a day: who comes in, who goes out, and why."""
    from doorstep.planning import cohorts
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        progress("building the person table where it is stale")
        made = cohorts.run(place, lake, name, as_at=day(as_at) or lake.known_by)
    file = cohorts.CohortFolder.of(place, name).membership_file
    counts = {key: _shown(made[key]) for key in ("members", "came", "went")}
    lines = [
        f"{made['definition']} on {made['as_at']}: "
        f"{counts['members']} members, {counts['came']} came, {counts['went']} went",
        f"Membership written to {file}",
    ]
    report(as_json, {**made, **counts, "path": str(file)}, lines)
    return 0


@group.command("check", short_help="Count how group, cohort and caseload overlap.")
@click.argument("name")
@click.option("--since", type=_DAY, help="Who came and went since this day (default: a month before).")
@day_options
@home_option
@json_option
def check_command(
    name: str,
    since: datetime | None,
    as_at: datetime | None,
    known_by: datetime | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Count how the national group, this cohort and the caseload overlap, and who came and went."""
    from doorstep.planning import cohorts
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        progress("building the person table where it is stale")
        asked = day(as_at) or lake.known_by
        found = cohorts.overlaps(place, lake, name, as_at=asked, since=day(since))
    lines = [
        *count_lines(found),
        "",
        "* below 6, or hidden so that one below 6 cannot be worked out.",
        "People outside the larger group are counted and kept: clinicians find people that no rule finds.",
    ]
    report(as_json, {"cohort": name, "as_at": asked, "counts": found}, lines)
    return 0


@group.command("freeze")
@click.argument("name")
@click.option("--signed-by", required=True, help="Who answers for it: name and role.")
@click.option("--on", "on", type=_DAY, required=True, help="The members of this day are frozen.")
@home_option
@json_option
def freeze_command(name: str, signed_by: str, on: datetime, home: Path | None, as_json: bool) -> int:
    """Freeze the members of a day under a signature, for good.

    A rule must have been run for that day or a later one.
    """
    from doorstep.planning import cohorts
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place) as lake:
        kept = cohorts.freeze(place, lake, name, signed_by=signed_by, on=on.date())
    file = cohorts.CohortFolder.of(place, name).frozen_file
    shown = {**kept, "members": _shown(kept["members"])}
    lines = [
        f"{name}: {shown['members']} members of {kept['on']}, signed by {kept['signed_by']}",
        f"Frozen in {file}, SHA-256 {kept['sha256']}",
    ]
    report(as_json, {**shown, "path": str(file)}, lines)
    return 0


@group.command("list", short_help="List the cohorts of this Place.")
@home_option
@json_option
def list_command(home: Path | None, as_json: bool) -> int:
    """List the cohorts of this Place: rules, lists that were loaded, runs and what is frozen."""
    from doorstep.planning import cohorts

    place = Home.find(home)
    place.config()
    lists, notes = _lists(place)
    found = [*(_described(folder) for folder in cohorts.folders(place)), *lists]
    rows = [tuple(str(c[key]) for key in ("name", "from", "last_run", "members", "frozen")) for c in found]
    lines = [
        *table(("cohort", "from", "last run for", "members", "frozen for"), rows),
        *notes,
        f"{n_of(len(rows), 'cohort')}.",
    ]
    report(as_json, {"cohorts": found, "notes": notes}, lines)
    return 1 if notes else 0


def _described(folder: Any) -> dict[str, Any]:
    runs, frozen = folder.runs(), folder.frozen()
    return {
        "name": folder.name,
        "from": folder.definition().label if folder.definition_file.exists() else "list",
        "last_run": runs[-1].as_at if runs else "",
        "members": _shown(runs[-1].meta["members"]) if runs else "",
        "frozen": frozen["on"] if frozen else "",
    }


def _lists(home: Home) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the lists in the lake, and a note where there is no lake to read yet."""
    from doorstep.records import open_lake

    members = "count(distinct person_id) filter (where left_on is null)"
    try:
        with open_lake(home) as lake:
            sql = f"select cohort_name, {members} from cohort group by 1 order by 1"
            rows = lake.connection().execute(sql).fetchall()
    except ConfigurationError as error:
        return [], [f"lists that were loaded are not shown: {error.seen}"]
    kind = {"from": "list that was loaded", "last_run": "", "frozen": ""}
    return [{"name": name, "members": _shown(count), **kind} for name, count in rows], []


def _shown(count: int) -> int | str:
    """Return a count that may leave planning: a star where it is small."""
    from doorstep.reference import policy

    return "*" if count < policy.suppression_threshold else count
