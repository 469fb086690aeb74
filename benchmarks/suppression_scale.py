"""Suppression of large tables: `python benchmarks/suppression_scale.py [MONTHS]`.

Two cubes with totals (areas in neighbourhoods by age and sex), and a national pool: 43 Places by 15 metrics by 23
columns (a total in three breakdowns) with national totals of every column, month by month. The counts are made up.
Months of the pool share no rule, so that time grows with their number. Writes benchmarks/results/suppression_scale.md.
"""

from __future__ import annotations

import itertools
import os
import platform
import random
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from doorstep.statistics.disclosure import Cube, Hierarchy, Line, Link, Protection, Table, join, suppress

RESULTS = Path(__file__).parent / "results" / "suppression_scale.md"
PLACES, METRICS = 43, 15
BREAKDOWNS = (tuple(range(1, 11)), tuple(range(11, 17)), tuple(range(17, 23)))


def cube(lsoas: int, ages: int, mean: float, rng: random.Random) -> Table:
    """Areas of six in a neighbourhood, in one Place, by age and sex."""
    areas = {f"E{i}": f"N{i // 6}" for i in range(lsoas)}
    dimensions = (
        Hierarchy.nested("area", areas, total="Place"),
        Hierarchy.with_total("age", [f"age {i}" for i in range(ages)]),
        Hierarchy.with_total("sex", ["F", "M"]),
    )
    weights = [[rng.random() ** 2 + 0.05 for _ in d.leaves] for d in dimensions]
    pairs = (zip(d.leaves, w, strict=True) for d, w in zip(dimensions, weights, strict=True))
    leaves = {
        tuple(label for label, _ in at): int(rng.expovariate(1 / (mean * 15 * at[0][1] * at[1][1] * at[2][1])))
        for at in itertools.product(*pairs)
    }
    return join([Cube("c", dimensions, _with_totals(dimensions, leaves))])


def _with_totals(
    dimensions: tuple[Hierarchy, ...], leaves: Mapping[tuple[str, ...], int]
) -> dict[tuple[str, ...], int]:
    labels = itertools.product(*(d.labels for d in dimensions))
    return {
        at: sum(leaves[x] for x in itertools.product(*(d.beneath(y) for d, y in zip(dimensions, at, strict=True))))
        for at in labels
    }


def pool(months: int, rng: random.Random) -> Table:
    """Every Place's line of every metric and month, and the national line that they add up to."""
    lines: list[Line] = []
    links: list[Link] = []
    for month, metric in itertools.product(range(months), range(METRICS)):
        usual = rng.choice((15, 60, 250, 1000))
        own = [_line(f"{place} {metric} {month}", int(usual * rng.uniform(0.3, 2)), rng) for place in range(PLACES)]
        national = Line(f"all {metric} {month}", tuple(map(sum, zip(*(x.values for x in own), strict=True))), 0)
        lines += [*own, Line(national.name, national.values, 0, BREAKDOWNS)]
        links += _adds_up(own, national)
    return Table(tuple(lines), tuple(links))


def _adds_up(own: list[Line], national: Line) -> Iterator[Link]:
    for i in range(23):
        yield Link((*(((line.name, i), 1) for line in own), ((national.name, i), -1)), 0, 0)


def _line(name: str, total: int, rng: random.Random) -> Line:
    values = [total] + [0] * 22
    for cells in BREAKDOWNS:
        weights = [0.1 + rng.random() ** 3 for _ in cells[:-1]] + [0.03]
        for i in rng.choices(cells, weights, k=total):
            values[i] += 1
    return Line(name, tuple(values), 0, BREAKDOWNS, (10, 16, 22))


def _measured(name: str, table: Table) -> str:
    start, busy = time.perf_counter(), time.process_time()
    found: Protection = suppress(table)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    n_tables = len({id(move) for move in found.proof.moves.values()})
    return (
        f"| {name} | {sum(1 for _ in table.cells())} | {len(found.primary)} | {found.loss.cells} "
        f"| {found.loss.total} | {len(found.exposed)} | {n_tables} | {busy:.0f} | {seconds:.0f} |"
    )


def main(months: int) -> None:
    """Measure each table, write the results and print them."""
    rng = random.Random(2)
    rows = [
        _measured("30 areas × 10 ages × 2 sexes, few small numbers", cube(30, 10, 60, rng)),
        _measured("60 areas × 18 ages × 2 sexes, half of them small", cube(60, 18, 20, rng)),
        _measured(f"43 Places × 15 metrics × 23 columns, {months} month(s)", pool(months, rng)),
    ]
    hardware = f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
    RESULTS.write_text(
        "# Suppression of large tables\n\n"
        f"{datetime.now(UTC):%d %B %Y}; {hardware}; HiGHS through highspy {version('highspy')}. Made by "
        "`python benchmarks/suppression_scale.py`; other work ran on the same machine, so that processor seconds say "
        "more than elapsed ones. Every claim of protection was checked in whole numbers, by the number of other tables "
        "given.\n\n"
        "| table | cells | below 6 | extra cells | their sum | exposed | tables in proof | processor s | elapsed s |\n"
        "|---|---|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
