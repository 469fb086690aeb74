"""What one computation is given: the day, code lists, facts of reference, and one person's rows.

Nothing here is clever: lists of dicts, sorted and filtered, so that a reader can check each step against the words of
the definitions.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = Mapping[str, Any]
Tables = Mapping[str, Iterable[Row]]

UNDATED = date(1, 1, 1)  # an entry without a date counts as earlier than any dated one
SYSTEMS = {"coded": "snomedct", "medicine": "dmd"}  # the code system of a table's codes; diagnoses are icd10
_DAYS = {"coded": "recorded_on", "medicine": "issued_on"}


@dataclass(frozen=True)
class Evidence:
    """One row that had a part in a result: its lake table, its code and day where it has them, the row itself."""

    table: str
    row: Row
    code: str = ""
    day: date | None = None

    @property
    def sorted_day(self) -> date:
        """The day, or the earliest there is where the row has none."""
        return self.day or UNDATED


@dataclass(frozen=True)
class Reason:
    """Why a definition says what it says of a person: the rows that decided it, and a few words."""

    rows: tuple[Evidence, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Finding:
    """What one definition says of one person: its columns, and why."""

    values: Mapping[str, Any]
    reason: Reason


@dataclass(frozen=True)
class CodeLists:
    """Code lists: system -> list -> its codes (ICD-10 lists hold prefixes)."""

    by_system: Mapping[str, Mapping[str, frozenset[str]]]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> CodeLists:
        """Gather rows of (list_id, code, system); more columns do no harm."""
        found: dict[str, dict[str, set[str]]] = {}
        for row in rows:
            found.setdefault(row["system"], {}).setdefault(row["list_id"], set()).add(row["code"])
        return cls({s: {name: frozenset(codes) for name, codes in lists.items()} for s, lists in found.items()})

    def codes(self, system: str, names: Iterable[str]) -> frozenset[str]:
        """Return every code of these lists in one system."""
        lists = self.by_system.get(system, {})
        return frozenset(code for name in names for code in lists.get(name, ()))


@dataclass(frozen=True)
class World:
    """What is the same for everybody: the day, the practices of the Place, code lists and facts of reference."""

    as_at: date
    practices: frozenset[str]
    codes: CodeLists
    deciles: Mapping[str, int]
    ethnic_groups: Mapping[str, str]
    holds_entries: bool
    _asked: dict[tuple[str, tuple[str, ...]], frozenset[str]] = field(default_factory=dict)

    def codes_of(self, system: str, names: tuple[str, ...]) -> frozenset[str]:
        """Return the codes of these lists, gathered once."""
        key = (system, names)
        if key not in self._asked:
            self._asked[key] = self.codes.codes(system, names)
        return self._asked[key]


@dataclass
class Record:
    """One person's rows of every lake table, and the day they were born, where it is known."""

    person_id: str
    birth_on: date | None
    rows: Mapping[str, list[Row]]
    world: World

    def age_on(self, day: date) -> int | None:
        """Return whole years on a day, None where the birth is not known; a birthday counts on its day."""
        return None if self.birth_on is None else age_on(self.birth_on, day)

    @cached_property
    def by_code(self) -> Mapping[str, dict[str, list[Evidence]]]:
        """Rows of coded tables by code."""
        found: dict[str, dict[str, list[Evidence]]] = {table: {} for table in _DAYS}
        for table, day in _DAYS.items():
            for row in self.rows.get(table, []):
                if row.get("code") is not None:
                    one = Evidence(table, row, row["code"], row.get(day))
                    found[table].setdefault(row["code"], []).append(one)
        return found

    def entries(self, table: str, lists: tuple[str, ...], until: date) -> list[Evidence]:
        """Return rows whose code is in these lists, none dated after `until`; undated first, the latest last."""
        held = self.by_code[table]
        wanted = self.world.codes_of(SYSTEMS[table], lists)
        found = [e for code in held if code in wanted for e in held[code] if e.sorted_day <= until]
        return sorted(found, key=lambda e: (e.sorted_day, e.code))


def age_on(born: date, day: date) -> int:
    """Return whole years; 29 February is reached on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def is_within(day: date | None, after: date, until: date) -> bool:
    """Return whether a day is known, later than `after` and not later than `until`."""
    return day is not None and after < day <= until


def read_rows(path: Path, con: DuckDBPyConnection | None = None) -> list[dict[str, Any]]:
    """Read a Parquet file of reference facts or code lists as dicts, with a connection where there is one."""
    import duckdb  # loads in a tenth of the time that pyarrow.parquet takes

    with nullcontext(con) if con else duckdb.connect(":memory:") as reader:
        found = reader.execute("from read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
