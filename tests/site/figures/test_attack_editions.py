"""The attack on what the database would give anyone: every edition, of two Places that correct and withdraw."""

from __future__ import annotations

import random
from typing import Any

import pytest
from figures_attacker import PAIR, Attacker, Numbers, Row, is_narrowed, months_of
from publishing_kit import JAN, ONE_STAR, WHOLE, decide, lines, send

pytestmark = pytest.mark.usefixtures("db")
GROUPS = (("O1a",), ("O4.2",), ("patients",), ("P1",), PAIR)


def rows_of(opened: list[Any], truths: list[dict[str, Numbers]], names: tuple[str, ...]) -> list[Row]:
    """Return what each edition opens of the Place's lines."""
    shown = [[figures.by_key[name, "sefton", JAN] for name in names] for figures in opened]
    return [
        Row(
            {name: truth[name] for name in names},
            {line.line: line.values for line in found},
            {line.line: line.lows for line in found},
            {line.line: line.highs for line in found},
        )
        for found, truth in zip(shown, truths, strict=True)
    ]


@pytest.mark.parametrize("seed", (10, 15))
def test_all_editions_together_open_no_hidden_number(seed: int) -> None:
    from doorstep.programme.figures import actions, reading

    chance = random.Random(seed)
    theirs, (_, other) = list(months_of(chance)), next(months_of(chance))
    assert len(theirs) > 1
    for _, sent in theirs:
        send(sent)
        send(other, slug="walsall")
        actions.publish(by=None)
    truths = [truth for truth, _ in theirs]
    opened = list(reading.everything_open(len(theirs)))
    assert [figures.edition.number for figures in opened] == list(range(1, len(theirs) + 1))
    for names in GROUPS:
        rows = rows_of(opened, truths, names)
        reader = Attacker(rows)
        for e, (row, (_, sent)) in enumerate(zip(rows, theirs, strict=True)):
            for name in names:
                stars = [c for c in range(23) if sent[name][c] == "*" and any(v is not None for v in row.shown[name])]
                kept = [c for c in stars if all(r.shown[name][c] is None for r in rows)]
                assert [c for c in kept if is_narrowed(reader, (e, name, c))] == []


def test_a_withdrawn_return_that_comes_back_hides_what_was_hidden() -> None:
    """Between the two there is an edition without it; the first is remembered all the same."""
    from doorstep.programme.figures import actions, reading

    first = send(lines(O1a=ONE_STAR))
    send(lines(), slug="walsall")
    actions.publish(by=None)
    decide(first, "withdrawn")
    actions.publish(by=None)
    send(lines(O1a=WHOLE))
    actions.publish(by=None)
    now = reading.figures(reading.edition(3), places=["sefton"], lines=["O1a"]).lines[0]
    assert [c for c, v in enumerate(now.values) if v is None] == [2, 10]
