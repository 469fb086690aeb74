"""Whom a reading counts: everybody of the person table who is alive and registered with the Place, of any age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.errors import UsageError
from doorstep.planning.definitions import Definition
from doorstep.planning.reading_out.protecting import NOT_KNOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.person_file import PersonFile

WHOM = "People of any age who are alive and registered with a practice of the Place on the day."
QUINTILES = ("1", "2", "3", "4", "5")


def create_counted(con: DuckDBPyConnection, person: PersonFile) -> None:
    """Make the temp view `counted`: the person table's rows that readings count, with every column."""
    whole = person.relation_sql()
    con.execute(
        f"create or replace temp view counted as select * from ({whole}) as whole where is_alive and is_registered"
    )


def column(name: str) -> str:
    """Return a column's name as SQL."""
    return exp.column(name, quoted=True).sql("duckdb")


def quintile() -> str:
    """Return the SQL of the deprivation quintile as a label, 1 the most deprived."""
    return f"coalesce(imd_quintile::varchar, '{NOT_KNOWN}')"


def present(definitions: Sequence[Definition], columns: Sequence[str], prefix: str = "") -> tuple[Definition, ...]:
    """Return the definitions whose column the person table has."""
    return tuple(d for d in definitions if prefix + d.id in columns)


def one_of(wanted: str | None, there: Sequence[Definition], what: str) -> Definition:
    """Return the definition of that id, the first where none is asked for; UsageError that names those there are."""
    if not there:
        raise UsageError(
            f"the person table has no {what}",
            expected=f"a table built with a {what}",
            do="run `doorstep population build` again, and see there what was left out and why",
        )
    found = [d for d in there if wanted in (None, d.id)]
    if not found:
        raise UsageError(f"there is no {what} {wanted!r}", expected=", ".join(d.id for d in there))
    return found[0]
