"""The question as definitions, through our engine on DuckDB: from the load-time layout."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from asked import read
from question import asked_shelf, our_columns

from doorstep.home import Home
from doorstep.planning.lists import in_use
from doorstep.planning.person_file import place_practices
from doorstep.planning.sorted_copy import find_copy
from doorstep.planning.sorted_copy.build import write_columns
from doorstep.records import open_lake


def main() -> None:
    """Answer the question and write it."""
    asked, out, home = read(Path(sys.argv[1])), Path(sys.argv[2]), Home(Path(sys.argv[4]))
    day = date.fromisoformat(asked.as_at)
    with open_lake(home, known_by=day) as lake:
        copy = find_copy(home, lake.snapshot, lake.known_by)
        if copy is None:
            sys.exit("there is no sorted copy: run sorted_copy.py first")
        practices, lists = place_practices(home), in_use(home).path
        write_columns(copy, asked_shelf(home), our_columns(asked), out, as_at=day, practices=practices, lists=lists)


if __name__ == "__main__":
    main()
