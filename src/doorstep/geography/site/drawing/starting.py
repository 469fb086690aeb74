"""Where a set begins: drawn by the optimiser, brought as a list, or by hand with what the ground suggests."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from doorstep.errors import DoorstepError, UsageError
from doorstep.geography import shapes
from doorstep.geography.areas import areas_within
from doorstep.geography.neighbourhoods import (
    Band,
    Neighbourhood,
    NeighbourhoodSet,
    Weights,
    Wishes,
    draw_set,
    import_set,
)
from doorstep.geography.neighbourhoods.ground import areas

Read = TypeVar("Read")
# England's largest system has 1,889 areas, drawn in 3 s of one core; England's 33,755 take a minute.
MOST_AREAS: Final = 2_000
STARTS: Final = {
    "none": "Nothing: I say where each area goes",
    "pieces": "One for each piece of the ground that hangs together",
    "wards": "One for each ward",
}


def ground_of(scope: str) -> tuple[str, ...]:
    """Return the areas of a council, Place or system. Raises UsageError where the site does not take so many."""
    codes = areas_within(scope)
    _not_too_many(len(codes), scope.strip())
    return codes


def _not_too_many(n: int, what: str) -> None:
    if n > MOST_AREAS:
        raise UsageError(
            f"{what} has {n:,} areas", expected=f"at most {MOST_AREAS:,} on the site: a council, a Place or a system",
            do="use `doorstep neighbourhoods` on the command line",
        )  # fmt: skip


def drawn(set_id: str, scope: str, *, title: str, low: int, high: int, towards: str, on: date) -> NeighbourhoodSet:
    """Return a set that the optimiser draws, nested in councils; `towards` is none, wards or pcns."""
    wishes = Wishes(Band(low, high), Weights(groups=0.0 if towards == "none" else 1.0))
    made = draw_set(set_id, scope.strip(), ground_of(scope), wishes, on=on, towards=towards).made
    return _titled(made, title)


def brought(set_id: str, file_name: str, content: bytes, kind: str, *, title: str, on: date) -> NeighbourhoodSet:
    """Return the set that a CSV lists, as `import_set` reads it; its faults name the file as the sender does."""
    made = as_file(file_name, content, lambda path: import_set(path, kind, set_id, on=on, title=title))
    _not_too_many(len(made.ground), "The ground of the list")
    return made


def as_file(file_name: str, content: bytes, read: Callable[[Path], Read]) -> Read:
    """Return what `read` makes of a file that somebody sent; its faults name the file as the sender does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file_name).name or "list.csv")
        path.write_bytes(content)
        try:
            return read(path)
        except DoorstepError as error:
            where = error.where.replace(str(path), path.name)
            raise type(error)(error.seen, expected=error.expected, where=where, do=error.do) from None


def by_hand(
    set_id: str, scope: str, *, title: str, start: str, names: Sequence[str] = (), on: date
) -> NeighbourhoodSet:
    """Return a set to draw by hand: `names` without an area each, or what `start` (a key of STARTS) begins with."""
    codes = ground_of(scope)
    begun = [Neighbourhood(_id(i), (), name) for i, name in enumerate(names, start=1)] if start == "none" else []
    if start == "pieces":
        begun = [Neighbourhood(_id(i), piece) for i, piece in enumerate(shapes.parts(codes), start=1)]
    elif start == "wards":
        begun = [Neighbourhood(_id(i), found, name) for i, (name, found) in enumerate(_wards(codes), start=1)]
    if not begun:
        raise UsageError("nothing to begin with", expected="a name for each neighbourhood, or another start")
    return NeighbourhoodSet(
        set_id, 0, title, "lsoas", on, tuple(begun), scope=scope.strip(), ground=tuple(sorted(codes)),
        settings={"made": "by hand on the site", "start": start},
    )  # fmt: skip


def _wards(codes: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the wards of some ground with their areas; a name that two wards have says which council it is in."""
    known, held = areas(), dict[str, list[str]]()
    for code in codes:
        held.setdefault(known[code].ward, []).append(code)
    first = {ward: known[found[0]] for ward, found in held.items()}
    names = [one.ward_name for one in first.values()]
    called = {
        ward: f"{one.ward_name} ({one.council_name})" if names.count(one.ward_name) > 1 else one.ward_name
        for ward, one in first.items()
    }
    return sorted((called[ward], tuple(sorted(found))) for ward, found in held.items())


def _id(number: int) -> str:
    return f"n{number:02}"


def _titled(made: NeighbourhoodSet, title: str) -> NeighbourhoodSet:
    return replace(made, title=title) if title else made
