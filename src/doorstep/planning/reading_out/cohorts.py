"""Cohorts: how many people each has, by deprivation quintile, and how many two of them share."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from doorstep.errors import UsageError
from doorstep.planning.definitions import shipped
from doorstep.planning.reading_out.base import QUINTILES, WHOM, column, create_counted, present, quintile
from doorstep.planning.reading_out.charts import cohorts_chart
from doorstep.planning.reading_out.protecting import ALL, NOT_KNOWN, At, Numbers, cube, protected
from doorstep.planning.reading_out.sheets import Reading, Sheet, share

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.person_file import PersonFile
    from doorstep.statistics.disclosure import Cube, Hierarchy, Link

GROUP = "in_national_group"
_IN, _OUT = "in", "not in"
_HOW_MANY = ("0", "1", "2", "3 or more")


def cohort_titles(person: PersonFile) -> dict[str, str]:
    """Return the columns of cohorts that the person table has, the national group first, with their titles."""
    there = present(shipped().cohorts, tuple(person.columns), "in_")
    return {GROUP: shipped().group.title} | {f"in_{c.id}": c.title for c in there}


def read_cohorts(con: DuckDBPyConnection, person: PersonFile) -> Reading:
    """Return how many people each cohort has by quintile, how many each two share, and in how many people are.

    All three tables are protected together. Raises UsageError where the person table has no cohort but the national
    group, DataError where a small number cannot be hidden.
    """
    create_counted(con, person)
    titles = cohort_titles(person)
    if len(titles) < 2:
        raise UsageError(
            "the person table has no cohort beside the national group",
            expected="a table built with cohort rules that are on",
            do="run `doorstep population build` again, and see there what was left out and why",
        )
    sizes = {name: _by_quintile(con, name) for name in titles}
    pairs = {pair: _pair(con, *pair) for pair in itertools.combinations(titles, 2)}
    many = _how_many(con, tuple(titles))
    cubes = [*sizes.values(), *pairs.values(), many]
    shown = protected(cubes, unprinted=_is_unprinted, links=_links(sizes, many))
    n = len(sizes)
    sheets = (
        _size_sheet(titles, shown[:n]),
        _pair_sheet(titles, dict(zip(pairs, shown[n:-1], strict=True))),
        _many_sheet(shown[-1]),
    )
    return Reading("cohorts", "Cohorts, their overlap, and deprivation", sheets, _notes(person))


def _dimension(name: str) -> Hierarchy:
    from doorstep.statistics.disclosure import Hierarchy

    return Hierarchy.with_total(name, (_IN, _OUT), ALL)


def _by_quintile(con: DuckDBPyConnection, name: str) -> Cube:
    from doorstep.statistics.disclosure import Hierarchy

    counted = con.execute(f"select {column(name)}, {quintile()}, count(*) from counted group by all").fetchall()
    numbers = (*QUINTILES, NOT_KNOWN)
    leaves: dict[At, int] = {(side, number): 0 for side in (_IN, _OUT) for number in numbers}
    leaves |= {(_IN if is_in else _OUT, number): n for is_in, number, n in counted}
    return cube(f"{name} by quintile", [_dimension(name), Hierarchy.with_total("quintile", numbers, ALL)], leaves)


def _pair(con: DuckDBPyConnection, one: str, other: str) -> Cube:
    counted = con.execute(f"select {column(one)}, {column(other)}, count(*) from counted group by all").fetchall()
    leaves: dict[At, int] = dict.fromkeys(itertools.product((_IN, _OUT), (_IN, _OUT)), 0)
    leaves |= {(_IN if a else _OUT, _IN if b else _OUT): n for a, b, n in counted}
    return cube(f"{one} and {other}", [_dimension(one), _dimension(other)], leaves)


def _how_many(con: DuckDBPyConnection, names: Sequence[str]) -> Cube:
    from doorstep.statistics.disclosure import Hierarchy

    total = " + ".join(f"{column(name)}::int" for name in names)
    counted = con.execute(f"select least({total}, 3), count(*) from counted group by all").fetchall()
    leaves: dict[At, int] = {(label,): 0 for label in _HOW_MANY}
    leaves |= {(_HOW_MANY[number],): n for number, n in counted}
    return cube("how many", [Hierarchy.with_total("how many", _HOW_MANY, ALL)], leaves)


def _is_unprinted(name: str, at: At) -> bool:
    """Nobody prints who is not in a cohort, but the reader can take a cohort from everybody."""
    return name != "how many" and _OUT in at


def _links(sizes: Mapping[str, Cube], many: Cube) -> tuple[Link, ...]:
    """The sizes of all cohorts together lie between what being in 1, 2 and at least 3, or at most all, makes."""
    from doorstep.statistics.disclosure import Link

    cohorts = tuple((c.places[_IN, ALL], 1) for c in sizes.values())
    one, two, three = (many.places[(label,)] for label in _HOW_MANY[1:])
    least = Link((*cohorts, (one, -1), (two, -2), (three, -3)), 0, None)
    most = Link((*cohorts, (one, -1), (two, -2), (three, -len(sizes))), None, 0)
    return (least, most) if len(sizes) > 2 else (Link((*cohorts, (one, -1), (two, -2)), 0, 0),)


def _size_sheet(titles: Mapping[str, str], shown: Sequence[Numbers]) -> Sheet:
    rows = tuple(
        (name, titles[name], number, numbers[_IN, number], share(numbers[_IN, number], numbers[ALL, number]))
        for name, numbers in zip(titles, shown, strict=True)
        for number in (ALL, *QUINTILES, NOT_KNOWN)
    )
    columns = ("cohort", "cohort_title", "quintile", "people", "percent_of_people")
    sheet = Sheet("cohorts", "People in each cohort", columns, rows)
    return Sheet(sheet.name, sheet.title, columns, rows, cohorts_chart(sheet))


def _pair_sheet(titles: Mapping[str, str], shown: Mapping[tuple[str, str], Numbers]) -> Sheet:
    rows = tuple(
        (a, titles[a], b, titles[b], numbers[_IN, _IN], share(numbers[_IN, _IN], numbers[_IN, ALL]))
        for pair, numbers in shown.items()
        for a, b, numbers in (_turned(pair, numbers, False), _turned(pair, numbers, True))
    )
    columns = ("cohort", "cohort_title", "other", "other_title", "people_in_both", "percent_of_cohort")
    return Sheet("overlap", "People whom two cohorts share", columns, rows)


def _turned(pair: tuple[str, str], numbers: Numbers, is_turned: bool) -> tuple[str, str, Numbers]:
    a, b = pair
    return (b, a, {(y, x): n for (x, y), n in numbers.items()}) if is_turned else (a, b, numbers)


def _many_sheet(shown: Numbers) -> Sheet:
    rows = tuple((label, shown[(label,)], share(shown[(label,)], shown[(ALL,)])) for label in (*_HOW_MANY, ALL))
    return Sheet("in_how_many", "In how many of these people are", ("cohorts", "people", "percent_of_people"), rows)


def _notes(person: PersonFile) -> tuple[str, ...]:
    unreviewed = [c.label for c in shipped().cohorts if f"in_{c.id}" in person.columns and not c.is_reviewed]
    return (
        WHOM,
        f"Unreviewed, no named clinician has signed them: {', '.join(unreviewed)}.",
        "percent_of_people: of the people of the same quintile. Shares are of the shown numbers only.",
        "A cohort rule finds people for a team to look at: it is no referral and no decision.",
    )
