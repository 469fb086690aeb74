"""What somebody sees who saves second: what the first changed, what clashes, and the way to save on top of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from doorstep.errors import DoorstepError, UsageError
from doorstep.geography.neighbourhoods import NeighbourhoodSet
from doorstep.geography.site.drawing import changing, reading
from doorstep.geography.site.drawing.actions import ChangedMeanwhileError
from doorstep.geography.site.drawing.changing import Changes
from doorstep.geography.site.drawing.views.parts import crumbs, words_of
from doorstep.web.requests import KnownRequest


def base_of(request: KnownRequest) -> int:
    """Return the version that somebody looked at when they made their changes."""
    text = request.POST.get("base", "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise UsageError(
            "the form does not say which version was changed", expected="a number", do="load the page again"
        )
    return int(text)


def meanwhile(request: KnownRequest, error: ChangedMeanwhileError, asked: Changes, why: str) -> HttpResponse:
    """Say what another version changed meanwhile, which of the changes it makes impossible, and offer to save on it."""
    newest = reading.content(error.newest)
    fits, clashes = _fitting(newest, asked, error)
    context = {
        "one": error.newest,
        "base": base_of(request),
        "theirs": error.difference,
        "versions": [v for v in reading.versions(error.newest.area_set_id) if v.number > base_of(request)],
        "changes": fits.as_json(),
        "yours": _preview(newest, fits),
        "clashes": clashes,
        "why": why,
        "again": "neighbourhoods-practices" if asked.is_of_teams_only else "neighbourhoods-edit",
        "crumbs": crumbs(error.newest),
    }
    return render(request, "where/neighbourhoods_meanwhile.jinja", context, status=409)


def _fitting(newest: NeighbourhoodSet, asked: Changes, error: ChangedMeanwhileError) -> tuple[Changes, list[str]]:
    """Return the changes that can be made on the newest version, and words for what differs from what was meant."""
    known = {n.id for n in newest.neighbourhoods} | {changing.NONE} | asked.added.keys()
    lost = [code for code, to in asked.moved.items() if to not in known]
    gone = [practice for practice, ids in asked.teams.items() if not known.issuperset(ids)]
    fits = replace(
        asked,
        moved={code: to for code, to in asked.moved.items() if code not in lost},
        named={one: name for one, name in asked.named.items() if one in known},
        removed=tuple(one for one in asked.removed if one in known),
        teams={practice: ids for practice, ids in asked.teams.items() if practice not in gone},
    )
    words = [f"{len(lost)} of your moves lead to an area that was taken out: they are left out"] if lost else []
    words += [f"{len(gone)} practices were for the team of one that was taken out: they are left out"] if gone else []
    return fits, [*_clashes(fits, error), *words]


def _clashes(fits: Changes, error: ChangedMeanwhileError) -> Iterator[str]:
    for move in error.difference.moves:
        if move.code in fits.moved:
            yield f"You moved {move.name} too: they put it in {move.now or 'none'}, and yours would win"
    for one in error.difference.joined:
        if one.code in fits.teams:
            yield f"You changed the team of {one.name} too: theirs is {one.now or 'none'}, and yours would win"


def _preview(newest: NeighbourhoodSet, fits: Changes) -> str:
    """Return what the changes would do to the newest version, or why they cannot be made."""
    try:
        return changing.difference(newest, changing.changed(newest, fits)).sentence
    except DoorstepError as error:
        return words_of(error)
