"""Who may do what: the authorisation matrix, read from one file that a person can read.

Every address of the site is listed there with the object and the action it stands for, and every role with what it may
do to which object. What is not listed is refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from doorstep.errors import ConfigurationError

# Whose objects: everybody's, or those of the Places that the person is assigned to.
ANY, OWN = "any", "own"
PUBLIC = "public"  # addresses that need no log-in


@dataclass(frozen=True)
class Matrix:
    """The matrix of one role of installation.

    `grants[role][object][action]` is `any` or `own`; `addresses[view name]` is (object, action), or None where the
    address is public.
    """

    grants: Mapping[str, Mapping[str, Mapping[str, str]]]
    addresses: Mapping[str, tuple[str, str] | None]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role a person can be given."""
        return tuple(self.grants)

    def scope(self, roles: tuple[str, ...], thing: str, action: str) -> str:
        """Return whose objects these roles may act on: `any`, `own`, or nothing (an empty text)."""
        found = {self.grants.get(role, {}).get(thing, {}).get(action, "") for role in roles}
        return ANY if ANY in found else OWN if OWN in found else ""


@cache
def matrix(role: str) -> Matrix:
    """Read the matrix of an installation; ConfigurationError where it names an object or action nobody grants."""
    path = resources.files("doorstep.web") / "authorisation.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    both, own = found["both"], found[role]
    grants = _merge(both.get("roles", {}), own.get("roles", {}))
    addresses = {**_addresses(both), **_addresses(own)}
    known = {(thing, action) for things in grants.values() for thing, actions in things.items() for action in actions}
    unknown = sorted(name for name, what in addresses.items() if what and what not in known)
    if unknown:
        raise ConfigurationError(
            f"nobody may use {', '.join(unknown)}", expected="a role with that object and action", where=str(path)
        )
    return Matrix(grants, addresses)


def _addresses(found: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str] | None]:
    return {name: _what(text) for name, text in found.get("addresses", {}).items()}


def _what(text: str) -> tuple[str, str] | None:
    if text == PUBLIC:
        return None
    thing, _, action = text.partition(".")
    return thing, action


def _merge(
    first: Mapping[str, Mapping[str, Mapping[str, str]]], second: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> dict[str, dict[str, dict[str, str]]]:
    """Return both sets of grants; `everyone` of the first is given to every role of the second."""
    everyone = first.get("everyone", {})
    merged: dict[str, dict[str, dict[str, str]]] = {}
    for role, things in second.items():
        merged[role] = {thing: dict(actions) for thing, actions in everyone.items()}
        for thing, actions in things.items():
            merged[role][thing] = {**merged[role].get(thing, {}), **actions}
    return merged
