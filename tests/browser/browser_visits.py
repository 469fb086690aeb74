"""The addresses of both sites, as the list files of `visits/` have them: see its README."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from browser_world import Site

from doorstep.web.matrix import ANY, OWN, matrix

_FILES = Path(__file__).with_name("visits")
KINDS = ("pages", "files", "pressed", "elsewhere", "things")


@dataclass(frozen=True)
class Line:
    """One address of a list file: of which site and room, how it is met, and its paths or the test that meets it."""

    site: str
    room: str
    kind: str
    name: str
    found: tuple[str, ...]


@cache
def lines() -> tuple[Line, ...]:
    """Return every line of the list files; what is of both sites stands twice."""
    return tuple(line for path in sorted(_FILES.glob("*.toml")) for line in _lines(path))


def _lines(path: Path) -> Iterator[Line]:
    told: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(told) <= {"both", "national", "place"}, path.name
    for whose, kinds in told.items():
        assert set(kinds) <= set(KINDS), path.name
        for site in ("national", "place") if whose == "both" else (whose,):
            for kind, found in kinds.items():
                for name, what in found.items():
                    yield Line(site, path.stem, kind, name, (what,) if isinstance(what, str) else tuple(what))


def rooms(site: str) -> list[str]:
    """Return the rooms that have pages or files on a site."""
    return sorted({line.room for line in lines() if line.site == site and line.kind in ("pages", "files")})


def things_of(site: Site) -> dict[str, str]:
    """Return an example of each thing that a path may name."""
    return {line.name: str(site.ask(f"{line.found[0]} limit 1")[0][0]) for line in _of(site.role, "things")}


def pressed_in(test: str, site: str) -> set[str]:
    """Return the names of the addresses that a test must ask for, of those that this site has."""
    has = matrix(site).addresses
    return {line.name for line in _of(site, "pressed") if line.found[0] == test and line.name in has}


def _of(site: str, kind: str) -> list[Line]:
    return [line for line in lines() if line.site == site and line.kind == kind]


def role_for(site: str, name: str) -> str:
    """Return the first role that may open an address, of any Place rather than of its own; nothing for a public one."""
    table = matrix(site)
    needed = table.addresses[name]
    if needed is None:
        return ""
    scopes = {role: table.scope((role,), *needed) for role in table.roles}
    return next(role for wanted in (ANY, OWN) for role, scope in scopes.items() if scope == wanted)
