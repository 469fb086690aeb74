"""The total under every other option of every choice, one choice varied at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorstep.errors import DataError
from doorstep.planning.choices import Choice, Effective, catalogue
from doorstep.planning.contributions import place_events, total
from doorstep.planning.denominator import Month, create_denominator
from doorstep.planning.figures import count, totals
from doorstep.planning.metrics import MetricSet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# choice -> option -> line of the return -> total; null where the option cannot be used for this month
Totals = dict[str, dict[str, dict[str, int] | None]]


def vary(con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective) -> Totals:
    """Return the totals under every option but the effective one, and leave the effective tables behind.

    A choice about people is counted in full and listed for every line that it changes; one about metrics only for the
    metrics whose clauses follow it.
    """
    found: Totals = {}
    about_people = [c for c in catalogue().values() if c.acts_on == "people"]
    drawn = {c.id: _other_people(con, month, definitions, choices, c) for c in about_people}
    count(con, month, definitions, choices)
    effective = totals(con, month, definitions, choices)
    for choice in catalogue().values():
        if choice.acts_on == "people":
            found[choice.id] = {o: _changed(lines, effective) for o, lines in drawn[choice.id].items()}
        else:
            found[choice.id] = _other_clauses(con, month, definitions, choices, choice)
    return found


def _others(choice: Choice, choices: Effective) -> list[str]:
    return [option for option in choice.option_ids if option != choices[choice.id]]


def _other_people(
    con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective, choice: Choice
) -> dict[str, dict[str, int] | None]:
    found: dict[str, dict[str, int] | None] = {}
    for option in _others(choice, choices):
        other = choices.with_option(choice.id, option)
        try:
            create_denominator(con, month, other)
        except DataError:  # a baseline later than this month: there is no such total
            found[option] = None
            continue
        place_events(con, month, other)
        found[option] = totals(con, month, definitions, other)
    return found


def _changed(lines: dict[str, int] | None, effective: dict[str, int]) -> dict[str, int] | None:
    """Keep the lines that the option changes; patients always stand, as the denominator of all."""
    if lines is None:
        return None
    return {line: n for line, n in lines.items() if line == "patients" or n != effective[line]}


def _other_clauses(
    con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective, choice: Choice
) -> dict[str, dict[str, int] | None]:
    following = [m for m in definitions.metrics.values() if choice.id in m.choices]
    return {
        option: total(con, following, month, choices.with_option(choice.id, option))
        for option in _others(choice, choices)
    }
