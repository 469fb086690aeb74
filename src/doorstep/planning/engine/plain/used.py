"""Activity in windows, scores of diagnoses and the monthly history, as their definitions' docstrings say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions import (
    DATED,
    Activity,
    DeficitCount,
    Diagnosed,
    DiagnosisScore,
    History,
    Stay,
    Window,
)
from doorstep.planning.engine.plain.coded import Facts, band_of, coded_deficits, flag
from doorstep.planning.engine.plain.given import (
    SYSTEMS,
    Evidence,
    Finding,
    Reason,
    Record,
    Row,
    is_within,
    months_before,
)
from doorstep.planning.engine.plain.rules import Sentence

DIED = "4"  # discharge method
READMITTED_WITHIN = 29  # days after the discharge, which is day 0


@dataclass(frozen=True)
class Item:
    """One item of a diagnosis score: the prefixes that show it, and what it weighs."""

    prefixes: frozenset[str]
    weight: Fraction


def items_of(score: DiagnosisScore, rows: Iterable[Row]) -> dict[str, Item]:
    """Gather the rows (variant, item, prefix, weight) of one variant; ConfigurationError where there are none."""
    found: dict[str, Item] = {}
    for row in rows:
        if row["variant"] == score.variant:
            before = found[row["item"]].prefixes if row["item"] in found else frozenset()
            weight = Fraction(str(row["weight"]))
            found[row["item"]] = Item(before | {plain_code(row["prefix"])}, weight)
    if not found:
        raise ConfigurationError(f"{score.items} has no {score.variant!r}", expected="a variant of it", where=score.id)
    return found


def activity(definition: Activity, record: Record, where: Sentence | None, _facts: Facts) -> Finding:
    """Return how much of one kind of care fell in each window."""
    rows, day = matching(definition, record, where), record.world.as_at
    values = {
        f"{definition.id}_{w.suffix}": amount(definition, rows, record, *bounds(w, day)) for w in definition.spans
    }
    counted = tuple(e for e in rows if any(amount(definition, [e], record, *bounds(w, day)) for w in definition.spans))
    words = ", ".join(f"{n} in {name.removeprefix(definition.id + '_')}" for name, n in values.items())
    return Finding(values, Reason(counted, words))


def bounds(window: Window, day: date) -> tuple[date, date]:
    """Return the days that a window is after, and up to."""
    return months_before(day, window.oldest), months_before(day, window.newest)


def matching(definition: Activity, record: Record, where: Sentence | None) -> list[Evidence]:
    """Return the rows that meet every condition but the window, by day; none dated after the day asked about."""
    found = [_evidence(definition.table, row) for row in record.rows.get(definition.table, [])]
    kept = [e for e in found if e.day and e.day <= record.world.as_at and _counts(definition, e, record, where)]
    return sorted(kept, key=lambda e: (e.sorted_day, e.code))


def _evidence(table: str, row: Row) -> Evidence:
    return Evidence(table, row, row.get("code") or "", row.get(DATED[table]))


def _counts(a: Activity, e: Evidence, record: Record, where: Sentence | None) -> bool:
    return (
        (where is None or where.holds(e.row))
        and (not a.lists or e.code in record.world.codes_of(SYSTEMS[a.table], a.lists))
        and _is_kind(a, e, record)
        and (not a.any_of or any(_is_kind(kind, e, record) for kind in a.any_of))
    )


def _is_kind(kind: Activity | Stay, e: Evidence, record: Record) -> bool:
    """Ask what an activity and one of its kinds of stay may both ask: diagnoses, procedures, the age on the day."""
    age = record.age_on(e.day) if e.day else None

    def has(wanted: Diagnosed) -> bool:
        return _is_diagnosed(wanted, e.row, record.world.codes_of("icd10", wanted.lists))

    return (
        all(has(d) for d in kind.diagnosed)
        and not any(has(d) for d in kind.not_diagnosed)
        and not any(begins(code, kind.no_procedure_of) for code in e.row.get("procedures") or ())
        and (age is None or kind.age_from is None or age >= kind.age_from)
        and (age is None or kind.age_to is None or age <= kind.age_to)
    )


def _is_diagnosed(wanted: Diagnosed, row: Row, prefixes: frozenset[str]) -> bool:
    all_positions = row.get("diagnoses") or []
    positions = {"primary": all_positions[:1], "secondary": all_positions[1:], "any": all_positions}
    return any(begins(code, prefixes) for code in positions[wanted.position])


def begins(code: str | None, prefixes: Iterable[str]) -> bool:
    """Return whether a code begins with one of these; dots and case do not matter."""
    return code is not None and any(plain_code(code).startswith(plain_code(p)) for p in prefixes)


@cache
def plain_code(code: str) -> str:
    """Return a code without dots, in capitals."""
    return code.replace(".", "").upper()


def amount(a: Activity, rows: list[Evidence], record: Record, after: date, until: date) -> int:
    """Count what fell after one day and up to another."""
    if a.counts == "bed_days":
        return sum(_nights(e.row, record.world.as_at, after, until) for e in rows)
    inside = [e for e in rows if is_within(e.day, after, until)]
    match a.counts:
        case "days":
            return len({e.day for e in inside})
        case "codes":
            return len({e.code for e in inside if e.code})
        case "readmissions":
            return sum(_is_readmission(e.row, record.rows.get("spell", [])) for e in inside)
        case _:
            return len(inside)


def _nights(stay: Row, as_at: date, after: date, until: date) -> int:
    """Count the nights of a stay that end after one day and up to another; none after the day asked about."""
    left: date = min(stay.get("discharged_on") or as_at, as_at, until)
    entered: date = max(stay["admitted_on"], after)
    return max(0, (left - entered).days)


def _is_readmission(stay: Row, stays: list[Row]) -> bool:
    """Ask for the latest discharge, alive, before this admission, of a stay that came before this one."""
    discharges = [
        s["discharged_on"]
        for s in stays
        if s.get("discharged_on") and s.get("discharge_method") != DIED and _came_before(s, stay)
    ]
    before = [day for day in discharges if day <= stay["admitted_on"]]
    return bool(before) and (stay["admitted_on"] - max(before)).days <= READMITTED_WITHIN


def _came_before(one: Row, other: Row) -> bool:
    """Order stays by admission, then discharge, the one still open last."""
    orders = [(s.get("admitted_on") or date.max, s.get("discharged_on") or date.max) for s in (one, other)]
    return orders[0] < orders[1]


def diagnosis_score(score: DiagnosisScore, record: Record, items: Mapping[str, Item], _facts: Facts) -> Finding:
    """Add the weights of the items that a person's recent stays show, each once."""
    after, until = bounds(Window(0, score.months), record.world.as_at)
    stays = [row for row in record.rows.get("spell", []) if is_within(row.get("admitted_on"), after, until)]
    if score.emergency_only:
        stays = [row for row in stays if (row.get("admission_method") or "").startswith("2")]
    shown = _items_shown(stays, items)
    kept_out = {second for first, second in score.instead if first in shown}
    counted = {name: e for name, e in shown.items() if name not in kept_out}
    return _scored(score, record, counted, items, bool(stays))


def _items_shown(stays: list[Row], items: Mapping[str, Item]) -> dict[str, Evidence]:
    shown: dict[str, Evidence] = {}
    for stay in sorted(stays, key=lambda row: row["admitted_on"]):
        for code in stay.get("diagnoses") or ():
            for name, item in items.items():
                if begins(code, item.prefixes):
                    shown[name] = Evidence("spell", stay, code, stay["admitted_on"])
    return shown


def _scored(
    score: DiagnosisScore, record: Record, shown: Mapping[str, Evidence], items: Mapping[str, Item], has_stay: bool
) -> Finding:
    total = float(sum(items[name].weight for name in shown)) if has_stay else None
    if total is not None and score.never_below is not None:
        total = max(total, score.never_below)
    values: dict[str, Any] = {score.id: total}
    if score.bands:
        values[f"{score.id}_band"] = None if total is None else band_of(score.bands, total, score.above)
    if score.valid_from_age is not None:
        values[f"{score.id}_flag"] = flag(total, record, score.valid_from_age)
    words = ", ".join(f"{name} ({shown[name].code}) {float(items[name].weight):g}" for name in sorted(shown))
    return Finding(values, Reason(tuple(shown.values()), words or ("no item" if has_stay else "no such stay")))


def history(
    definition: History, record: Record, measures: Mapping[str, Activity | DeficitCount], where: Callable[[str], Any]
) -> dict[str, list[int]]:
    """Return each measure month by month, the latest first: activity in the month, deficits at its end."""
    return {m.of: _months(measures[m.of], definition.months, record, where) for m in definition.measure}


def _months(measure: Activity | DeficitCount, months: int, record: Record, where: Callable[[str], Any]) -> list[int]:
    day = record.world.as_at
    if isinstance(measure, DeficitCount):
        return [len(coded_deficits(measure, record, months_before(day, k))) for k in range(months)]
    rows = matching(measure, record, where(measure.id))
    return [amount(measure, rows, record, *bounds(Window(k, k + 1), day)) for k in range(months)]
