"""What each site of a demonstration does in a process of its own: a process has one role, and sets Django up once.

`python -m doorstep.cli.demo_process fill-national RETURNS MONTHS PLACES | fill-place | codes`; the environment says
which role and database. Each prints one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from doorstep.cli.serve_site import site

FIRST_YEAR = 2026  # the first month that the return's list has is January 2026


def fill_national(folder: str, months: str, places: str) -> dict[str, Any]:
    """Make returns up in a folder, replay them into the national site, and say what came of it."""
    year, month = divmod(int(months) - 1, 12)
    last = f"{FIRST_YEAR + year}-{month + 1:02d}"
    made = ["synthetic", "returns", "--out", folder, "--months", months, "--places", places, "--last", last]
    subprocess.run([sys.executable, "-m", "doorstep", *made], check=True, stdout=sys.stderr)  # noqa: S603
    with site():
        from doorstep.programme.demonstrating import replay
        from doorstep.web.migrating import migrate

        migrate()
        return asdict(replay(Path(folder), say=lambda text: print(text, file=sys.stderr, flush=True)))  # noqa: T201


def fill_place() -> dict[str, Any]:
    """Make the Place's database and its accounts."""
    with site():
        from doorstep.web.accounts import demo
        from doorstep.web.migrating import migrate

        migrate()
        return {"accounts": len(demo.make())}


def codes() -> dict[str, Any]:
    """Return each role's log-in with the code that its authenticator shows now."""
    with site():
        from doorstep.web.accounts import demo

        found = [(one.role, one.email, one.password, one.code()) for one in demo.accounts()]
        return {"log_ins": found}


_DO: dict[str, Callable[..., dict[str, Any]]] = {
    "fill-national": fill_national,
    "fill-place": fill_place,
    "codes": codes,
}

if __name__ == "__main__":
    print(json.dumps(_DO[sys.argv[1]](*sys.argv[2:]), default=str))  # noqa: T201
