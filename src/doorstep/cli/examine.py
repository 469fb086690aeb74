"""What `doorstep doctor` looks at: each finding says what was looked at, what was found and what to do."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from doorstep.clock import today
from doorstep.errors import DoorstepError
from doorstep.home import Home

LEAST_FREE_GB = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `state` is ok, note or fault."""

    state: str
    what: str
    found: str
    do: str = ""


def examine(home: Home) -> list[Finding]:
    """Look at the machine, then at the home; one check that fails does not hide the others."""
    findings = [*_machine(home), *_guarded("reference tables", _reference)]
    for what, check in (
        ("home", _configured),
        ("private folders", _modes),
        ("purposes", _purposes),
        ("snapshot", _snapshot),
    ):
        findings += _guarded(what, lambda check=check: check(home))  # type: ignore[misc]
    return findings


def _guarded(what: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except DoorstepError as error:
        return [Finding("fault", what, error.seen, error.do)]
    except OSError as error:
        return [Finding("fault", what, f"{error.filename}: {error.strerror}", "mend it, or name another home")]


def _machine(home: Home) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok", "Python", version)
    there = next(p for p in (home.root, *home.root.parents) if p.exists())
    free = shutil.disk_usage(there).free / 1e9
    state = "ok" if free >= LEAST_FREE_GB else "note"
    yield Finding(state, "free disk", f"{free:.0f} GB", f"keep {LEAST_FREE_GB} GB free for a Place's lake")


def _reference() -> Iterator[Finding]:
    from doorstep import reference

    wrong = reference.verify()
    if wrong:
        yield Finding("fault", "reference tables", "; ".join(wrong), "install Doorstep again")
    else:
        yield Finding("ok", "reference tables", f"{len(reference.sources())} tables, checksums right")


def _configured(home: Home) -> Iterator[Finding]:
    from doorstep.reference import places

    config = home.config()
    definition, practices = places.configured(config)
    name = definition.name.strip()
    if definition.status == "system":
        yield Finding("ok", "system", f"{name}, {len(practices)} practices")
    elif config.get("practices"):
        yield Finding("ok", "Place", f"{name}, {len(practices)} practices of its own list")
    else:
        do = f"give its own list, practices = [...], in {home.config_file}"
        yield Finding("note", "Place", f"{name}, {len(practices)} practices: approximate, by area", do)


def _modes(home: Home) -> Iterator[Finding]:
    if sys.platform != "win32" and home.root.exists() and home.root.stat().st_mode & 0o007:
        yield Finding("note", "home", "every account of this machine can enter it", f"chmod o= {home.root}")
    for folder in (home.vault, home.quarantine):
        if not folder.exists():
            yield Finding("note", folder.name, "not there", "run `doorstep init`, or check DOORSTEP_VAULT")
        elif loose := _loose(folder):
            yield Finding("fault", folder.name, f"mode {loose:o}", f"chmod 700 {folder}")
        else:
            yield Finding("ok", folder.name, "only its owner can read it")


def _loose(folder: Path) -> int:
    """Return the folder's mode where anyone but its owner has a right to it, else 0."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    return mode if mode & 0o077 and sys.platform != "win32" else 0


def _purposes(home: Home) -> Iterator[Finding]:
    from doorstep.records import purposes

    allowed = purposes.allowed_flows(home, today())
    yield Finding("ok" if allowed else "note", "purposes", f"may load {', '.join(allowed) or 'nothing yet'}",
                  f"the data controller fills in {home.purposes_file}")  # fmt: skip
    if allowed:
        for flow, problem in purposes.problems(home, today()).items():
            yield Finding("note", f"purpose of {flow}", problem)


def _snapshot(home: Home) -> Iterator[Finding]:
    from doorstep.records import snapshot

    name = snapshot.current_name(home)
    snapshot.current(home)  # a pointer to a snapshot that is not there is a fault
    if name is None:
        yield Finding("note", "snapshot", "nothing loaded yet", "run `doorstep records load FOLDER`")
    else:
        yield Finding("ok", "snapshot", f"{name[:12]} (check every byte with `doorstep records verify`)")
