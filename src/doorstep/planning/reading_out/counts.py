"""How many people the person table found, by quintile, age and ethnic group; small counts hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doorstep.planning.definitions import shipped
from doorstep.planning.engine.derived import group_column
from doorstep.planning.person_file import PersonFile
from doorstep.planning.reading_out.sheets import Reading, Sheet
from doorstep.planning.shown import Breakdown, Shown, shown

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Adults only, since everybody found is one; the bands are those of the return.
_ADULTS = """
create or replace temp table adult_now as
select {columns}, ethnic_group, coalesce(imd_quintile::varchar, 'Not Known') as quintile,
       case when age is null then 'Not known' when age < 20 then '18-19' when age >= 90 then '90+'
            else (age // 10 * 10) || '-' || (age // 10 * 10 + 9) end as age_band
from ({person}) as whole
where is_alive and is_registered and coalesce(age >= $adult, true)
"""


def summarise(con: DuckDBPyConnection, person: PersonFile) -> dict[str, dict[str, dict[str, Shown]]]:
    """Return counts of registered adults, of those in the national group, and of the group under other counts.

    Shape: name -> split (total, quintile, age, ethnic group) -> part -> count, or `*` where it is small or would give
    a small one away.
    """
    from doorstep.returns.figures import AGES, ETHNIC_GROUPS, QUINTILES

    group = shipped().group
    groups = ("in_national_group", *(group_column(count) for count in group.other_counts))
    adults = _ADULTS.format(columns=", ".join(groups), person=person.relation_sql())
    con.execute(adults, {"adult": group.age_from})
    columns = {
        "quintile": ("quintile", QUINTILES),
        "age": ("age_band", AGES),
        "ethnic group": ("ethnic_group", ETHNIC_GROUPS),
    }
    sides = {"registered adults": "true", "national group": "in_national_group"}
    found = {
        name: Breakdown(
            _total(con, condition),
            {split: _parts(con, condition, column, parts) for split, (column, parts) in columns.items()},
        )
        for name, condition in sides.items()
    }
    for count in group.other_counts:
        found[f"national group by {count}"] = Breakdown(_total(con, group_column(count)), {})
    return shown(found)


def read_counts(con: DuckDBPyConnection, person: PersonFile) -> Reading:
    """Return what `summarise` counts as a table that can be written."""
    found = summarise(con, person)
    rows = tuple((n, s, p, v) for n, splits in found.items() for s, parts in splits.items() for p, v in parts.items())
    sheet = Sheet("counts", "Registered adults and the national group", ("whom", "by", "part", "people"), rows)
    return Reading("counts", sheet.title, (sheet,), ("Adults who are alive and registered with the Place.",))


def _total(con: DuckDBPyConnection, condition: str) -> int:
    return int(con.execute(f"select count(*) from adult_now where {condition}").fetchall()[0][0])


def _parts(con: DuckDBPyConnection, condition: str, column: str, parts: tuple[str, ...]) -> dict[str, int]:
    counted = con.execute(f"select {column}, count(*) from adult_now where {condition} group by all").fetchall()
    return {part: dict(counted).get(part, 0) for part in parts}
