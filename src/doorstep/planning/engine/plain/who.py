"""Who the people are on the day: the rules of `planning.people` and of the first columns of the person table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from doorstep.planning.engine.plain.given import Row, World, age_on

SOURCES = ("gp", "cohort", "community", "hospital")
T = TypeVar("T")
CATEGORIES = frozenset("ABCDEFGHJKLMNPRS")
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
_COARSENESS = {"day": 1, "month": 2, "year": 3}
_ACTIVITY = {"spell": "admitted_on", "outpatient": "appointment_on", "emergency": "arrived_on"}


@dataclass(frozen=True)
class Registration:
    """A practice, and the first and last day with it."""

    practice: str
    from_on: date
    to_on: date


def believed(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that count, the most believed first: the better source, of one source the newest row."""
    known = [r for r in rows if r.get("source") in SOURCES and not r.get("is_deleted")]
    newest_first = sorted(known, key=_newness, reverse=True)
    return sorted(newest_first, key=lambda r: SOURCES.index(r["source"]))


def _newness(row: Row) -> tuple[Any, ...]:
    version = row.get("version_key")
    arrived = row.get("received_on") or LAST_DAY
    return (arrived, version is not None, version or "", row.get("file_id") or "", row.get("row_no") or 0)


def birth_of(rows: list[Row]) -> date | None:
    """Return the finest birth date; of equally fine ones that of the most believed row."""
    known = [r for r in rows if r.get("birth_on")]
    finest = min(known, key=lambda r: _COARSENESS.get(r.get("birth_precision") or "", 4), default=None)
    return finest["birth_on"] if finest else None


def death_of(rows: list[Row], spells: Iterable[Row]) -> date | None:
    """Return the most believed death; where no person row has one, the last discharge by death."""
    told = _first(r.get("died_on") for r in rows)
    deaths = [s["discharged_on"] for s in spells if s.get("discharge_method") == "4" and s.get("discharged_on")]
    return told or max(deaths, default=None)


def ethnicity_of(rows: list[Row], activity: dict[str, list[Row]]) -> str | None:
    """Return the most believed of the 16 categories; after all person rows come visits, the latest first."""
    told = _first(r.get("ethnicity") for r in rows if r.get("ethnicity") in CATEGORIES)
    visits = [
        (row.get(day) or FIRST_DAY, row["ethnicity"])
        for table, day in _ACTIVITY.items()
        for row in activity.get(table, [])
        if row.get("ethnicity") in CATEGORIES
    ]
    return told or (max(visits)[1] if visits else None)


def home_on(rows: list[Row], day: date) -> str | None:
    """Return the LSOA lived in on a day: told by the first source that has any; None where it is not known."""
    teller = _first(r["source"] for r in rows if r.get("lsoa21"))
    started = [r for r in rows if r["source"] == teller and (r.get("resident_from") or FIRST_DAY) <= day]
    latest = max((r.get("resident_from") or FIRST_DAY for r in started), default=None)
    return _first(r.get("lsoa21") for r in started if (r.get("resident_from") or FIRST_DAY) == latest)


def registrations(rows: list[Row]) -> list[Registration]:
    """Return each registration, told by the first of gp and cohort that has any practice; the newest row ends it."""
    teller = _first(r["source"] for r in rows if r.get("practice") and r["source"] in ("gp", "cohort"))
    periods: dict[tuple[Any, ...], Registration] = {}
    for row in rows:
        if row["source"] == teller and row.get("practice"):
            start = row.get("registered_from") or FIRST_DAY
            period = Registration(row["practice"], start, row.get("registered_to") or LAST_DAY)
            periods.setdefault((row["practice"], row.get("record_id"), start), period)
    return [p for p in periods.values() if p.from_on <= p.to_on]


def who(person_id: str, rows: list[Row], activity: dict[str, list[Row]], world: World) -> dict[str, Any]:
    """Return the first columns of the person table; `rows` as `believed` orders them."""
    birth, died = birth_of(rows), death_of(rows, activity.get("spell", []))
    ethnicity, lsoa = ethnicity_of(rows, activity), home_on(rows, world.as_at)
    decile = world.deciles.get(lsoa or "")
    return {
        "person_id": person_id,
        "age": None if birth is None else age_on(birth, world.as_at),
        "sex": _first(r.get("sex") for r in rows if r.get("sex") != "X"),
        "ethnicity": ethnicity,
        "ethnic_group": world.ethnic_groups.get(ethnicity or "", "Not known"),
        "lsoa21": lsoa,
        "imd_decile": decile,
        "imd_quintile": None if decile is None else (decile + 1) // 2,
        "is_alive": died is None or died >= world.as_at,
        "died_on": died,
        **_registered(registrations(rows), world),
    }


def _registered(periods: list[Registration], world: World) -> dict[str, Any]:
    """Return practice (one of the Place first, then the newest), whether registered here, and until when if over."""
    now = [p for p in periods if p.from_on <= world.as_at <= p.to_on]
    here = [p for p in now if p.practice in world.practices]
    best = min(here or now, key=lambda p: (-p.from_on.toordinal(), p.practice), default=None)
    ended = [p.to_on for p in periods if p.to_on < world.as_at and p.practice in world.practices]
    return {
        "practice": best.practice if best else None,
        "is_registered": bool(here),
        "registered_until": None if here else max(ended, default=None),
    }


def _first(values: Iterable[T | None]) -> T | None:
    return next((v for v in values if v is not None), None)
