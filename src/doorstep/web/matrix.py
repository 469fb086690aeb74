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

    `grants[role][object][action]` is `any` or `own`; `everyone[object][action]` is what a person without any role may
    do too; `addresses[view name]` is (object, action), or None where the address is public.
    """

    everyone: Mapping[str, Mapping[str, str]]
    grants: Mapping[str, Mapping[str, Mapping[str, str]]]
    addresses: Mapping[str, tuple[str, str] | None]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role a person can be given."""
        return tuple(self.grants)

    def is_for_one_place(self, role: str) -> bool:
        """Say whether a role is given for one Place: it may do something to its own only, beside its own account."""
        things = self.grants.get(role, {}).values()
        return any(whose == OWN for actions in things for whose in actions.values())

    def scope(self, roles: tuple[str, ...], thing: str, action: str) -> str:
        """Return whose objects these roles may act on: `any`, `own`, or nothing (an empty text)."""
        held = (self.everyone, *(self.grants.get(role, {}) for role in roles))
        found = {things.get(thing, {}).get(action, "") for things in held}
        return ANY if ANY in found else OWN if OWN in found else ""


@cache
def matrix(role: str) -> Matrix:
    """Read the matrix of an installation; ConfigurationError where it names an object or action nobody grants."""
    path = resources.files("doorstep.web") / "authorisation.toml"
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    both, own = found["both"], found[role]
    everyone, grants = both["roles"]["everyone"], own["roles"]
    addresses = {**_addresses(both), **_addresses(own)}
    granted = (everyone, *grants.values())
    known = {(thing, action) for things in granted for thing, actions in things.items() for action in actions}
    unknown = sorted(name for name, what in addresses.items() if what and what not in known)
    if unknown:
        raise ConfigurationError(
            f"nobody may use {', '.join(unknown)}", expected="a role with that object and action", where=str(path)
        )
    return Matrix(everyone, grants, addresses)


def _addresses(found: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str] | None]:
    return {name: _what(text) for name, text in found.get("addresses", {}).items()}


def _what(text: str) -> tuple[str, str] | None:
    if text == PUBLIC:
        return None
    thing, _, action = text.partition(".")
    return thing, action
