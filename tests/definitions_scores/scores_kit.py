"""One person, or many, through the plain-Python engine: what a few definitions say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from doorstep import reference
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.plain import person_table
from doorstep.planning.engine.plain.given import read_rows

AS_AT = date(2026, 9, 30)
CODES = read_rows(reference.table("codes"))


def shelf_of(*ids: str) -> Shelf:
    """Return a shelf that holds only these shipped definitions, switched on."""
    keep = set(ids)
    shelf = shipped().switched_on(keep)
    return shelf.without(d.id for d in shelf.all if d.id not in keep)


def people(
    shelf: Shelf, tables: Mapping[str, Iterable[Mapping[str, Any]]], *, born: Mapping[str, date] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the person table by person; whoever has a row is registered with the practice of the Place."""
    names = {row["person_id"] for rows in tables.values() for row in rows} | set(born or {})
    person = [
        {"person_id": name, "source": "gp", "record_id": name, "practice": "A1", "birth_on": (born or {}).get(name)}
        | {"registered_from": date(2000, 1, 1), "received_on": date(2026, 10, 1), "file_id": "f", "row_no": i}
        for i, name in enumerate(sorted(names))
    ]
    found = person_table({"person": person, **tables}, shelf, as_at=AS_AT, practices=["A1"], codes=CODES, areas={})
    return {row["person_id"]: row for row in found.people}


def one(
    shelf: Shelf,
    *,
    born: date = date(1950, 1, 1),
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **tables: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the row of one person, who has these rows of lake tables."""
    mine = {table: [{"person_id": "p", **row} for row in found] for table, found in {**(rows or {}), **tables}.items()}
    return people(shelf, mine, born={"p": born})["p"]


def spell(admitted: str, discharged: str | None = "", **more: Any) -> dict[str, Any]:
    """Return an emergency stay; a day case of the calendar unless `discharged` says another day, or None for no end."""
    left = None if discharged is None else date.fromisoformat(discharged or admitted)
    return {"admitted_on": date.fromisoformat(admitted), "discharged_on": left, "admission_method": "21"} | more
