"""Load a folder of deliveries into a new home and say how long each step took, and the memory it used.

Make a Place of real size first: doorstep synthetic make --place Sefton --out FOLDER
Run: python benchmarks/load_deliveries.py FOLDER/way_a [PLACE]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from doorstep.home import Home
from doorstep.records import completeness, open_lake, purposes, status
from doorstep.records.loading import load
from doorstep.records.purposes import example


def new_home(place: str) -> Home:
    home = Home(Path(tempfile.mkdtemp()))
    home.config_file.write_text(f'format = 1\nplace = "{place}"\n')
    home.purposes_file.write_text(example(date(2099, 1, 1)))
    assert purposes.read_purposes(home)
    return home


def timed(name: str, work: Callable[[], Any]) -> Any:
    start, used = time.perf_counter(), time.process_time()
    found = work()
    print(f"{name}: {time.perf_counter() - start:.1f} s ({time.process_time() - used:.1f} s of processor)")
    return found


def main() -> None:
    home = new_home(sys.argv[2] if len(sys.argv) > 2 else "Sefton")
    found = timed("load", lambda: load(home, [Path(sys.argv[1])], say=lambda text: print(f"  {text}")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    size = sum(p.stat().st_size for p in home.lake.rglob("*.parquet")) / 1e6
    print(f"{found.n_rows:,} rows in {len(found.loads)} loads; lake {size:,.0f} MB; peak memory {peak:.1f} GB")
    with timed("open", lambda: open_lake(home)) as lake:
        month = max(load.received_on for load in lake.manifest.loads).replace(day=1)
        timed("completeness", lambda: completeness(lake.connection(), month))
    timed("status", lambda: status.files(home))
    timed("verify", lambda: status.verify(home))


if __name__ == "__main__":
    main()
