"""The baseline cohort: who was in it on one day, followed from then until death or leaving the Place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from doorstep.home import Home
from doorstep.planning.choices import Effective
from doorstep.planning.cohorts import CohortFolder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Leaving for another reason than death or a move does not end the follow-up: that would follow the rule, not people.
_FROM_MEMBERSHIP = """
create or replace temp table baseline as
select person_id, identified_on, case when reason in ('died', 'moved') then left_on end as left_on
from membership where identified_on < $day and coalesce(left_on >= $day, true)
"""

_FROM_FROZEN = """
create or replace temp table baseline as
select f.person_id, f.identified_on, m.left_on
from read_parquet($file) f
left join membership m on m.person_id = f.person_id and m.reason in ('died', 'moved') and m.left_on >= $day
"""


def create_baseline(con: DuckDBPyConnection, home: Home, cohort: str, choices: Effective) -> Effective:
    """Make the temp table `baseline(person_id, identified_on, left_on)`; return the choices with its day.

    The people frozen under a signature where the cohort is frozen, else the members of `choices.baseline_on`.
    """
    folder = CohortFolder.of(home, cohort)
    frozen = folder.frozen()
    if frozen is None:
        con.execute(_FROM_MEMBERSHIP, {"day": choices.baseline_on})
        return choices
    day = date.fromisoformat(frozen["on"])
    con.execute(_FROM_FROZEN, {"file": str(folder.frozen_file), "day": day})
    return replace(choices, baseline_on=day)


def members_of(con: DuckDBPyConnection, day: date) -> None:
    """Make `baseline` from the membership of a day, where there is no home (a notebook, a test)."""
    con.execute(_FROM_MEMBERSHIP, {"day": day})
