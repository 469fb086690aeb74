"""Who is in a cohort and when, as one temp table: from a cohort run here, else from the Place's own list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.records import Lake

_FROM_LIST = """
create or replace temp table membership as
select person_id, identified_on, coalesce(identified_by, 'list') as source, left_on, left_reason as reason
from cohort where cohort_name = $name
"""

_FROM_FILE = """
create or replace temp table membership as
select person_id, identified_on, source, left_on, reason from read_parquet($file)
"""


def create_membership(home: Home, lake: Lake, name: str) -> None:
    """Make the temp table `membership(person_id, identified_on, source, left_on, reason)` of one cohort."""
    file = home.planning / "cohorts" / name / "membership.parquet"
    if file.exists():
        lake.connection().execute(_FROM_FILE, {"file": str(file)})
    else:
        lake.connection().execute(_FROM_LIST, {"name": name})
