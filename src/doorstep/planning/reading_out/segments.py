"""Segments by area and deprivation quintile: each person in exactly one segment of a scheme."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from doorstep.home import Home
from doorstep.planning.definitions import Scheme, shipped
from doorstep.planning.reading_out.areas import Areas, areas_of
from doorstep.planning.reading_out.base import (
    QUINTILES,
    WHOM,
    column,
    create_counted,
    one_of,
    present,
    quintile,
)
from doorstep.planning.reading_out.charts import segments_chart
from doorstep.planning.reading_out.protecting import ALL, NOT_KNOWN, At, Numbers, cube, protected
from doorstep.planning.reading_out.sheets import Reading, Sheet, share

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.person_file import PersonFile
    from doorstep.statistics.disclosure import Hierarchy

WHOLE = Areas("", "", (ALL,), {ALL: (*QUINTILES, NOT_KNOWN)})


def read_segments(
    con: DuckDBPyConnection,
    home: Home,
    person: PersonFile,
    *,
    scheme: str | None = None,
    area: str | None = None,
    by_quintile: bool = True,
) -> Reading:
    """Return how many people each segment of a scheme has, by area (see `areas_of`) and deprivation quintile.

    Counts below the return's threshold are hidden, and what would give them away. Raises UsageError where the person
    table has no such scheme, or the table would be too large to protect (see `protected`).
    """
    create_counted(con, person)
    found = cast(Scheme, one_of(scheme, present(shipped().schemes, tuple(person.columns)), "segmentation"))
    areas = areas_of(con, home, area) if area else _whole(con)
    numbers = _numbers(con, found, areas, by_quintile)
    return Reading(
        "segments", f"{found.title}, {_of(areas, by_quintile)}", (_sheet(found, areas, numbers),), _notes(found)
    )


def _whole(con: DuckDBPyConnection) -> Areas:
    con.execute(
        f"create or replace temp view placed as select *, {quintile()} as quintile, '{ALL}' as area from counted"
    )
    return WHOLE


def _of(areas: Areas, by_quintile: bool) -> str:
    ways = [*([f"by {areas.title}"] if areas.title else []), *(["by deprivation quintile"] if by_quintile else [])]
    return " and ".join(ways) or "everybody"


def _numbers(con: DuckDBPyConnection, scheme: Scheme, areas: Areas, by_quintile: bool) -> Numbers:
    from doorstep.statistics.disclosure import Hierarchy

    part = "quintile" if by_quintile else f"'{ALL}'"
    counted = con.execute(f"select area, {column(scheme.id)}, {part}, count(*) from placed group by all").fetchall()
    leaves: dict[At, int] = {
        (name, segment.id, number): 0
        for name in areas.labels
        for segment in scheme.segment
        for number in (areas.quintiles[name] if by_quintile else (ALL,))
    }
    leaves |= {(name, segment, number): n for name, segment, number, n in counted}
    dimensions = [
        _dimension("area", areas.labels),
        Hierarchy.with_total("segment", [s.id for s in scheme.segment], ALL),
        _dimension("quintile", (*QUINTILES, NOT_KNOWN) if by_quintile else (ALL,)),
    ]
    (found,) = protected([cube("segments", dimensions, leaves)])
    return found


def _dimension(name: str, labels: tuple[str, ...]) -> Hierarchy:
    from doorstep.statistics.disclosure import Hierarchy

    return Hierarchy.side_by_side(name, labels) if labels == (ALL,) else Hierarchy.with_total(name, labels, ALL)


def _sheet(scheme: Scheme, areas: Areas, numbers: Numbers) -> Sheet:
    titles = {s.id: s.title for s in scheme.segment} | {ALL: "Everybody"}
    rows = tuple(
        (name, segment, titles[segment], number, people, share(people, numbers[name, ALL, number]))
        for name in dict.fromkeys((ALL, *areas.labels))
        for number in dict.fromkeys((*QUINTILES, NOT_KNOWN, ALL))
        for segment in titles
        if (people := numbers.get((name, segment, number))) is not None
    )
    columns = ("area", "segment", "segment_title", "quintile", "people", "percent_of_people")
    sheet = Sheet("segments", scheme.title, columns, rows)
    return Sheet(sheet.name, sheet.title, columns, rows, segments_chart(sheet, scheme))


def _notes(scheme: Scheme) -> tuple[str, ...]:
    return (
        WHOM,
        f"{scheme.label}: {scheme.source}; {scheme.status}, {'reviewed' if scheme.is_reviewed else 'unreviewed'}.",
        *scheme.caveats,
        *(f"{s.title}: {s.note}" for s in scheme.segment if s.note),
        "percent_of_people: of the people of the same area and quintile, from the shown numbers only.",
    )
