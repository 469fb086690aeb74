"""The whole row that a vignette says a person should have: what its file does not name must say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vignettes_read import Vignette

from doorstep.planning.definitions import DeficitCount, Shelf
from doorstep.planning.engine.columns import WHO, person_columns

# What a column says of somebody of whom there is nothing to say.
_NOTHING: Mapping[str, Any] = {"BOOLEAN": False, "INTEGER": 0}


def expected_row(vignette: Vignette, shelf: Shelf) -> dict[str, Any]:
    """Return every column of the person table, in order, as the vignette says it should be."""
    columns = person_columns(shelf)
    counts = {d.id: d for d in shelf.deficits}
    never_null = {n: _NOTHING[t] for n, t in columns.items() if t in _NOTHING and n not in WHO}
    said = {"person_id": vignette.id, **never_null, **{w.id: 0.0 for w in shelf.weighted}, **_said(vignette, columns)}
    for name, there in vignette.section("deficits").items():
        said |= _deficits(counts[name], there) if name in counts else {}
    return {name: said.get(name) for name in columns}


def unknown_names(vignette: Vignette, shelf: Shelf) -> set[str]:
    """Return the names that a vignette expects something of and no column has: a slip, or a definition renamed."""
    columns = person_columns(shelf)
    named = {n for section in vignette.expected for n in vignette.section(section) if section != "deficits"}
    return named - set(columns) - {"efi"}


def _said(vignette: Vignette, columns: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {**vignette.section("person"), **vignette.section("words")}
    said |= dict.fromkeys((*vignette.section("on"), *vignette.section("yes")), True)
    said |= {n: float(v) if isinstance(v, int) else v for n, v in vignette.section("values").items()}
    said |= {scheme: segment for scheme, (segment, _) in vignette.section("segments").items()}
    for section in ("sums", "activity"):
        said |= {n: _number(vignette.total(section, n), columns.get(n, "")) for n in vignette.section(section)}
    return said | {"risk_score": said.get("hfrs")}


def _number(total: Decimal | None, kind: str) -> float | int:
    assert total is not None
    return float(total) if kind == "DOUBLE" else int(total)


def _deficits(count: DeficitCount, there: list[str]) -> dict[str, Any]:
    places = {d.id: i for i, d in enumerate(count.deficit)}
    assert len(set(there)) == len(there), f"a deficit of {count.id} twice"
    mask = sum(1 << places[name] for name in there)
    n = len(there)
    return {f"{count.id}_count": n, count.id: n / len(places), f"{count.id}_deficits": mask}
