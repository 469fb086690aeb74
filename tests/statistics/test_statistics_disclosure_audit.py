"""The audit equals trying every table of whole numbers that fits what is printed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import DataError, UsageError
from doorstep.statistics.disclosure import (
    Cell,
    Line,
    Link,
    Table,
    Version,
    audit,
    bed_day_links,
    hes_rule,
    primary,
    ranges,
    worked_out,
)

CAP = 16  # the oracle tries numbers up to here; printed numbers stay well below
PARTS = ((1, 2, 3), (4, 5))
OVERLAPPING = ((1, 2, 3), (3, 4, 5))


# --- the oracle: no bounds, no solver, only trying ---------------------------------------------------------------


def _fitting(table: Table, shown: Mapping[Cell, int], cap: int = CAP) -> Iterator[dict[Cell, int]]:
    """Yield every table of whole numbers up to `cap` that fits the shown numbers and the rules."""
    per_line = [list(_fitting_line(line, shown, cap)) for line in table.lines]
    for combination in itertools.product(*per_line):
        world = {(line.name, i): v for line, vs in zip(table.lines, combination, strict=True) for i, v in enumerate(vs)}
        if all(_rule_holds(link, world) for link in table.links):
            yield world


def _fitting_line(line: Line, shown: Mapping[Cell, int], cap: int) -> Iterator[tuple[int, ...]]:
    choices = [[shown[line.name, i]] if (line.name, i) in shown else range(cap + 1) for i in range(len(line.values))]
    free = [i for i in range(len(line.values)) if i != line.total]
    for values in itertools.product(*(choices[i] for i in free)):
        world = dict(zip(free, values, strict=True))
        sums = {sum(world[i] for i in part) for part in line.partitions}
        totals = sums if len(sums) == 1 else set()
        for total in totals & set(choices[line.total]):
            yield tuple(total if i == line.total else world[i] for i in range(len(line.values)))


def _rule_holds(link: Link, world: Mapping[Cell, int]) -> bool:
    found = sum(weight * world[cell] for cell, weight in link.terms)
    return (link.low is None or link.low <= found) and (link.high is None or found <= link.high)


def _shown(table: Table, hidden: frozenset[Cell]) -> dict[Cell, int]:
    return {cell: table.value(cell) for cell in table.cells() if cell not in hidden}


# --- random small tables --------------------------------------------------------------------------------------------


@st.composite
def small_line(draw: st.DrawFn, name: str = "a", most: int = 3) -> Line:
    """A total in two partitions, of three cells and of two."""
    first = [draw(st.integers(0, most)) for _ in range(3)]
    left = draw(st.integers(0, sum(first)))
    return Line(name, (sum(first), *first, left, sum(first) - left), 0, PARTS)


@st.composite
def some_hidden(draw: st.DrawFn, line: Line, at_most: int = 6) -> frozenset[Cell]:
    cells = draw(st.sets(st.integers(0, len(line.values) - 1), min_size=1, max_size=at_most))
    return frozenset((line.name, i) for i in cells)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_ranges_of_one_line_are_those_of_trying_everything(data: st.DataObject) -> None:
    line = data.draw(small_line())
    table, hidden = Table((line,)), data.draw(some_hidden(line, at_most=4))
    worlds = list(_fitting(table, _shown(table, hidden)))
    for cell, found in ranges(table, hidden).items():
        tried = {world[cell] for world in worlds}
        assert found.low == min(tried)
        assert found.high == max(tried) if found.high is not None else max(tried) >= CAP - 9
        assert tried == set(range(found.low, max(tried) + 1))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_audit_of_overlapping_partitions_is_that_of_trying_everything(data: st.DataObject) -> None:
    a, b, c = (data.draw(st.integers(0, 3)) for _ in range(3))
    d = data.draw(st.integers(0, a + b))
    line = Line("a", (a + b + c, a, b, c, d, a + b - d), 0, OVERLAPPING)
    hidden = data.draw(some_hidden(line, at_most=4))
    _same_as_trying(Table((line,)), hidden, threshold=3)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_audit_of_linked_lines_is_that_of_trying_everything(data: st.DataObject) -> None:
    stays = [data.draw(st.integers(0, 2)) for _ in range(2)]
    days = [s and s + data.draw(st.integers(0, 2)) for s in stays]
    lines = (
        Line("stays", (sum(stays), *stays), 0, ((1, 2),)),
        Line("days", (sum(days), *days), 0, ((1, 2),)),
    )
    table = Table(lines, bed_day_links("days", "stays", range(3), longest=4))
    hidden = data.draw(some_hidden(lines[0])) | data.draw(some_hidden(lines[1]))
    _same_as_trying(table, hidden, threshold=3)


def _same_as_trying(table: Table, hidden: frozenset[Cell], threshold: int) -> None:
    worlds = list(_fitting(table, _shown(table, hidden), cap=12))
    tried = {cell: {world[cell] for world in worlds} for cell in hidden}
    exposed = {e.cell for e in audit(table, hidden, threshold=threshold)}
    assert exposed == {cell for cell, found in tried.items() if not {0, threshold - 1} <= found}
    assert worked_out(table, hidden) == sum(len(found) == 1 for found in tried.values())


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_two_versions_of_the_same_numbers_are_read_together(data: st.DataObject) -> None:
    line = data.draw(small_line())
    table = Table((line,))
    before, now = data.draw(some_hidden(line, at_most=3)), data.draw(some_hidden(line, at_most=3))
    together = before & now
    if len(before | now) == len(line.values):
        return  # nothing printed in both: there is nothing to tell that they are the same numbers
    worlds = list(_fitting(table, _shown(table, together)))
    found = ranges(table, now, (Version(table, before),))
    assert {cell: r.low for cell, r in found.items()} == {c: min(w[c] for w in worlds) for c in now}


def _stays_and_days(data: st.DataObject, stays: list[int]) -> Table:
    days = [s and s + data.draw(st.integers(0, 2)) for s in stays]
    pairs = (("stays", stays), ("days", days))
    lines = tuple(Line(name, (sum(parts), *parts), 0, ((1, 2),)) for name, parts in pairs)
    return Table(lines, bed_day_links("days", "stays", range(3), longest=4))


def _reads_as_one(table: Table, name: str, now: dict[Cell, int], before: dict[Cell, int]) -> bool:
    """Whether two versions of a line can be taken for one: they share a printed cell, agree, and fit."""
    mine = {cell for cell in now.keys() & before.keys() if cell[0] == name}
    agree = bool(mine) and all(now[cell] == before[cell] for cell in mine)
    return agree and next(_fitting_line(table.line(name), before | now, 12), None) is not None


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_versions_of_which_one_line_changed_bear_on_each_other_through_the_rules(data: st.DataObject) -> None:
    stays = [data.draw(st.integers(0, 2)) for _ in range(2)]
    now, before = _stays_and_days(data, stays), _stays_and_days(data, stays)
    hidden = [
        data.draw(some_hidden(table.line("stays"), 2)) | data.draw(some_hidden(table.line("days"), 2))
        for table in (now, before)
    ]
    shown, shown_before = _shown(now, hidden[0]), _shown(before, hidden[1])
    same = {name for name in ("stays", "days") if _reads_as_one(now, name, shown, shown_before)}
    both = shown | {cell: v for cell, v in shown_before.items() if cell[0] in same}
    shared = [cell for cell in now.cells() if cell[0] in same]
    old = {tuple(w[c] for c in shared) for w in _fitting(before, shown_before, cap=12)}
    worlds = [w for w in _fitting(now, both, cap=12) if tuple(w[c] for c in shared) in old]
    if not worlds:
        worlds = list(_fitting(now, shown, cap=12))  # they contradict each other: the numbers have changed
    tried = {cell: {w[cell] for w in worlds} for cell in hidden[0]}
    exposed = {e.cell for e in audit(now, hidden[0], (Version(before, hidden[1]),), threshold=3)}
    assert exposed == {cell for cell, found in tried.items() if not {0, 2} <= found}


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_hiding_more_never_exposes_a_protected_cell(data: st.DataObject) -> None:
    line = data.draw(small_line(most=9))
    table, hidden = Table((line,)), data.draw(some_hidden(line))
    more = hidden | data.draw(some_hidden(line))
    narrow, wide = ranges(table, hidden), ranges(table, more)
    assert all(wide[c].low <= narrow[c].low and (wide[c].high is None or wide[c].holds(narrow[c].low)) for c in hidden)
    assert {e.cell for e in audit(table, more)} & hidden <= {e.cell for e in audit(table, hidden)}


# --- cases a reader can check by eye --------------------------------------------------------------------------------


def _line(total: int, *parts: int, name: str = "a") -> Line:
    return Line(name, (total, *parts), 0, (tuple(range(1, len(parts) + 1)),))


def test_a_number_below_six_is_hidden_nought_included() -> None:
    assert primary(Table((_line(17, 0, 5, 6, 6),))) == {("a", 1), ("a", 2)}
    assert primary(Table((_line(17, 0, 5, 6, 6),)), threshold=5) == {("a", 1)}
    with pytest.raises(UsageError):
        primary(Table((_line(6, 6),)), threshold=0)


def test_a_lone_hidden_cell_is_worked_out_by_subtraction() -> None:
    table = Table((_line(20, 3, 17),))
    (exposed,) = audit(table, frozenset({("a", 1)}))
    assert (exposed.range.low, exposed.range.high) == (20 - 17, 20 - 17)
    assert worked_out(table, frozenset({("a", 1)})) == 1
    assert str(exposed) == "a, cell 1, is 3"


def test_two_hidden_noughts_beside_a_visible_remainder_are_known() -> None:
    table = Table((_line(20, 0, 0, 20),))
    assert worked_out(table, primary(table)) == 2


def test_a_hidden_sum_below_five_cannot_hold_a_five() -> None:
    table = Table((_line(20, 1, 3, 16),))
    assert worked_out(table, primary(table)) == 0
    assert [(e.can_be_nought, e.can_be_largest) for e in audit(table, primary(table))] == [(True, False)] * 2


def test_a_hidden_total_is_the_sum_of_any_wholly_printed_partition() -> None:
    table = Table((Line("a", (14, 7, 7, 8, 6), 0, ((1, 2), (3, 4))),))
    hidden = frozenset({("a", 0), ("a", 1)})
    assert {c: (r.low, r.high) for c, r in ranges(table, hidden).items()} == {("a", 0): (14, 14), ("a", 1): (7, 7)}


def test_where_nothing_is_printed_anything_is_possible() -> None:
    table = Table((_line(3, 1, 2),))
    assert audit(table, primary(table)) == ()
    assert all((r.low, r.high) == (0, None) for r in ranges(table, primary(table)).values())


def test_whole_numbers_pin_a_cell_that_fractions_call_free() -> None:
    # 2x + 4y + z = 5, z at most 1: fractions let x run from 0 to 2.5, whole numbers make z = 1.
    line = Line("a", (99, 2, 0, 1), 0)
    links = (
        Link(((("a", 1), 2), (("a", 2), 4), (("a", 3), 1)), 5, 5),
        Link(((("a", 3), 1),), 0, 1),
    )
    table = Table((line,), links)
    hidden = frozenset({("a", 1), ("a", 2), ("a", 3)})
    assert {c[1]: (r.low, r.high) for c, r in ranges(table, hidden).items()} == {1: (0, 2), 2: (0, 1), 3: (1, 1)}
    assert [e.cell for e in audit(table, hidden, threshold=2)] == [("a", 1), ("a", 3)]  # x is 0 or 2, never 1


def test_printed_bed_days_say_that_hidden_stays_are_not_nought() -> None:
    table = Table((_line(3, 3, name="stays"), _line(12, 12, name="days")), bed_day_links("days", "stays", range(2)))
    found = ranges(table, primary(table))
    assert {(r.low, r.high) for r in found.values()} == {(1, 12)}


def test_a_cell_printed_in_an_earlier_version_of_the_same_numbers_is_known() -> None:
    table = Table((_line(30, 3, 10, 17),))
    before = Version(table, frozenset({("a", 1), ("a", 2)}))
    now = frozenset({("a", 1), ("a", 3)})
    assert audit(table, now) == ()
    assert {c: r.is_exact for c, r in ranges(table, now, (before,)).items()} == {("a", 1): True, ("a", 3): True}


def test_a_version_that_visibly_changed_is_not_read_as_todays() -> None:
    before = Version(Table((_line(30, 3, 10, 17),)), frozenset({("a", 1), ("a", 2)}))
    now, hidden = Table((_line(33, 3, 13, 17),)), frozenset({("a", 1), ("a", 2)})
    assert ranges(now, hidden, (before,)) == ranges(now, hidden)
    assert {r.high for r in ranges(now, hidden, (before,)).values()} == {33 - 17}


def test_versions_that_no_rule_lets_be_one_are_read_apart() -> None:
    # Read together the first stays would be 20 - 6 and their days 16 - 8: fewer days than stays.
    def table(stays: Line, days: Line) -> Table:
        return Table((stays, days), bed_day_links("days", "stays", range(3)))

    before = table(_line(20, 14, 6, name="stays"), _line(28, 20, 8, name="days"))
    now = table(_line(9, 3, 6, name="stays"), _line(16, 8, 8, name="days"))
    hidden = frozenset({("stays", 0), ("stays", 1)})
    version = Version(before, frozenset({("stays", 1), ("days", 0), ("days", 1)}))
    assert ranges(now, hidden, (version,)) == ranges(now, hidden)


def test_hidden_numbers_of_a_printed_table_are_never_looked_at() -> None:
    hidden = frozenset({("a", 1), ("a", 2)})
    assert ranges(Table((_line(20, 3, 7, 10),)), hidden) == ranges(Table((_line(20, 0, 0, 10),)), hidden)


def test_printed_numbers_that_contradict_each_other_are_refused() -> None:
    table = Table((_line(10, 3, 17),))
    with pytest.raises(DataError, match="no whole numbers fit"):
        ranges(table, frozenset({("a", 1)}))
    assert worked_out(table, frozenset({("a", 1)})) == 0


@pytest.mark.parametrize("partition", [(0, 1), (1, 1), (1, 9), ()])
def test_a_line_whose_partition_makes_no_sense_cannot_be_built(partition: tuple[int, ...]) -> None:
    with pytest.raises(DataError):
        Line("a", (2, 1, 1), 0, (partition,))


def test_a_table_refuses_twin_names_and_links_to_nowhere() -> None:
    with pytest.raises(DataError, match="same name"):
        Table((_line(1, 1), _line(1, 1)))
    with pytest.raises(DataError, match="link"):
        Table((_line(1, 1),), (Link(((("b", 0), 1),)),))


def test_the_hospital_rule_keeps_nought_hides_one_to_seven_and_rounds_to_five() -> None:
    counts = (0, 1, 7, 8, 12, 13, 17, 18, 22, 23, 1002, 1003)
    assert hes_rule(counts) == (0, None, None, 10, 10, 15, 15, 20, 20, 25, 1000, 1005)
    with pytest.raises(DataError):
        hes_rule((-1,))
