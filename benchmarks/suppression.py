"""Time and cost of secondary suppression on made-up returns: `python benchmarks/suppression.py`.

Each made-up return has 14 lines and the patients, 23 cells a line in three breakdowns; the counts are uneven and
many are small. It is suppressed with no rules between lines (closed forms), and with the rules that tie bed days to
stays (integer programming). Writes benchmarks/results/suppression.md beside this file.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from doorstep.statistics.disclosure import Line, Table, bed_day_links, primary, secondary, worked_out

BREAKDOWNS = (tuple(range(1, 11)), tuple(range(11, 17)), tuple(range(17, 23)))
NOT_KNOWN = (10, 16, 22)
RETURNS, LINKED_RETURNS = 200, 20
RESULTS = Path(__file__).parent / "results" / "suppression.md"


def _events(n: int, rng: random.Random) -> list[tuple[int, ...]]:
    """Make events, each in one cell of every breakdown; the not-known cells are rare."""
    weights = [[0.1 + rng.random() ** 3 for _ in cells[:-1]] + [0.03] for cells in BREAKDOWNS]
    return [tuple(rng.choices(cells, w)[0] for cells, w in zip(BREAKDOWNS, weights, strict=True)) for _ in range(n)]


def _line(name: str, events: list[tuple[int, ...]], sizes: list[int]) -> Line:
    values = [0] * 23
    for cells, size in zip(events, sizes, strict=True):
        for i in (0, *cells):
            values[i] += size
    return Line(name, tuple(values), 0, BREAKDOWNS, NOT_KNOWN)


def _table(rng: random.Random, linked: bool) -> Table:
    """Make one return: 12 lines of their own, stays and their bed days, and the patients."""
    sizes = [rng.choice((4, 15, 60, 250, 1000)) for _ in range(12)]
    lines = [_line(f"line {i}", events, [1] * n) for i, n in enumerate(sizes) for events in [_events(n, rng)]]
    stays = _events(rng.choice((15, 60, 250)), rng)
    lines.append(_line("stays", stays, [1] * len(stays)))
    lines.append(_line("days", stays, [rng.randint(1, 20) for _ in stays]))
    lines.append(_line("patients", _events(4000, rng), [1] * 4000))
    return Table(tuple(lines), bed_day_links("days", "stays", range(23)) if linked else ())


def _measure(tables: list[Table]) -> dict[str, float]:
    seconds, found = [], []
    for table in tables:
        start = time.perf_counter()
        found.append((table, secondary(table)))
        seconds.append(time.perf_counter() - start)
    shown = [sum(1 for _ in table.cells()) - len(primary(table)) for table, _ in found]
    return {
        "returns": len(tables),
        "median seconds": round(statistics.median(seconds), 4),
        "worst seconds": round(max(seconds), 4),
        "hidden by the rule, mean": round(statistics.mean(len(primary(t)) for t, _ in found), 1),
        "of these worked out before, mean": round(statistics.mean(worked_out(t, primary(t)) for t, _ in found), 1),
        "extra cells, mean": round(statistics.mean(len(s.extra) for _, s in found), 1),
        "extra, share of printable": round(sum(len(s.extra) for _, s in found) / sum(shown), 4),
        "exposed after": sum(len(s.exposures_after) for _, s in found),
    }


def _hardware() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"


def _write(columns: dict[str, dict[str, float]], clock: Callable[[], datetime]) -> None:
    names = list(columns)
    rows = [
        f"| {measure} | " + " | ".join(str(columns[n][measure]) for n in names) + " |" for measure in columns[names[0]]
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        "# Secondary suppression of a return\n\n"
        f"{clock():%d %B %Y}; {_hardware()}; HiGHS through highspy {version('highspy')}. Made by "
        "`python benchmarks/suppression.py`; the returns are made up (15 lines of 23 cells).\n\n"
        f"| | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )


def main() -> None:
    """Run both halves, write the table and print it."""
    rng = random.Random(1)
    columns = {
        "lines that share nothing": _measure([_table(rng, linked=False) for _ in range(RETURNS)]),
        "bed days tied to stays": _measure([_table(rng, linked=True) for _ in range(LINKED_RETURNS)]),
    }
    _write(columns, lambda: datetime.now(UTC))
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
