"""What `records.reading` hands over: one staged table per file and lake table, every data row in it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb


class Source(Protocol):
    """The file that was read."""

    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def file_id(self) -> str: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102


class Interpretation(Protocol):
    """One file read as one lake table (`table` is empty for a dictionary file)."""

    @property
    def source(self) -> Source: ...  # noqa: D102
    @property
    def profile(self) -> str: ...  # noqa: D102
    @property
    def table(self) -> str: ...  # noqa: D102
    @property
    def staged(self) -> str: ...  # noqa: D102
    @property
    def n_rows(self) -> int: ...  # noqa: D102
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102


class Reader(Protocol):
    """Stages the files of one delivery in `con`; `records.reading.read_delivery` is the one that ships."""

    def __call__(  # noqa: D102
        self,
        con: duckdb.DuckDBPyConnection,
        files: Sequence[Path],
        *,
        received_on: date,
        profile: str | None = None,
        mapping: Any = None,
    ) -> Sequence[Interpretation]: ...


@dataclass(frozen=True)
class Staged:
    """One interpretation with what the lake needs to know of its staged table."""

    item: Interpretation
    columns: frozenset[str]
    is_main: bool

    @property
    def table(self) -> str:
        """Lake table, or empty."""
        return self.item.table

    @property
    def name(self) -> str:
        """Name of the staged table in the connection."""
        return self.item.staged

    @property
    def file_id(self) -> str:
        """First 16 hex digits of the file's SHA-256."""
        return self.item.source.file_id

    @property
    def is_fact(self) -> str:
        """SQL that is true for rows that make a fact; false for an episode carried by another row's spell."""
        return "coalesce(s.is_fact, true)" if "is_fact" in self.columns else "true"

    @property
    def carried_by(self) -> str:
        """SQL for the row whose fact carries this one, or null."""
        return "s.carried_by" if "carried_by" in self.columns else "NULL::BIGINT"

    @property
    def has_local_key(self) -> bool:
        """Whether this is a patient file that links local keys to people."""
        return "local_key" in self.columns


def drop(con: duckdb.DuckDBPyConnection, s: Staged) -> None:
    """Give the memory of a staged table back; where it is a view, that of the rows behind it."""
    for kind, name in con.execute(_STAGED, [s.name, f"{s.name}_rows"]).fetchall():
        con.execute(f"DROP {kind} {name}")


_STAGED = """SELECT 'VIEW', view_name FROM duckdb_views() WHERE view_name = $1
    UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE table_name IN ($1, $2)"""


def describe(con: duckdb.DuckDBPyConnection, items: Sequence[Interpretation]) -> list[Staged]:
    """Look at each staged table; the first interpretation of a file is its main one."""
    found, seen = [], set()
    for item in items:
        names = frozenset(row[0] for row in con.execute(f"DESCRIBE {item.staged}").fetchall())
        found.append(Staged(item, names, item.source.file_id not in seen))
        seen.add(item.source.file_id)
    return found
