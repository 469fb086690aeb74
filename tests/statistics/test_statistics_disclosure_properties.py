"""What must hold of any suppression: nothing new is told, order does not matter, stricter rules hide no less."""

from __future__ import annotations

import random

from disclosure_worlds import KINDS, Case
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.statistics.disclosure import Cell, SmallNumbers, Table, primary, ranges, suppress
from doorstep.statistics.disclosure.general import Protection

CASES = st.builds(
    lambda kind, seed: KINDS[kind](random.Random(f"{kind} {seed}")),
    st.sampled_from(["hierarchy", "crossing", "areas", "months"]),
    st.integers(0, 10**6),
)


def _shown(table: Table, found: Protection) -> dict[Cell, int]:
    return {cell: table.value(cell) for cell in table.printable() if cell not in found.hidden}


@given(CASES)
@settings(max_examples=25, deadline=None)
def test_the_small_are_hidden_and_the_loss_is_what_was_hidden_beside_them(case: Case) -> None:
    found = suppress(case.table)
    assert found.primary == primary(case.table)
    assert found.extra.isdisjoint(found.primary)
    assert found.hidden.isdisjoint(case.table.unprinted)
    assert (found.loss.cells, found.loss.total) == (
        len(found.extra),
        sum(case.table.value(cell) for cell in found.extra),
    )


@given(CASES, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_hiding_one_more_cell_never_narrows_a_range(case: Case, rng: random.Random) -> None:
    hidden = suppress(case.table).hidden
    printed = sorted(set(case.table.printable()) - hidden)
    if not printed:
        return
    before, after = (ranges(case.table, h) for h in (hidden, hidden | {rng.choice(printed)}))
    for cell in hidden:
        high, high_before = after[cell].high, before[cell].high
        assert after[cell].low <= before[cell].low
        assert high is None or (high_before is not None and high >= high_before)


@given(CASES)
@settings(max_examples=15, deadline=None)
def test_the_ranges_of_the_reader_hold_both_ends_of_the_rule(case: Case) -> None:
    found = suppress(case.table)
    told = ranges(case.table, found.hidden)
    assert all(told[cell].holds(0) and told[cell].holds(5) for cell in found.primary)
    assert not any(told[cell].is_exact for cell in found.extra)


@given(CASES)
@settings(max_examples=15, deadline=None)
def test_the_same_table_gives_the_same_answer(case: Case) -> None:
    assert suppress(case.table).hidden == suppress(case.table).hidden


@given(CASES, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rules_does_not_change_what_is_protected(case: Case, rng: random.Random) -> None:
    links = list(case.table.links)
    rng.shuffle(links)
    other = Table(case.table.lines, tuple(links), case.table.unprinted)
    one, two = suppress(case.table), suppress(other)
    assert one.primary == two.primary
    assert one.exposed == two.exposed == ()
    assert all(ranges(case.table, two.hidden)[cell].holds(5) for cell in one.primary)


@given(CASES, st.integers(1, 8))
@settings(max_examples=15, deadline=None)
def test_a_higher_threshold_hides_all_that_a_lower_one_finds_small(case: Case, largest: int) -> None:
    lower, higher = (suppress(case.table, SmallNumbers(n)) for n in (largest, largest + 3))
    assert lower.primary <= higher.primary
    assert _shown(case.table, higher).items() <= {c: case.table.value(c) for c in case.table.printable()}.items()


@given(CASES)
@settings(max_examples=10, deadline=None)
def test_a_proof_that_is_tampered_with_proves_nothing(case: Case) -> None:
    found = suppress(case.table)
    hidden = frozenset(i for i, cells in enumerate(found.proof.system.cells) if found.hidden.intersection(cells))
    hidden |= found.proof.system.unprinted
    for need, move in found.proof.moves.items():
        if len(move) > 1:
            left_out = dict(list(move.items())[:-1])
            tampered = type(found.proof)(found.proof.system, {need: left_out})
            touched = [row for row in found.proof.system.rows if any(i == list(move)[-1] for i, _ in row.terms)]
            if touched and all(row.low == row.high for row in touched):
                assert need not in tampered.check(hidden) - {(i, found.proof.system.truth[i]) for i in hidden}
