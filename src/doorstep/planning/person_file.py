"""The person table on disk: built for a day, as known by a date, from one snapshot; never half-written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol, cast

from doorstep import __version__
from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning import overlays
from doorstep.planning.definitions import PlaceScore, Shelf, file_hash, read_definition, shipped
from doorstep.planning.engine.columns import offered
from doorstep.planning.engine.duck import create_person_table, holds_coded_entries
from doorstep.planning.lists import in_use

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.engine.spark_files import OpenLake, SparkSettings

PERSON_FORMAT = 2


class LakeView(Protocol):
    """What planning needs of an open lake."""

    @property
    def snapshot(self) -> str:
        """Hash of the snapshot."""

    @property
    def known_by(self) -> date:
        """The knowledge date."""

    def connection(self) -> DuckDBPyConnection:
        """Return a connection with a view per lake table."""


@dataclass(frozen=True)
class PersonFile:
    """One person table on disk and what it was made from (`meta`, plain values)."""

    folder: Path
    meta: dict[str, Any]

    @property
    def path(self) -> Path:
        """The Parquet file, one row a person."""
        return self.folder / "person.parquet"

    @property
    def as_at(self) -> date:
        """The day the facts are about."""
        return date.fromisoformat(self.meta["as_at"])

    @property
    def columns(self) -> dict[str, str]:
        """Column name to DuckDB type, as rules see them."""
        return dict(self.meta["columns"])

    def relation_sql(self) -> str:
        """Return the query of the person table."""
        return overlays.relation(self.folder, self.meta, "person")

    def history_sql(self) -> str:
        """Return the query of the monthly history."""
        return overlays.relation(self.folder, self.meta, "history")

    def check(self) -> None:
        """Raise NotWhatItClaimsError where the table differs from the one that was built."""
        for path, digest in overlays.files(self.folder, self.meta).items():
            if not path.exists() or file_hash(path) != digest:
                raise NotWhatItClaimsError(
                    "the person table is missing or was changed",
                    expected=f"SHA-256 {digest}",
                    where=str(path),
                    do="run `doorstep population build` again",
                )


def build_person_file(
    home: Home, lake: LakeView, *, as_at: date, shelf: Shelf | None = None, on_spark: SparkSettings | None = None
) -> PersonFile:
    """Build the person table for a day from an open lake and write it under `planning/person/`.

    DuckDB works it out, or Spark where `on_spark` says which: the rows are the same. Raises UsageError where the day is
    later than the knowledge date, ConfigurationError where the home, the Place or a definition is wrong.
    """
    if as_at > lake.known_by:
        raise UsageError(
            f"the day {as_at} is later than what is known by {lake.known_by}",
            expected="a day not after the knowledge date",
            do="give a later --known-by, or an earlier --as-at",
        )
    score, con, lists = place_score(home), lake.connection(), in_use(home)
    shelf = offered(shelf or shipped(), lists.names).shelf
    folder = folder_of(home, lake, as_at)
    with _tables(home, lake, shelf, as_at, score, lists.path, on_spark):
        folder.mkdir(parents=True, exist_ok=True)
        files = {name: _write(con, folder / name, table) for table, name in overlays.WHOLE.items()}
        content = _content(con) | {"engine": "spark" if on_spark else "duckdb"}
    meta = {**_origin(home, lake, as_at), **_definitions(shelf, score), **content, "files": files}
    replace_text(folder / "meta.json", json.dumps(meta, indent=1))
    return PersonFile(folder, meta)


@contextmanager
def _tables(
    home: Home,
    lake: LakeView,
    shelf: Shelf,
    as_at: date,
    score: PlaceScore | None,
    lists: Path,
    on_spark: SparkSettings | None,
) -> Iterator[None]:
    """Make `person_table` and `history_table` in the lake's connection, for as long as the `with` lasts."""
    asked: dict[str, Any] = {"as_at": as_at, "practices": place_practices(home), "place_score": score, "lists": lists}
    if on_spark is None:
        create_person_table(lake.connection(), shelf, **asked)
        yield
        return
    from doorstep.planning.engine import spark_files

    with TemporaryDirectory(dir=home.planning, prefix=".spark-") as scratch:
        parts = cast("OpenLake", lake)
        spark_files.create_person_table(parts, shelf, **asked, scratch=Path(scratch), settings=on_spark)
        yield


def describe(home: Home, lake: LakeView, *, as_at: date) -> dict[str, Any]:
    """Return what a table built now would be made from."""
    shelf = offered(shipped(), in_use(home).names).shelf
    return {**_origin(home, lake, as_at), **_definitions(shelf, place_score(home))}


def latest_person_file(home: Home) -> PersonFile | None:
    """Return the table that was written last, of any snapshot; None where there is none."""
    metas = sorted((home.planning / "person").glob("*/meta.json"), key=lambda p: p.stat().st_mtime_ns)
    found = [read_person_file(p.parent) for p in metas if _is_format(p)]
    return found[-1] if found else None


def ensure_person_file(home: Home, lake: LakeView, *, as_at: date, shelf: Shelf | None = None) -> PersonFile:
    """Return the person table for a day, building it where it is missing or its definitions have changed since."""
    shelf = shelf or shipped()
    folder = folder_of(home, lake, as_at)
    if (folder / "meta.json").exists():
        found = read_person_file(folder)
        wanted = describe(home, lake, as_at=as_at)
        if all(found.meta.get(name) == value for name, value in wanted.items()):
            found.check()
            return found
    return build_person_file(home, lake, as_at=as_at, shelf=shelf)


def newest_person_file(home: Home, snapshot: str) -> PersonFile | None:
    """Return the person table that was built last from this snapshot, checked; None where there is none."""
    metas = sorted((home.planning / "person").glob("*/meta.json"))
    found = [read_person_file(path.parent) for path in metas if _is_format(path)]
    own = [person for person in found if person.meta["snapshot"] == snapshot]
    if not own:
        return None
    newest = max(
        own,
        key=lambda person: ((person.folder / "meta.json").stat().st_mtime_ns, person.meta["known_by"], person.as_at),
    )
    newest.check()
    return newest


def _is_format(path: Path) -> bool:
    return bool(json.loads(path.read_text(encoding="utf-8")).get("format") == PERSON_FORMAT)


def read_person_file(folder: Path) -> PersonFile:
    """Read what a person table was made from; ConfigurationError where it is of another format."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    if meta.get("format") != PERSON_FORMAT:
        raise ConfigurationError(
            f"a person table of format {meta.get('format')}",
            expected=f"format {PERSON_FORMAT}",
            where=str(folder),
            do="run `doorstep population build` again",
        )
    return PersonFile(folder, meta)


def folder_of(home: Home, lake: LakeView, as_at: date) -> Path:
    """Return where the table of a day, a knowledge date and a snapshot lies."""
    return home.planning / "person" / f"{as_at}_{lake.known_by}_{lake.snapshot[:8]}"


def place_practices(home: Home) -> Sequence[str]:
    """Return the Place's practices: its own list in config.toml, else those of its definition."""
    from doorstep.reference import places

    return places.configured(home.config())[1]


def place_score(home: Home) -> PlaceScore | None:
    """Return the Place's own risk score where `planning/risk/` holds its definition, else None.

    Raises ConfigurationError where there are several.
    """
    found = sorted((home.planning / "risk").glob("*.toml"))
    if len(found) > 1:
        raise ConfigurationError(
            f"{len(found)} risk scores: {', '.join(p.name for p in found)}",
            expected="one file, the score in use",
            where=str(home.planning / "risk"),
        )
    return read_definition(PlaceScore, found[0]) if found else None


def replace_text(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old one or the new one, never a part."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def _write(con: DuckDBPyConnection, path: Path, table: str) -> str:
    draft = path.with_name(f".{path.name}.draft")
    con.sql(f"select * from {table}_table order by person_id").write_parquet(str(draft), compression="zstd")
    draft.replace(path)
    return file_hash(path)


def _origin(home: Home, lake: LakeView, as_at: date) -> dict[str, Any]:
    practices = list(place_practices(home))
    return {
        "format": PERSON_FORMAT,
        "place": str(home.config().get("place") or home.config()["system"]),
        "practices": hashlib.sha256(json.dumps(practices).encode()).hexdigest(),
        "as_at": as_at.isoformat(),
        "known_by": lake.known_by.isoformat(),
        "snapshot": lake.snapshot,
        "doorstep": __version__,
    }


def _definitions(shelf: Shelf, score: PlaceScore | None) -> dict[str, Any]:
    used = (*shelf.all, *((score,) if score else ()))
    risk = score or shelf.frailty
    label = f"{score.title}, scored on {score.scored_on}" if score else shelf.frailty.label_for_readers
    return {
        "definitions": {d.label: shelf.hashes.get(d.id, "") for d in used},
        "unreviewed": [d.label for d in used if not d.is_reviewed],
        "recalled_or_inferred": [d.label for d in used if d.status in ("recalled", "inferred")],
        "group": shelf.group.label,
        "risk": {"rule": risk.label, "label": label},
    }


def _content(con: DuckDBPyConnection) -> dict[str, Any]:
    described = con.execute("select column_name, column_type from (describe person_table)").fetchall()
    (n_people,) = con.execute("select count(*) from person_table").fetchall()[0]
    basis = "conditions and risk" if holds_coded_entries(con) else "risk alone: no coded entries are held"
    return {"columns": dict(described), "n_people": n_people, "basis": basis}
