"""The return under every other option of every choice, one choice varied at a time: totals, and who moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doorstep.errors import DataError
from doorstep.planning.choices import Choice, Effective, catalogue
from doorstep.planning.contributions import create_contributions, place_events, total
from doorstep.planning.denominator import Month, create_denominator
from doorstep.planning.figures import count, totals
from doorstep.planning.metrics import MetricSet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Variation:
    """What one other option gives: line of the return -> total, and for a choice about people who joins or moves.

    An option can leave every total as it is and still move people between columns; `moved` says how many.
    """

    totals: dict[str, int]
    moved: dict[str, int] = field(default_factory=dict)


# choice -> option -> variation; null where the option cannot be used for this month
Varied = dict[str, dict[str, Variation | None]]

_USUAL = """
create or replace temp table usual_denominator as
    select person_id, (age_column, ethnic_column, quintile_column) as columns from denominator;
create or replace temp table usual_contribution as
    select metric, fact_key, (age_column, ethnic_column, quintile_column) as columns from contribution;
"""

# O3 counts the spells of O2a and O2b: its rows are left out, so that no event is counted twice.
_MOVED = """
with patient as (
    select u.columns is null as joins, d.person_id is null as leaves,
           u.columns is distinct from (d.age_column, d.ethnic_column, d.quintile_column) as moves
    from denominator d full join usual_denominator u using (person_id)
), event as (
    select metric = 'P1' as is_case
    from contribution c join usual_contribution u using (metric, fact_key)
    where metric <> 'O3' and u.columns is distinct from (c.age_column, c.ethnic_column, c.quintile_column)
)
select (select count(*) from patient where joins), (select count(*) from patient where leaves),
       (select count(*) from patient where moves and not joins and not leaves),
       (select count(*) from event where not is_case), (select count(*) from event where is_case)
"""
_MOVED_NAMES = (
    "patients_joining", "patients_leaving", "patients_in_another_column", "events_in_another_column",
    "caseload_in_another_column",
)  # fmt: skip


def vary(con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective) -> Varied:
    """Count under the effective options, and return what each other option gives; the effective tables stay behind.

    A choice about people is counted in full and listed for every line that it changes; one about metrics only for the
    metrics whose clauses follow it.
    """
    count(con, month, definitions, choices)
    con.execute(_USUAL)
    effective = totals(con)
    found: Varied = {}
    for choice in catalogue().values():
        if choice.acts_on == "people":
            found[choice.id] = _other_people(con, month, definitions, choices, choice, effective)
        else:
            found[choice.id] = _other_clauses(con, month, definitions, choices, choice)
    return found


def _others(choice: Choice, choices: Effective) -> list[str]:
    return [option for option in choice.option_ids if option != choices[choice.id]]


def _other_people(
    con: DuckDBPyConnection,
    month: Month,
    definitions: MetricSet,
    choices: Effective,
    choice: Choice,
    effective: dict[str, int],
) -> dict[str, Variation | None]:
    found: dict[str, Variation | None] = {}
    for option in _others(choice, choices):
        other = choices.with_option(choice.id, option)
        with _undone(con):
            try:
                create_denominator(con, month, other)
            except DataError:  # a baseline later than this month: there is no such total
                found[option] = None
                continue
            place_events(con, month, other)
            create_contributions(con, month, definitions, other)
            found[option] = Variation(_changed(totals(con), effective), _moved(con))
    return found


@contextmanager
def _undone(con: DuckDBPyConnection) -> Iterator[None]:
    """Put every table back afterwards as it was."""
    con.begin()
    try:
        yield
    finally:
        con.rollback()


def _changed(lines: dict[str, int], effective: dict[str, int]) -> dict[str, int]:
    """Keep the lines that the option changes; patients always stand, as the denominator of all."""
    return {line: n for line, n in lines.items() if line == "patients" or n != effective[line]}


def _moved(con: DuckDBPyConnection) -> dict[str, int]:
    return dict(zip(_MOVED_NAMES, con.execute(_MOVED).fetchall()[0], strict=True))


def _other_clauses(
    con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective, choice: Choice
) -> dict[str, Variation | None]:
    following = [m for m in definitions.metrics.values() if choice.id in m.choices]
    return {
        option: Variation(total(con, following, month, choices.with_option(choice.id, option)))
        for option in _others(choice, choices)
    }
