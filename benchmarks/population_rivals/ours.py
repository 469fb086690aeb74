"""The question as definitions, through our engine on DuckDB: from the general layout."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from asked import read
from duckdb_parts import MEMORY, THREADS
from question import asked_shelf, our_columns

from doorstep.home import Home
from doorstep.planning.engine.duck import write_columns
from doorstep.planning.lists import in_use
from doorstep.planning.person_file import place_practices
from doorstep.records import open_lake


def main() -> None:
    """Answer the question and write it."""
    asked, out, home = read(Path(sys.argv[1])), Path(sys.argv[2]), Home(Path(sys.argv[4]))
    day = date.fromisoformat(asked.as_at)
    with open_lake(home, known_by=day) as lake:
        con = lake.connection()
        con.execute(f"set threads = {THREADS}")
        con.execute(f"set memory_limit = '{MEMORY}'")
        lists = in_use(home).path
        practices = place_practices(home)
        write_columns(con, asked_shelf(home), our_columns(asked), out, as_at=day, practices=practices, lists=lists)


if __name__ == "__main__":
    main()
