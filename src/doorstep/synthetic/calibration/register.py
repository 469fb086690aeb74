"""The register of comparisons, `checks.toml`: what is measured, what it is held against, and why.

A published figure is a *target*, which what was made must come near, or *context*, shown beside it with the reason why
it is none (another year, country or definition, or it disagrees with a figure nearer to England now).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

ALL = "'all'"
RECALLED = "general knowledge without a source that was checked: never compared"


@dataclass(frozen=True)
class Against:
    """Published figures of one check: rows of `published_margins` that meet a condition, or a derived query.

    `group` (SQL) names the measured group of each row, `value` puts several rows of a group together; `range` is the
    published range where a range was published. Rows under a `derived` query are those it is made from.
    """

    why: str
    rows: str = ""
    group: str = ALL
    value: str = ""
    derived: str = ""
    target: bool = False
    range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Check:
    """One comparison; the query of its name measures it. See the head of `checks.toml` for the fields."""

    name: str
    title: str
    unit: str
    against: tuple[Against, ...] = ()
    mechanism: tuple[str, ...] = ()
    crude: bool = False
    bounds: tuple[tuple[str, float, float], ...] = ()
    expects: tuple[tuple[str, float], ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Unmeasured:
    """Published figures that nothing made can be compared with, and why."""

    rows: str
    why: str


@lru_cache(maxsize=1)
def checks() -> tuple[Check, ...]:
    """Return every comparison with national figures."""
    return tuple(_check(entry) for entry in _read()["check"])


@lru_cache(maxsize=1)
def unmeasured() -> tuple[Unmeasured, ...]:
    """Return the published figures that cannot be measured."""
    return tuple(Unmeasured(**entry) for entry in _read()["unmeasured"])


def _read() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("checks.toml").read_text(encoding="utf-8"))


def _check(entry: dict[str, Any]) -> Check:
    rest = {name: entry[name] for name in ("name", "title", "unit", "crude", "why") if name in entry}
    return Check(
        **rest,
        against=tuple(_against(one) for one in entry.get("against", ())),
        mechanism=tuple(entry.get("mechanism", ())),
        bounds=tuple((group, *room) for group, room in entry.get("bounds", {}).items()),
        expects=tuple(entry.get("expects", {}).items()),
    )


def _against(entry: dict[str, Any]) -> Against:
    room = entry.get("range")
    return Against(**{**entry, "range": None if room is None else (float(room[0]), float(room[1]))})
