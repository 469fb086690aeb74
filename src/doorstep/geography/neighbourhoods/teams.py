"""The practices of each neighbourhood's team: changed one by one, or by a list of practices or networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from doorstep.errors import DataError, UsageError
from doorstep.geography.neighbourhoods.facts import teams
from doorstep.geography.neighbourhoods.ground import practice_names
from doorstep.geography.neighbourhoods.importing import listed_practices
from doorstep.geography.neighbourhoods.model import NeighbourhoodSet

Teams = Mapping[str, tuple[str, ...]]


def listed_teams(made: NeighbourhoodSet, path: Path, kind: str) -> dict[str, tuple[str, ...]]:
    """Return practice -> ids of the neighbourhoods whose teams a CSV puts it in.

    The file is one that `import_set` takes, of `kind` practices or pcns: a column `neighbourhood` (a name or an id of
    this set; capitals do not matter) and one of units. Raises DataError where it names another neighbourhood.
    """
    known = {n.id.casefold(): n.id for n in made.neighbourhoods}
    known |= {n.name.casefold(): n.id for n in made.neighbourhoods if n.name}
    found: dict[str, tuple[str, ...]] = {}
    for name, practices in listed_practices(path, kind).items():
        if name.casefold() not in known:
            raise DataError(
                f"the set has no neighbourhood {name!r}", where=str(path),
                expected=", ".join(n.label for n in made.neighbourhoods),
            )  # fmt: skip
        home = known[name.casefold()]
        for practice in practices:
            found[practice] = tuple(dict.fromkeys((*found.get(practice, ()), home)))
    return found


def with_teams(made: NeighbourhoodSet, wanted: Teams) -> NeighbourhoodSet:
    """Return a set in which each practice named is of these teams and of no other; those not named stay where they are.

    Raises UsageError for a practice that does not exist (one that a set has already may stay), or an id that the set
    does not have.
    """
    was, ids = teams(made), {n.id for n in made.neighbourhoods}
    if strange := sorted(wanted.keys() - practice_names().keys() - was.keys()):
        raise UsageError(f"{strange[0]} is no practice", expected="codes of practices, such as N81066")
    if strange := sorted({one for found in wanted.values() for one in found} - ids):
        raise UsageError(f"the set has no area with the id {strange[0]}", expected=", ".join(sorted(ids)))
    now = was | dict(wanted)
    of = {one: tuple(sorted(practice for practice, found in now.items() if one in found)) for one in ids}
    return replace(made, neighbourhoods=tuple(replace(n, practices=of[n.id]) for n in made.neighbourhoods))


def only_these(made: NeighbourhoodSet, wanted: Teams) -> dict[str, tuple[str, ...]]:
    """Return teams that also take every practice that is not named out of its team: the list is complete."""
    return {**dict.fromkeys(teams(made), ()), **wanted}
