"""Which apps an installation has: each room's site, by name, so that the shell imports no room."""

from __future__ import annotations

APPS: dict[str, tuple[str, ...]] = {"place": (), "national": ()}


def apps_of(role: str) -> tuple[str, ...]:
    """Return the apps of a role, in the order of their pages."""
    return APPS[role]
