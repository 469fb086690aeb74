"""A set of neighbourhoods as text: the same set is the same bytes, so that its hash names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from doorstep.errors import NotWhatItClaimsError
from doorstep.geography.neighbourhoods import Evidence, Neighbourhood, NeighbourhoodSet, Reason

FORMAT = 1


def text_of(made: NeighbourhoodSet) -> str:
    """Return a set as JSON with sorted keys and no blanks; days as 2026-11-22."""
    told = {"format": FORMAT, **asdict(made), "settings": dict(made.settings)}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a set")


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a set's text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def set_of(text: str, sha256: str) -> NeighbourhoodSet:
    """Return the set that a text holds. Raises NotWhatItClaimsError where the text is not the one that was hashed."""
    if sha256_of(text) != sha256:
        raise NotWhatItClaimsError("the set is not the one that was saved", expected=f"a text with hash {sha256}")
    told = json.loads(text)
    if told.pop("format") != FORMAT:
        raise NotWhatItClaimsError("the set has another format", expected=f"format {FORMAT}", do="use a newer Doorstep")
    return NeighbourhoodSet(
        **{
            **told,
            "valid_from": date.fromisoformat(told["valid_from"]),
            "valid_to": date.fromisoformat(told["valid_to"]) if told["valid_to"] else None,
            "ground": tuple(told["ground"]),
            "notes": tuple(told["notes"]),
            "neighbourhoods": tuple(_neighbourhood(found) for found in told["neighbourhoods"]),
        }
    )


def _neighbourhood(told: Mapping[str, Any]) -> Neighbourhood:
    return Neighbourhood(
        id=told["id"],
        areas=tuple(told["areas"]),
        name=told["name"],
        practices=tuple(told["practices"]),
        recognition=tuple(Evidence(**_dated(found)) for found in told["recognition"]),
        reasons=tuple(Reason(**_dated(found)) for found in told["reasons"]),
    )


def _dated(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "on": date.fromisoformat(found["on"])}
