"""Freezing a cohort: the people of one day, signed, hashed and never replaced."""

from __future__ import annotations

from datetime import date
from typing import Any

from doorstep import clock
from doorstep.errors import DataError, UsageError
from doorstep.home import Home
from doorstep.planning.cohorts.membership import create_membership
from doorstep.planning.cohorts.store import CohortFolder
from doorstep.planning.definitions import file_hash
from doorstep.planning.person_file import LakeView

# What happens to these people later must not depend on the rule: they are followed, whatever it says of them.
_MEMBERS = """
create or replace temp table cohort_frozen as
select person_id, identified_on, source, null::date as left_on, null::varchar as reason
from membership where identified_on <= $day and (left_on is null or left_on >= $day)
"""


def freeze(home: Home, lake: LakeView, name: str, *, signed_by: str, on: date) -> dict[str, Any]:
    """Freeze the members of a day under a signature; return what was kept.

    Raises UsageError without a signature or for a day to come, DataError where nobody was a member that day or the
    newest run is older than the day, ConfigurationError where the cohort is frozen already.
    """
    if not signed_by.strip():
        raise UsageError("nobody signed", expected="the name and role of who answers for it, in --signed-by")
    if on > min(clock.today(), lake.known_by):
        raise UsageError(f"the day {on} is not known yet", expected=f"a day up to {min(clock.today(), lake.known_by)}")
    folder, con = CohortFolder.of(home, name), lake.connection()
    create_membership(home, lake, name)
    runs = [r for r in folder.runs() if r.known_by <= lake.known_by]
    if runs and runs[-1].as_at < on:
        raise DataError(
            f"the cohort {name} was last run for {runs[-1].as_at}",
            expected=f"a run for {on} or later",
            do=f"run `doorstep cohort run {name} --as-at {on}` first",
        )
    con.execute(_MEMBERS, {"day": on})
    (n_members,) = con.execute("select count(distinct person_id) from cohort_frozen").fetchall()[0]
    if n_members == 0:
        raise DataError(f"nobody was in the cohort {name} on {on}", expected="at least one member to freeze")
    return folder.write_frozen(con, "cohort_frozen", _meta(folder, lake, signed_by, on, n_members))


def _meta(folder: CohortFolder, lake: LakeView, signed_by: str, on: date, n_members: int) -> dict[str, Any]:
    has_rule = folder.definition_file.exists()
    return {
        "cohort": folder.name,
        "on": on.isoformat(),
        "signed_by": signed_by.strip(),
        "frozen_at": clock.now().isoformat(timespec="seconds"),
        "members": n_members,
        "snapshot": lake.snapshot,
        "known_by": lake.known_by.isoformat(),
        "from": folder.definition().label if has_rule else "the list that was loaded",
        "definition_sha256": file_hash(folder.definition_file) if has_rule else "",
    }
