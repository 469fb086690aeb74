"""The Place's cohort on a day: how many people, by age, deprivation, ethnic group and segment, safe together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from doorstep.errors import DataError
from doorstep.home import Home
from doorstep.planning.choices import effective
from doorstep.planning.cohorts import CohortFolder, create_membership, definition_of
from doorstep.planning.definitions import Scheme, shipped
from doorstep.planning.person_file import LakeView, PersonFile
from doorstep.planning.reading_out.base import QUINTILES, column, create_counted, present, quintile
from doorstep.planning.reading_out.protecting import ALL, NOT_KNOWN, At, Numbers, cube, protected
from doorstep.planning.reading_out.sheets import Reading, Sheet, share
from doorstep.returns.figures import AGES, ETHNIC_GROUPS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.statistics.disclosure import Cube

WHOM = (
    "Members of the cohort on the day who are alive and registered with a practice of the Place, as the person table "
    "knows them. A return counts by the choices of its month, so its patients can be a few more or fewer."
)
TOGETHER = (
    "All tables of this page are protected together: a * is below 6, or hidden so that no number below 6 can be "
    "worked out from the others. Shares are of shown numbers only."
)

_MEMBERS = """
create or replace temp table own_member as
select distinct person_id from membership
where identified_on <= $day and (left_on is null or left_on >= $day)
"""
_OWN = """
create or replace temp table own_cohort as
select case when c.age is null then 'Not known' when c.age < 18 then 'Under 18' when c.age < 20 then '18-19'
            when c.age >= 90 then '90+' else (c.age // 10 * 10) || '-' || (c.age // 10 * 10 + 9) end as age,
       {quintile} as quintile, coalesce(c.ethnic_group, 'Not known') as ethnic_group, {segment} as segment
from counted c semi join own_member using (person_id)
"""
_AGES = ("Under 18", *AGES)
_NUMBERS = (*QUINTILES, NOT_KNOWN)


def read_own_cohort(home: Home, lake: LakeView, person: PersonFile, name: str = "local") -> Reading:
    """Return the size of a cohort of the Place on the person table's day, broken down.

    Raises UsageError where there is no such cohort, DataError where nobody of it is registered with the Place.
    """
    con = lake.connection()
    create_counted(con, person)
    create_membership(home, lake, name)
    con.execute(_MEMBERS, {"day": person.as_at})
    scheme = next(iter(present(shipped().schemes, tuple(person.columns))), None)
    segment = column(scheme.id) if scheme else "''"
    con.execute(_OWN.format(quintile=quintile(), segment=segment))
    if not con.execute("select count(*) from own_cohort").fetchall()[0][0]:
        raise DataError(
            f"nobody in the cohort {name} is registered with the Place on {person.as_at}",
            expected="a person table of a day on which the cohort has members",
            do="build the person table of a later day: doorstep population build --as-at DATE",
        )
    return Reading("own_cohort", f"The cohort {name!r} on {person.as_at}", _sheets(con, scheme), _notes(person, scheme))


def _sheets(con: DuckDBPyConnection, scheme: Any) -> tuple[Sheet, ...]:
    """Return a table for each way of splitting; one protection for all, since they share margins and the total."""
    segments = {s.id: s.title for s in scheme.segment} if isinstance(scheme, Scheme) else {}
    cubes = [
        _cube(con, "age", _AGES, "quintile", _NUMBERS),
        _cube(con, "ethnic_group", ETHNIC_GROUPS),
        *([_cube(con, "segment", tuple(segments), "quintile", _NUMBERS)] if segments else []),
    ]
    numbers = protected(cubes)
    return (
        _crossed("age", "By age and deprivation quintile (1 most deprived)", "Age", _AGES, {}, numbers[0]),
        _single("ethnic_group", "By ethnic group", "Ethnic group", ETHNIC_GROUPS, numbers[1]),
        *(
            _crossed("segment", "By segment and deprivation quintile", "Segment", tuple(segments), segments, found)
            for found in numbers[2:]
        ),
    )


def _cube(con: DuckDBPyConnection, one: str, labels: Sequence[str], other: str = "", by: Sequence[str] = ()) -> Cube:
    from doorstep.statistics.disclosure import Hierarchy

    names = (one, other) if other else (one,)
    listed = ", ".join(names)
    found = con.execute(f"select {listed}, count(*) from own_cohort group by all").fetchall()
    leaves: dict[At, int] = {(a, b): 0 for a in labels for b in by} if other else {(a,): 0 for a in labels}
    leaves |= {tuple(map(str, at)): n for *at, n in found}
    dimensions = [Hierarchy.with_total(one, tuple(labels), ALL)]
    if other:
        dimensions.append(Hierarchy.with_total(other, tuple(by), ALL))
    return cube(one, dimensions, leaves)


def _crossed(
    name: str, title: str, what: str, labels: Sequence[str], titles: dict[str, str], numbers: Numbers
) -> Sheet:
    rows = tuple(
        (titles.get(label, "Everybody" if label == ALL else label), *(numbers[label, n] for n in (ALL, *_NUMBERS)))
        for label in (ALL, *labels)
    )
    heads = (what, "All", *(f"Quintile {n}" for n in QUINTILES), "Quintile not known")
    return Sheet(f"own_cohort_by_{name}", title, heads, rows)


def _single(name: str, title: str, what: str, labels: Sequence[str], numbers: Numbers) -> Sheet:
    rows = tuple(
        ("Everybody" if label == ALL else label, numbers[(label,)], share(numbers[(label,)], numbers[(ALL,)]))
        for label in (ALL, *labels)
    )
    return Sheet(f"own_cohort_by_{name}", title, (what, "People", "% of the cohort"), rows)


def _notes(person: PersonFile, scheme: Any) -> tuple[str, ...]:
    reviewed = "reviewed" if scheme and scheme.is_reviewed else "unreviewed: no named clinician has signed it"
    segments = (f"Segments: {scheme.label}, {scheme.source} ({reviewed}).",) if scheme else ()
    return (WHOM, TOGETHER, *segments)


def how_defined(home: Home, lake: LakeView, person: PersonFile, name: str = "local") -> list[tuple[str, str]]:
    """Return how a cohort is defined and how far that was reviewed, as pairs of words."""
    label = definition_of(home, lake, name)
    facts = [("Cohort", name), ("As defined by", label)]
    folder = CohortFolder.of(home, name)
    if folder.definition_file.exists():
        made = folder.definition()
        facts += [
            ("Version", str(made.version)),
            ("Rule", made.rule),
            ("Purpose", made.purpose),
            ("Source", f"{made.source} ({made.status})"),
            ("Review", f"signed by {made.reviewed_by}" if made.is_reviewed else "unreviewed"),
        ]
    else:
        facts.append(("Review", "unreviewed: the list's own rule is the Place's, and is not known here"))
    meta = person.meta
    n = len(meta["unreviewed"])
    return [
        *facts,
        ("Other definitions used", f"{n} of {len(meta['definitions'])} are unreviewed"),
        ("Group the cohort is set beside", str(meta["group"])),
        ("Risk rule", str(meta["risk"]["label"]) or "none"),
        *_choices(home, person),
    ]


def _choices(home: Home, person: PersonFile) -> list[tuple[str, str]]:
    """Return what the Place has chosen for its returns itself, since when, and each change before."""
    found = effective(home, person.as_at.replace(day=1))
    set_here = [f"{name}: {found[name]}, from {start}" for name, start in found.set_by_place.items()]
    return [
        ("Choices set here", "; ".join(set_here) or "none: every open choice has its default"),
        *(("Choice changed", words) for words in found.breaks),
    ]
