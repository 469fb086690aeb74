"""Sums over Places: hidden numbers are left out, and the range that they leave holds the truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from collate_files import APRIL, CASELOAD, EVENTS, PEOPLE, figures, send

from doorstep.returns import METRICS, Figures, apply_suppression
from doorstep.returns.collating import collate
from doorstep.returns.figures import COLUMNS
from doorstep.returns.pooling import Pooled, bounds_of, pooled
from doorstep.returns.printed import LINE_IDS, lines_of, printed_lines
from doorstep.returns.suppression import Method

AGE_18 = 1


def shown(line: tuple[int | str, ...]) -> dict[str, tuple[int | str, ...]]:
    """A return whose every line is this one, with stays that go with it."""
    return dict.fromkeys(LINE_IDS, line)


def test_sums_leave_hidden_numbers_out_and_say_between_what_the_truth_lies(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    send(tmp_path / "b.xlsx", figures("St Helens", more=50))
    (total, young) = (_of(tmp_path, "O1a", column) for column in (0, AGE_18))
    assert (total.shown, total.low, total.high, total.hidden, total.places) == (200 + 250, 450, 450, 0, 2)
    # Ages 18-19 are 4 in both; all other ages are printed, so that a reader can work them out.
    assert (young.shown, young.low, young.high, young.hidden) == (0, 8, 8, 2)


def test_two_hidden_numbers_share_what_their_total_leaves(tmp_path: Path) -> None:
    counts = (200, 4, 1, 55, *[20] * 7, *EVENTS[11:])  # ages 18-19 and 20-29 are 5 together
    send(tmp_path / "a.xlsx", figures(O1a=counts))
    assert [_bounds(_of(tmp_path, "O1a", column)) for column in (1, 2, 3)] == [(0, 5), (0, 5), (55, 55)]
    counts = (200, 4, 5, 51, *[20] * 7, *EVENTS[11:])  # 9 together: neither can be below 4
    send(tmp_path / "a.xlsx", figures(O1a=counts))
    assert [_bounds(_of(tmp_path, "O1a", column)) for column in (1, 2)] == [(4, 5), (4, 5)]


def _of(folder: Path, metric: str, column: int) -> Pooled:
    (found,) = (p for p in pooled(collate(folder).accepted) if (p.metric, p.column) == (metric, column))
    return found


def _bounds(found: Pooled) -> tuple[int, int | None]:
    return found.low, found.high


def test_a_hidden_total_is_at_least_what_its_parts_show_and_at_most_five() -> None:
    nothing: tuple[int | str, ...] = ("*",) * 23
    found = bounds_of(shown(nothing))["O1a"]
    assert found[0] == (0, 5) and set(found[1:]) == {(0, 5)}


def test_where_more_is_hidden_than_small_numbers_can_make_up_only_the_total_bounds_them() -> None:
    ages, others = [10] * 8, (50, 10, 10, 10, 10, 10, 20, 20, 20, 20, 10, 10)
    line: tuple[int | str, ...] = (100, "*", "*", *ages, *others)  # 20 left for two
    assert bounds_of(shown(line))["O1a"][1:3] == [(0, 20), (0, 20)]


def test_a_caseload_without_a_breakdown_loosens_no_other_line() -> None:
    whole = printed_lines(figures(), apply_suppression(figures()))
    unknown: tuple[int | str, ...] = (60, *["*"] * 22)
    loose = {**whole, "P1": unknown}
    assert bounds_of(loose)["O1a"] == bounds_of(whole)["O1a"]
    assert bounds_of(loose)["P1"][1] == (0, 60)


@pytest.mark.parametrize("method", ["primary", "secondary"])
@pytest.mark.parametrize("seed", range(2))
def test_the_truth_always_lies_within_the_range(method: Method, seed: int) -> None:
    made = _any(seed)
    printed = printed_lines(made, apply_suppression(made, method))
    bounds = bounds_of(printed)
    hidden = 0
    for name, line in lines_of(made).items():
        for n, shown_as, (low, high) in zip(line, printed[name], bounds[name], strict=True):
            assert low <= n <= high
            assert (low, high) == (n, n) or shown_as == "*"
            hidden += shown_as == "*"
    assert hidden > 20


def _any(seed: int) -> Figures:
    """A return whose three breakdowns are drawn apart."""
    rng = np.random.default_rng(seed)

    def line(total: int) -> tuple[int, ...]:
        parts = [rng.multinomial(total, rng.dirichlet([0.8] * k)).tolist() for k in (10, 6, 6)]
        return (total, *[int(n) for part in parts for n in part])

    counts = {metric: line(int(rng.integers(0, 90))) for metric in METRICS}
    counts["O3"] = tuple(3 * n for n in counts["O2b"])
    return Figures("Sefton", APRIL, counts, PEOPLE, 60, CASELOAD)


def test_there_is_a_sum_for_every_month_line_and_column(tmp_path: Path) -> None:
    send(tmp_path / "a.xlsx")
    send(tmp_path / "b.xlsx", figures(month=date(2026, 6, 1), more=8))
    found = list(pooled(collate(tmp_path).accepted))
    assert len(found) == 2 * 16 * 23 == len({(p.month, p.metric, COLUMNS[p.column]) for p in found})
