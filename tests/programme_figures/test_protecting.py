"""What may be shown of one Place's month: small tables that can be checked by eye."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from figures_attacker import PAIR, Attacker, Row, months_of

from doorstep.errors import DataError
from doorstep.programme.figures.protecting import DO_NOT_ADD, NOTHING_COVERS, Protected, protected
from doorstep.returns.printed import LINE_IDS
from doorstep.returns.suppression import table_of
from doorstep.statistics import disclosure

Line = tuple[int | str, ...]
REST = (20, 20, 20, 20, 10, 10, 20, 20, 20, 20, 10, 10)  # ethnic groups, then quintiles
WHOLE = (100, *[10] * 10, *REST)
DAYS: Line = (300, *[30] * 10, *(3 * v for v in REST))


def shown(name: str = "O1a", *past: Sequence[int | None], **sent: Line) -> Protected:
    """Return one line where nothing else is small; `past` is what editions showed of it."""
    lines = {line: sent.get(line, DAYS if line == "O3" else WHOLE) for line in LINE_IDS}
    return {line.line: line for line in protected(lines, {name: [tuple(row) for row in past]})}[name]


def hidden(line: Protected) -> list[int]:
    return [c for c, v in enumerate(line.values) if v is None]


def test_what_has_nothing_hidden_is_shown_as_it_is() -> None:
    line = shown()
    assert line.values == line.lows == line.highs == WHOLE


def test_a_star_alone_in_its_breakdown_takes_the_smallest_other_with_it() -> None:
    line = shown(O1a=(100, 14, 16, *[10] * 5, 9, 9, "*", *REST))  # 100 less the others is 2
    assert hidden(line) == [8, 10]
    assert [(line.lows[c], line.highs[c]) for c in (8, 10)] == [(0, 11), (0, 11)]


def test_not_known_is_hidden_first_since_readers_miss_it_least() -> None:
    line = shown(O1a=(100, "*", 16, *[10] * 7, 12, *REST))  # 100 less the others is 2
    assert hidden(line) == [1, 10]


def test_two_stars_that_share_less_than_five_take_a_third() -> None:
    line = shown(O1a=(100, 20, 18, 10, 10, 10, 10, 10, 8, "*", "*", *REST))  # the two share 4: neither could be 5
    assert hidden(line) == [8, 9, 10]


def test_two_stars_that_share_five_need_no_other() -> None:
    line = shown(O1a=(100, 20, 18, 10, 10, 10, 10, 9, 8, "*", "*", *REST))
    assert hidden(line) == [9, 10]
    assert line.highs[9] == line.highs[10] == 5


def test_each_breakdown_is_looked_at_by_itself() -> None:
    line = shown(O1a=(100, *[10] * 10, 20, 20, 20, 27, 10, "*", 20, 20, 20, 27, 10, "*"))
    assert hidden(line) == [15, 16, 21, 22]


def test_a_hidden_total_needs_two_hidden_in_every_breakdown() -> None:
    """Else a breakdown adds up to it. Of a total whose parts say that it is 94 or more, 0 need not stay possible."""
    line = shown(O1a=("*", *WHOLE[1:]))
    assert [sum(c in cells for c in hidden(line)) for cells in (range(1, 11), range(11, 17), range(17, 23))] == [
        2,
        2,
        2,
    ]
    assert (line.lows[0], line.highs[0]) == (80, None)


def test_a_breakdown_that_nobody_has_is_hidden_and_its_total_shown() -> None:
    line = shown("P1", P1=(40, *["*"] * 22))
    assert line.values[0] == 40
    assert set(line.lows[1:]) == {0}
    assert set(line.highs[1:]) == {40}


def test_a_place_with_less_than_six_of_anything_shows_nothing() -> None:
    line = shown(O1a=("*",) * 23)
    assert set(line.values) == {None}
    assert set(line.highs) == {None}
    assert not line.withheld


def test_bed_days_are_hidden_with_their_stays_and_stays_with_their_days() -> None:
    stays: Line = (100, 18, *[10] * 7, 8, "*", *REST)
    days: Line = (300, 48, *[30] * 7, 30, 12, *(3 * v for v in REST))
    assert hidden(shown("O2b", O2b=stays, O3=days)) == [9, 10]
    assert hidden(shown("O3", O2b=stays, O3=days)) == [9, 10]


def test_numbers_that_do_not_go_together_are_withheld() -> None:
    too_many: Line = (100, *[11] * 10, *REST)
    fewer_days: Line = (99, 9, *WHOLE[2:11], 19, *WHOLE[12:17], 19, *WHOLE[18:])
    assert shown(O1a=too_many).withheld == DO_NOT_ADD
    assert shown("O2b", O3=fewer_days).withheld == DO_NOT_ADD
    assert hidden(shown(O1a=too_many)) == list(range(23))


def test_a_line_of_another_length_is_refused() -> None:
    with pytest.raises(DataError, match="O1a has 3 numbers"):
        shown(O1a=(1, 2, 3))


# --- Beside earlier editions ---
STARRED = (100, 14, None, *[10] * 7, None, *REST)  # an edition that hid columns 2 and 10, 16 together


def test_what_was_hidden_stays_hidden_though_it_is_sent_now() -> None:
    """Showing that column 10 is 7 would tell that column 2 was 9, should nothing else have changed."""
    line = shown("O1a", STARRED, O1a=(101, 14, 10, *[10] * 7, 7, 21, *REST[1:6], 21, *REST[7:]))
    assert hidden(line) == [2, 10]


def test_an_unchanged_number_covers_nothing_since_an_edition_showed_it() -> None:
    """The total tells that one is gone. The only other number that has changed is hidden with the star."""
    before = (100, 8, 12, *[10] * 8, *REST)
    line = shown("O1a", before, O1a=(97, "*", 14, *[10] * 8, 17, *REST[1:6], 17, *REST[7:]))
    assert hidden(line) == [1, 2]


def test_a_star_that_nothing_covers_withholds_the_line() -> None:
    before = (100, 8, 12, *[10] * 8, *REST)
    line = shown("O1a", before, O1a=(97, "*", 12, *[10] * 8, 17, *REST[1:6], 17, *REST[7:]))
    assert line.withheld == NOTHING_COVERS
    assert line.n_shown_before == 1


def test_where_nothing_has_visibly_changed_two_new_stars_cover_each_other() -> None:
    """Either both are what they were, and an edition has shown them, or both have changed."""
    line = shown("O1a", WHOLE, O1a=(100, "*", "*", *WHOLE[3:]))
    assert hidden(line) == [1, 2]
    assert (line.n_sent_hidden, line.n_shown_before) == (2, 2)


def test_an_edition_that_withheld_the_line_tells_nothing() -> None:
    assert hidden(shown("O1a", [None] * 23)) == []


# --- Against other reckonings ---
@pytest.mark.parametrize("seed", range(30, 36))
def test_ranges_are_those_that_the_rules_of_the_return_give(seed: int) -> None:
    """By whole-number programming over stays and days together; here each line has closed forms of its own."""
    _, sent = next(months_of(random.Random(seed)))
    lines = {line.line: line for line in protected(sent) if line.line in PAIR}
    table = table_of({name: tuple("*" if v is None else v for v in line.values) for name, line in lines.items()})
    cells = frozenset((name, c) for name, line in lines.items() for c in hidden(line))
    for (name, c), found in disclosure.ranges(table, cells).items():
        assert (lines[name].lows[c], lines[name].highs[c]) == (found.low, found.high), (name, c)


def test_the_attacker_finds_the_same_ranges_for_bed_days() -> None:
    truth, sent = next(months_of(random.Random(40)))
    lines = {line.line: line for line in protected(sent)}
    row = Row(
        {name: truth[name] for name in PAIR},
        {name: lines[name].values for name in PAIR},
        {name: [0] * 23 for name in PAIR},
        {name: [None] * 23 for name in PAIR},
    )
    reader = Attacker([row], told=False)
    for name in PAIR:
        for c in hidden(lines[name]):
            assert reader.range((0, name, c)) == (lines[name].lows[c], lines[name].highs[c])
