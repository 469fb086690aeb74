"""Snapshots: which loads make up the lake, under one hash, behind one pointer that is replaced by rename.

A snapshot's hash is over what came in (hashes of the input files, the day they arrived, the profiles that read them,
the opt-out rule of each flow, the purges), not over the Parquet that was written: the same loads give the same hash on
any machine and under any key. What was written has its own hashes, which `verify` checks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from doorstep import __version__, clock
from doorstep.errors import ConfigurationError, NotWhatItClaimsError
from doorstep.home import Home
from doorstep.records.contracts import LAKE_FORMAT
from doorstep.records.files import hash_of, sha256_of, write_atomic


@dataclass(frozen=True)
class Input:
    """One extract file as it was loaded; `tables` are the lake tables it fed."""

    file_id: str
    sha256: str
    name: str
    profile: str
    tables: tuple[str, ...]
    flow: str
    n_rows: int
    notes: tuple[str, ...] = ()
    purged_rows: int = 0


@dataclass(frozen=True)
class Part:
    """One file that a load wrote: its path from the home, rows, bytes and SHA-256."""

    path: str
    role: str
    table: str
    n_rows: int
    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Load:
    """One immutable load: a delivery of extracts, or a cleaned list of those not opted out (`kind` opt_out)."""

    load_id: str
    kind: str
    received_on: date
    inputs: tuple[Input, ...]
    parts: tuple[Part, ...]
    opt_out_rules: Mapping[str, str] = field(default_factory=dict)
    mapping_sha256: str = ""
    engine: str = ""

    def content(self) -> dict[str, Any]:
        """Return what the load is made from: equal content is the same load."""
        return {
            "kind": self.kind,
            "received_on": self.received_on.isoformat(),
            "files": sorted([i.sha256, i.profile, list(i.tables)] for i in self.inputs),
            "mapping": self.mapping_sha256,
            "opt_out": dict(sorted(self.opt_out_rules.items())),
        }

    def files(self, role: str, table: str = "") -> list[str]:
        """Return the paths (from the home) of parts with this role and table."""
        return [p.path for p in self.parts if p.role == role and p.table == table]


@dataclass(frozen=True)
class Purge:
    """A tombstone: what was removed (as a hash), why, when, and how many rows."""

    what: str
    hash: str
    reason: str
    purged_on: date
    n_rows: int


@dataclass(frozen=True)
class Snapshot:
    """The lake at one moment: loads in the order they came, and the tombstones of what was purged."""

    loads: tuple[Load, ...]
    purges: tuple[Purge, ...] = ()
    parent: str | None = None
    lost: tuple[str, ...] = ()
    created: str = ""
    tool: str = __version__
    name: str = ""

    @property
    def hash(self) -> str:
        """The name it was published under: 64 hex digits. A later purge keeps an older snapshot's name."""
        return self.name or self.content_hash()

    def content_hash(self) -> str:
        """Return the hash over the content of its loads and purges."""
        purges = [[p.what, p.hash, p.reason, p.purged_on.isoformat()] for p in self.purges]
        return hash_of({"format": LAKE_FORMAT, "loads": [x.content() for x in self.loads], "purges": purges})

    @property
    def is_reproducible(self) -> bool:
        """False once a purge has taken rows away that figures from this snapshot counted."""
        return not self.lost

    def with_load(self, load: Load) -> Snapshot:
        """Return the snapshot that follows this one when `load` is added."""
        return Snapshot((*self.loads, load), self.purges, self.hash if self.loads else None)

    def known_files(self) -> dict[str, Input]:
        """Return every input file by its SHA-256."""
        return {i.sha256: i for load in self.loads for i in load.inputs}

    def paths(self, home: Home, role: str, table: str = "") -> list[str]:
        """Return absolute paths of all parts with this role and table, oldest load first."""
        return [str(home.root / path) for load in self.loads for path in load.files(role, table)]


EMPTY = Snapshot(())
_RESTORE = "restore the home from its backup, or load the extracts again into a new home"


def current(home: Home) -> Snapshot:
    """Return the published snapshot, or an empty one where nothing was ever loaded."""
    name = current_name(home)
    return read(home, name) if name else EMPTY


def current_name(home: Home) -> str | None:
    """Return the hash that the pointer names, or None where nothing was ever published."""
    try:
        found = json.loads((home.lake / "current").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise NotWhatItClaimsError(
            "this is not a pointer to a snapshot", where=str(home.lake / "current"), do=_RESTORE
        ) from error
    _check_format(found, home.lake / "current")
    if not isinstance(found.get("snapshot"), str):
        raise NotWhatItClaimsError("this is not a pointer to a snapshot", where=str(home.lake / "current"), do=_RESTORE)
    return str(found["snapshot"])


def read(home: Home, name: str) -> Snapshot:
    """Read one snapshot by its hash, or the unambiguous beginning of one (8 digits or more)."""
    path = _manifest(home, name)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _check_format(found, path)
        return _from_plain(found)
    except (ValueError, KeyError, TypeError) as error:
        raise NotWhatItClaimsError(f"this is not a snapshot ({error})", where=str(path), do=_RESTORE) from error


def _manifest(home: Home, name: str) -> Path:
    folder = home.lake / "snapshots"
    found = sorted(folder.glob(f"{name}*.json")) if len(name) >= 8 and name.isalnum() else []
    if len(found) != 1:
        raise ConfigurationError(
            f"there {'is no' if not found else 'are several'} snapshot {name!r}",
            expected="the hash of a snapshot of this lake, or its first 8 digits or more",
            where=str(folder),
        )
    return found[0]


def _check_format(found: Any, path: Path) -> None:
    if not isinstance(found, Mapping):
        raise NotWhatItClaimsError("this is not what Doorstep writes there", where=str(path), do=_RESTORE)
    if found.get("format") != LAKE_FORMAT:
        raise ConfigurationError(
            f"the lake has format {found.get('format')!r}",
            expected=f"format {LAKE_FORMAT}",
            where=str(path),
            do="use the version of Doorstep that wrote it, or load the extracts again into a new home",
        )


def _from_plain(found: Mapping[str, Any]) -> Snapshot:
    purges = tuple(Purge(**{**p, "purged_on": date.fromisoformat(p["purged_on"])}) for p in found["purges"])
    return Snapshot(
        tuple(_load_from_plain(x) for x in found["loads"]),
        purges,
        found["parent"],
        tuple(found["lost"]),
        found["created"],
        found["tool"],
        found["snapshot"],
    )


def _load_from_plain(found: Mapping[str, Any]) -> Load:
    inputs = tuple(Input(**{**i, "tables": tuple(i["tables"]), "notes": tuple(i["notes"])}) for i in found["inputs"])
    parts = tuple(Part(**p) for p in found["parts"])
    return Load(**{**found, "received_on": date.fromisoformat(found["received_on"]), "inputs": inputs, "parts": parts})


def write_manifest(home: Home, snapshot: Snapshot) -> str:
    """Write the manifest of a snapshot under its name and return the name."""
    folder = home.lake / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_to_plain(snapshot), indent=1, default=_day)
    write_atomic(folder / f"{snapshot.hash}.json", text.encode())
    return snapshot.hash


def _to_plain(snapshot: Snapshot) -> dict[str, Any]:
    plain = asdict(replace(snapshot, created=snapshot.created or clock.now().isoformat()))
    del plain["name"]
    return {"format": LAKE_FORMAT, "snapshot": snapshot.hash, **plain}


def _day(value: Any) -> str:
    return str(value.isoformat())


def publish(home: Home, snapshot: Snapshot) -> str:
    """Write the manifest, then move the pointer to it: readers see the old snapshot or the new one."""
    name = write_manifest(home, snapshot)
    pointer = {"format": LAKE_FORMAT, "snapshot": name}
    write_atomic(home.lake / "current", (json.dumps(pointer) + "\n").encode())
    return name


def lineage(home: Home) -> list[Snapshot]:
    """Return the published snapshots, newest first, by following parents from the pointer."""
    found, name = [], current_name(home)
    while name:
        found.append(read(home, name))
        name = found[-1].parent
    return found


def sweep(home: Home) -> list[str]:
    """Remove what a load that died left behind (call with the lock held); return the names removed."""
    finish_journal(home)
    kept = lineage(home)
    manifests = {f"{s.hash}.json" for s in kept}
    folders = {Path(p.path).parts[:3] for s in kept for load in s.loads for p in load.parts}
    removed = [
        *_remove(home.lake / "snapshots", manifests),
        *_remove(home.lake / "loads", {f[2] for f in folders if f[:2] == ("lake", "loads")}),
        *_remove(home.quarantine, {f[1] for f in folders if f[0] == "quarantine"}),
    ]
    removed += _remove_if(home.lake.glob(".current.*"))
    return removed


@dataclass(frozen=True)
class Journal:
    """A purge as decided: older manifests to rewrite, the snapshot to publish, and files to remove."""

    older: list[Snapshot]
    newest: Snapshot
    removed: list[str]


def write_journal(home: Home, journal: Journal) -> None:
    """Write down what a purge is about to do; from here on it will be finished whatever happens."""
    plain = {
        "older": [_to_plain(s) for s in journal.older],
        "newest": _to_plain(journal.newest),
        "removed": journal.removed,
    }
    write_atomic(home.lake / "purge.journal", json.dumps(plain, default=_day).encode())


def finish_journal(home: Home) -> None:
    """Finish the purge that a journal describes, if there is one (call with the lock held)."""
    path = home.lake / "purge.journal"
    if not path.exists():
        return
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        newest, older = _from_plain(found["newest"]), [_from_plain(plain) for plain in found["older"]]
    except (ValueError, KeyError, TypeError) as error:
        raise NotWhatItClaimsError("this is not the journal of a purge", where=str(path), do=_RESTORE) from error
    publish(home, newest)
    for snapshot in older:
        write_manifest(home, snapshot)
    for part in found["removed"]:
        (home.root / part).unlink(missing_ok=True)
    path.unlink()


def _remove(folder: Path, keep: set[str]) -> list[str]:
    return _remove_if(p for p in folder.glob("*") if p.name not in keep) if folder.is_dir() else []


def _remove_if(paths: Iterable[Path]) -> list[str]:
    removed = []
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        removed.append(path.name)
    return removed


def check_bytes(home: Home, snapshot: Snapshot) -> None:
    """Hash the files that planning reads; NotWhatItClaimsError where one has other bytes than were written."""
    wrong = [f for x in snapshot.loads for p in x.parts if p.path.startswith("lake/") for f in _part_faults(home, p)]
    if wrong:
        raise NotWhatItClaimsError(
            wrong[0], expected="the bytes that were written", where=str(home.root),
            do="run `doorstep records verify`; restore the home from its backup",
        )  # fmt: skip


def faults(home: Home) -> list[str]:
    """Hash everything again and return what is not what it claims to be; nothing where all is well."""
    found: list[str] = []
    checked: set[str] = set()
    for snapshot in lineage(home):
        if snapshot.is_reproducible and snapshot.content_hash() != snapshot.hash:
            found.append(f"snapshots/{snapshot.hash}.json: its content has another hash")
        for part in (p for load in snapshot.loads for p in load.parts if p.path not in checked):
            checked.add(part.path)
            found += _part_faults(home, part)
    return found


def _part_faults(home: Home, part: Part) -> list[str]:
    path = home.root / part.path
    if not path.is_file():
        return [f"{part.path}: it is missing"]
    if path.stat().st_size != part.n_bytes:
        return [f"{part.path}: {path.stat().st_size:,} bytes, not {part.n_bytes:,}"]
    return [] if sha256_of(path) == part.sha256 else [f"{part.path}: its content has another hash"]
