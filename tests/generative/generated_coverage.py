"""What was generated: every kind, option and word that there is must have been, or nothing was compared of it."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin, get_type_hints

import sqlglot

from doorstep.planning.definitions import DATED, FOLDERS, NUMBER, Definition, Shelf
from doorstep.planning.definitions.used import COUNTS
from doorstep.planning.rules import ALLOWED

# Settings that say something to readers and change no value.
FOR_READERS = {
    *(f.name for f in dataclasses.fields(Definition)),
    "qof_code", "missing", "example", "not_counted", "label_for_readers", "beside", "confidence", "note",
    "scored_on", "says_of", "title",
}  # fmt: skip
# Settings of which each value is another way to compute.
WAYS = {
    "table": tuple(DATED), "counts": COUNTS, "position": ("primary", "secondary", "any"), "value": (NUMBER, "word"),
}  # fmt: skip


def wanted() -> set[str]:
    """Return everything that must be generated."""
    classes = {cls for cls, _ in FOLDERS.values()}
    while more := {part for cls in classes for part in _parts(cls)} - classes:
        classes |= more
    classes = {cls for cls in classes if not cls.__name__.endswith("Example")}
    settings = {token for cls in classes for f in dataclasses.fields(cls) for token in _wanted_of(cls.__name__, f)}
    settings -= {"Stay.diagnosed left out", "DiagnosisScore.variant left out"}  # refused where they are
    return settings | {f"rule: {node.__name__}" for node in ALLOWED} | {"CohortRule.is_on off"}


def _parts(cls: type[Any]) -> Iterator[type[Any]]:
    """Yield the classes that stand in the fields of a class."""
    for hint in get_type_hints(cls).values():
        inner = [hint, *get_args(hint)]
        inner += [a for i in inner if get_origin(i) in (Union, types.UnionType) for a in get_args(i)]
        yield from (i for i in inner if dataclasses.is_dataclass(i) and isinstance(i, type))


def _wanted_of(cls: str, f: dataclasses.Field[Any]) -> Iterator[str]:
    if f.name in FOR_READERS:
        return
    yield f"{cls}.{f.name}"
    if f.default is not dataclasses.MISSING or f.default_factory is not dataclasses.MISSING:
        yield f"{cls}.{f.name} left out"
    yield from (f"{cls}.{f.name} = {way}" for way in WAYS.get(f.name, ()))


def seen(shelf: Shelf) -> set[str]:
    """Return what a shelf holds of it."""
    found = {token for d in shelf.all for token in _seen_in(d)}
    return found | {"CohortRule.is_on off" for c in shelf.cohorts if not c.is_on}


def _seen_in(thing: Any) -> Iterator[str]:
    cls = type(thing).__name__
    for f in dataclasses.fields(thing):
        value = getattr(thing, f.name)
        if f.name in FOR_READERS:
            continue
        yield f"{cls}.{f.name}{' left out' if value == f.default else ''}"
        if f.name in WAYS:
            yield f"{cls}.{f.name} = {value if value in WAYS[f.name] else 'word'}"
        if f.name in ("rule", "where") and value:
            yield from (f"rule: {type(node).__name__}" for node in sqlglot.parse_one(value, read="duckdb").walk())
        parts = value if isinstance(value, tuple) else ()
        yield from (token for part in parts if dataclasses.is_dataclass(part) for token in _seen_in(part))
