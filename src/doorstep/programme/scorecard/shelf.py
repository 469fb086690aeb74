"""Every kind of exhibit, by id: the module that builds it is imported when one is first asked for."""

from __future__ import annotations

import importlib
from functools import cache

from doorstep.errors import UsageError
from doorstep.programme.scorecard.exhibits import Kind

# id -> the module of this folder that has a `KIND` for it.
MODULES: dict[str, str] = {
    "overview": "overview",
    "overview-place": "overview",
    "engagement": "engagement",
    "engagement-place": "engagement",
    "demographics": "demographics",
    "demographics-place": "demographics",
    "spc": "spc",
    "spc-national": "spc",
    "funnel": "funnel",
    "by-group": "by_group",
    "by-group-place": "by_group",
    "inequality": "inequality",
    "inequality-place": "inequality",
}


@cache
def kind(name: str) -> Kind:
    """Return a kind of exhibit; UsageError where there is none of that name."""
    if name not in MODULES:
        raise UsageError(f"there is no exhibit called {name!r}", expected=" or ".join(MODULES))
    kinds: dict[str, Kind] = importlib.import_module(f"doorstep.programme.scorecard.{MODULES[name]}").KINDS
    return kinds[name]
