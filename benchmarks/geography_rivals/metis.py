"""METIS on every piece: `python metis.py INSTANCE.json OUT.json UFACTOR ORDERS`, in the rivals' environment.

As many equal parts as ours, contiguous; residents weigh the nodes, metres of shared border the edges. METIS answers
another division for another order of the nodes: of many a piece keeps one without parts in pieces, with the fewest
outside the band, then with the least border.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pymetis  # type: ignore[import-not-found, unused-ignore]

Piece = dict[str, Any]


def divided(piece: Piece, ufactor: int, order: list[int], recursive: bool) -> list[int]:
    """Return the part of each node, with the nodes given to METIS in this order; only k-way heeds `contig`."""
    place = {node: i for i, node in enumerate(order)}
    starts, ends, metres = [0], [], []
    for node in order:
        for other, m in piece["next_to"][node]:
            ends.append(place[other])
            metres.append(max(1, round(m)))
        starts.append(len(ends))
    _, parts = pymetis.part_graph(
        piece["k"], adjacency=pymetis.CSRAdjacency(starts, ends), vweights=[piece["people"][i] for i in order],
        eweights=metres, recursive=recursive,
        options=pymetis.Options(ufactor=ufactor) if recursive else pymetis.Options(ufactor=ufactor, contig=1),
    )  # fmt: skip
    return [parts[place[node]] for node in range(len(order))]


def worth(piece: Piece, parts: list[int], low: int, high: int) -> tuple[int, int, float]:
    """Return parts that are empty or in pieces, parts outside the band and metres between parts; less is better."""
    people = [0] * piece["k"]
    for n, part in zip(piece["people"], parts, strict=True):
        people[part] += n
    cut = sum(m for i, near in enumerate(piece["next_to"]) for j, m in near if i < j and parts[i] != parts[j])
    return abs(n_pieces(piece, parts) - piece["k"]), sum(not low <= n <= high for n in people), cut


def n_pieces(piece: Piece, parts: list[int]) -> int:
    """Return into how many connected pieces the nodes fall when borders between parts are walls."""
    left, found = set(range(len(parts))), 0
    while left:
        found += 1
        stack = [left.pop()]
        while stack:
            i = stack.pop()
            more = {j for j, _ in piece["next_to"][i] if parts[j] == parts[i] and j in left}
            left -= more
            stack.extend(more)
    return found


def best(piece: Piece, ufactor: int, orders: int, low: int, high: int) -> list[int]:
    """Return one k-way division, or the best of many orders, each k-way and by recursive bisection."""
    nodes, rng = list(range(len(piece["people"]))), random.Random(1)
    if piece["k"] == 1:
        return [0] * len(nodes)
    found = [divided(piece, ufactor, nodes, recursive=False)]
    for _ in range(orders - 1):
        order = rng.sample(nodes, len(nodes))
        found += [divided(piece, ufactor, order, recursive=way) for way in (False, True)]
    return min(found, key=lambda parts: worth(piece, parts, low, high))


def main() -> None:
    instance = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    ufactor, orders = int(sys.argv[3]), int(sys.argv[4])
    low, high = instance["low"], instance["high"]
    Path(sys.argv[2]).write_text(json.dumps([best(p, ufactor, orders, low, high) for p in instance["pieces"]]))


if __name__ == "__main__":
    main()
