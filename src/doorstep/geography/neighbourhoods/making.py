"""Make a set of drawn areas for a council, a Place, a system or England."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from doorstep.errors import UsageError
from doorstep.geography import shapes
from doorstep.geography.neighbourhoods.drawing import Drawing, Wishes, draw
from doorstep.geography.neighbourhoods.facts import unit_people
from doorstep.geography.neighbourhoods.ground import areas
from doorstep.geography.neighbourhoods.model import Neighbourhood, NeighbourhoodSet

TOWARDS = {"none": "", "wards": "ward", "pcns": "pcn"}


@dataclass(frozen=True)
class Drawn:
    """A drawn set, not saved yet, and how its ground was cut."""

    made: NeighbourhoodSet
    drawing: Drawing


def draw_set(
    set_id: str, scope: str, codes: Iterable[str], wishes: Wishes, *, on: date, towards: str = "none",
    workers: int = 1, said: Callable[[str], None] = lambda _: None,
) -> Drawn:  # fmt: skip
    """Draw areas on LSOA21 codes and return them as version 0 of a set, unnamed and recognised by nobody.

    `towards` (wards or pcns) sets the groups of the wishes, whose weight is `wishes.weights.groups`. Raises DataError
    where a constraint cannot be kept, UsageError for another `towards`.
    """
    if towards not in TOWARDS:
        raise UsageError(f"there is no {towards!r} to draw towards", expected="one of " + ", ".join(TOWARDS))
    known = areas()
    ground = {code: known[code] for code in sorted(set(codes))}
    if towards != "none":
        wishes = replace(wishes, groups=unit_people(TOWARDS[towards], ground))
    drawing = draw(ground, shapes.neighbours(), wishes, workers=workers, said=said)
    made = NeighbourhoodSet(
        set_id, 0, f"Drawn areas of {scope}", "drawn", on, tuple(_numbered(drawing.areas, wishes.nested)), scope=scope,
        ground=tuple(ground), settings=_settings(wishes, towards), notes=tuple(_notes(drawing)),
    )  # fmt: skip
    return Drawn(made, drawing)


def _numbered(drawn: Iterable[tuple[str, ...]], nested: bool) -> list[Neighbourhood]:
    """Number drawn areas from north to south, in each council where they are nested in councils."""
    known, so_far, found = areas(), dict[str, int](), []
    for codes in drawn:
        council = known[codes[0]].council if nested else "area"
        so_far[council] = so_far.get(council, 0) + 1
        found.append(Neighbourhood(f"{council}-{so_far[council]:02}", codes))
    return found


def _settings(wishes: Wishes, towards: str) -> dict[str, str]:
    asked = wishes.constraints
    return {
        "low": str(wishes.band.low), "high": str(wishes.band.high), "nest": "council" if wishes.nested else "none",
        "towards": towards, "weight_of_groups": f"{wishes.weights.groups:g}",
        "weight_of_border": f"{wishes.weights.border:g}", "seed": str(wishes.seed), "sweeps": str(wishes.sweeps),
        "restarts": str(wishes.restarts),
        "kept_together": "; ".join(f"{name}: {' '.join(codes)}" for name, codes in asked.together.items()),
        "kept_apart": "; ".join(f"{a} {b}" for a, b in asked.apart),
        "joined_across_water": "; ".join(f"{a} {b}" for a, b in asked.bridges),
    }  # fmt: skip


def _notes(drawing: Drawing) -> list[str]:
    notes = []
    for name, pieces in drawing.in_several_pieces.items():
        sizes = " and ".join(f"{p.people:,} residents ({p.n_areas} areas)" for p in pieces)
        notes.append(f"{name} does not hang together: {sizes}; no area crosses, for want of a join across water")
    for piece in drawing.without_fit:
        into = "stays one area" if piece.k == 1 else f"goes into {piece.k}"
        notes.append(
            f"{piece.name}: no whole number of areas within the band makes up {piece.people:,} residents; it {into}, "
            f"which is nearest ({piece.missing:,.0f} residents from the band)"
        )
    return notes
