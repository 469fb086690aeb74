"""Draw areas for a whole council, Place, system or England: pieces of ground, each divided by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context

from doorstep.errors import DataError
from doorstep.geography.neighbourhoods.constraints import NONE, Constraints, check
from doorstep.geography.neighbourhoods.dividing import RESTARTS, SWEEPS, divide
from doorstep.geography.neighbourhoods.ground import Area
from doorstep.geography.neighbourhoods.piece import Band, Piece, Weights, components

Groups = Mapping[str, Mapping[str, float]]
Neighbours = Mapping[str, Mapping[str, float]]
MANY = 3_000  # nodes from which a second process is worth its start


@dataclass(frozen=True)
class Wishes:
    """How to draw. `nested`: no area crosses a council's border. `groups` (area -> group -> people) go undivided."""

    band: Band = field(default_factory=Band)
    weights: Weights = field(default_factory=Weights)
    nested: bool = True
    constraints: Constraints = NONE
    groups: Groups = field(default_factory=dict)
    seed: int = 1
    sweeps: int = SWEEPS
    restarts: int = RESTARTS


@dataclass(frozen=True)
class Ground:
    """One connected piece as it was divided: into `k` parts; `missing` residents keep k equal parts from the band."""

    name: str
    n_areas: int
    people: int
    k: int
    missing: float


@dataclass(frozen=True)
class Drawing:
    """Drawn areas (codes of each, sorted), by council from north to south, and the pieces they were cut from."""

    areas: tuple[tuple[str, ...], ...]
    pieces: tuple[Ground, ...]

    @property
    def in_several_pieces(self) -> dict[str, list[Ground]]:
        """Councils (or grounds) that do not hang together, with their pieces."""
        by: dict[str, list[Ground]] = {}
        for piece in self.pieces:
            by.setdefault(piece.name, []).append(piece)
        return {name: pieces for name, pieces in by.items() if len(pieces) > 1}

    @property
    def without_fit(self) -> list[Ground]:
        """Pieces that no whole number of parts within the band makes up."""
        return [piece for piece in self.pieces if piece.missing]


def draw(
    ground: Mapping[str, Area], near: Neighbours, wishes: Wishes, *, workers: int = 1,
    said: Callable[[str], None] = lambda _: None,
) -> Drawing:  # fmt: skip
    """Draw areas on a ground.

    `near` gives each area's neighbours with metres of shared border. Raises DataError where a constraint cannot be
    kept. The result is the same for any number of workers.
    """
    check(wishes.constraints, ground, wishes.band.high, wishes.nested)
    pieces = [piece for name, codes in _grounds(ground, wishes) for piece in _pieces(name, codes, ground, near, wishes)]
    jobs = [(piece, wishes.band.n_parts(piece.total), wishes) for piece in pieces]
    for piece, k, _ in jobs:
        if k > len(piece.people):
            raise DataError(f"{piece.name} has {len(piece.people)} areas, too few for {k}", do="raise --low and --high")
    divided = _run(jobs, workers, said)
    _apart_or_refused(jobs, divided, ground)
    drawn = [part for (piece, k, _), parts in zip(jobs, divided, strict=True) for part in _codes(piece, parts, k)]
    made = [
        Ground(p.name, sum(map(len, p.codes)), p.total, k, wishes.band.missing(p.total, k)) for p, k, _ in jobs
    ]  # fmt: skip
    return Drawing(tuple(sorted(drawn, key=lambda codes: _north_first(codes, ground))), tuple(made))


def _grounds(ground: Mapping[str, Area], wishes: Wishes) -> list[tuple[str, list[str]]]:
    if not wishes.nested:
        return [("the whole ground", sorted(ground))]
    by: dict[str, list[str]] = {}
    for code in sorted(ground):
        by.setdefault(ground[code].council_name, []).append(code)
    return sorted(by.items())


def _pieces(
    name: str, codes: Sequence[str], ground: Mapping[str, Area], near: Neighbours, wishes: Wishes
) -> list[Piece]:
    """Return the connected pieces of some ground, with areas that stay together as one node."""
    whole = _graph(name, codes, ground, near, wishes)
    return [_part_of(whole, sorted(nodes)) for nodes in components(whole, range(len(whole.people)))]


def _graph(name: str, codes: Sequence[str], ground: Mapping[str, Area], near: Neighbours, wishes: Wishes) -> Piece:
    asked, inside = wishes.constraints, set(codes)
    held = {code: members for members in asked.together.values() for code in members if code in inside}
    nodes = sorted({held.get(code, (code,)) for code in codes})
    at = {code: i for i, members in enumerate(nodes) for code in members}
    border: list[dict[int, float]] = [{} for _ in nodes]
    for code in codes:
        for other, metres in near[code].items():
            if other in inside and at[other] != at[code]:
                border[at[code]][at[other]] = border[at[code]].get(at[other], 0.0) + metres / 1000
    joined = [(at[a], at[b]) for a, b in asked.bridges if a in inside and b in inside and at[a] != at[b]]
    for i, j in joined:
        border[i].setdefault(j, 0.0)
        border[j].setdefault(i, 0.0)
    _groups_hang_together(asked, near, inside)
    centres = [_centre(members, ground) for members in nodes]
    return Piece(
        name, nodes, [people for people, _, _ in centres], [x for _, x, _ in centres], [y for _, _, y in centres],
        [sorted(found.items()) for found in border], _members(nodes, wishes.groups), _kept_apart(asked, at, len(nodes)),
    )  # fmt: skip


def _groups_hang_together(asked: Constraints, near: Neighbours, inside: set[str]) -> None:
    bridged = {pair for a, b in asked.bridges for pair in ((a, b), (b, a))}
    for name, members in asked.together.items():
        if members[0] not in inside:
            continue
        left, stack = set(members[1:]), [members[0]]
        while stack:
            code = stack.pop()
            reached = {other for other in left if other in near[code] or (code, other) in bridged}
            left -= reached
            stack.extend(reached)
        if left:
            raise DataError(
                f"the group {name} to be kept together does not hang together: {min(left)} is cut off",
                expected="areas that border each other, one to the next",
                do="add the areas between them, or a join across water",
            )


def _centre(codes: Iterable[str], ground: Mapping[str, Area]) -> tuple[int, float, float]:
    found = [ground[code] for code in codes]
    people = sum(a.people for a in found)
    over = max(people, 1)
    return people, sum(a.people * a.x for a in found) / over, sum(a.people * a.y for a in found) / over


def _members(nodes: Sequence[tuple[str, ...]], groups: Groups) -> list[list[tuple[int, float]]]:
    """Return the people of each group in each node; groups are numbered in the order of their names."""
    if not groups:
        return []
    names = sorted({name for codes in nodes for code in codes for name in groups.get(code, {})})
    at = {name: i for i, name in enumerate(names)}
    found = []
    for codes in nodes:
        held: dict[int, float] = {}
        for code in codes:
            for name, people in groups.get(code, {}).items():
                held[at[name]] = held.get(at[name], 0.0) + people
        found.append(sorted(held.items()))
    return found


def _kept_apart(asked: Constraints, at: Mapping[str, int], n: int) -> list[frozenset[int]]:
    pairs = [(at[a], at[b]) for a, b in asked.apart if a in at and b in at]
    if not pairs:
        return []
    others: list[set[int]] = [set() for _ in range(n)]
    for i, j in pairs:
        others[i].add(j)
        others[j].add(i)
    return [frozenset(found) for found in others]


def _part_of(whole: Piece, nodes: Sequence[int]) -> Piece:
    """Return a connected part of a graph as a graph of its own."""
    if len(nodes) == len(whole.people):
        return whole
    at = {old: new for new, old in enumerate(nodes)}
    return Piece(
        whole.name,
        [whole.codes[i] for i in nodes],
        [whole.people[i] for i in nodes],
        [whole.x[i] for i in nodes],
        [whole.y[i] for i in nodes],
        [[(at[j], km) for j, km in whole.next_to[i]] for i in nodes],
        [whole.groups[i] for i in nodes] if whole.groups else [],
        [frozenset(at[j] for j in whole.apart[i] if j in at) for i in nodes] if whole.apart else [],
    )


Job = tuple[Piece, int, Wishes]


def _divide_job(job: Job) -> list[int]:
    piece, k, w = job
    return divide(piece, k, w.band, w.weights, seed=w.seed, sweeps=w.sweeps, restarts=w.restarts)


def _run(jobs: Sequence[Job], workers: int, said: Callable[[str], None]) -> list[list[int]]:
    """Divide every piece, the largest first, so that two processes end together."""
    order = sorted(range(len(jobs)), key=lambda i: -len(jobs[i][0].people))
    light = [(piece, k, _without_groups(w)) for piece, k, w in (jobs[i] for i in order)]
    n_nodes = sum(len(piece.people) for piece, _, _ in jobs)
    found: dict[int, list[int]] = {}
    if workers > 1 and len(jobs) > 1 and n_nodes >= MANY:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            _collect(found, order, pool.map(_divide_job, light), light, said)
    else:
        _collect(found, order, map(_divide_job, light), light, said)
    return [found[i] for i in range(len(jobs))]


def _without_groups(wishes: Wishes) -> Wishes:
    """Return what a process needs: the groups of people are in its piece already."""
    return replace(wishes, groups={}, constraints=NONE)


def _collect(
    found: dict[int, list[int]], order: Sequence[int], results: Iterable[list[int]], jobs: Sequence[Job],
    said: Callable[[str], None],
) -> None:  # fmt: skip
    for place, parts, (piece, _, _) in zip(order, results, jobs, strict=True):
        found[place] = parts
        said(f"{piece.name} drawn, {len(found)} of {len(order)} pieces")


def _apart_or_refused(jobs: Sequence[Job], divided: Sequence[Sequence[int]], ground: Mapping[str, Area]) -> None:
    for (piece, k, _), parts in zip(jobs, divided, strict=True):
        for i, others in enumerate(piece.apart):
            for j in others:
                if parts[i] == parts[j]:
                    one, other = piece.codes[i][0], piece.codes[j][0]
                    raise DataError(
                        f"{one} and {other} could not be kept apart: {piece.name} ({piece.total:,} residents) goes "
                        f"into {k} area{'s' if k > 1 else ''}, and no division found has them in different ones",
                        do="drop the pair, lower --low and --high, or try another --seed",
                    )


def _codes(piece: Piece, parts: Sequence[int], k: int) -> list[tuple[str, ...]]:
    found: list[list[str]] = [[] for _ in range(k)]
    for i, part in enumerate(parts):
        found[part].extend(piece.codes[i])
    return [tuple(sorted(codes)) for codes in found]


def _north_first(codes: Sequence[str], ground: Mapping[str, Area]) -> tuple[str, float, str]:
    _, _, y = _centre(codes, ground)
    return min(ground[code].council for code in codes), -y, codes[0]
