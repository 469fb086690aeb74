"""How the national group, the Place's cohort and its caseload overlap: reported with counts, nobody dropped."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from doorstep.home import Home
from doorstep.planning.cohorts.membership import create_membership
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.derived import group_column
from doorstep.planning.person_file import LakeView, ensure_person_file
from doorstep.planning.shown import Breakdown, Shown, shown

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SIDES = """
create or replace temp table cohort_side as
with local as (
    select distinct person_id from membership where identified_on <= $day and (left_on is null or left_on >= $day)
), cases as (
    select distinct person_id from caseload
    where person_id is not null and is_nnhip and opened_on <= $day and (closed_on is null or closed_on >= $day)
)
select person_id, coalesce(p.in_national_group, false) as is_national, {others}
       local.person_id is not null as is_local, cases.person_id is not null as is_case
from ({person}) as p full join local using (person_id) full join cases using (person_id)
"""

_CHANGES = """
select 'came' as what, 'identified' as why, count(distinct person_id) as n
from membership where identified_on > $since and identified_on <= $day
union all
select 'went', coalesce(reason, 'no reason given'), count(distinct person_id)
from membership where left_on >= $since and left_on < $day group by all
order by all
"""


def overlaps(
    home: Home, lake: LakeView, name: str, *, as_at: date, since: date | None = None
) -> dict[str, dict[str, dict[str, Shown]]]:
    """Return counts of national group, local cohort and caseload on a day, and who came and went since another.

    Shape: name -> split -> part -> count, or `*` where it is small or would give a small one away. `since` is a month
    before `as_at` unless given. The picture national ⊇ local ⊇ caseload is the guide's; where people are outside it,
    they are counted and kept.
    """
    person = ensure_person_file(home, lake, as_at=as_at)
    create_membership(home, lake, name)
    con = lake.connection()
    counts = shipped().group.other_counts
    others = "".join(f"coalesce(p.{group_column(c)}, false) as {group_column(c)}, " for c in counts)
    con.execute(_SIDES.format(others=others, person=person.relation_sql()), {"day": as_at})
    sides = _sides(con)
    for count in counts:
        sides[f"national group by {count}"] = _other(con, group_column(count))
    return shown({**sides, **_changes(con, as_at, since or _month_before(as_at))})


def _count(con: DuckDBPyConnection, condition: str) -> int:
    return int(con.execute(f"select count(*) from cohort_side where {condition}").fetchall()[0][0])


def _split(con: DuckDBPyConnection, side: str, by: str, words: tuple[str, str]) -> dict[str, int]:
    return {words[0]: _count(con, f"{side} and {by}"), words[1]: _count(con, f"{side} and not {by}")}


_NATIONAL, _LOCAL = ("in the national group", "not in it"), ("in the local cohort", "not in it")


def _sides(con: DuckDBPyConnection) -> dict[str, Breakdown]:
    in_local, in_national = ("by local cohort", _LOCAL[0]), ("by national group", _NATIONAL[0])
    by_case = {"by caseload": _split(con, "is_local", "is_case", ("on the caseload", "not on it"))}
    return {
        "national group": Breakdown(
            _count(con, "is_national"), {"by local cohort": _split(con, "is_national", "is_local", _LOCAL)}
        ),
        "local cohort": Breakdown(
            _count(con, "is_local"),
            {"by national group": _split(con, "is_local", "is_national", _NATIONAL), **by_case},
            {in_national: ("national group", *in_local)},
        ),
        "caseload": Breakdown(
            _count(con, "is_case"),
            {
                "by local cohort": _split(con, "is_case", "is_local", _LOCAL),
                "by national group": _split(con, "is_case", "is_national", _NATIONAL),
            },
            {in_local: ("local cohort", "by caseload", "on the caseload")},
        ),
    }


def _other(con: DuckDBPyConnection, column: str) -> Breakdown:
    return Breakdown(_count(con, column), {"by local cohort": _split(con, column, "is_local", _LOCAL)})


def _changes(con: DuckDBPyConnection, as_at: date, since: date) -> dict[str, Breakdown]:
    rows = con.execute(_CHANGES, {"day": as_at, "since": since}).fetchall()
    came = next(n for what, _, n in rows if what == "came")
    went = {why: n for what, why, n in rows if what == "went"}
    splits = {"by reason": went} if went else {}
    return {f"came since {since}": Breakdown(came, {}), f"went since {since}": Breakdown(sum(went.values()), splits)}


def _month_before(day: date) -> date:
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))
