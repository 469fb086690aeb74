"""Which apps an installation has: each room's site, by name, so that the shell imports no room."""

from __future__ import annotations

APPS: dict[str, tuple[str, ...]] = {
    "national": (
        "doorstep.programme.places",
        "doorstep.programme.submissions",
        "doorstep.programme.figures",
        "doorstep.programme.scorecard",
        "doorstep.programme.api",
        "doorstep.geography.site",
    ),
    "place": (
        "doorstep.programme.places",
        "doorstep.programme.figures",
        "doorstep.programme.scorecard",
        "doorstep.programme.api",
        "doorstep.planning.site",
        "doorstep.geography.site",
    ),
}

# Middleware that apps bring; it stands before the authorisation matrix, which holds for whomever it recognises.
MIDDLEWARE = ("doorstep.programme.api.bearer.Bearer",)


def apps_of(role: str) -> tuple[str, ...]:
    """Return the apps of a role, in the order of their pages."""
    return APPS[role]
