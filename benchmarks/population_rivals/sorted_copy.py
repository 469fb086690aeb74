"""The load-time layout, made once: what `ours, sorted` reads. Its cost is stated beside, never in an answer's time."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from asked import read
from duckdb_parts import THREADS

from doorstep.home import Home
from doorstep.planning.sorted_copy import make_copy
from doorstep.records import open_lake


def main() -> None:
    """Make it."""
    asked, home = read(Path(sys.argv[1])), Home(Path(sys.argv[4]))
    with open_lake(home, known_by=date.fromisoformat(asked.as_at)) as lake:
        lake.connection().execute(f"set threads = {THREADS}")
        make_copy(lake)


if __name__ == "__main__":
    main()
