"""Medicines that rules ask for: which were issued, within how many months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from doorstep.planning.definitions import Shelf
from doorstep.planning.engine.concepts import Codes, Concepts, criteria
from doorstep.planning.engine.days import literal, months_before
from doorstep.planning.engine.sources import Source, read_from
from doorstep.planning.engine.steps import Step, bits_where, fill, query

_ISSUED = """
select person_id from medicine join issue_code using (code)
where person_id is not null and issued_on > :since and issued_on <= :day
group by person_id
"""


def asked(shelf: Shelf) -> dict[int, tuple[Codes, ...]]:
    """Return the medicines that rules ask for, by the months to look back."""
    found: dict[int, tuple[Codes, ...]] = {}
    for c in criteria(shelf):
        if c.issued and c.issued_within_months:
            found[c.issued_within_months] = (*found.get(c.issued_within_months, ()), Codes(c.issued))
    return found


def issue_steps(source: Source, shelf: Shelf, concepts: Concepts, as_at: date) -> Iterator[Step]:
    """Yield `issue_now`, the medicines issued to each person as bits, a word a window; nothing where no rule asks."""
    windows = asked(shelf)
    if not windows:
        return
    tree = fill(query(_ISSUED), since=literal(months_before(as_at, max(windows))), day=literal(as_at))
    for months, named in windows.items():
        recent = exp.column("issued_on") > literal(months_before(as_at, months))
        for word in dict.fromkeys(concepts.issues.column(concept) for concept in named):
            tree = tree.select(exp.alias_(bits_where(recent, word), f"{word}_{months}m"))
    yield Step("issue_now", read_from(tree, source), "the medicines that rules ask for, as bits")


def issued_column(concepts: Concepts, concept: Codes, months: int) -> str:
    """Return the column of a medicine's word over so many months."""
    return f"{concepts.issues.column(concept)}_{months}m"
