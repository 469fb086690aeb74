"""Two counts of one month compared row by row: which event came, went or moved to another column, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from doorstep.planning.metrics import metric_set
from doorstep.records.contracts import TABLES
from doorstep.returns import COLUMNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.records import Lake

KINDS = {
    "late": "rows that had not arrived",
    "corrected": "rows of which a newer version arrived",
    "deleted": "rows that the sender withdrew",
    "purged": "rows withheld or purged since",
    "cohort": "people who joined or left the cohort",
    "person": "people whose birth, death, home, ethnicity or registration is now known otherwise",
    "related": "rows that count otherwise because of another record: a programme code, a contact, an appointment file",
    "choice": "another option of a choice",
    "definition": "another definition",
    "place": "another definition of the Place",
}

_ROWS = """
select metric, case when metric = 'P1' then person_id else fact_key end as key, person_id, fact_key, value,
       age_column, ethnic_column, quintile_column, file_id, row_no, row_hash, counted_on
from contribution
union all
select 'patients', person_id, person_id, null, 1, age_column, ethnic_column, quintile_column, null, null, null, until_on
from denominator
"""

_MEMBERSHIP = """
select person_id, list((identified_on, left_on, reason) order by identified_on, left_on)::varchar
from membership group by person_id
"""

_PEOPLE = """
select person_id, (until_on, birth, age_column, ethnic_column, quintile_column)::varchar from denominator
"""


_ON_CASELOAD = """
select person_id, concat_ws('|', any_value(birth_on), any_value(ethnicity),
       string_agg(concat_ws(' ', lsoa21, from_on), '|' order by from_on))
from people semi join caseload using (person_id) left join residence using (person_id) group by person_id
"""


@dataclass(frozen=True)
class CountedRow:
    """One counted event, or one patient, as it stands in one build."""

    metric: str
    key: str
    person_id: str
    fact_key: str | None
    value: int
    age: str | None
    ethnic: str | None
    quintile: str | None
    file_id: str | None
    row_no: int | None
    row_hash: int | None
    counted_on: Any

    def cells(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the cells that it adds to."""
        yield self.metric, COLUMNS[0]
        for breakdown, value in (
            ("Age Group", self.age),
            ("Ethnic Group", self.ethnic),
            ("Deprivation Quintile", self.quintile),
        ):
            if value is not None:
                yield self.metric, (breakdown, value)


Counted = dict[tuple[str, str], CountedRow]


@dataclass(frozen=True)
class Difference:
    """One event or patient that counts otherwise in the newer build, and why (a key of KINDS)."""

    kind: str
    old: CountedRow | None
    new: CountedRow | None

    @property
    def row(self) -> tuple[str, int] | None:
        """File and row number of the version that counts now, else of the one that counted then."""
        shown = self.new or self.old
        return (shown.file_id, shown.row_no) if shown and shown.file_id and shown.row_no is not None else None

    def effect(self) -> dict[tuple[str, tuple[str, str]], int]:
        """Return what it changes, by cell; cells that it leaves as they were are not there."""
        cells: dict[tuple[str, tuple[str, str]], int] = {}
        for row, sign in ((self.old, -1), (self.new, 1)):
            for cell in row.cells() if row else ():
                cells[cell] = cells.get(cell, 0) + sign * row.value if row else 0
        return {cell: change for cell, change in cells.items() if change}


def counted_rows(con: DuckDBPyConnection) -> Counted:
    """Return every contribution and patient by (line, key); P1 and patients are keyed by person."""
    return {(row[0], row[1]): CountedRow(*row) for row in con.execute(_ROWS).fetchall()}


def differences(old_lake: Lake, new_lake: Lake, old: Counted, new: Counted) -> list[Difference]:
    """Return every event and patient that counts otherwise, with the one reason why.

    Both lakes must hold the tables that `figures.count` made for `old` and `new`.
    """
    changed = [(old.get(k), new.get(k)) for k in {**old, **new} if not _same(old.get(k), new.get(k))]
    sides = _Sides(old_lake, new_lake, changed)
    return [Difference(sides.kind(*pair), *pair) for pair in changed]


def _same(old: CountedRow | None, new: CountedRow | None) -> bool:
    if old is None or new is None:
        return False
    return (old.value, old.age, old.ethnic, old.quintile) == (new.value, new.age, new.ethnic, new.quintile)


class _Sides:
    """What both lakes say of the rows and people that changed."""

    def __init__(
        self, old_lake: Lake, new_lake: Lake, changed: Iterable[tuple[CountedRow | None, CountedRow | None]]
    ) -> None:
        self.old_lake, self.new_lake = old_lake, new_lake
        self.wanted: dict[str, set[str]] = {}
        for pair in changed:
            for row in pair:
                if row is not None and row.fact_key is not None:
                    self.wanted.setdefault(_table(row.metric), set()).add(row.fact_key)

    @cached_property
    def facts(self) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """Hash of each wanted row, as the old and as the new lake has it; absent where it has none."""
        return self._facts(self.old_lake), self._facts(self.new_lake)

    @cached_property
    def withdrawn(self) -> set[tuple[str, str]]:
        """Wanted rows that the sender has deleted by the newer date."""
        con, found = self.new_lake.connection(), set()
        for table, keys in self.wanted.items():
            _wanted(con, keys)
            versions = self.new_lake.all_versions(table)
            gone = versions.filter("is_deleted").project(f"{_key(table)} as fact_key").fetchall()
            found |= {(table, key) for (key,) in gone if key in keys}
        return found

    @cached_property
    def members(self) -> tuple[dict[str, str], dict[str, str]]:
        """When each person was in the cohort, as the old and as the new lake has it."""
        return self._by_person(_MEMBERSHIP)

    @cached_property
    def people(self) -> tuple[dict[str, str], dict[str, str]]:
        """What the denominator holds of each person, old and new."""
        return self._by_person(_PEOPLE)

    @cached_property
    def on_caseload(self) -> tuple[dict[str, str], dict[str, str]]:
        """Birth, ethnicity and homes of everyone with a case, old and new."""
        return self._by_person(_ON_CASELOAD)

    def kind(self, old: CountedRow | None, new: CountedRow | None) -> str:
        """Return why this row counts otherwise."""
        row = new or old
        if row is None:
            raise ValueError("no row on either side")
        if row.fact_key is not None:
            because = self._kind_of_fact(_table(row.metric), row.fact_key)
            if because:
                return because
        return self._kind_of_person(row.metric, row.person_id)

    def _kind_of_person(self, metric: str, person: str) -> str:
        """Return why the same row counts otherwise: through the person, or through another record."""
        if metric != "P1" and _differ(self.members, person):
            return "purged" if person in self._gone else "cohort"
        if metric == "patients" or _differ(self.on_caseload if metric == "P1" else self.people, person):
            return "person"
        return "related"

    @cached_property
    def _gone(self) -> set[str]:
        """Members of the old cohort about whom the newer lake holds nothing at all: withheld or purged."""
        left = set(self.members[0]) - set(self.members[1])
        for table in ("cohort", "person"):
            left -= {p for (p,) in self.new_lake.all_versions(table).project("person_id").distinct().fetchall()}
        return left

    def _kind_of_fact(self, table: str, key: str) -> str:
        """Return what became of the row itself; empty where it is the same row in both lakes."""
        then, now = self.facts
        if (table, key) not in then:
            return "late"
        if (table, key) not in now:
            return "deleted" if (table, key) in self.withdrawn else "purged"
        return "corrected" if then[table, key] != now[table, key] else ""

    def _facts(self, lake: Lake) -> dict[tuple[str, str], int]:
        con, found = lake.connection(), {}
        for table, keys in self.wanted.items():
            _wanted(con, keys)
            rows = con.execute(
                f"select fact_key, hash from (select {_key(table)} as fact_key, row_hash as hash from {table}) "
                "semi join wanted using (fact_key)"
            ).fetchall()
            found.update({(table, key): hashed for key, hashed in rows})
        return found

    def _by_person(self, sql: str) -> tuple[dict[str, str], dict[str, str]]:
        old, new = (dict(lake.connection().execute(sql).fetchall()) for lake in (self.old_lake, self.new_lake))
        return old, new


def _differ(sides: tuple[dict[str, str], dict[str, str]], person: str) -> bool:
    return sides[0].get(person) != sides[1].get(person)


def _wanted(con: DuckDBPyConnection, keys: set[str]) -> None:
    con.execute(
        "create or replace temp table wanted as select unnest($keys::varchar[]) as fact_key", {"keys": sorted(keys)}
    )


def _table(metric: str) -> str:
    return metric_set().metrics[metric].table


def _key(table: str) -> str:
    return f"concat_ws('|', {', '.join(TABLES[table].key)})"
