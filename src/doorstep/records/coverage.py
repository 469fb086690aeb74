"""Completeness: what each provider has sent for a month against what it usually sends.

Expected is the mean of the twelve months before, or of those since the provider's first activity where it has fewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from doorstep.records.contracts import TABLES
from doorstep.records.sql import literal

if TYPE_CHECKING:
    import duckdb

# Tables whose months a return counts; the share of rows with a value is shown for these columns.
WATCHED = {
    "spell": ("ethnicity", "lsoa21", "last_treatment_function"),
    "outpatient": ("ethnicity", "lsoa21", "main_specialty"),
    "emergency": ("ethnicity", "lsoa21", "acuity"),
    "community": ("attended",),
    "appointment": ("role_group", "service_setting"),
}
MAIN_SHARE = 0.10
STOP_BELOW = 0.50
# A month counts as final once something arrived this long after its end: ours; later corrections stay possible.
FINAL_AFTER_DAYS = 42


@dataclass(frozen=True)
class Completeness:
    """One provider's month of one lake table.

    `expected` is rows a month (None where there is no history); `share` is of the table's rows over the twelve months
    before; `coded` is column -> share of the month's rows with a value.
    """

    table: str
    provider: str
    month: date
    n_rows: int
    expected: float | None
    share: float
    last_activity_on: date | None
    is_final: bool
    coded: dict[str, float]

    @property
    def is_main(self) -> bool:
        """The provider has a tenth or more of the table's rows of the twelve months before."""
        return self.share >= MAIN_SHARE

    @property
    def is_short(self) -> bool:
        """It sent under half of what it usually sends."""
        return self.expected is not None and self.expected > 0 and self.n_rows < STOP_BELOW * self.expected

    @property
    def is_notable(self) -> bool:
        """It is a main provider, or short of what is expected, or silent."""
        return self.is_main or self.is_short or not self.n_rows

    @property
    def reason(self) -> str:
        """The sentence that stops a return."""
        seen = f"{self.n_rows:,} rows" if self.n_rows else "no rows"
        return f"{self.table}: {self.provider} has {seen} for {self.month:%B %Y}, about {self.expected:,.0f} expected"


def completeness(con: duckdb.DuckDBPyConnection, month: date) -> list[Completeness]:
    """Return a row per table and provider (known in the month or the twelve before), for the month of `month`.

    `con` is a lake's connection: what is known by its date is what counts.
    """
    first = month.replace(day=1)
    return [row for table in WATCHED for row in _of_table(con, table, first)]


def stop_reasons(con: duckdb.DuckDBPyConnection, month: date) -> list[str]:
    """Return why a return for the month should stop: main providers, or whole tables, under half of what is usual."""
    rows = completeness(con, month)
    reasons = [row.reason for row in rows if row.is_main and row.is_short]
    reasons += [_whole(table, rows) for table in WATCHED if _is_whole_short(table, rows)]
    if reasons or any(row.n_rows for row in rows):
        return reasons
    return [f"no activity of any kind is held for {month:%B %Y}"]  # a month before the first extract, for one


def _is_whole_short(table: str, rows: list[Completeness]) -> bool:
    """A table of many small providers (appointments) has no main one, and can still be missing as a whole."""
    own = [r for r in rows if r.table == table]
    expected = sum(r.expected or 0 for r in own)
    told = any(r.is_main and r.is_short for r in own)
    return not told and expected > 0 and sum(r.n_rows for r in own) < STOP_BELOW * expected


def _whole(table: str, rows: list[Completeness]) -> str:
    own = [r for r in rows if r.table == table]
    n_rows, expected = sum(r.n_rows for r in own), sum(r.expected or 0 for r in own)
    return f"{table}: {n_rows:,} rows for {own[0].month:%B %Y} from all providers, about {expected:,.0f} expected"


def _of_table(con: duckdb.DuckDBPyConnection, table: str, first: date) -> list[Completeness]:
    dated, coded = TABLES[table].dated, WATCHED[table]
    following, before = add_months(first, 1), add_months(first, -12)
    shares = "".join(f", count({c}) FILTER (WHERE {_in(dated, first, following)})" for c in coded)
    rows = con.execute(f"""
        SELECT coalesce(provider, 'not known'),
            count(*) FILTER (WHERE {_in(dated, first, following)}),
            count(*) FILTER (WHERE {_in(dated, before, first)}),
            least(12, datediff('month', min({dated}), {literal(first.isoformat())}::DATE)),
            max({dated}), max(received_on) {shares}
        FROM {table} WHERE {dated} >= {literal(before.isoformat())}::DATE
            AND {dated} < {literal(following.isoformat())}::DATE
        GROUP BY ALL ORDER BY 1""").fetchall()
    total = sum(row[2] for row in rows)
    last = _last_received(con, table)
    return [_row(table, first, following, row, total, last.get(row[0])) for row in rows]


def _in(dated: str | None, start: date, end: date) -> str:
    return f"{dated} >= {literal(start.isoformat())}::DATE AND {dated} < {literal(end.isoformat())}::DATE"


def _last_received(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, date]:
    query = f"SELECT coalesce(provider, 'not known'), max(received_on) FROM {table} GROUP BY ALL"
    return dict(con.execute(query).fetchall())


def _row(
    table: str, first: date, following: date, row: tuple[object, ...], total: int, received: date | None
) -> Completeness:
    provider, n_rows, n_before, months, last_on, _, *filled = row
    assert isinstance(n_rows, int) and isinstance(n_before, int) and isinstance(months, int)  # noqa: S101
    final_from = following + timedelta(days=FINAL_AFTER_DAYS)
    return Completeness(
        table,
        str(provider),
        first,
        n_rows,
        n_before / months if months > 0 else None,
        n_before / total if total else 0.0,
        last_on if isinstance(last_on, date) else None,
        received is not None and received >= final_from,
        {c: float(n) / n_rows if n_rows else 0.0 for c, n in zip(WATCHED[table], filled, strict=True)},  # type: ignore[arg-type]
    )


def add_months(first: date, n: int) -> date:
    """Return the first day of the month `n` months from the one that `first` begins."""
    months = min(max(first.year * 12 + first.month - 1 + n, 12), 9999 * 12 + 11)  # the calendar's own ends
    return date(months // 12, months % 12 + 1, 1)
