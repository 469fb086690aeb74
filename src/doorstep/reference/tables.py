"""The shipped tables: where each file is, what it stands on, and whether it is still what was derived."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from doorstep.errors import NotWhatItClaimsError, UsageError

DATA = Path(str(resources.files("doorstep.reference"))) / "data"
DEFINITIONS = DATA / "definitions"  # metrics, registers, cohorts and choices as TOML files


@dataclass(frozen=True)
class Source:
    """One shipped table and what it stands on.

    `status` is verified, modelled (our arithmetic on published figures), inferred, unreviewed or mixed (per row).
    """

    name: str
    title: str
    publisher: str
    vintage: str
    licence: str
    licence_note: str
    attribution: tuple[str, ...]
    status: str
    caveats: tuple[str, ...]
    derived_from: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def path(self) -> Path:
        """The Parquet file."""
        return DATA / f"{self.name}.parquet"


def _source(name: str, entry: dict[str, Any], licences: dict[str, dict[str, str]]) -> Source:
    return Source(
        name=name,
        title=entry["title"],
        publisher=entry["publisher"],
        vintage=entry["vintage"],
        licence=licences[entry["licence"]]["name"],
        licence_note=entry.get("licence_note", ""),
        attribution=tuple(entry["attribution"]),
        status=entry["status"],
        caveats=tuple(entry.get("caveats", ())),
        derived_from=tuple(entry["from"]),
        columns=tuple(entry["columns"]),
        rows=entry["rows"],
        sha256=entry["sha256"],
    )


@cache
def sources() -> tuple[Source, ...]:
    """Return every shipped table with its source, licence, rows and checksum."""
    catalogue = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))
    return tuple(_source(name, entry, catalogue["licences"]) for name, entry in catalogue["tables"].items())


def source(name: str) -> Source:
    """Return one table's source; UsageError names the tables there are."""
    for found in sources():
        if found.name == name:
            return found
    raise UsageError(
        f"there is no reference table {name!r}",
        expected="one of " + ", ".join(s.name for s in sources()),
        do="see `doorstep reference sources`",
    )


def table(name: str) -> Path:
    """Return the Parquet file of one table.

    Raises UsageError for a name that is not a table, NotWhatItClaimsError where the package lacks the file.
    """
    path = source(name).path
    if not path.exists():
        raise NotWhatItClaimsError(
            "the table is missing from the package", where=str(path), do="install Doorstep again, from a whole copy"
        )
    return path


def verify() -> list[str]:
    """Return a sentence for each table whose file is missing or differs from its checksum."""
    faults = []
    for found in sources():
        if not found.path.exists():
            faults.append(f"{found.name}: the file is missing")
        elif hashlib.sha256(found.path.read_bytes()).hexdigest() != found.sha256:
            faults.append(f"{found.name}: the file differs from the one that was derived (SHA-256)")
    return faults


def attributions() -> str:
    """Return the page of sources, licences and the lines to show, as Markdown."""
    lines = [
        "# Sources, licences and attributions",
        "",
        "Written by `doorstep reference attributions`: every table that ships, what it stands on, how it may be used.",
        "",
        "Lines to show wherever figures made from these tables are published:",
        "",
        *(f"- {line}" for line in sorted({line for s in sources() for line in s.attribution})),
    ]
    for found in sources():
        lines += ["", f"## {found.name}", "", *_facts(found)]
    return "\n".join(lines) + "\n"


def _facts(found: Source) -> list[str]:
    facts = [
        f"{found.title}.",
        "",
        f"- Publisher: {found.publisher}",
        f"- Vintage: {found.vintage}",
        f"- Licence: {found.licence}" + (f". {found.licence_note}" if found.licence_note else ""),
        f"- Rows: {found.rows:,}. Status: {found.status}",
        f"- Derived from: {', '.join(f'`{name}`' for name in found.derived_from)}",
    ]
    return facts + [f"- Note: {caveat}" for caveat in found.caveats]
