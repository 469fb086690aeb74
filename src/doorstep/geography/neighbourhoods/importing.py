"""Bring a list of neighbourhoods: of areas (2011 or 2021), practices, wards or primary care networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from doorstep.errors import DataError, UsageError
from doorstep.geography.brought import reading
from doorstep.geography.neighbourhoods.ground import areas, practice_names, practices_of_pcn, registered, residents
from doorstep.geography.neighbourhoods.model import Neighbourhood, NeighbourhoodSet
from doorstep.reference import table

KINDS = {"lsoa2011": "lsoa11", "lsoa2021": "lsoa21", "practices": "practice", "wards": "ward", "pcns": "pcn"}
_BASIS = {"lsoa2011": "lsoas", "lsoa2021": "lsoas"}
_NAMED = 3  # councils named one by one in the words for what a list covers
Listed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Read:
    """What became of a list: areas and practices of each neighbourhood, and what a reader must know."""

    areas: Mapping[str, tuple[str, ...]]
    practices: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


def import_set(path: Path, kind: str, set_id: str, *, on: date, title: str = "") -> NeighbourhoodSet:
    """Return the set that a CSV lists: a column `neighbourhood` (a name) and one of units.

    `kind` says which units: lsoa2011, lsoa2021, practices, wards or pcns. The ground is every area of the councils that
    the list touches with most of an area's people, so that gaps can be named. Raises UsageError for another kind and
    DataError for a file without the columns or with a unit that does not exist.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no list of {kind!r}", expected="one of " + ", ".join(KINDS))
    listed = _listed(path, KINDS[kind])
    found = _READERS[kind](listed, str(path))
    held = {code for codes in found.areas.values() for code in codes}
    councils = {areas()[code].council for code in held}
    ground = tuple(sorted(code for code, area in areas().items() if area.council in councils))
    made = tuple(
        Neighbourhood(_id(i), found.areas.get(name, ()), name, found.practices.get(name, ()))
        for i, name in enumerate(listed, start=1)
    )
    set_of = NeighbourhoodSet(
        set_id, 0, title or f"Neighbourhoods of {path.name}", _BASIS.get(kind, kind), on, made,
        scope=_scope(sorted({areas()[code].council_name for code in held})), ground=ground, notes=found.notes,
        settings={"list": path.name, "units": kind},
    )  # fmt: skip
    return set_of


def _scope(councils: Sequence[str]) -> str:
    return " and ".join(councils) if len(councils) <= _NAMED else f"{len(councils)} councils"


def _id(number: int) -> str:
    return f"n{number:02}"


def _listed(path: Path, column: str) -> Listed:
    """Return neighbourhood -> units, in the order of the file; a unit may stand under several."""
    with reading(path) as reader:
        if not {column, "neighbourhood"} <= set(reader.fieldnames or ()):
            raise DataError(
                f"its columns are {', '.join(reader.fieldnames or ()) or 'none'}", where=str(path),
                expected=f"columns {column} and neighbourhood",
            )  # fmt: skip
        rows = [((row["neighbourhood"] or "").strip(), (row[column] or "").strip().upper()) for row in reader]
    found: dict[str, list[str]] = {}
    for number, (name, unit) in enumerate(rows, start=2):
        if not name and not unit:  # spreadsheets leave such rows at the end
            continue
        if not name or not unit:
            raise DataError("an empty cell", expected=f"a {column} and a neighbourhood", where=f"{path} row {number}")
        if unit not in found.setdefault(name, []):
            found[name].append(unit)
    if not found:
        raise DataError("the list is empty", where=str(path))
    return {name: tuple(units) for name, units in found.items()}


def _known_only(listed: Listed, known: Iterable[str], what: str, where: str) -> None:
    held = set(known)
    strange = [unit for units in listed.values() for unit in units if unit not in held]
    if strange:
        some = ", ".join(strange[:5]) + (" …" if len(strange) > 5 else "")
        raise DataError(
            f"{len(strange)} of its codes are no {what}: {some}", expected=f"codes of {what}", where=where,
            do="correct the codes, or say what kind of codes they are",
        )  # fmt: skip


def _areas_2021(listed: Listed, where: str) -> _Read:
    _known_only(listed, areas(), "areas of 2021", where)
    return _Read({name: tuple(sorted(units)) for name, units in listed.items()}, {})


@cache
def _from_2011() -> Mapping[str, tuple[tuple[str, str, float], ...]]:
    """Return, for each area of 2011, the areas of 2021 it became: code, change, and its share of that area."""
    import pyarrow.parquet as pq

    found = pq.read_table(table("lsoa11_lsoa21"))
    became: dict[str, list[tuple[str, str, float]]] = {}
    columns = (found[c].to_pylist() for c in ("lsoa11", "lsoa21", "change_code", "share_of_lsoa21"))
    for old, new, change, share in zip(*columns, strict=True):
        became.setdefault(old, []).append((new, change, share))
    return {old: tuple(rows) for old, rows in became.items()}


def _areas_2011(listed: Listed, where: str) -> _Read:
    """Carry areas of 2011 to 2021: one that was split keeps all its parts; a merged one goes where most of it was."""
    became = _from_2011()
    _known_only(listed, became, "areas of 2011", where)
    claims: dict[str, dict[str, float]] = {}
    for name, units in listed.items():
        for old in units:
            for new, _, share in became[old]:
                held = claims.setdefault(new, {})
                held[name] = held.get(name, 0.0) + share
    found: dict[str, list[str]] = {name: [] for name in listed}
    notes = _change_notes(listed)
    for new, held in sorted(claims.items()):
        for name in _holders(held):
            found[name].append(new)
        if len(held) > 1 and len(_holders(held)) == 1:
            notes.append(f"{new} of 2021 was in {' and '.join(sorted(held))} in 2011; it goes to {_holders(held)[0]}")
    for new, held in sorted(claims.items()):
        if sum(held.values()) < 0.999:
            notes.append(f"{new} of 2021 also takes in ground that the list does not name ({sum(held.values()):.0%})")
    return _Read({name: tuple(codes) for name, codes in found.items()}, {}, tuple(notes))


def _holders(held: Mapping[str, float]) -> list[str]:
    """Return who gets an area: the neighbourhood with most of it, and any that lists as much (an overlap)."""
    most = max(held.values())
    return sorted(name for name, share in held.items() if share >= most - 1e-9)


def _change_notes(listed: Listed) -> list[str]:
    words = {"S": "was split", "M": "was merged", "X": "was redrawn"}
    return [
        f"{old} of 2011 {words.get(became[0][1], 'changed')}: {', '.join(new for new, _, _ in became)} of 2021"
        for units in listed.values()
        for old in units
        if (became := _from_2011()[old])[0][1] != "U"
    ]


def _wards(listed: Listed, where: str) -> _Read:
    of_ward: dict[str, list[str]] = {}
    for code, area in areas().items():
        of_ward.setdefault(area.ward, []).append(code)
    _known_only(listed, of_ward, "wards of 2024 that an area is best fitted to", where)
    found = {name: tuple(sorted(c for ward in units for c in of_ward[ward])) for name, units in listed.items()}
    return _Read(found, {}, ("Wards are made of the areas that are best fitted to them.",))


def listed_practices(path: Path, kind: str) -> Listed:
    """Return neighbourhood (as the list calls it) -> practices, of a CSV that lists `practices` or whole `pcns`."""
    if kind not in ("practices", "pcns"):
        raise UsageError(f"a list of {kind} names no practices", expected="a list of practices or pcns")
    listed = _listed(path, KINDS[kind])
    return _practices_of_pcns(listed, str(path)) if kind == "pcns" else _known_practices(listed, str(path))


def _practices_of_pcns(listed: Listed, where: str) -> Listed:
    of_pcn = practices_of_pcn()
    _known_only(listed, of_pcn, "primary care networks", where)
    return {name: tuple(sorted(p for pcn in units for p in of_pcn[pcn])) for name, units in listed.items()}


def _known_practices(listed: Listed, where: str) -> Listed:
    _known_only(listed, practice_names(), "practices", where)
    return listed


def _pcns(listed: Listed, where: str) -> _Read:
    return _by_patients(_practices_of_pcns(listed, where))


def _practices(listed: Listed, where: str) -> _Read:
    return _by_patients(_known_practices(listed, where))


def _by_patients(practices: Listed) -> _Read:
    """Give each area to the neighbourhood with most of its patients, where the list's practices have over half of them.

    A practice under two neighbourhoods counts for both. Patients who live elsewhere are counted in the notes: a
    neighbourhood of practices is its registered patients, and its areas are only where most of them live.
    """
    lists = registered()
    names_of: dict[str, list[str]] = {}
    for name, listed in practices.items():
        for practice in listed:
            names_of.setdefault(practice, []).append(name)
    found: dict[str, list[str]] = {name: [] for name in practices}
    touched = sorted({code for practice in names_of for code in lists.of_practice.get(practice, ())})
    for code in touched:
        held = _by_name(lists.in_area[code], names_of)
        inside = sum(n for practice, n in lists.in_area[code].items() if practice in names_of)
        if inside * 2 > sum(lists.in_area[code].values()):
            found[max(held, key=lambda name: (held[name], name))].append(code)
    areas_of = {name: tuple(codes) for name, codes in found.items()}
    return _Read(areas_of, practices, tuple(_patient_notes(practices, areas_of, names_of)))


def _by_name(held: Mapping[str, float], names_of: Mapping[str, Sequence[str]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for practice, patients in held.items():
        for name in names_of.get(practice, ()):
            found[name] = found.get(name, 0.0) + patients
    return found


def _patient_notes(practices: Listed, areas_of: Listed, names_of: Mapping[str, Sequence[str]]) -> list[str]:
    lists = registered()
    notes = ["Areas are those where the list's practices have more than half of all patients of July 2022."]
    notes += [f"{p} is under {' and '.join(names)}" for p, names in sorted(names_of.items()) if len(names) > 1]
    notes += [f"{p} has no patients in the lists of July 2022" for p in sorted(names_of) if p not in lists.of_practice]
    for name, listed in practices.items():
        where: dict[str, float] = {}
        for practice in listed:
            for code, patients in lists.of_practice.get(practice, {}).items():
                where[code] = where.get(code, 0.0) + patients
        own = sum(where.get(code, 0.0) for code in areas_of[name])
        notes.append(
            f"{name}: {sum(where.values()):,.0f} registered patients, {own:,.0f} of them in its areas, "
            f"{sum(where.values()) - own:,.0f} elsewhere; {residents(areas_of[name]):,} residents"
        )
    return notes


_READERS: dict[str, Callable[[Listed, str], _Read]] = {
    "lsoa2011": _areas_2011,
    "lsoa2021": _areas_2021,
    "practices": _practices,
    "wards": _wards,
    "pcns": _pcns,
}
