"""Code lists in use: those that ship, and those that a home keeps in `codelists/`, which come first.

In: `<home>/codelists/<list_id>.csv`. Out: one Parquet table (list_id, code, system, term, licence_group) that every
engine reads, and the SHA-256 of each list, which provenance prints.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doorstep.errors import DataError, UsageError
from doorstep.home import Home
from doorstep.planning.list_files import Code, list_id, read_list

FOLDER = "codelists"
OWN = "own"  # the licence group of a home's own lists: their terms are the home's to know
_FORMAT = b"1"


@dataclass(frozen=True)
class Lists:
    """The lists that definitions may read: a Parquet file, the SHA-256 of each list's codes, the lists' names."""

    path: Path
    hashes: Mapping[str, str]
    names: frozenset[str]


@dataclass(frozen=True)
class ListShown:
    """One list for people: how many codes, of which system, where from, and which definitions ask for it.

    `origin`: ships, own, own instead of the shipped one, or absent (a definition asks for it and nobody has it).
    """

    list_id: str
    n_codes: int
    system: str
    origin: str
    version: str
    asked_by: tuple[str, ...]


def in_use(home: Home) -> Lists:
    """Return the lists in use in a home: a list of its own replaces the shipped one of the same name, whole.

    The table is written once into `<home>/planning/lists/` and named by what it holds. Raises DataError where a file of
    the home is no code list.
    """
    own = _own_files(home)
    if not own:
        return _described(_shipped())
    path = home.planning / "lists" / f"{_fingerprint(own)}.parquet"
    if not path.exists():
        _write(_read(own), path)
    return _described(path)


def add(home: Home, given: Path) -> tuple[str, ...]:
    """Take a file, or every CSV of a folder, into the home's lists; return their names.

    Every file is read before any is written. Raises DataError where one is no code list, UsageError where there is no
    file.
    """
    files = sorted(given.glob("*.csv")) if given.is_dir() else [given]
    if not files or not all(f.is_file() for f in files):
        raise UsageError(f"no code list at {given}", expected="a CSV file, or a folder of CSV files")
    home.config()
    found = _read(files)
    folder = home.root / FOLDER
    folder.mkdir(exist_ok=True)
    for name, codes in found.items():
        part = folder / f"{name}.csv.part"
        part.write_text(_csv(codes), encoding="utf-8")
        part.replace(folder / f"{name}.csv")
    return tuple(found)


def shown(home: Home) -> tuple[ListShown, ...]:
    """Return every list that ships, that the home has, or that a definition asks for, by name."""
    import pyarrow.parquet as pq

    from doorstep import reference

    asked, own = _asked_by(), {list_id(p) for p in _own_files(home)}
    listed = pq.read_table(reference.table("codelists"), filters=[("shipped", "=", True)]).to_pylist()
    ships = {row["list_id"]: str(row["version"]) for row in listed}
    table = pq.read_table(in_use(home).path, columns=["list_id", "code", "system"])
    counted = table.group_by("list_id").aggregate([("code", "count"), ("system", "min")]).to_pylist()
    sizes = {r["list_id"]: (r["code_count"], r["system_min"]) for r in counted}
    return tuple(
        ListShown(
            name,
            *sizes.get(name, (0, "")),
            origin=_origin(name, own, ships),
            version="" if name in own else ships.get(name, ""),
            asked_by=asked.get(name, ()),
        )
        for name in sorted({*sizes, *asked})
    )


def _origin(name: str, own: set[str], ships: Mapping[str, str]) -> str:
    if name in own:
        return "own, instead of the shipped one" if name in ships else "own"
    return "ships" if name in ships else "absent"


def _asked_by() -> dict[str, tuple[str, ...]]:
    from doorstep.planning.definitions import shipped
    from doorstep.planning.engine.needs import lists_of

    found: dict[str, tuple[str, ...]] = {}
    for definition in shipped().all:
        for name in lists_of(definition):
            found[name] = (*found.get(name, ()), definition.id)
    return found


def _own_files(home: Home) -> list[Path]:
    return sorted((home.root / FOLDER).glob("*.csv"))


def _read(files: Iterable[Path]) -> dict[str, tuple[Code, ...]]:
    """Read lists by name; DataError where one has codes of another system than the shipped list it would replace."""
    found = {list_id(path): (path, read_list(path)) for path in files}
    for name, (path, codes) in found.items():
        system = _systems().get(name)
        other = sorted({c.system for c in codes} - {system})
        if system and other:
            raise DataError(
                f"codes of {', '.join(other)} in place of the shipped list {name}",
                expected=f"codes of {system}: the definitions that read the list would find nobody",
                where=str(path),
                do="give the file the name of another list, or its codes in that system",
            )
    return {name: codes for name, (_, codes) in found.items()}


@cache
def _systems() -> dict[str, str]:
    """Return the system of each shipped list."""
    import pyarrow.parquet as pq

    table = pq.read_table(_shipped(), columns=["list_id", "system"])
    return dict(zip(table["list_id"].to_pylist(), table["system"].to_pylist(), strict=True))


def _shipped() -> Path:
    from doorstep import reference

    return reference.table("codes")


def _fingerprint(own: Sequence[Path]) -> str:
    """Name a table by the bytes of everything that it is made of."""
    digest = hashlib.sha256(_FORMAT)
    for path in (_shipped(), *own):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _write(own: Mapping[str, Iterable[Code]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(_shipped())
    rows = [row for row in table.to_pylist() if row["list_id"] not in own]
    rows += [
        {"list_id": name, "code": c.code, "system": c.system, "term": c.term or None, "licence_group": OWN}
        for name, codes in own.items()
        for c in codes
    ]
    rows.sort(key=lambda r: (r["list_id"], r["code"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), part)
    part.replace(path)


@cache
def _described(path: Path) -> Lists:
    """Hash each list of a table: SHA-256 of its lines `system code`, sorted. A path's content never changes."""
    import duckdb  # loads in a tenth of the time that pyarrow.parquet takes

    with duckdb.connect(":memory:") as con:
        rows = con.execute("select list_id, system, code from read_parquet(?)", [str(path)]).fetchall()
    lines: dict[str, list[str]] = {}
    for name, system, code in rows:
        lines.setdefault(name, []).append(f"{system} {code}")
    hashes = {n: hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest() for n, found in sorted(lines.items())}
    return Lists(path, hashes, frozenset(hashes))


def _csv(codes: Iterable[Code]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "term", "system"))
    writer.writerows((c.code, c.term, c.system) for c in codes)
    return text.getvalue()
