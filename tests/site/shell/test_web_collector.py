"""A server's collector of garbage looks through what pages make, not through the program itself."""

from __future__ import annotations

import os
import subprocess
import sys

TOLD = "import doorstep.web.wsgi, gc; print(gc.get_freeze_count(), len(gc.get_objects()))"


def test_what_is_loaded_for_good_is_not_looked_through_again() -> None:
    environment = {
        **os.environ,
        "DOORSTEP_ROLE": "national",
        "DJANGO_SETTINGS_MODULE": "doorstep.web.settings",
        "DATABASE_URL": "postgresql://nobody@localhost:1/none",
    }
    said = subprocess.run([sys.executable, "-c", TOLD], env=environment, capture_output=True, text=True, check=True)
    n_kept, n_looked_through = map(int, said.stdout.split())
    assert n_kept > 50_000  # settings, models and the view of every page
    assert n_looked_through < n_kept / 50
