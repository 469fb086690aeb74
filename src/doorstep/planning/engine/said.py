"""Rules of definitions, each read once a process: many parts of the engine ask what a rule reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from doorstep.planning.rules import Rule, read_rule


def said(text: str, columns: Mapping[str, str], *, where: str) -> Rule:
    """Return a rule over named columns. Raises ConfigurationError where it may not be said."""
    return _read(text, frozenset(columns.items()), where)


@lru_cache(maxsize=2048)
def _read(text: str, columns: frozenset[tuple[str, str]], where: str) -> Rule:
    return read_rule(text, dict(columns), where=where)
