"""Which numbers of one Place's month may be shown, knowing what earlier editions showed of it. No Django here.

The Centre gets lines as sent: numbers, and `*` whose number it does not know. That may be 0 to 5 (the guide's rule),
more (a Place that suppresses a second time) or anything (a breakdown of P1 that nobody has). So nothing here needs to
know a hidden number; what protects it is reckoned from what a reader sees.

**The promise.** A hidden number can be both 0 and 5 for a reader of its edition. Where the shown numbers alone say that
it is 6 or more (a total without its number, beside parts with theirs) its range is at least five wide instead. The
reader knows every shown number of the line, that each breakdown adds up to its total, and that stays of a day or more
(O2b) and bed days (O3) go together; other lines, months, Places and national sums tell nothing more, since no rule
ties them and sums are made of shown numbers.

**Earlier editions.** A number hidden once stays hidden in that month's later versions, so that no difference of two
editions tells what one of them hid. The reader is taken to know which of the numbers once shown have changed since: an
unchanged one is as good as shown and covers nothing. Of numbers that two editions both hide the reader knows no more
than whether all are the same. A `*` that was a number before is covered in each breakdown by another number that has
changed as well; where there is none, the whole line is withheld. If such a `*` hides the very number of before, an
earlier edition has given it away; such numbers are counted (`n_shown_before`). These promises are about what was sent
as `*`; a number that the Centre hides besides is 6 or more, and only its own edition keeps it from being reckoned.

**Bed days.** O2b and O3 are hidden in the same columns. Then each line can be looked at by itself: where the hidden
stays of a breakdown are x in sum and the days y >= x, any stays and days that are possible line by line for one column
can be completed so that the days cover the stays in every column. So no solver is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from doorstep.errors import DataError
from doorstep.programme.figures.knowing import LARGEST, WIDTH, Group, Past, Sent
from doorstep.returns.layout import PARTITIONS
from doorstep.returns.printed import LINE_IDS

RULES: Final = (
    "hidden as sent, and again by the Centre: each hidden number can be 0 and can be 5, also beside earlier editions"
)
TIED: Final = ("O2b", "O3")
DO_NOT_ADD: Final = "the numbers sent do not go together"
NOTHING_COVERS: Final = "an earlier edition shows all that could have protected a number hidden now"

# Lines hidden in the same columns: bed days with their stays, every other line by itself.
GROUPS: Final = (*((name,) for name in LINE_IDS if name not in TIED), TIED)
_ALL: Final = frozenset(range(WIDTH))


@dataclass(frozen=True)
class Protected:
    """One line as it may be shown: 23 numbers (None: hidden) and what a reader may know of each.

    `n_sent_hidden` were hidden as sent, `n_shown_before` of them had been shown by an earlier edition. `withheld` says
    why all of it is hidden, where it is. The counts are for the Centre alone: they tell hidden numbers apart.
    """

    line: str
    values: tuple[int | None, ...]
    lows: tuple[int, ...]
    highs: tuple[int | None, ...]
    n_sent_hidden: int = 0
    n_shown_before: int = 0
    withheld: str = ""


def protected(
    lines: Mapping[str, Sequence[int | str]], past: Mapping[str, Sequence[Past]] | None = None
) -> tuple[Protected, ...]:
    """Return the lines of one Place and month as they may be shown.

    `lines` are numbers or `*` by line id, 23 each, as sent; `past` has by line id what each earlier edition showed
    (None: hidden). Raises DataError where a line is missing or has another length.
    """
    sent = {name: _sent(name, lines.get(name, ())) for name in LINE_IDS}
    return tuple(found for names in GROUPS for found in _group(names, sent, past or {}))


def _sent(name: str, line: Sequence[int | str]) -> Sent:
    """Return the numbers that the Centre knows and may show: one below 6 is none of these, should it have come."""
    if len(line) != WIDTH:
        raise DataError(f"{name} has {len(line)} numbers", expected=f"{WIDTH}, each a number or *")
    return tuple(v if isinstance(v, int) and v > LARGEST else None for v in line)


def _group(names: tuple[str, ...], sent: Mapping[str, Sent], past: Mapping[str, Sequence[Past]]) -> Iterator[Protected]:
    group = Group({name: sent[name] for name in names}, {name: tuple(past.get(name, ())) for name in names})
    hidden, why = _hidden(group)
    return (_shown(group, name, hidden, why) for name in names)


def _hidden(group: Group) -> tuple[frozenset[int], str]:
    """Return the columns to hide and, where all of them are for another reason, that reason."""
    if not group.fits():
        return _ALL, DO_NOT_ADD
    hidden = group.must
    for cells in PARTITIONS if hidden else ():
        hidden = group.cover(cells, hidden)
    return (hidden, "") if not hidden or group.keeps_promise(hidden) else (_ALL, NOTHING_COVERS)


def _shown(group: Group, name: str, hidden: frozenset[int], why: str) -> Protected:
    line = group.sent[name]
    if not hidden:
        whole = tuple(v or 0 for v in line)
        return Protected(name, whole, whole, whole)
    known = group.ranges(name, hidden)
    values = tuple(None if c in hidden else v for c, v in enumerate(line))
    return Protected(
        line=name,
        values=values,
        lows=tuple(known[c].low if c in known else v or 0 for c, v in enumerate(values)),
        highs=tuple(known[c].high if c in known else v for c, v in enumerate(values)),
        n_sent_hidden=line.count(None),
        n_shown_before=len(group.starred_since[name]),
        withheld=why,
    )
