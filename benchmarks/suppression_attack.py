"""A thousand random tables protected and attacked: `python benchmarks/suppression_attack.py [TABLES]`.

Tables of six kinds (tests/statistics/disclosure_worlds.py) are protected by `suppress` and by a plain method, and the
attacker of the tests (integer programs of scipy, no code shared) tries to narrow every small number of both. Writes
benchmarks/results/suppression_attack.md and exits 1 where `suppress` let one through.

The plain method goes through the sums of a table: where a sum hides something, but one number only or less than the
largest small number in all, it hides the next smallest number too, until nothing changes.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "statistics"))

from disclosure_attacker import broken
from disclosure_worlds import KINDS, Case

from doorstep.statistics.disclosure import Cell, Link, Table, primary, suppress

RESULTS = Path(__file__).parent / "results" / "suppression_attack.md"
LARGEST = 5


@dataclass
class Outcome:
    seconds: float
    extra: int
    plain_extra: int
    is_broken: bool
    plain_is_broken: bool
    exposed: int


def plain(table: Table) -> frozenset[Cell]:
    """Hide line by line the next smallest number until no sum hides too little."""
    hidden = set(primary(table))
    sums = [link for link in _links(table) if (link.low, link.high) == (0, 0)]
    while more := {cell for link in sums for cell in _next(table, link, hidden)}:
        hidden |= more
    return frozenset(hidden)


def _links(table: Table) -> Iterator[Link]:
    for line in table.lines:
        for part in line.partitions:
            yield Link((*(((line.name, i), 1) for i in part), ((line.name, line.total), -1)), 0, 0)
    yield from table.links


def _next(table: Table, link: Link, hidden: set[Cell]) -> list[Cell]:
    cells = [cell for cell, _ in link.terms]
    out = [cell for cell in cells if cell in hidden or cell in table.unprinted]
    left = sorted((table.value(cell), cell) for cell in cells if cell not in out)
    if not hidden.intersection(out) or not left:
        return []
    if len(out) > 1 and (len(cells) == 2 or sum(table.value(cell) for cell in out) >= LARGEST):
        return []
    return [left[0][1]]


def attacked(case: Case) -> Outcome:
    start = time.perf_counter()
    found = suppress(case.table, earlier=case.earlier)
    seconds = time.perf_counter() - start
    simple = plain(case.table)
    return Outcome(
        seconds,
        len(found.extra),
        len(simple - primary(case.table)),
        bool(broken(case.attacked(found.hidden))),
        bool(broken(case.attacked(simple))),
        len(found.exposed),
    )


def _row(name: str, found: list[Outcome]) -> str:
    seconds = [o.seconds for o in found]
    fair = [o for o in found if not o.plain_is_broken]
    return (
        f"| {name} | {len(found)} | {sum(o.is_broken for o in found)} | {sum(o.exposed for o in found)} "
        f"| {sum(o.plain_is_broken for o in found)} | {sum(o.extra for o in found)} "
        f"| {sum(o.plain_extra for o in found)} | {sum(o.extra for o in fair)} of {sum(o.plain_extra for o in fair)} "
        f"| {sum(o.extra > o.plain_extra for o in fair)} "
        f"| {statistics.median(seconds):.3f} | {max(seconds):.2f} |"
    )


def _report(found: dict[str, list[Outcome]]) -> str:
    hardware = f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
    every = [o for outcomes in found.values() for o in outcomes]
    rows = [*(_row(kind, outcomes) for kind, outcomes in found.items()), _row("all", every)]
    return (
        "# Random tables attacked\n\n"
        f"{datetime.now(UTC):%d %B %Y}; {hardware}; HiGHS through highspy {version('highspy')}, the attacker's through "
        f"scipy {version('scipy')}. Made by `python benchmarks/suppression_attack.py`.\n\n"
        "A table is broken where the attacker shows that a small number cannot be 0 or cannot be 5, or pins any hidden "
        "number. `Exposed` are small numbers that `suppress` itself reports as beyond protection. Extra cells are the "
        "cells of 6 or more that are hidden too; compare them on the tables that the plain method protects.\n\n"
        "| kind | tables | broken | exposed | broken, plain | extra cells | extra, plain | extra where plain protects "
        "| more cells than plain there | median s | worst s |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def main(tables: int) -> int:
    """Attack about as many tables as told, write the results and say whether any was broken."""
    found: dict[str, list[Outcome]] = {kind: [] for kind in KINDS}
    for number in range(-(-tables // len(KINDS))):
        for kind, make in KINDS.items():
            found[kind].append(attacked(make(random.Random(f"{kind} {number}"))))
    RESULTS.write_text(_report(found), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))
    return int(any(o.is_broken for outcomes in found.values() for o in outcomes))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1002))
