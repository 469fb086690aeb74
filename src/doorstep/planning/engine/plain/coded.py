"""Registers, recorded values and counts of deficits, as their definitions' docstrings say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from doorstep.planning.definitions import NUMBER, Band, CodedValue, Criterion, Deficit, DeficitCount, Register
from doorstep.planning.engine.plain.given import (
    UNDATED,
    Evidence,
    Finding,
    Reason,
    Record,
    is_within,
    months_before,
)

Facts = Mapping[str, Any]  # the person's other columns
Check = tuple[bool, str, tuple[Evidence, ...]]


def register(definition: Register, record: Record, facts: Facts) -> Finding:
    """Say whether a person is on a register."""
    held, reason = _any_criterion(definition, record)
    excluded = next((name for name in definition.unless if facts[name]), None) if held else None
    if excluded:
        held, reason = False, Reason(reason.rows, f"on {excluded}, so not counted here")
    return Finding({definition.id: held}, reason)


def _any_criterion(definition: Register, record: Record) -> tuple[bool, Reason]:
    nearest = Reason(words="")
    for criterion in definition.any_of:
        held, reason = _criterion(criterion, record)
        if held:
            return True, reason
        if not nearest.words or (reason.rows and not nearest.rows):
            nearest = reason
    return False, nearest


def _criterion(c: Criterion, record: Record) -> tuple[bool, Reason]:
    """Go through the conditions; the first that fails says why, and the rows are those looked at by then."""
    rows: list[Evidence] = []
    words = ""
    for holds, words, seen in _checks(c, record):
        rows += [e for e in seen if e not in rows]
        if not holds:
            return False, Reason(tuple(rows), words)
    return True, Reason(tuple(rows), _when("found", rows[0]) if rows else words)


def _checks(c: Criterion, record: Record) -> Iterator[Check]:
    if c.lists:
        yield from _diagnosis_checks(c, record)
    if c.and_lists:
        second = record.entries("coded", c.and_lists, record.world.as_at)
        yield bool(second), f"no code of {', '.join(c.and_lists)}", tuple(second[-1:])
        if c.and_recorded_from:
            holds = second[-1].sorted_day >= c.and_recorded_from
            yield holds, f"the second code is older than {c.and_recorded_from}", ()
    yield from _age_checks(c, record.age_on(record.world.as_at))
    if c.issued and c.issued_within_months:
        yield _issue_check(c.issued, c.issued_within_months, record)


def _diagnosis_checks(c: Criterion, record: Record) -> Iterator[Check]:
    day = record.world.as_at
    found = record.entries("coded", c.lists, day)
    yield bool(found), f"no code of {', '.join(c.lists)}", tuple(found[-1:])
    latest = found[-1]
    ended = record.entries("coded", c.resolved_by, day)[-1:]
    if ended:
        yield latest.sorted_day > ended[0].sorted_day, _when("resolved", ended[0]), tuple(ended)
    if c.recorded_from:
        yield latest.sorted_day >= c.recorded_from, f"the latest code is older than {c.recorded_from}", ()
    if c.first_within_months is None and c.first_at_age_from is None:
        return
    first = next((e for e in found if e.day), None)
    yield first is not None, "the diagnosis has no date", ()
    if first and first.day and c.first_within_months is not None:
        after = months_before(day, c.first_within_months)
        yield first.day > after, _when("first coded", first), (first,)
    if first and first.day and c.first_at_age_from is not None:
        age = record.age_on(first.day)
        yield age is None or age >= c.first_at_age_from, f"first coded at {age}", (first,)


def _age_checks(c: Criterion, age: int | None) -> Iterator[Check]:
    """An age not known passes: a missing birth date must not hide a diagnosis."""
    if c.age_from is not None:
        yield age is None or age >= c.age_from, f"under {c.age_from}", ()
    if c.age_to is not None:
        yield age is None or age <= c.age_to, f"over {c.age_to}", ()


def _issue_check(lists: tuple[str, ...], months: int, record: Record) -> Check:
    day = record.world.as_at
    issues = [e for e in record.entries("medicine", lists, day) if is_within(e.day, months_before(day, months), day)]
    return bool(issues), f"no medicine of {', '.join(lists)} in {months} months", tuple(issues[-1:])


def _when(said: str, entry: Evidence) -> str:
    return f"{said} on {entry.day}" if entry.day else f"{said}, without a date"


def value(definition: CodedValue, record: Record, _facts: Facts) -> Finding:
    """Return the latest value recorded, its day, band and flag."""
    candidates = list(_candidates(definition, record))
    said, entry = max(candidates, key=lambda c: c[0])[1:] if candidates else (None, None)
    found: dict[str, Any] = {definition.id: said, f"{definition.id}_on": entry.day if entry else None}
    if definition.bands:
        found[f"{definition.id}_band"] = None if said is None else band_of(definition.bands, said)
    if definition.valid_from_age is not None:
        found[f"{definition.id}_flag"] = flag(said, record, definition.valid_from_age)
    if entry is None:
        return Finding(found, Reason(words="never recorded"))
    return Finding(found, Reason((entry,), _when(f"{said} recorded", entry)))


def _candidates(definition: CodedValue, record: Record) -> Iterator[tuple[tuple[date, int, float], Any, Evidence]]:
    """Yield the entries that count: (what the latest is decided by), the value, the entry."""
    day = record.world.as_at
    for place, says in enumerate(definition.says):
        for entry in record.entries("coded", says.lists, day):
            said = entry.row.get("value") if says.value == NUMBER else says.value
            if said is None or _is_too_old(entry, definition.months, day):
                continue
            number = float(said) if definition.is_number else 0.0
            if definition.is_number and not _is_in_range(number, definition):
                continue
            yield (entry.sorted_day, place, number), number if definition.is_number else said, entry


def _is_too_old(entry: Evidence, months: int | None, day: date) -> bool:
    return months is not None and entry.sorted_day <= months_before(day, months)


def _is_in_range(number: float, definition: CodedValue) -> bool:
    low, high = definition.lowest, definition.highest
    return (low is None or number >= low) and (high is None or number <= high)


def band_of(bands: tuple[Band, ...], number: float, above: tuple[str, ...] = ()) -> str | None:
    """Return the last band whose start is reached (passed, for those in `above`); None under the first."""
    reached = [b for b in bands if (number > b.starts_at if b.name in above else number >= b.starts_at)]
    return reached[-1].name if reached else None


def flag(value: Any, record: Record, valid_from_age: int) -> str | None:
    """Return `under 65` where there is a value that is not meant for so young a person."""
    age = record.age_on(record.world.as_at)
    is_young = value is not None and age is not None and age < valid_from_age
    return f"under {valid_from_age}" if is_young else None


def coded_deficits(count: DeficitCount, record: Record, day: date) -> dict[str, Evidence]:
    """Return, deficit by deficit, the latest entry that shows it on a day; of coded deficits alone."""
    after = months_before(day, count.months) if count.months is not None else UNDATED
    found = {}
    for deficit in count.deficit:
        entries = [
            e
            for e in record.entries("coded", deficit.lists, day)
            if e.code not in count.not_codes and (e.day is None or e.day > after)
        ]
        if entries:
            found[deficit.id] = entries[-1]
    return found


def deficits(count: DeficitCount, record: Record, facts: Facts) -> Finding:
    """Count deficits: by codes, and by columns of the person table that reach a number."""
    coded = coded_deficits(count, record, record.world.as_at)
    present = [d for d in count.deficit if d.id in coded or _is_reached(d, facts)]
    age = record.age_on(record.world.as_at)
    may_band = age is not None and age >= count.bands_from_age
    values = {
        f"{count.id}_count": len(present),
        count.id: len(present) / len(count.deficit),
        f"{count.id}_band": band_of(count.bands, len(present)) if may_band else None,
        f"{count.id}_deficits": sum(1 << i for i, d in enumerate(count.deficit) if d in present),
        **{f"{count.id}_has_{d.id}": d in present for d in count.deficit},
        **{f"{count.id}_count_{n}m_ago": _count_ago(count, record, n) for n in count.months_ago},
    }
    words = ", ".join(d.title for d in present) or "no deficit found"
    return Finding(values, Reason(tuple(coded[d.id] for d in present if d.id in coded), words))


def _is_reached(deficit: Deficit, facts: Facts) -> bool:
    number = facts[deficit.column] if deficit.column else None
    return number is not None and bool(number >= deficit.at_least)


def _count_ago(count: DeficitCount, record: Record, months: int) -> int:
    return len(coded_deficits(count, record, months_before(record.world.as_at, months)))
