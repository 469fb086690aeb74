"""Nobody can work out a hidden number from everything that is open: a reader who shares no code with us attacks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from figures_attacker import (
    PAIR,
    SINGLE,
    Attacker,
    Cell,
    Numbers,
    Row,
    as_sent,
    events_of,
    is_narrowed,
    line_of,
    months_of,
)

from doorstep.programme.figures.numbers import Number, pooled
from doorstep.programme.figures.protecting import Protected, protected

Lines = Mapping[str, Sequence[int | str]]
Past = Mapping[str, Sequence[tuple[int | None, ...]]]
Protect = Callable[[Lines, Past], tuple[Protected, ...]]
Version = tuple[dict[str, Numbers], dict[str, list[int | str]]]
GROUPS = (*((name,) for name in SINGLE), PAIR)
N_PLACES = 12  # of 16 lines and up to three versions each


def unprotected(lines: Lines, _: Past) -> tuple[Protected, ...]:
    """Show what was sent as it is."""
    return tuple(
        Protected(
            name,
            tuple(v if isinstance(v, int) else None for v in line),
            tuple(v if isinstance(v, int) else 0 for v in line),
            tuple(v if isinstance(v, int) else None for v in line),
        )
        for name, line in lines.items()
    )


def published(versions: Sequence[Version], protect: Protect) -> list[tuple[dict[str, Numbers], dict[str, Protected]]]:
    """Return what one edition after the other opens of a Place's month, with the truth."""
    past: dict[str, list[tuple[int | None, ...]]] = {name: [] for name in (*SINGLE, *PAIR)}
    found = []
    for truth, sent in versions:
        shown = {line.line: line for line in protect(sent, past)}
        found.append((truth, shown))
        for name, line in shown.items():
            past[name].append(line.values)
    return found


def rows_of(editions: list[tuple[dict[str, Numbers], dict[str, Protected]]], names: tuple[str, ...]) -> list[Row]:
    return [
        Row(
            {n: truth[n] for n in names},
            {n: shown[n].values for n in names},
            {n: shown[n].lows for n in names},
            {n: shown[n].highs for n in names},
        )
        for truth, shown in editions
    ]


def hidden_cells(rows: list[Row]) -> Iterator[Cell]:
    """Yield the hidden cells but those of a line that an edition withholds, and numbers that another edition shows."""
    for e, row in enumerate(rows):
        for name, line in row.shown.items():
            for c in range(23) if any(v is not None for v in line) else ():
                true = row.truth[name][c]
                if line[c] is None and all(r.shown[name][c] is None or r.truth[name][c] != true for r in rows):
                    yield e, name, c


def worked_out(versions: list[Version], protect: Protect) -> Iterator[Cell]:
    """Yield what the reader narrows beyond the promise: of stars as sent knowing all editions, of others each one."""
    editions = published(versions, protect)
    for names in GROUPS:
        rows = rows_of(editions, names)
        together = Attacker(rows)
        apart = [Attacker([row], told=False) for row in rows]
        for e, name, c in hidden_cells(rows):
            starred = versions[e][1][name][c] == "*"
            if is_narrowed(together, (e, name, c)) if starred else is_narrowed(apart[e], (0, name, c)):
                yield e, name, c


@pytest.mark.parametrize("seed", range(N_PLACES))
def test_no_hidden_number_is_narrowed_beyond_the_promise(seed: int) -> None:
    assert list(worked_out(list(months_of(random.Random(seed))), protected)) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_reader_finds_numbers_where_nothing_is_protected(seed: int) -> None:
    versions = list(months_of(random.Random(seed)))
    first = next(worked_out(versions, unprotected))
    assert versions[first[0]][1][first[1]][first[2]] == "*"


def test_the_reader_finds_numbers_where_each_edition_forgets_the_ones_before() -> None:
    """A correction of one event: each edition is safe by itself, the difference of the two is not."""
    chance = random.Random(8)
    before = events_of(chance, 60, 3)
    truths = [line_of(events) for events in (before, before[1:])]
    nothing = tuple([0] * 23)
    versions: list[Version] = [
        ({name: truth if name == "O1a" else nothing for name in (*SINGLE, *PAIR)}, {}) for truth in truths
    ]
    for truth, sent in versions:
        sent |= {name: as_sent(chance, line, False, False) for name, line in truth.items()}
    assert list(worked_out(versions, lambda lines, _: protected(lines)))
    assert not list(worked_out(versions, protected))


@pytest.mark.parametrize("seed", (3, 4))
def test_national_sums_and_ones_own_numbers_tell_nothing_of_another_place(seed: int) -> None:
    """Another Place knows its own hidden numbers, the national sums of what is shown, and their ranges."""
    theirs, ours = (published(list(months_of(random.Random(s)))[:1], protected)[0] for s in (seed, seed + 100))
    for names in GROUPS:
        rows = [rows_of([place], names)[0] for place in (theirs, ours)]
        own = {(1, name, c): ours[0][name][c] for name in names for c in range(23)}
        national = [([(0, name, c), (1, name, c)], *_range(theirs, ours, name, c)) for name in names for c in range(23)]
        reader = Attacker(rows, national, own, told=False)
        assert [cell for cell in hidden_cells(rows[:1]) if is_narrowed(reader, cell)] == []


def _range(
    theirs: tuple[dict[str, Numbers], dict[str, Protected]],
    ours: tuple[dict[str, Numbers], dict[str, Protected]],
    name: str,
    column: int,
) -> tuple[int, int | None]:
    lines = (place[1][name] for place in (theirs, ours))
    found = pooled(Number(line.values[column], line.lows[column], line.highs[column]) for line in lines)
    return found.low, found.high
