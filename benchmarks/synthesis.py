"""How long a made-up Place takes, how many rows it has, and how much memory it needs.

Run: `python benchmarks/synthesis.py [PLACE] [PEOPLE] [WAYS]`, as in `python benchmarks/synthesis.py Sefton 20000 A,B`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from doorstep.synthetic import Parameters, make


def main(arguments: list[str]) -> None:
    place, people, ways = (*arguments, *("Sefton", "", "A")[len(arguments) :])
    parameters = Parameters(place, people=int(people) if people else None, ways=tuple(ways.split(",")))
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        steps: list[tuple[float, str]] = []
        made = make(parameters, Path(folder) / "made", lambda text: steps.append((time.perf_counter(), text)))
        took = time.perf_counter() - started
        size = sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file())
    ends = [at for at, _ in steps[1:]] + [started + took]
    for (at, text), end in zip(steps, ends, strict=True):
        print(f"{end - at:7.2f} s  {text}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{made.people:,} people, {sum(made.rows.values()):,} rows, {size / 1e6:,.0f} MB")
    print(f"{took:.1f} s, {sum(made.rows.values()) / took:,.0f} rows a second, {peak:.2f} GB at most")


if __name__ == "__main__":
    main(sys.argv[1:])
