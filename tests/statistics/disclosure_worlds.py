"""Random small tables of mixed kinds, each told twice: to the package and, as plain sums, to the attacker."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from disclosure_attacker import Name, Sum, World

from doorstep.statistics.disclosure import (
    BELOW_6,
    Cell,
    Cube,
    Hierarchy,
    Line,
    Link,
    SmallNumbers,
    Table,
    Version,
    equal,
    join,
    steady,
    suppress,
)

Coordinates = tuple[str, ...]


@dataclass
class Case:
    """A table as the package sees it, and the world that the attacker sees once something is hidden."""

    table: Table
    names: dict[Cell, Name]  # the attacker's name of each cell
    world: World
    earlier: tuple[Version, ...] = ()

    def attacked(self, hidden: Iterable[Cell]) -> World:
        out = {self.names[cell] for cell in hidden}
        self.world.printed |= {name for cell, name in self.names.items() if name not in out}
        self.world.printed -= out
        self.world.starred = out
        return self.world


def _count(rng: random.Random, mean: float) -> int:
    return int(rng.expovariate(1 / mean))


def _leaves(rng: random.Random, dimensions: list[list[str]]) -> dict[Coordinates, int]:
    mean = rng.choice((3, 8, 15, 40))
    return {at: _count(rng, mean) for at in itertools.product(*dimensions)}


def _whole(
    leaves: Mapping[Coordinates, int], groups: Sequence[Mapping[str, list[str]]], tag: str = ""
) -> tuple[dict[Coordinates, int], World]:
    """Add every total over groups of leaves: to a table of numbers, and as one plain sum of leaves each."""
    world = World(truth={(tag, *at): v for at, v in leaves.items()})
    counts = dict(leaves)
    for at in itertools.product(*groups):
        if at not in counts:
            beneath = list(itertools.product(*(group[label] for label, group in zip(at, groups, strict=True))))
            counts[at] = sum(leaves[leaf] for leaf in beneath)
            world.adds_up((tag, *at), [(tag, *leaf) for leaf in beneath])
    world.secrets = [{name: 1} for name in world.truth]
    return counts, world


def _cube_case(cube: Cube, world: World) -> Case:
    return Case(join([cube]), {cell: ("", *at) for at, cell in cube.places.items()}, world)


def hierarchy(rng: random.Random) -> Case:
    """LSOAs within neighbourhoods within a Place, by ages within age groups."""
    parent = {f"{n}{i}": n for n in "NS" for i in range(rng.randint(2, 3))}
    ages = {"0-4": "young", "5-17": "young", "18-64": "old", "65+": "old"}
    areas = Hierarchy.nested("area", parent | {"N": "Place", "S": "Place"})
    age = Hierarchy.nested("age", ages, total="all")
    groups = [_grouped(parent, "Place"), _grouped(ages, "all")]
    counts, world = _whole(_leaves(rng, [list(parent), list(ages)]), groups)
    return _cube_case(Cube("c", (areas, age), counts), world)


def _grouped(parent: Mapping[str, str], total: str) -> dict[str, list[str]]:
    own = {leaf: [leaf] for leaf in parent}
    above = {group: [leaf for leaf in parent if parent[leaf] == group] for group in dict.fromkeys(parent.values())}
    return own | above | {total: list(parent)}


def crossing(rng: random.Random) -> Case:
    """Two or three dimensions, each with its total."""
    labels = [[f"{d}{i}" for i in range(rng.randint(2, 3))] for d in "abc"[: rng.randint(2, 3)]]
    dimensions = tuple(Hierarchy.with_total(own[0][0], own) for own in labels)
    groups = [{label: [label] for label in own} | {"All": own} for own in labels]
    counts, world = _whole(_leaves(rng, labels), groups)
    return _cube_case(Cube("c", dimensions, counts), world)


def repeated(rng: random.Random) -> Case:
    """Metrics that each split the same patients, printed again in every table, into yes and no."""
    breakdowns = ((1, 2, 3), (4, 5))
    names: dict[Cell, Name] = {}
    lines: list[Line] = []
    links: list[Link] = []
    world = World()
    patients = _split(rng, rng.choice((12, 40, 90)), breakdowns)
    for metric in ("m0", "m1", "m2"):
        yes = _split(rng, rng.randint(0, patients[0]), breakdowns, most=patients)
        tables = {"patients": patients, "yes": yes, "no": [p - y for p, y in zip(patients, yes, strict=True)]}
        for kind, values in tables.items():
            name = f"{metric} {kind}"
            lines.append(Line(name, tuple(values), 0, breakdowns))
            names |= {(name, i): (kind if kind == "patients" else name, i) for i in range(6)}
            world.truth |= {names[name, i]: v for i, v in enumerate(values)}
            world.rules += [({names[name, 0]: -1, **{names[name, i]: 1 for i in p}}, 0, 0) for p in breakdowns]
        for i in range(6):
            cells = ((f"{metric} yes", i), (f"{metric} no", i), (f"{metric} patients", i))
            links.append(Link(tuple(zip(cells, (1, 1, -1), strict=True)), 0, 0))
            links.append(equal(("m0 patients", i), cells[2])) if metric != "m0" else None
            world.rules.append((dict(zip((names[cell] for cell in cells), (1, 1, -1), strict=True)), 0, 0))
    world.secrets = [{name: 1} for name in world.truth]
    return Case(Table(tuple(lines), tuple(links)), names, world)


def _split(
    rng: random.Random, total: int, breakdowns: tuple[tuple[int, ...], ...], most: list[int] | None = None
) -> list[int]:
    values = [0] * 6
    for _ in range(total):
        choices = [[i for i in part if most is None or values[i] < most[i]] for part in breakdowns]
        for part in (c for c in choices if c):
            values[min(part, key=lambda i: rng.random() ** (i + 1))] += 1
    values[0] = sum(values[i] for i in breakdowns[0])
    return values


def areas(rng: random.Random) -> Case:
    """Neighbourhoods, a Place and areas that lie across them, by sex; the LSOAs beneath are not printed."""
    atoms = [f"E{i}" for i in range(rng.randint(4, 6))]
    cut = rng.randint(1, len(atoms) - 1)
    sets = {"North": atoms[:cut], "South": atoms[cut:], "Place": atoms}
    for label in ("PCN", "team")[: rng.randint(1, 2)]:
        sets[label] = rng.sample(atoms, rng.randint(1, len(atoms)))
    sexes = ["F", "M"]
    sex = {"F": ["F"], "M": ["M"], "All": sexes}
    leaves: dict[Coordinates, int] = {at: _count(rng, 9) for at in itertools.product(atoms, sexes)}
    world = World(truth={("", *at): v for at, v in leaves.items()})
    counts: dict[Coordinates, int] = {}
    for (label, members), s in itertools.product(sets.items(), sex):
        beneath = [("", atom, x) for atom in members for x in sex[s]]
        world.adds_up(("", label, s), beneath)
        counts[label, s] = world.truth["", label, s]
    known: list[Sum] = [{("", *at): 1} for at in counts]
    differences = [(set(x) - set(y), set(x) & set(y)) for x in sets.values() for y in sets.values()]
    over: list[Sum] = [
        {("", atom, x): 1 for atom in rest for x in sex[s]}
        for both in differences
        if both[1]
        for rest in both
        if rest
        for s in sex
    ]
    world.secrets = over + known
    cube = Cube("c", (Hierarchy.areas("area", sets), Hierarchy.with_total("sex", sexes)), counts, beneath=leaves)
    names: dict[Cell, Name] = {cube.places[at]: ("", *at) for at in counts}
    return Case(join([cube]), names, world)


def months(rng: random.Random) -> Case:
    """A stock of three months that a reader knows to change by three at most."""
    labels, when = [f"a{i}" for i in range(rng.randint(2, 4))], ["Jan", "Feb", "Mar"]
    leaves: dict[Coordinates, int] = {(label, "Jan"): _count(rng, 12) for label in labels}
    for one, other in itertools.pairwise(when):
        leaves |= {(label, other): max(0, leaves[label, one] + rng.randint(-3, 3)) for label in labels}
    groups = [{label: [label] for label in labels} | {"All": labels}, {month: [month] for month in when}]
    counts, world = _whole(leaves, groups)
    for label, (one, other) in itertools.product(labels, itertools.pairwise(when)):
        world.rules.append(({("", label, other): 1, ("", label, one): -1}, -3, 3))
    cube = Cube("c", (Hierarchy.with_total("area", labels), Hierarchy.side_by_side("month", when)), counts)
    case = _cube_case(cube, world)
    return Case(join([cube], steady(cube, "month", 3)), case.names, world)


def earlier(rng: random.Random) -> Case:
    """A table printed before, with some numbers changed since; both days' small numbers are secrets."""
    labels = [[f"{d}{i}" for i in range(rng.randint(2, 4))] for d in "ab"]
    dimensions = tuple(Hierarchy.with_total(own[0][0], own) for own in labels)
    groups = [{label: [label] for label in own} | {"All": own} for own in labels]
    then = _leaves(rng, labels)
    now = {at: v + (rng.random() < 0.25) * rng.randint(0, 3) for at, v in then.items()}
    (before, old), (counts, world) = _whole(then, groups, "then"), _whole(now, groups)
    first = Cube("c", dimensions, before)
    hidden = suppress(join([first])).hidden
    shown: dict[Coordinates, int | str] = {at: "*" if first.places[at] in hidden else v for at, v in before.items()}
    both = World(world.truth | old.truth, world.rules + old.rules, world.secrets + old.secrets)
    both.rules += [({("", *at): 1, ("then", *at): -1}, 0, 0) for at, v in before.items() if counts[at] == v]
    both.printed = {("then", *at) for at, v in shown.items() if v != "*"}
    cube = Cube("c", dimensions, counts)
    case = _cube_case(cube, both)
    return Case(case.table, case.names, both, (cube.version(shown, before),))


KINDS: dict[str, Callable[[random.Random], Case]] = {
    f.__name__: f for f in (hierarchy, crossing, repeated, areas, months, earlier)
}
RULES: tuple[SmallNumbers, ...] = (BELOW_6, SmallNumbers(4), SmallNumbers(9))
