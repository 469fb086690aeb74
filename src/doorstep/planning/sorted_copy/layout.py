"""What the sorted copy holds on disk, and how it is found and checked.

A copy is a folder under `planning/sorted/` with `meta.json` and layers. The first layer, `base`, holds every fact, cut
into parts of whole people; each later layer holds what one update added, and what it took away (`gone_…`). A reader
sees each layer without what later ones took away.

- `names(person_id, name)`: the number of each pseudonym, given in the order of the pseudonyms when the copy was made.
- `codes(code, name)`: the number of each code (SNOMED CT, dm+d, ICD-10 as it stands in the record).
- `origins(origin, file_id, profile, provider, received_on)`: where rows came from.
- one table a lake table: person_id, the columns of `kept`, origin, row_no; sorted by person and day.
- `people`, `residence`, `registration` as `planning.people` makes them, keyed by number; a later layer takes away the
  rows of the people in its `renewed`.
- `dropped(lake_table, file_id, row_no)` and `withheld(flow, person_id)`: rows that were in the lake and no facts, and
  people who were withheld, when the copy was last brought up to date.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.errors import NotWhatItClaimsError
from doorstep.home import Home
from doorstep.planning.definitions import DATED, Shelf
from doorstep.planning.verified import is_as_written
from doorstep.records.contracts import TABLES

SORTED_FORMAT = 1
# People whose rows stand together in one file: a purge rewrites that file, and one person's rows are read from it.
PEOPLE_A_PART = 1 << 17
EVERY_PART = -1  # the part number of a file that is not cut

NUMBERED_CODES = ("coded", "medicine")
WHO: Mapping[str, str] = {
    "people": "birth_on DATE, sex VARCHAR, ethnicity VARCHAR, died_on DATE",
    "residence": "lsoa21 VARCHAR, from_on DATE, to_on DATE",
    "registration": "practice VARCHAR, from_on DATE, to_on DATE",
}
ORIGIN = ("file_id", "profile", "provider", "received_on")
# Keys of single events that no definition asks for, and that would be most of the copy: they stay in the lake alone.
_EVENT_KEYS: Mapping[str, tuple[str, ...]] = {
    "outpatient": ("appointment_id",),
    "emergency": ("attendance_id",),
    "community": ("referral_id", "contact_id"),
    "appointment": ("appointment_id",),
    "coded": ("entry_id",),
    "medicine": ("issue_id",),
}
# Tables whose versions of one fact matter after loading: the newest row of a person is believed.
_VERSIONED = ("person", "cohort")


def kept(table: str) -> tuple[str, ...]:
    """Return the columns of a lake table that the copy keeps, besides person_id, origin and row_no."""
    own = [n for n in TABLES[table].names if n != "person_id" and n not in _EVENT_KEYS.get(table, ())]
    return (*own, *(("version_key",) if table in _VERSIONED else ()))


def stored_types(table: str) -> dict[str, str]:
    """Return the columns of a table as the copy stores them, name to DuckDB type, in order."""
    types = {n: TABLES[table].column(n).type for n in kept(table)}
    if table in NUMBERED_CODES:
        types["code"] = "INTEGER"
    return {"person_id": "INTEGER", **types, "origin": "INTEGER", "row_no": "BIGINT"}


def day_of(table: str) -> str:
    """Return the column that orders a person's rows: the day of the table, else the day they arrived."""
    return DATED.get(table) or TABLES[table].dated or "row_no"


def serves(shelf: Shelf) -> bool:
    """Return whether every column that these definitions ask for is in the copy."""
    asked = ((a.table, a.where) for a in shelf.activities if a.where)
    return not any(asks_for(where, _EVENT_KEYS.get(table, ())) for table, where in asked)


def asks_for(rule: str, columns: Iterable[str]) -> bool:
    """Return whether a rule asks for any of these columns."""
    return bool(columns_of_rule(rule) & set(columns))


def columns_of_rule(rule: str) -> set[str]:
    """Return the columns that a rule names; none of an empty one."""
    from sqlglot import exp, parse_one

    return {c.name for c in parse_one(rule, dialect="duckdb").find_all(exp.Column)} if rule.strip() else set()


@dataclass(frozen=True)
class Piece:
    """One file of the copy: the table it belongs to, its part, and what it should be."""

    table: str
    part: int
    path: str
    n_rows: int
    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Layer:
    """The files that were written together."""

    name: str
    pieces: tuple[Piece, ...]

    def of(self, table: str, parts: Collection[int] | None = None) -> list[Piece]:
        """Return the files of one table; those that can hold rows of some parts where these are given."""
        return [p for p in self.pieces if p.table == table and (parts is None or p.part in (*parts, EVERY_PART))]

    @property
    def n_rows(self) -> int:
        """Rows of facts in the layer."""
        return sum(p.n_rows for p in self.pieces if p.table in TABLES)


@dataclass(frozen=True)
class SortedCopy:
    """A copy of the facts of one snapshot as known by a date; `loads` are those whose rows it has taken in."""

    folder: Path
    snapshot: str
    known_by: date
    n_names: int
    n_codes: int
    n_origins: int
    loads: frozenset[str]
    n_purges: int
    layers: tuple[Layer, ...] = field(default=())

    @property
    def n_parts(self) -> int:
        """How many parts the people are cut into."""
        return -(-self.n_names // PEOPLE_A_PART)

    @property
    def n_bytes(self) -> int:
        """Size on disk."""
        return sum(p.n_bytes for layer in self.layers for p in layer.pieces)

    def paths(self, pieces: Iterable[Piece]) -> list[str]:
        """Return absolute paths."""
        return [str(self.folder / p.path) for p in pieces]

    def is_of(self, snapshot: str, known_by: date) -> bool:
        """Return whether it holds the facts of that snapshot as known by that day."""
        return (self.snapshot, self.known_by) == (snapshot, known_by)

    def check(self, pieces: Iterable[Piece] | None = None) -> None:
        """Raise NotWhatItClaimsError where a file (of these, or of all) has other bytes than were written."""
        chosen = list(pieces) if pieces is not None else [p for layer in self.layers for p in layer.pieces]
        with ThreadPoolExecutor(2) as pool:  # hashing leaves the interpreter free
            wrong = [p for p, good in zip(chosen, pool.map(self._is_good, chosen), strict=True) if not good]
        if wrong:
            raise NotWhatItClaimsError(
                "a file of the sorted copy is missing or was changed",
                expected=f"SHA-256 {wrong[0].sha256}",
                where=str(self.folder / wrong[0].path),
                do=f"remove the folder {self.folder} and run `doorstep population update` again",
            )

    def _is_good(self, piece: Piece) -> bool:
        return is_as_written(self.folder / piece.path, piece.sha256)

    def publish(self) -> None:
        """Write `meta.json`: readers see the copy before or the copy now; then remove files it no longer names."""
        from doorstep.planning.person_file import replace_text

        plain = {**asdict(self), "folder": "", "known_by": self.known_by.isoformat()}
        plain["loads"] = sorted(self.loads)
        replace_text(self.folder / "meta.json", json.dumps({"format": SORTED_FORMAT, **plain}))
        named = {self.folder / p.path for layer in self.layers for p in layer.pieces}
        for path in set(self.folder.rglob("*.parquet")) - named:
            path.unlink(missing_ok=True)


def sorted_folder(home: Home) -> Path:
    """Return where copies lie."""
    return home.planning / "sorted"


def copies(home: Home) -> Iterator[SortedCopy]:
    """Yield the copies on disk that this version can read, the newest first."""
    metas = sorted(sorted_folder(home).glob("[!.]*/meta.json"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    yield from (found for found in map(_read, metas) if found)


def find_copy(home: Home, snapshot: str, known_by: date) -> SortedCopy | None:
    """Return the copy of that snapshot as known by that day, or None: a stale one is never used for it."""
    return next((c for c in copies(home) if c.is_of(snapshot, known_by)), None)


def _read(path: Path) -> SortedCopy | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("format") != SORTED_FORMAT:
            return None
        layers = tuple(Layer(x["name"], tuple(Piece(**p) for p in x["pieces"])) for x in found.pop("layers"))
        known_by, loads = date.fromisoformat(found.pop("known_by")), frozenset(found.pop("loads"))
        return replace(
            SortedCopy(**{**found, "folder": path.parent, "known_by": known_by, "loads": loads}), layers=layers
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NotWhatItClaimsError(
            f"this is not the description of a sorted copy ({error})", where=str(path),
            do=f"remove the folder {path.parent}: the copy is made again from the lake",
        ) from error  # fmt: skip
