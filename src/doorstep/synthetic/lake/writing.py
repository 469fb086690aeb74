"""Writing a group of parts: one Parquet file a table, whole people, hashed when it is closed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep.records.contracts import TABLES
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Words
from doorstep.synthetic.lake import columns
from doorstep.synthetic.lake.columns import Column
from doorstep.synthetic.lake.desk import Desk
from doorstep.synthetic.lake.layout import Layout, layout_of
from doorstep.synthetic.lake.tables import MAKERS, Content

PROFILE = "synthetic@1"
ROWS_A_GROUP = 250_000
_REPEATED = ("version_key", "received_on", "file_id", "row_no", "row_hash", "is_deleted")


@dataclass(frozen=True)
class Written:
    """One file as the manifest names it: `role` is facts, repeated, or truth."""

    path: str
    role: str
    table: str
    file_id: str
    n_rows: int
    n_bytes: int
    sha256: str

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


class TableFile:
    """One growing Parquet file; rows wait until there are enough for a row group, which has one dictionary a column."""

    def __init__(self, path: Path, layout: Layout, pseudonyms: Column) -> None:
        self.path, self.layout, self.pseudonyms = path, layout, pseudonyms
        self.n_rows = 0
        self._waiting: list[tuple[Ints, pa.Table]] = []
        self._writer: pq.ParquetWriter | None = None

    def add(self, place: Ints, values: dict[str, Column]) -> None:
        """Add rows of the people at those places; all other dictionaries are the same in every part."""
        self.n_rows += len(place)
        self._waiting.append(
            (place, pa.table([values[n] for n in self.layout.names[1:]], schema=self.layout.schema(values)))
        )
        if sum(len(waiting) for waiting, _ in self._waiting) >= ROWS_A_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write what waits as one row group."""
        place = np.concatenate([waiting for waiting, _ in self._waiting])
        table = pa.concat_tables([table for _, table in self._waiting])
        self._waiting = []
        person = columns.pseudonyms_at(place, self.pseudonyms)
        table = table.add_column(0, pa.field("person_id", person.type, nullable=False), person)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, table.schema, **self.layout.writing)
        self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self, role: str, table: str, file_id: str) -> Written | None:
        """Finish the file and say what it is; None, and no file, where there was no row."""
        if not self.n_rows:
            return None
        if self._waiting:
            self.flush()
        assert self._writer is not None  # noqa: S101  (a row has been written)
        self._writer.close()
        return written(self.path, role, table, file_id, self.n_rows)


def written(path: Path, role: str, table: str, file_id: str, n_rows: int) -> Written:
    """Hash a finished file."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Written(path.name, role, table, file_id, n_rows, path.stat().st_size, digest)


class LakeFiles:
    """The files of one group of parts, a file a table, and the short files of rows whose key repeats."""

    def __init__(self, folder: Path, group: int, recipe: str, pseudonyms: Column) -> None:
        self._folder, self._group, self._recipe = folder, group, recipe
        self._tables = {name: TableFile(self._path("facts", name), layout_of(name), pseudonyms) for name in MAKERS}
        self._repeated: dict[str, list[pa.Table]] = {}

    def _path(self, role: str, table: str) -> Path:
        return self._folder / f"{role}-{table}-{self._group:05d}.parquet"

    def file_id(self, table: str) -> str:
        """The file's identifier on every row: 16 hex digits of what it is made from."""
        return hashlib.sha256(f"{self._recipe} {table} {self._group}".encode()).hexdigest()[:16]

    def add(self, desk: Desk) -> None:
        """Write one part."""
        for name, make in MAKERS.items():
            self.write(desk, name, make(desk))

    def write(self, desk: Desk, name: str, content: Content) -> None:
        """Write one part's rows of one table."""
        if not len(content.delivery):
            return
        file = self._tables[name]
        values = content.own | self._arrival(desk, name, content, file.n_rows)
        file.add(desk.place(content.person), values)
        if content.repeated is not None and content.repeated.any():
            whose = {"person_id": desk.person(content.person)}
            self._repeated.setdefault(name, []).append(_rows_of(whose | values, name, np.flatnonzero(content.repeated)))

    def _arrival(self, desk: Desk, name: str, content: Content, before: int) -> dict[str, Column]:
        n, file_id = len(content.delivery), self.file_id(name)
        received = desk.timeline.received.astype(np.int32)[content.delivery]
        return {
            "profile": columns.constant(PROFILE, n),
            "provider": content.provider,
            "file_id": columns.constant(file_id, n),
            "row_no": pa.array(np.arange(before + 1, before + n + 1, dtype=np.int64)),
            "received_on": columns.known_days(received),
            "version_key": columns.words(Words(content.delivery, desk.delivery_words)),
            "is_deleted": pa.array(np.zeros(n, bool)),
            "row_hash": columns.row_hashes(np.uint64(int(file_id, 16)), before, n),
            "warning": columns.constant(None, n),
        }

    def close(self) -> list[Written]:
        """Finish all files, in order of table."""
        done = [file.close("facts", name, self.file_id(name)) for name, file in self._tables.items()]
        done += [self._close_repeated(name, parts) for name, parts in self._repeated.items()]
        return [w for w in done if w]

    def _close_repeated(self, name: str, parts: list[pa.Table]) -> Written:
        path, table = self._path("repeated", name), pa.concat_tables(parts)
        pq.write_table(table, path, compression="zstd", compression_level=1, store_schema=False)
        return written(path, "repeated", name, self.file_id(name), table.num_rows)


def _rows_of(values: dict[str, Column], name: str, rows: Ints) -> pa.Table:
    """Return the columns that decide which version of a fact stands, at some rows, as plain text and numbers."""
    wanted = dict.fromkeys((*TABLES[name].key, *_REPEATED))
    at = pa.array(rows)
    taken = {column: values[column].take(at) for column in wanted}
    return pa.table({c: v.dictionary_decode() if pa.types.is_dictionary(v.type) else v for c, v in taken.items()})
