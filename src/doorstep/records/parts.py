"""A lake table as files: what an engine other than DuckDB needs to see the same facts, as known by the same date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, DROPPED, WITHHELD = "lake_rows", "lake_dropped", "lake_withheld"


@dataclass(frozen=True)
class Parts:
    """The Parquet files of one lake table, and the query that takes its facts out of them.

    - `columns`: (name, DuckDB type) in order, of the facts; a file may lack the newest of them.
    - `paths`: the files, absolute, oldest load first; none where the table was never loaded.
    - `query`: DuckDB's SQL over three relations that the engine provides under these names: `lake_rows` (the files as
      one table), `lake_dropped` and `lake_withheld`. It filters and anti-joins, no more.
    - `dropped`: (file_id, row_no) of rows that are not the fact of their key; few in practice.
    - `withheld`: (flow, person_id) of people whose rows planning may not see.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    paths: tuple[str, ...]
    query: str
    dropped: pa.Table
    withheld: pa.Table
