"""Status: what the lake holds, file by file, and who is withheld; counts of people below 6 are not shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.errors import DoorstepError, UsageError
from doorstep.home import Home
from doorstep.records.contracts import Outcome
from doorstep.records.lake import open_lake
from doorstep.records.row_outcomes import FileOutcomes, by_file, outcomes_query
from doorstep.records.snapshot import Snapshot, current, faults
from doorstep.records.sql import literal, parquet

SMALLEST_SHOWN = 6


@dataclass(frozen=True)
class Withheld:
    """People of one flow and group: how many are withheld, of how many. `*` is a number below 6."""

    flow: str
    reason: str
    breakdown: str
    group: str
    withheld: str
    people: str


def files(home: Home, known_by: date | None = None) -> list[FileOutcomes]:
    """Return every file with its outcomes, as known by a date (default: today)."""
    return by_file(home, known_by)


def verify(home: Home) -> tuple[Snapshot, list[str]]:
    """Hash the whole lake again and add its outcomes up; return the published snapshot and what is wrong."""
    home.config()
    snapshot, wrong = current(home), faults(home)
    if not wrong:
        try:
            by_file(home, date.max)
        except DoorstepError as error:
            wrong.append(error.text())
    return snapshot, wrong


def quarantine(home: Home, file: str | None = None) -> list[tuple[str, str, str, int]]:
    """Return (file name, outcome, reason, rows) of what was not loaded or is not counted; no identifier in it.

    `file` keeps files whose name or id begins with it.
    """
    with open_lake(home) as lake:
        names = {i.file_id: i.name for i in lake.files() if not file or i.name.startswith(file) or i.file_id == file}
        if file and not names:
            raise UsageError(
                f"no file of the lake is called {file!r}", expected="the beginning of a name, or a file id",
                do="see `doorstep records status`",
            )  # fmt: skip
        wanted = ", ".join(literal(f) for f in names) or "''"
        rows = (
            lake.connection()
            .execute(
                f"""SELECT file_id, outcome, coalesce(reason, ''), count(*) FROM ({outcomes_query(lake)})
            WHERE outcome <> ? AND file_id IN ({wanted}) GROUP BY ALL ORDER BY ALL""",
                [Outcome.LOADED.value],
            )
            .fetchall()
        )
    return sorted((names[file_id], outcome, reason, n) for file_id, outcome, reason, n in rows)


def withheld_people(home: Home, on: date) -> list[Withheld]:
    """Return how many people are withheld, in all and by age band, ethnic category and deprivation quintile.

    Of the people in the lake. Numbers below 6 are `*`, and so are the next smallest where subtraction would give one.
    """
    with open_lake(home) as lake:
        con = lake.connection()
        facts = lake.manifest.paths(home, "facts", "person")
        people = lake.manifest.paths(home, "people")
        if not people or not con.execute("SELECT count(*) FROM lake_inside.withheld").fetchall()[0][0]:
            return []
        con.execute(f"CREATE TEMP VIEW area AS SELECT lsoa21, imd2025_decile FROM {_areas()}")
        con.execute(_GROUPED.format(person=_attributes(facts), people=parquet(people), day=literal(on.isoformat())))
        rows = con.execute(_COUNTED).fetchall()
    return _suppressed(rows)


def _areas() -> str:
    from doorstep.reference import table

    return parquet([str(table("lsoa21"))])


def _attributes(facts: list[str]) -> str:
    if not facts:
        return "(SELECT NULL::VARCHAR AS person_id, NULL::DATE AS birth_on, NULL AS ethnicity, NULL AS lsoa21)"
    return f"""(SELECT person_id, max(birth_on) AS birth_on, max(ethnicity) AS ethnicity, max(lsoa21) AS lsoa21
        FROM {parquet(facts)} GROUP BY person_id)"""


_GROUPED = """
    CREATE TEMP TABLE grouped AS
    WITH everyone AS (SELECT DISTINCT person_id FROM {people}),
    known AS (
        SELECT e.person_id, datesub('year', a.birth_on, {day}::DATE) AS age, a.ethnicity,
            CAST((r.imd2025_decile + 1) // 2 AS VARCHAR) AS quintile
        FROM everyone e LEFT JOIN {person} a USING (person_id) LEFT JOIN area r USING (lsoa21))
    SELECT k.person_id, b.breakdown, b.group_name FROM known k,
    LATERAL (VALUES
        ('total', 'everyone'),
        ('age', CASE WHEN age IS NULL THEN 'not known' WHEN age < 18 THEN 'under 18'
                     WHEN age >= 90 THEN '90 and over' ELSE format('{{}}-{{}}', age // 10 * 10, age // 10 * 10 + 9)
                     END),
        ('ethnicity', coalesce(ethnicity, 'not known')),
        ('quintile', coalesce(quintile, 'not known'))
    ) b(breakdown, group_name)"""

_COUNTED = """
    SELECT f.flow, f.reason, g.breakdown, g.group_name, count(w.person_id), count(*)
    FROM grouped g CROSS JOIN (SELECT DISTINCT flow, reason FROM lake_inside.withheld) f
    LEFT JOIN lake_inside.withheld w ON w.person_id = g.person_id AND w.flow = f.flow AND w.reason = f.reason
    GROUP BY f.flow, f.reason, g.breakdown, g.group_name
    ORDER BY f.flow, f.reason, g.breakdown <> 'total', g.breakdown, g.group_name"""


def _suppressed(rows: list[tuple[str, str, str, str, int, int]]) -> list[Withheld]:
    found = []
    for key in dict.fromkeys(row[:3] for row in rows):
        own = [row for row in rows if row[:3] == key]
        withheld, people = hide_small([row[4] for row in own]), hide_small([row[5] for row in own])
        found += [Withheld(*row[:4], w, p) for row, w, p in zip(own, withheld, people, strict=True)]
    return found


def hide_small(counts: list[int]) -> list[str]:
    """Return the counts as text, those below 6 as `*`.

    The counts add to a total that is shown elsewhere, so where the hidden ones add to less than 6, or one stands alone,
    the next smallest are hidden too.
    """
    order = sorted(range(len(counts)), key=lambda i: counts[i])
    hidden = [i for i in order if counts[i] < SMALLEST_SHOWN]
    while hidden and len(hidden) < len(counts) and (len(hidden) < 2 or sum(counts[i] for i in hidden) < SMALLEST_SHOWN):
        hidden = order[: len(hidden) + 1]
    return ["*" if i in hidden else f"{n:,}" for i, n in enumerate(counts)]
