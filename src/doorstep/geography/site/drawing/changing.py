"""Changes to a set: areas moved from one neighbourhood to another, names, new ones, empty ones taken out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from doorstep.errors import DataError, UsageError
from doorstep.geography.neighbourhoods import Neighbourhood, NeighbourhoodSet
from doorstep.geography.neighbourhoods.facts import teams
from doorstep.geography.neighbourhoods.ground import areas, council_names, practice_names
from doorstep.geography.neighbourhoods.teams import with_teams

NONE = ""  # where an area is moved to that shall be in no neighbourhood
LONGEST_NAME = 80
MOST_NEW = 200
_NEW = re.compile(r"new-\d{1,4}")
_DRAWN = re.compile(r"(E\d{8})-(\d+)")  # as the optimiser calls what it draws: the council, and a number


def label_of(n: Neighbourhood) -> str:
    """Return what a neighbourhood is called on pages where it may have no name yet: Area n01, or Halton area 1."""
    drawn = _DRAWN.fullmatch(n.id)
    if n.name or not drawn or drawn[1] not in council_names():
        return n.name or f"Area {n.id}"
    return f"{council_names()[drawn[1]]} area {int(drawn[2])}"


@dataclass(frozen=True)
class Changes:
    """What somebody did on the map, in the table, or on the page of practices.

    `moved` maps areas (LSOA21 codes) to the id of a neighbourhood or NONE, `named` ids to names, `added` the made-up
    ids (new-1, new-2) of new neighbourhoods to names; `removed` are the ids of those to take out. `teams` maps
    practices to the ids of the neighbourhoods whose teams they shall be in.
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_of_teams_only(self) -> bool:
        """Whether they change practices and nothing that is on the map."""
        return bool(self.teams) and not (self.moved or self.named or self.added or self.removed)

    def as_json(self) -> str:
        """Return them as `read` takes them."""
        told = {
            "moved": dict(self.moved), "named": dict(self.named), "added": dict(self.added),
            "removed": list(self.removed), "teams": {one: list(ids) for one, ids in self.teams.items()},
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False)


def read(text: str) -> Changes:
    """Return the changes that a browser sent as JSON. Raises DataError where it is anything else."""
    try:
        told = json.loads(text)
        found = Changes(
            _words(told["moved"]), _words(told["named"]), _words(told["added"]), _list(told["removed"]),
            {practice: _list(ids) for practice, ids in told.get("teams", {}).items()},
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            "the changes cannot be read", expected="what the page sends", do="load the page again"
        ) from error
    if len(found.added) > MOST_NEW or not all(_NEW.fullmatch(name) for name in found.added):
        raise DataError("the changes add what has no id of a new neighbourhood", expected=f"new-1 to new-{MOST_NEW}")
    return found


def _words(told: Any) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise TypeError("not texts by their names")
    return told


def _list(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(value, str) for value in told):
        raise TypeError("not a list of texts")
    return tuple(told)


def changed(made: NeighbourhoodSet, asked: Changes) -> NeighbourhoodSet:
    """Return a set with changes.

    Raises UsageError for an area outside the ground, an id that is not there, a name too long, one taken out that
    still has areas, a practice that does not exist, and a set that would be left without any.
    """
    ids = _new_ids(made, asked.added)
    moved = {code: ids.get(to, to) for code, to in asked.moved.items()}
    _known(made, moved, [*asked.named, *asked.removed], set(ids.values()))
    all_of_it = [*made.neighbourhoods, *(Neighbourhood(ids[new], ()) for new in asked.added)]
    names = {**asked.named, **{ids[new]: name for new, name in asked.added.items()}}
    found = [_with(n, moved, names) for n in all_of_it]
    left = [n for n in found if n.id not in asked.removed]
    _all_in_order(found, left, asked.removed)
    after = replace(made, neighbourhoods=tuple(left))
    teams_to = {**_inherited(made, after, asked.removed), **asked.teams}
    return with_teams(after, teams_to) if teams_to else after


def _inherited(made: NeighbourhoodSet, after: NeighbourhoodSet, removed: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the teams of practices whose neighbourhood became part of one other: they go along with its areas."""
    homes, found = _homes(after), dict[str, tuple[str, ...]]()
    for gone in (n for n in made.neighbourhoods if n.id in removed):
        went = {homes.get(code, ()) for code in gone.areas}
        if len(went) == 1 and len(to := went.pop()) == 1:
            for practice in gone.practices:
                others = (one for one in teams(made)[practice] if one not in removed)
                found[practice] = tuple(dict.fromkeys((*others, *to)))
    return found


def _new_ids(made: NeighbourhoodSet, added: Mapping[str, str]) -> dict[str, str]:
    """Return an id for each new neighbourhood: the next numbers of the form n01 that no other has."""
    taken = {n.id for n in made.neighbourhoods}
    free = (name for i in range(1, 10_000) if (name := f"n{i:02}") not in taken)
    return {new: next(free) for new in sorted(added, key=lambda name: int(name.removeprefix("new-")))}


def _known(made: NeighbourhoodSet, moved: Mapping[str, str], named: Sequence[str], new: set[str]) -> None:
    known, ground = {n.id for n in made.neighbourhoods} | new, set(made.ground)
    if strange := sorted(moved.keys() - ground):
        raise UsageError(f"{strange[0]} is no area of this set's ground", expected="areas of its ground")
    if strange := sorted(({*moved.values()} - {NONE} | {*named}) - known):
        raise UsageError(f"the set has no area with the id {strange[0]}", expected=", ".join(sorted(known)))


def _with(n: Neighbourhood, moved: Mapping[str, str], names: Mapping[str, str]) -> Neighbourhood:
    name = " ".join(names.get(n.id, n.name).split())
    if len(name) > LONGEST_NAME:
        raise UsageError(f"the name {name[:20]}… is too long", expected=f"at most {LONGEST_NAME} characters")
    stays = [code for code in n.areas if moved.get(code, n.id) == n.id]
    comes = [code for code, to in moved.items() if to == n.id]
    return replace(n, name=name, areas=tuple(sorted({*stays, *comes})))


def _all_in_order(found: Sequence[Neighbourhood], left: Sequence[Neighbourhood], removed: Sequence[str]) -> None:
    for n in found:
        if n.id in removed and n.areas:
            raise UsageError(
                f"{label_of(n)} still has {len(n.areas)} areas", expected="none", do="move them first, then take it out"
            )
    if not left:
        raise UsageError("the set would be left with nothing in it", expected="one neighbourhood or more")
    names = [n.name.casefold() for n in left if n.name]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"two of them are called {twice[0]!r}", expected="a name of its own for each")


def moved_since(history: Sequence[NeighbourhoodSet]) -> dict[str, frozenset[str]]:
    """Return, for each recognised neighbourhood of the last version, the areas that moved since the newest evidence.

    `history` are versions from the first on. Those without such areas are left out: people recognised what it is now.
    """
    found = {}
    for n in history[-1].neighbourhoods:
        shape = next((then.areas for then in _versions_of(n.id, history) if then.recognition == n.recognition), n.areas)
        if n.recognition and shape != n.areas:
            found[n.id] = frozenset({*shape} ^ {*n.areas})
    return found


def _versions_of(id: str, history: Iterable[NeighbourhoodSet]) -> Iterator[Neighbourhood]:
    return (n for made in history for n in made.neighbourhoods if n.id == id)


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


@dataclass(frozen=True)
class Move:
    """One area that is in another neighbourhood than before; labels, empty where it was or is in none."""

    code: str
    name: str
    people: int
    was: str
    now: str


@dataclass(frozen=True)
class Joined:
    """One practice that is in other teams than before; labels, empty where it was or is in none."""

    code: str
    name: str
    was: str
    now: str


@dataclass(frozen=True)
class Difference:
    """What is different between two versions, in the order of the newer one."""

    moves: tuple[Move, ...]
    words: tuple[str, ...]
    joined: tuple[Joined, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether the two are the same."""
        return not (self.moves or self.words or self.joined)

    @property
    def people(self) -> int:
        """The residents of the areas that moved."""
        return sum(move.people for move in self.moves)

    @property
    def sentence(self) -> str:
        """How much moved."""
        practices = f"{_n(len(self.joined), 'practice')} changed team" if self.joined else ""
        if not self.moves:
            return practices or "No area moved"
        moved = f"{_n(len(self.moves), 'area')} with {self.people:,} residents moved"
        return f"{moved}, {practices}" if practices else moved


def difference(old: NeighbourhoodSet, new: NeighbourhoodSet) -> Difference:
    """Return which areas moved from the older to the newer version, and what else became different, in words."""
    was, now = _homes(old), _homes(new)
    here = areas()
    moves = [
        Move(code, here[code].name, here[code].people, _label(old, new, was.get(code, ())), _label(new, new, to))
        for code in sorted({*was, *now})
        if was.get(code, ()) != (to := now.get(code, ()))
    ]
    return Difference(tuple(moves), tuple(_words_of(old, new)), tuple(_joined(old, new)))


def _joined(old: NeighbourhoodSet, new: NeighbourhoodSet) -> Iterator[Joined]:
    was, now, names = teams(old), teams(new), practice_names()
    for code in sorted({*was, *now}):
        if was.get(code, ()) != (to := now.get(code, ())):
            yield Joined(code, names.get(code, code).title(), _label(old, new, was.get(code, ())), _label(old, new, to))


def _homes(made: NeighbourhoodSet) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, n in made.members():
        found[code] = (*found.get(code, ()), n.id)
    return found


def _label(made: NeighbourhoodSet, newer: NeighbourhoodSet, ids: Sequence[str]) -> str:
    """Return the newest names of neighbourhoods, so that a change of name does not look like a move."""
    labels = {n.id: label_of(n) for n in made.neighbourhoods} | {n.id: label_of(n) for n in newer.neighbourhoods}
    return " and ".join(labels[one] for one in ids)


def _words_of(old: NeighbourhoodSet, new: NeighbourhoodSet) -> Iterator[str]:
    before, after = ({n.id: n for n in made.neighbourhoods} for made in (old, new))
    yield from (f"{label_of(after[one])} is new" for one in after if one not in before)
    yield from (f"{label_of(before[one])} was taken out" for one in before if one not in after)
    for one in (after[name] for name in after if name in before):
        yield from _words_of_one(before[one.id], one)
    if old.title != new.title:
        yield f"the title was {old.title}"
    if old.valid_to != new.valid_to:
        yield f"it ends on {new.valid_to}"


def _words_of_one(was: Neighbourhood, now: Neighbourhood) -> Iterator[str]:
    if was.name != now.name:
        yield f"{label_of(was)} is called {label_of(now)}"
    for sign in now.recognition[len(was.recognition) :]:
        yield f"{label_of(now)}: recognised by {sign.who} ({sign.on}): {sign.what}"
    for reason in now.reasons[len(was.reasons) :]:
        yield f"{label_of(now)}: reason for its size: {reason.text}"
