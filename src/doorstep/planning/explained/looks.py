"""Looks at single records: each needs a purpose, is written to an append-only log first, and is counted per user."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doorstep import clock
from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home

PER_HOUR = 30
_SHORTEST = 5  # letters of a purpose
_HOUR = timedelta(hours=1)


def log_file(home: Home) -> Path:
    """Return the log of looks: one JSON object a line, only ever added to."""
    return home.log / "explain.jsonl"


def stated(purpose: str) -> str:
    """Return a purpose without blanks around it; UsageError where it says nothing, or too little to be read later."""
    said = purpose.strip()
    if len(said) < _SHORTEST:
        raise UsageError(
            f"the purpose {said!r} is too short" if said else "no purpose is given",
            expected='why you look, as in --purpose "checking the rule with Dr A"',
        )
    return said


def write_down(home: Home, purpose: str, look: Mapping[str, Any]) -> None:
    """Write down a look that is about to be made, or its refusal where the user has made too many in the last hour.

    `look` says at what (person, or the table compared). Raises UsageError where it is refused, ConfigurationError where
    `[explain] per_hour` in config.toml is no whole number from 1.
    """
    who, allowed = getpass.getuser(), per_hour(home)
    line = {"at": clock.now().isoformat(timespec="seconds"), "who": who, "purpose": purpose, **look}
    made = sum(1 for _ in _made_lately(home, who))
    if made < allowed:
        _append(home, line)
        return
    refused = f"{made} looks in the last hour"
    _append(home, {**line, "refused": refused})
    raise UsageError(
        f"{who} has made {refused}",
        expected=f"at most {allowed} an hour ([explain] per_hour in config.toml)",
        do="wait, or count people with `doorstep population summary`; this refusal was written down too",
    )


def per_hour(home: Home) -> int:
    """Return how many records one user may look at in an hour."""
    found = home.config().get("explain", {})
    number = found.get("per_hour", PER_HOUR) if isinstance(found, dict) else found
    if type(number) is not int or number < 1:
        raise ConfigurationError(
            f"per_hour is {number!r}", expected="a whole number from 1", where=f"[explain] in {home.config_file}"
        )
    return number


def _made_lately(home: Home, who: str) -> Iterator[Mapping[str, Any]]:
    since = clock.now() - _HOUR
    for line in _lines(log_file(home)):
        if line["who"] == who and "refused" not in line and datetime.fromisoformat(line["at"]) > since:
            yield line


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            found = json.loads(line)
            yield {**found, "at": found["at"], "who": found["who"]}
        except (ValueError, KeyError, TypeError) as error:
            raise NotWhatItClaimsError(
                "a line of the log of looks cannot be read", expected="a JSON object with at and who",
                where=f"{path}, line {number}", do="find out who changed it; restore the log from its backup",
            ) from error  # fmt: skip


def _append(home: Home, line: Mapping[str, Any]) -> None:
    home.log.mkdir(parents=True, exist_ok=True)
    handle = os.open(log_file(home), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o660)
    try:
        os.write(handle, (json.dumps(line, ensure_ascii=False) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)
