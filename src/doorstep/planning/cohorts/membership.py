"""Who is in a cohort and since when: from the newest run known, from what was frozen, or from the list that arrived."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.errors import DataError, UsageError
from doorstep.home import Home
from doorstep.planning.cohorts.store import COLUMNS, EMPTY, CohortFolder, Run
from doorstep.planning.person_file import LakeView

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

# Entries of one person that overlap are one stay: it begins with the first and ends with the last. An entry that
# begins the day after another ended is a new stay.
_FROM_LIST = """
with entry as (
    select person_id, identified_on, identified_by as source, left_on, left_reason as reason,
           coalesce(left_on, date '9999-12-31') as last_day
    from cohort where cohort_name = $name and person_id is not null and identified_on is not null
), marked as (
    select *, coalesce(identified_on > max(last_day) over earlier, true) as begins
    from entry
    window earlier as (
        partition by person_id order by identified_on, last_day
        rows between unbounded preceding and 1 preceding
    )
), stay as (
    select *, sum(begins::int) over (partition by person_id order by identified_on, last_day) as number from marked
)
select person_id, min(identified_on) as identified_on, arg_min(source, (identified_on, last_day)) as source,
       nullif(max(last_day), date '9999-12-31') as left_on,
       case when max(last_day) < date '9999-12-31' then arg_max(reason, last_day) end as reason
from stay
group by person_id, number
"""


def create_membership(home: Home, lake: LakeView, name: str, *, baseline: bool = False) -> DuckDBPyRelation:
    """Make the temp table `membership(person_id, identified_on, source, left_on, reason)` and return it.

    Stays of one person never overlap; left_on is the last day in the cohort, null while in it. Where the Place runs a
    rule of this name, the newest run known by the lake's date; else the list of this name in the lake. With `baseline`
    the people frozen under it, who are followed whatever happens (left_on null).

    Raises UsageError where there is no such cohort, DataError where its first run came later than the knowledge date.
    """
    con, folder = lake.connection(), CohortFolder.of(home, name)
    if baseline:
        return _keep(con, _frozen_path(folder))
    path = _run_path(folder, lake)
    if path is not None:
        return _keep(con, path)
    con.execute(f"create or replace temp table membership as {_FROM_LIST}", {"name": name})
    if not folder.root.exists() and not con.execute("select 1 from membership limit 1").fetchall():
        raise _unknown(con, name)
    return con.table("membership")


def definition_of(home: Home, lake: LakeView, name: str) -> str:
    """Return the rule (id@version) of the run that a return would use, or that the cohort is a list."""
    run = _newest_run(CohortFolder.of(home, name), lake)
    return str(run.meta["definition"]) if run else "list that was loaded"


def empty(con: DuckDBPyConnection, table: str) -> None:
    """Make an empty membership table."""
    con.execute(f"create or replace temp table {table} as {EMPTY}")


def load(con: DuckDBPyConnection, path: Path, table: str) -> None:
    """Make a temp table of the membership in a file."""
    sql = f"create or replace temp table {table} as select {COLUMNS} from read_parquet($path)"
    con.execute(sql, {"path": str(path)})


def _keep(con: DuckDBPyConnection, path: Path) -> DuckDBPyRelation:
    load(con, path, "membership")
    return con.table("membership")


def _frozen_path(folder: CohortFolder) -> Path:
    if folder.frozen() is None:
        raise UsageError(
            f"the cohort {folder.name} is not frozen",
            expected="a baseline that somebody signed",
            do=f"run `doorstep cohort freeze {folder.name} --signed-by NAME --on DATE`",
        )
    return folder.frozen_file


def _run_path(folder: CohortFolder, lake: LakeView) -> Path | None:
    run = _newest_run(folder, lake)
    if run is not None:
        run.check()
        return run.path
    if runs := folder.runs():
        first = min(run.known_by for run in runs)
        raise DataError(
            f"the first run of cohort {folder.name} used what was known by {first}",
            expected=f"a run known by {lake.known_by}",
            do=f"run `doorstep cohort run {folder.name} --as-at DATE --known-by {lake.known_by}` for an earlier day",
        )
    return None


def _newest_run(folder: CohortFolder, lake: LakeView) -> Run | None:
    known = [run for run in folder.runs() if run.known_by <= lake.known_by]
    return known[-1] if known else None


def _unknown(con: DuckDBPyConnection, name: str) -> UsageError:
    found = [row[0] for row in con.execute("select distinct cohort_name from cohort order by 1").fetchall()]
    return UsageError(
        f"there is no cohort {name}",
        expected=f"one of {', '.join(map(str, found))}" if found else "a rule that was run, or a list that was loaded",
        do="run `doorstep cohort list`; load a list with `doorstep cohort import FILE`",
    )
