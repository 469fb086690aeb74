"""What every definition says of itself, and how a TOML file becomes one.

A definition is a frozen dataclass that checks itself when it is made: a wrong one cannot exist. `build` adds where
the fault stands and what may be written there.
"""

from __future__ import annotations

import hashlib
import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from doorstep.errors import ConfigurationError
from doorstep.home import read_toml

STATUSES = ("verified", "secondary", "inferred", "recalled")

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_WORDS = {str: "text in quotes", int: "a whole number", float: "a number", bool: "true or false", date: "a day"}

T = TypeVar("T")


def require(holds: bool, seen: str, *, expected: str = "", do: str = "") -> None:
    """Raise ConfigurationError where a definition does not hold; `build` adds the file."""
    if not holds:
        raise ConfigurationError(seen, expected=expected, do=do)


@dataclass(frozen=True, kw_only=True)
class Definition:
    """The head of a definition file.

    `status` is how well the source was checked: verified against it, secondary (a source that quotes it), inferred,
    or recalled. `reviewed_by` is the clinician who signed it; empty means unreviewed, and outputs say so.
    One that is not `is_on` is made only where a home opts in to it by id, as a recalled one is.
    """

    id: str
    version: int
    title: str
    purpose: str
    owner: str
    source: str
    status: str
    review_by: date
    caveats: tuple[str, ...] = ()
    reviewed_by: str = ""
    is_on: bool = True

    kind: ClassVar[str] = "definition"

    def __post_init__(self) -> None:
        require(bool(_ID.fullmatch(self.id)), f"id {self.id!r}", expected="small letters, digits and _, such as copd")
        require(self.version >= 1, f"version {self.version}", expected="a whole number from 1")
        require(self.status in STATUSES, f"status {self.status!r}", expected=", ".join(STATUSES))
        empty = [n for n in ("title", "purpose", "owner", "source") if not getattr(self, n).strip()]
        require(not empty, f"{', '.join(empty)} left empty", expected="a few words a clinician can read")

    @property
    def label(self) -> str:
        """Name and version, as provenance prints them."""
        return f"{self.id}@{self.version}"

    @property
    def is_reviewed(self) -> bool:
        """A named clinician signed this version."""
        return bool(self.reviewed_by)


def build(cls: type[T], data: Mapping[str, Any], where: str) -> T:
    """Make a definition from the values of a TOML table; a fault is a ConfigurationError that names the setting."""
    known = {f.name: f for f in fields(cast(Any, cls))}
    unknown = [name for name in data if name not in known]
    missing = [name for name, f in known.items() if name not in data and _is_needed(f)]
    if unknown or missing:
        said = [*(f"unknown setting {n}" for n in unknown), *(f"{n} is missing" for n in missing)]
        raise ConfigurationError("; ".join(said), expected=f"the settings {', '.join(known)}", where=where)
    hints = _hints(cast(Any, cls))
    values = {name: _convert(hints[name], value, f"{where}: {name}") for name, value in data.items()}
    try:
        return cls(**values)
    except ConfigurationError as error:
        raise ConfigurationError(
            error.seen, expected=error.expected, where=error.where or where, do=error.do
        ) from error


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    """Return the types of a class's fields: hundreds of tables are read into a few classes."""
    return get_type_hints(cls)


def read_definition(cls: type[T], path: Path, *, name: str = "") -> T:
    """Read one definition file; its id must be `name`, which is the name of the file where none is given."""
    made = build(cls, read_toml(path), path.name)
    found, name = cast(Any, made).id, name or path.stem
    if found != name:
        raise ConfigurationError(f"the file holds {found!r}", expected=f"id = {name!r}", where=path.name)
    return made


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a definition file, as provenance prints it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is_needed(f: Field[Any]) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _convert(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return _convert(next(a for a in get_args(hint) if a is not type(None)), value, where)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ConfigurationError(f"{value!r}", expected="a list in square brackets", where=where)
        return tuple(_convert(get_args(hint)[0], item, f"{where}[{i}]") for i, item in enumerate(value, start=1))
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{value!r}", expected="a table of settings", where=where)
        return build(cast(type[Any], hint), value, where)
    return _plain(hint, value, where)


def _plain(hint: Any, value: Any, where: str) -> Any:
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise ConfigurationError(f"{value!r}", expected=_WORDS.get(hint, hint.__name__), where=where)
    return value
