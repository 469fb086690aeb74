"""The person table and its history on disk: of one day, knowledge date and snapshot; never half-written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol, cast

from doorstep import __version__
from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning import lists, overlays
from doorstep.planning.definitions import PlaceScore, Shelf, read_definition, shipped
from doorstep.planning.engine.columns import Offer, history_columns, offered, person_columns
from doorstep.planning.engine.needs import lists_of
from doorstep.planning.nearest import did_you_mean
from doorstep.planning.verified import digest, is_as_written

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.engine.duck import Written
    from doorstep.planning.engine.spark_files import OpenLake, SparkSettings
    from doorstep.planning.sorted_copy import SortedCopy

PERSON_FORMAT = 2
PERSON, HISTORY = "person.parquet", "history.parquet"


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
        return self.folder / PERSON

    @property
    def history_path(self) -> Path:
        """The Parquet file of the months before, a row for everyone who has anything in them."""
        return self.folder / HISTORY

    def relation_sql(self) -> str:
        """Return the query that reads the table, one row a person."""
        return overlays.relation(self.folder, self.meta, overlays.PERSON)

    def history_sql(self) -> str:
        """Return the query that reads the history."""
        return overlays.relation(self.folder, self.meta, overlays.HISTORY)

    @property
    def as_at(self) -> date:
        """The day the facts are about."""
        return date.fromisoformat(self.meta["as_at"])

    @property
    def columns(self) -> dict[str, str]:
        """Column name to DuckDB type, as rules see them."""
        return dict(self.meta["columns"])

    def check(self) -> None:
        """Raise NotWhatItClaimsError where the table differs from the one that was built."""
        for path, sha256 in overlays.files(self.folder, self.meta).items():
            if not is_as_written(path, sha256):
                raise NotWhatItClaimsError(
                    "the person table is missing or was changed",
                    expected=f"SHA-256 {sha256}",
                    where=str(path),
                    do="run `doorstep population build` again",
                )


def build_person_file(
    home: Home,
    lake: LakeView,
    *,
    as_at: date,
    shelf: Shelf | None = None,
    memory: str | None = None,
    on_spark: SparkSettings | None = None,
) -> PersonFile:
    """Build the person table and its history for a day from an open lake and write them under `planning/person/`.

    DuckDB works it out, or Spark where `on_spark` says which: the rows are the same. DuckDB reads the sorted copy of
    these records where there is one, else the lake: the rows are the same again, and `layout` says which it was.
    `memory` is the most that DuckDB may use, such as "1GB" (default: what the home sets). Raises UsageError where the
    day is later than the knowledge date, ConfigurationError where the home, the Place or a definition is wrong.
    """
    if as_at > lake.known_by:
        raise UsageError(
            f"the day {as_at} is later than what is known by {lake.known_by}",
            expected="a day not after the knowledge date",
            do="give a later --known-by, or an earlier --as-at",
        )
    offer, folder = offer_of(home, shelf), folder_of(home, lake, as_at)
    folder.mkdir(parents=True, exist_ok=True)
    score, copy = place_score(home), None if on_spark else _copy_for(home, lake, offer.shelf)
    asked: dict[str, Any] = {"as_at": as_at, "practices": place_practices(home), "lists": lists.in_use(home).path}
    asked |= {"place_score": score, "memory": memory}
    made = _write(home, lake, offer.shelf, folder, asked=asked, on_spark=on_spark, copy=copy)
    content = {
        "engine": "spark" if on_spark else "duckdb",
        "layout": "sorted copy" if copy else "lake",
        "basis": "conditions and risk" if made.has_codes else "risk alone: no coded entries are held",
        "n_people": made.n_people,
        "sha256": digest(folder / PERSON),
        "history_sha256": digest(folder / HISTORY),
    }
    meta = {**_origin(home, lake, as_at), **_definitions(home, offer, score), **content}
    replace_text(folder / "meta.json", json.dumps(meta, indent=1))
    return PersonFile(folder, meta)


def _copy_for(home: Home, lake: LakeView, shelf: Shelf) -> SortedCopy | None:
    """Return the sorted copy of the lake's records, where it is fresh and keeps what the definitions ask for."""
    from doorstep.planning.sorted_copy.layout import find_copy, serves

    return find_copy(home, lake.snapshot, lake.known_by) if serves(shelf) else None


def _write(
    home: Home,
    lake: LakeView,
    shelf: Shelf,
    folder: Path,
    *,
    asked: Mapping[str, Any],
    on_spark: SparkSettings | None,
    copy: SortedCopy | None,
) -> Written:
    """Write the two tables with the engine that was asked for, from the copy where it is given."""
    if copy:
        from doorstep.planning.sorted_copy.build import write_person_table

        return write_person_table(copy, shelf, folder / PERSON, folder / HISTORY, **asked)
    if on_spark is None:
        from doorstep.planning.engine import duck

        return duck.write_person_table(lake.connection(), shelf, folder / PERSON, folder / HISTORY, **asked)
    from doorstep.planning.engine import spark_files

    with TemporaryDirectory(dir=home.planning, prefix=".spark-") as scratch:
        place: dict[str, Any] = {"scratch": Path(scratch), "settings": on_spark}
        parts = cast("OpenLake", lake)
        return spark_files.write_person_table(parts, shelf, folder / PERSON, folder / HISTORY, **asked, **place)


def ensure_person_file(home: Home, lake: LakeView, *, as_at: date, shelf: Shelf | None = None) -> PersonFile:
    """Return the person table for a day, checked; built where it is missing or its definitions have changed since."""
    found = fresh_person_file(home, lake, as_at=as_at, shelf=shelf)
    found.check()
    return found


def fresh_person_file(home: Home, lake: LakeView, *, as_at: date, shelf: Shelf | None = None) -> PersonFile:
    """Return what `ensure_person_file` does, its bytes not held against their hashes."""
    folder = folder_of(home, lake, as_at)
    if (folder / "meta.json").exists() and _is_format(folder / "meta.json"):
        found = read_person_file(folder)
        wanted = describe(home, lake, offer_of(home, shelf), as_at=as_at)
        if all(found.meta.get(name) == value for name, value in wanted.items()):
            return found
    return build_person_file(home, lake, as_at=as_at, shelf=shelf)


def describe(home: Home, lake: LakeView, offer: Offer, *, as_at: date) -> dict[str, Any]:
    """Return what a table built now would be made from: the same for tables that need not be built again."""
    return {**_origin(home, lake, as_at), **_definitions(home, offer, place_score(home))}


def offer_of(home: Home, shelf: Shelf | None = None) -> Offer:
    """Return what can be computed in a home: with its code lists, and what it opted in to.

    `[population] opt_in` in config.toml names definitions that are off unless a Place asks for them. Raises
    ConfigurationError where it names one that is not on the shelf.
    """
    shelf = shelf or shipped()
    settings = home.config().get("population", {})
    opted_in = settings.get("opt_in", []) if isinstance(settings, dict) else settings
    unknown = (
        sorted({str(name) for name in opted_in} - {d.id for d in shelf.all}) if isinstance(opted_in, list) else [""]
    )
    if unknown:
        raise ConfigurationError(
            f"opt_in names {', '.join(unknown)}" if unknown[0] else f"opt_in is {opted_in!r}",
            expected="a list of ids of definitions",
            where=f"[population] in {home.config_file}",
            do=did_you_mean(unknown[0], [d.id for d in shelf.all]) or "see the manual of definitions for their ids",
        )
    return offered(shelf, lists.in_use(home).names, opted_in=opted_in)


def latest_person_file(home: Home) -> PersonFile | None:
    """Return the person table that was written last, of any snapshot, not checked; None where there is none."""
    metas = sorted((home.planning / "person").glob("*/meta.json"), key=lambda p: p.stat().st_mtime_ns)
    own = [path for path in metas if _is_format(path)]
    return read_person_file(own[-1].parent) if own else None


def newest_person_file(home: Home, snapshot: str) -> PersonFile | None:
    """Return the person table that was built last from this snapshot, checked; None where there is none."""
    metas = sorted((home.planning / "person").glob("*/meta.json"))
    found = [read_person_file(path.parent) for path in metas if _is_format(path)]
    own = [person for person in found if person.meta["snapshot"] == snapshot]
    if not own:
        return None
    newest = max(own, key=lambda person: (_written_at(person), person.meta["known_by"], person.as_at))
    newest.check()
    return newest


def _written_at(person: PersonFile) -> int:
    return (person.folder / "meta.json").stat().st_mtime_ns


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


def _definitions(home: Home, offer: Offer, score: PlaceScore | None) -> dict[str, Any]:
    shelf, hashes = offer.shelf, lists.in_use(home).hashes
    used = (*shelf.all, *((score,) if score else ()))
    read = {d.label: list(lists_of(d)) for d in used}
    return {
        "definitions": {d.label: shelf.hashes.get(d.id, "") for d in used},
        "reads": read,
        "lists": {name: hashes[name] for names in read.values() for name in names},
        "left_out": dict(offer.left_out),
        "unreviewed": [d.label for d in used if not d.is_reviewed],
        "recalled_or_inferred": [d.label for d in used if d.status in ("recalled", "inferred")],
        "group": shelf.group.label if shelf.groups else "none",
        "risk": _risk(shelf, score),
        "columns": person_columns(shelf),
        "history_columns": history_columns(shelf),
    }


def _risk(shelf: Shelf, score: PlaceScore | None) -> dict[str, str]:
    if score:
        return {"rule": score.label, "label": f"{score.title}, scored on {score.scored_on}"}
    frailty = next((s for s in shelf.diagnosis_scores if s.id == "hfrs"), None)
    return {"rule": frailty.label, "label": frailty.label_for_readers} if frailty else {"rule": "none", "label": ""}
