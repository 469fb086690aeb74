"""Who the people are: one row a person, where they lived when, and with which practice.

Several records can speak of one person (two practices, the Place's cohort list, community and hospital care). Rules
decide which of them is believed (`engine.who`); everything else in planning reads the three tables made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from doorstep.planning.engine.who import SOURCES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_people(
    con: DuckDBPyConnection, *, ethnicity_order: Sequence[str] = SOURCES, wanted: str | None = None
) -> None:
    """Make the temp tables `people`, `residence` and `registration` from the lake tables that `con` sees.

    `wanted` is a query of the person_ids to make them for; without it, for everyone.

    - `people(person_id, birth_on, birth_precision, sex, ethnicity, ethnicity_source, died_on)`: one row for everyone
      in a person or cohort row. The finest birth date is believed, else the first known of gp, cohort, community,
      hospital, and of one source the newest row. Z, 99 and codes outside the 16 categories are not known (null).
      Where no person row has an ethnicity, the latest visit to a hospital has it; of several that day the letter last
      in the alphabet.
      A death is taken from discharge method 4 only where no person row has one.
    - `residence(person_id, lsoa21, from_on, to_on)`: intervals that do not overlap, both ends included, from the
      first source that has any LSOA. A move to an unknown home ends the interval before it.
    - `registration(person_id, practice, from_on, to_on)`: both ends included; a person can have two at once.

    Open ends are 0001-01-01 and 9999-12-31. Raises UsageError where `ethnicity_order` names no source.
    """
    from doorstep.planning.engine.duck import only_some, run_steps
    from doorstep.planning.engine.sources import LakeTables
    from doorstep.planning.engine.who import people_steps, record_steps

    source = only_some(con, LakeTables(), wanted) if wanted else LakeTables()
    run_steps(
        con, (*record_steps(source, ethnicity_order), *people_steps()), keep=("people", "residence", "registration")
    )
    con.execute("create or replace temp table people_are_whole as select ($whole) as whole", {"whole": not wanted})


def ensure_people(con: DuckDBPyConnection) -> None:
    """Make the tables of `create_people` for everyone, where this connection has none or only some people's."""
    made = con.execute("select 1 from duckdb_tables() where temporary and table_name = 'people_are_whole'").fetchall()
    if not made or con.execute("select not whole from people_are_whole").fetchall()[0][0]:
        create_people(con)
