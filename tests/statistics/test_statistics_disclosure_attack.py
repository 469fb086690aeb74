"""A reader who knows everything printed cannot work out a small number, in tables of six kinds."""

from __future__ import annotations

import itertools
import random

import pytest
from disclosure_attacker import Attacker, World, broken
from disclosure_worlds import KINDS

from doorstep.statistics.disclosure import BELOW_10, HES, SmallNumbers, primary, suppress
from doorstep.statistics.disclosure.cube import Cube, join
from doorstep.statistics.disclosure.hierarchy import Hierarchy

Counts = dict[tuple[str, ...], int]
TABLES = 8  # of each kind; `python benchmarks/suppression_attack.py` attacks a thousand


@pytest.mark.parametrize("kind", KINDS)
def test_no_small_number_can_be_narrowed_and_no_hidden_one_pinned(kind: str) -> None:
    for number in range(TABLES):
        case = KINDS[kind](random.Random(f"{kind} {number}"))
        found = suppress(case.table, earlier=case.earlier)
        assert found.exposed == ()
        assert broken(case.attacked(found.hidden)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_attacker_breaks_tables_in_which_only_small_numbers_are_hidden(kind: str) -> None:
    cases = [KINDS[kind](random.Random(f"{kind} {number}")) for number in range(12)]
    assert any(broken(case.attacked(primary(case.table))) for case in cases)


@pytest.mark.parametrize("rule", [SmallNumbers(4), BELOW_10], ids=str)
def test_other_rules_keep_their_own_ends_possible(rule: SmallNumbers) -> None:
    for number in range(6):
        case = KINDS["crossing"](random.Random(f"rule {number}"))
        found = suppress(case.table, rule)
        assert found.exposed == ()
        assert broken(case.attacked(found.hidden), rule.smallest, rule.largest) == []


def test_where_nought_is_shown_what_cannot_be_protected_is_reported_and_still_not_pinned() -> None:
    # A hidden total of two stars is at least two, whatever else is hidden: no one can make it one.
    rule = SmallNumbers(7, nought_shown=True)
    n_exposed = 0
    for number in range(10):
        case = KINDS["crossing"](random.Random(f"nought {number}"))
        found = suppress(case.table, rule)
        world = case.attacked(found.hidden)
        world.least = dict.fromkeys(world.starred, rule.smallest)
        exposed = {case.names[e.cell] for e in found.exposed}
        assert {next(iter(one)) for one in broken(world, 1, 7)} == exposed
        assert not any(Attacker(world).is_pinned({name: 1}, world.truth[name]) for name in exposed)
        n_exposed += len(exposed)
    assert n_exposed > 0


def test_the_attackers_integer_program_agrees_with_trying_every_table() -> None:
    rng = random.Random(5)
    for _ in range(20):
        a, b, c, d = (rng.randint(0, 4) for _ in range(4))
        world = World(truth={"a": a, "b": b, "c": c, "d": d})
        world.adds_up("ab", ["a", "b"])
        world.adds_up("cd", ["c", "d"])
        world.adds_up("ac", ["a", "c"])
        world.printed = {"ab", "cd", *rng.sample(["ac", "d", "b"], rng.randint(0, 2))}
        fitting = [
            x
            for x in itertools.product(range(10), repeat=4)
            if _values(x).items() >= {n: world.truth[n] for n in world.printed}.items()
        ]
        attacker = Attacker(world)
        for k, name in enumerate("abcd"):
            tried = {x[k] for x in fitting}
            assert [attacker.can_be({name: 1}, v) for v in range(6)] == [v in tried for v in range(6)]


def _values(x: tuple[int, ...]) -> dict[str, int]:
    a, b, c, d = x
    return {"a": a, "b": b, "c": c, "d": d, "ab": a + b, "cd": c + d, "ac": a + c}


def test_every_tiny_table_keeps_nought_and_the_largest_small_number_possible_by_trying_everything() -> None:
    rng = random.Random(11)
    rule = SmallNumbers(1)
    for _ in range(25):
        leaves: Counts = {at: rng.choice((0, 1, 2, 3)) for at in itertools.product("xy", "pq")}
        counts = leaves | {(r, "All"): leaves[r, "p"] + leaves[r, "q"] for r in "xy"}
        counts |= {("All", c): counts["x", c] + counts["y", c] for c in ("p", "q", "All")}
        dimensions = (Hierarchy.with_total("row", "xy"), Hierarchy.with_total("column", "pq"))
        cube = Cube("c", dimensions, counts)
        hidden = suppress(join([cube]), rule).hidden
        shown = {at: v for at, v in counts.items() if cube.places[at] not in hidden}
        tables = [_two_by_two(cells) for cells in itertools.product(range(8), repeat=4)]
        fitting = [t for t in tables if all(t[at] == v for at, v in shown.items())]
        for at, value in counts.items():
            if rule.hides(value):
                assert {0, 1} <= {t[at] for t in fitting}


def _two_by_two(cells: tuple[int, ...]) -> Counts:
    xp, xq, yp, yq = cells
    table: Counts = {("x", "p"): xp, ("x", "q"): xq, ("y", "p"): yp, ("y", "q"): yq, ("x", "All"): xp + xq}
    return table | {("y", "All"): yp + yq, ("All", "p"): xp + yp, ("All", "q"): xq + yq, ("All", "All"): sum(cells)}


def test_a_shown_nought_is_never_hidden_and_a_star_is_known_not_to_be_nought() -> None:
    leaves: Counts = {("x",): 0, ("y",): 2, ("z",): 9}
    cube = Cube("c", (Hierarchy.with_total("row", "xyz"),), leaves | {("All",): 11})
    found = suppress(join([cube]), SmallNumbers(HES.largest, nought_shown=True))
    assert cube.places["x",] not in found.hidden
    assert found.extra == {cube.places["z",]}  # 2 and 9 share 11: the 2 can be 1 to 7, for the other is 4 to 10
