"""What an address of the need explorer asks for, and the address of something asked for.

Weights are written by the indicator's name (`mental_health=2`), an indicator that is left out by `without`; what is as
the index has it is not written, so that one question has one address.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from doorstep.errors import UsageError
from doorstep.geography.need import NeedIndex, load
from doorstep.geography.need.layers import LAYERS

MOST = 5.0  # of a slider; an address may say more
HIGHEST = 100.0
LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """One question: weights that differ from the index's, indicators left out, and what to show of the answer."""

    weights: tuple[tuple[str, float], ...] = ()
    without: tuple[str, ...] = ()
    within: str = ""
    find: str = ""
    layer: str = ""
    area: str = ""
    page: int = 0  # 0: where the area stands, or the first

    @property
    def index(self) -> NeedIndex:
        """The index with these weights. Raises DataError where nothing weighs."""
        return default().with_weights({**dict(self.weights), **dict.fromkeys(self.without, 0.0)})

    @property
    def is_default(self) -> bool:
        """Whether the weights are the index's own."""
        return not self.weights and not self.without

    def weight(self, indicator: str) -> float:
        """Return the weight that a slider stands at, whether or not the indicator is left out."""
        return dict(self.weights).get(indicator, _weights()[indicator])

    def query(self, **changes: Any) -> str:
        """Return the address' query of this question with changes; nothing for the plain one."""
        of = replace(self, **changes)
        words: list[tuple[str, Any]] = [(name, f"{weight:g}") for name, weight in of.weights]
        words += [("without", name) for name in of.without]
        words += [(name, value) for name in ("within", "find", "layer", "area", "page") if (value := getattr(of, name))]
        return f"?{urlencode(words)}" if words else ""


@cache
def default() -> NeedIndex:
    """Return the index that ships."""
    return load()


@cache
def _weights() -> Mapping[str, float]:
    return {i.id: i.weight for i in default().indicators}


def asked(query: QueryDict) -> Asked:
    """Return what a query asks for. Raises UsageError where a word of it cannot be."""
    given = {name: _weight(name, text) for name in _weights() if (text := query.get(name, ""))}
    return Asked(
        tuple((name, value) for name, value in given.items() if value != _weights()[name]),
        tuple(name for name in _weights() if name in query.getlist("without")),
        query.get("within", "").strip()[:LONGEST],
        query.get("find", "").strip()[:LONGEST],
        _one_of("layer", query.get("layer", ""), LAYERS),
        query.get("area", "").strip().upper()[:LONGEST],
        _page(query.get("page", "")),
    )


def _weight(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= HIGHEST:
        raise UsageError(f"{text!r} is no weight", expected=f"a number from 0 to {HIGHEST:g}", where=name)
    return value


def _one_of(name: str, word: str, words: Mapping[str, str]) -> str:
    if word and word not in words:
        raise UsageError(f"there is no layer {word!r}", expected=f"one of {', '.join(words)}", where=name)
    return word


def _page(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise UsageError(f"{text!r} is no page", expected="a number from 1", where="page")
    return int(text or 0)
