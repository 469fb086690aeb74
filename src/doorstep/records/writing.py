"""Writing one load: Parquet in a folder of its own that is renamed into place once everything is on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.home import Home
from doorstep.records.files import private_folder, sha256_of, sync
from doorstep.records.snapshot import Part
from doorstep.records.sql import literal

if TYPE_CHECKING:
    import duckdb


@dataclass
class Writer:
    """Collects the files of one load; nothing is in its place before `settle`."""

    con: duckdb.DuckDBPyConnection
    home: Home
    load_id: str
    parts: list[tuple[str, str, Path]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the two folders that are being built: lake (planning reads it) and quarantine (private)."""
        private_folder(self.home.quarantine)
        self.building.mkdir(parents=True)
        self.building_private.mkdir(mode=0o700)

    @property
    def building(self) -> Path:
        """Where the parts that planning may read are written."""
        return self.home.lake / "loads" / f".building-{self.load_id}-{os.getpid()}"

    @property
    def building_private(self) -> Path:
        """Where the rows that wait are written."""
        return self.home.quarantine / f".building-{self.load_id}-{os.getpid()}"

    def write(self, query: str, role: str, table: str = "", *, keep_empty: bool = False) -> Path | None:
        """Write a query's rows as one Parquet part; None (and no file) where there are none."""
        folder = self.building_private if role == "waiting" else self.building
        path = folder / (f"{role}-{table}.parquet" if table else f"{role}.parquet")
        options = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
        (n_rows,) = self.con.execute(f"COPY ({query}) TO {literal(str(path))} ({options})").fetchall()[0]
        if not n_rows and not keep_empty:
            path.unlink(missing_ok=True)
            return None
        self.parts.append((role, table, path))
        return path

    def settle(self) -> tuple[Part, ...]:
        """Put everything on disk, rename the folders into place and return the parts as the manifest names them."""
        final = self.home.lake / "loads" / self.load_id
        final_private = self.home.quarantine / self.load_id
        parts = tuple(self._part(role, table, path, final, final_private) for role, table, path in self.parts)
        for building, place in ((self.building, final), (self.building_private, final_private)):
            sync(building)
            building.rename(place)
            sync(place.parent)
        return parts

    def _part(self, role: str, table: str, path: Path, final: Path, final_private: Path) -> Part:
        sync(path)
        place = (final_private if path.parent == self.building_private else final) / path.name
        (n_rows,) = self.con.execute(
            "SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata(?)", [str(path)]
        ).fetchall()[0]
        relative = place.relative_to(self.home.root).as_posix()
        return Part(relative, role, table, n_rows, path.stat().st_size, sha256_of(path))
