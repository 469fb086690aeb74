"""Secondary suppression leaves no hidden cell that can be worked out, and hides no more than it must."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.errors import DataError
from doorstep.statistics.disclosure import (
    Cell,
    Line,
    Table,
    Version,
    audit,
    bed_day_links,
    primary,
    secondary,
)

# A return's line: a total, ten ages, six ethnic groups, six quintiles; the last of each is "not known".
BREAKDOWNS = (tuple(range(1, 11)), tuple(range(11, 17)), tuple(range(17, 23)))
NOT_KNOWN = (10, 16, 22)


def _spread(total: int, cells: int, rng: random.Random) -> list[int]:
    """Share a total out unevenly, with noughts."""
    weights = [rng.random() ** 4 for _ in range(cells)]
    drawn = rng.choices(range(cells), weights=weights, k=total)
    return [drawn.count(i) for i in range(cells)]


def _return_line(name: str, total: int, rng: random.Random) -> Line:
    parts = [v for cells in BREAKDOWNS for v in _spread(total, len(cells), rng)]
    return Line(name, (total, *parts), 0, BREAKDOWNS, NOT_KNOWN)


def _return_table(rng: random.Random) -> Table:
    totals = [rng.choice((0, 3, 6, 9, 20, 60, 200)) for _ in range(15)]
    return Table(tuple(_return_line(f"line {i}", total, rng) for i, total in enumerate(totals)))


def _known_by_subtraction(line: Line, hidden: set[int]) -> list[int]:
    """A checker of its own: hidden cells of a line that subtraction shows not to be 0, or not to be 5."""
    if 0 in hidden:  # below six in all, so every part is hidden as well
        return [i for cells in BREAKDOWNS for i in cells if i not in hidden]
    bad = []
    for cells in BREAKDOWNS:
        missing = [i for i in cells if i in hidden]
        left = line.values[0] - sum(line.values[i] for i in cells if i not in hidden)
        if len(missing) == 1 or (missing and left < 5):
            bad += missing
    return bad


def test_a_thousand_returns_keep_no_cell_that_subtraction_gives_away() -> None:
    rng = random.Random(20260321)
    extra = 0
    for _ in range(1_000):
        table = _return_table(rng)
        found = secondary(table)
        assert found.exposures_after == ()
        assert primary(table) <= found.hidden
        for line in table.lines:
            hidden = {i for name, i in found.hidden if name == line.name}
            assert _known_by_subtraction(line, hidden) == []
        extra += len(found.extra)
    assert extra > 0


def _fewest_extra(line: Line) -> int:
    """What no method can undercut: one more cell in each partition that subtraction opens."""
    hidden = {i for i, v in enumerate(line.values) if v < 6}
    opened = set(_known_by_subtraction(line, hidden))
    return sum(bool(opened & set(cells)) for cells in BREAKDOWNS)


@given(st.integers(0, 2**32), st.integers(6, 80))
@settings(max_examples=100, deadline=None)
def test_one_extra_cell_in_each_exposed_breakdown_and_no_more(seed: int, total: int) -> None:
    line = _return_line("a", total, random.Random(seed))
    assert len(secondary(Table((line,))).extra) == _fewest_extra(line)


def test_not_known_is_hidden_first_then_the_smallest() -> None:
    spare = Line("a", (90, 3, 10, 30, 47), 0, ((1, 2, 3, 4),), spare=(4,))
    plain = Line("a", spare.values, 0, spare.partitions)
    assert secondary(Table((spare,))).extra == {("a", 4)}
    assert secondary(Table((plain,))).extra == {("a", 2)}
    assert secondary(Table((plain,))).loss == 10


def test_the_total_stays_printed_where_it_can() -> None:
    found = secondary(Table((Line("a", (9, 3, 6, 1, 8), 0, ((1, 2), (3, 4))),)))
    assert found.hidden == {("a", 1), ("a", 2), ("a", 3), ("a", 4)}


def test_nothing_is_added_where_nothing_is_exposed() -> None:
    found = secondary(Table((Line("a", (40, 4, 5, 31), 0, ((1, 2, 3),)),)))
    assert (found.extra, found.loss) == (frozenset(), 0)


def _stays_and_days(rng: random.Random) -> Table:
    """Two lines over one breakdown of four: stays, and their days."""
    stays = [rng.choice((0, 1, 4, 7, 12)) for _ in range(4)]
    days = [sum(rng.randint(1, 9) for _ in range(n)) for n in stays]
    lines = tuple(
        Line(name, (sum(parts), *parts), 0, ((1, 2, 3, 4),)) for name, parts in (("stays", stays), ("days", days))
    )
    return Table(lines, bed_day_links("days", "stays", range(5)))


@pytest.mark.parametrize("seed", range(25))
def test_rules_between_lines_are_reckoned_with(seed: int) -> None:
    table = _stays_and_days(random.Random(seed))
    found = secondary(table)
    assert found.exposures_after == ()
    for cell in found.extra:
        assert audit(table, found.hidden - {cell}), f"{cell} is hidden without need"
    for i in range(5):  # printed days beside hidden stays would say that there were some
        assert not (("stays", i) in found.hidden and ("days", i) not in found.hidden)


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_cell_once_hidden_stays_hidden_and_a_repeat_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)
    table = Table((_return_line("a", rng.randint(6, 60), rng),))
    first = secondary(table)
    again = secondary(table, earlier=(Version(table, first.hidden),))
    assert (again.hidden, again.exposures_after) == (first.hidden, ())
    later = Table((_return_line("a", rng.randint(6, 60), rng),))
    assert first.hidden <= secondary(later, earlier=(Version(table, first.hidden),)).hidden


def test_what_an_earlier_version_gave_away_is_reported_not_hidden_in_vain() -> None:
    table = Table((Line("a", (30, 3, 10, 17), 0, ((1, 2, 3),)),))
    before = Version(table, primary(table))
    found = secondary(table, earlier=(before,))
    assert [e.cell for e in found.exposures_after] == [("a", 1)]
    assert found.extra == frozenset()


def test_nothing_else_is_hidden_for_what_cannot_be_helped() -> None:
    def table(*days: int) -> Table:
        lines = Line("stays", (20, 3, 17), 0, ((1, 2),)), Line("days", (sum(days), *days), 0, ((1, 2),))
        return Table(lines, bed_day_links("days", "stays", range(3)))

    before = Version(table(30, 20), frozenset({("stays", 1)}))  # the total and the other stays were printed
    found = secondary(table(35, 25), earlier=(before,))
    assert [e.cell for e in found.exposures_after] == [("stays", 1)]
    assert found.extra == frozenset()


def test_a_late_correction_does_not_tell_what_was_hidden_before() -> None:
    before = Table((Line("a", (30, 5, 10, 15), 0, ((1, 2, 3),)),))
    first = secondary(before)
    after = Table((Line("a", (31, 6, 10, 15), 0, ((1, 2, 3),)),))
    found = secondary(after, earlier=(Version(before, first.hidden),))
    assert ("a", 1) in found.hidden  # six could be printed, and would say that it was five
    assert audit(after, found.hidden, (Version(before, first.hidden),)) == ()


def test_numbers_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(DataError, match="adds up to 19"):
        secondary(Table((Line("a", (20, 3, 16), 0, ((1, 2),)),)))
    stays, days = Line("stays", (7,), 0), Line("days", (6,), 0)
    with pytest.raises(DataError, match="rule between lines"):
        secondary(Table((stays, days), bed_day_links("days", "stays", [0])))


def test_every_cell_of_the_answer_belongs_to_the_table() -> None:
    table = _return_table(random.Random(5))
    cells: set[Cell] = set(table.cells())
    found = secondary(table)
    assert found.hidden <= cells
    assert found.extra == found.hidden - primary(table)


def test_no_solver_is_loaded_for_lines_that_only_add_up() -> None:
    code = (
        "import sys; from doorstep.statistics.disclosure import Line, Table, secondary; "
        "secondary(Table((Line('a', (20, 3, 17), 0, ((1, 2),)),))); "
        "print(sorted(set(sys.modules) & {'highspy', 'numpy'}))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_two_tied_cells_that_protect_nobody_are_shown_again_together() -> None:
    ages, groups = tuple(range(1, 5)), tuple(range(5, 11))
    stays = (162, 0, 2, 60, 100, 155, 1, 2, 1, 0, 3)
    days = (1651, 0, 6, 645, 1000, 1593, 5, 17, 21, 0, 15)
    lines = tuple(Line(name, values, 0, (ages, groups)) for name, values in (("stays", stays), ("days", days)))
    found = secondary(Table(lines, bed_day_links("days", "stays", range(11))))
    assert found.exposures_after == ()
    assert not {("stays", 5), ("days", 5)} & found.hidden
