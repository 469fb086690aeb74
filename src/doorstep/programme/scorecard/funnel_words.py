"""Sentences about Places side by side, computed from their numbers. None puts Places in an order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from doorstep.programme.figures.numbers import pooled
from doorstep.programme.scorecard import words
from doorstep.programme.scorecard.areas import FEWEST_TO_WIDEN, Areas
from doorstep.reference import places
from doorstep.statistics.funnels import Funnel

NAMED_AT_MOST: Final = 8
NO_POISSON: Final = (
    "Limits of chance alone are not drawn: bed days come in stays, the number of stays is hidden, and limits for "
    "separate events would be several times too narrow."
)
CHANCE: Final = (
    "If no Place differed, and every event happened by itself, about 1 Place in 20 would still lie outside the inner "
    "limits of chance and 1 in 500 outside the outer ones."
)
WHY_DIFFERENT: Final = (
    "A Place outside may have chosen older, sicker or more deprived people, may record or code differently, or may "
    "care differently: the funnel cannot tell which. The table has the case mix of each."
)


def sentences(found: Areas, is_provisional: bool, own: str) -> tuple[str, ...]:
    """Return what a month's Places show side by side; `own` is the slug of the viewer's Place."""
    parts = (_pool(found), _width(found), _outside(found), _own(found, own), _absent(found))
    said = [sentence for part in parts for sentence in part]
    if is_provisional:
        said.append(f"{words.month_words(found.month)} is provisional: the final report is still to come.")
    return tuple(said)


def _pool(found: Areas) -> Iterator[str]:
    month = words.month_words(found.month)
    pool = found.pool
    if pool is None:
        yield f"{month}: no Place has a number that may be shown."
        return
    interval = words.interval_words(pool.low, pool.high)
    yield (
        f"{words.line_words(found.line).short}, {month}: {_places(len(found.shown))} with a number that may be shown, "
        f"together {int(found.events.sum()):,} {words.line_words(found.line).unit} among "
        f"{int(found.patients.sum()):,} patients, {words.decimal(pool.value)} {words.PER_PATIENTS}{interval}."
    )


def _width(found: Areas) -> Iterator[str]:
    """Yield how wide the limits are, and why."""
    chance, wide = found.chance(), found.widened()
    if chance:
        yield CHANCE
    elif found.spread is None:
        yield NO_POISSON
    if found.spread is not None and found.spread > 1:
        yield (
            f"Bed days come in stays: limits of chance take their variance as {found.spread:,.1f} times that of "
            "separate events."
        )
    if wide is not None:
        yield widening_words(wide)
    elif found.shown:
        yield (
            f"Wide limits need {FEWEST_TO_WIDEN} Places, to learn from how much Places differ; there are "
            f"{len(found.shown)}. No Place is pointed out."
        )


def widening_words(wide: Funnel) -> str:
    """Return by how much limits were widened for what is more than chance."""
    factor = wide.dispersion.factor
    if factor <= 1:
        return "Places do not differ by more than separate events do by chance: the wide limits are not wider."
    return (
        f"The variance between Places is {factor:,.1f} times that of separate events by chance: they chose different "
        f"people, and the same people have several events. The wide limits allow for it, {factor**0.5:,.1f} times as "
        "far from the pooled rate."
    )


def _outside(found: Areas) -> Iterator[str]:
    wide = found.widened()
    if wide is None:
        return
    outside = list(zip(found.shown, wide.position.tolist(), strict=True))
    above = [area for area, position in outside if position == 2]
    below = [area for area, position in outside if position == -2]
    if not above and not below:
        yield "No Place lies outside the wide outer limits."
        return
    for side, areas in (("Above", above), ("Below", below)):
        if areas:
            yield f"{side} the wide outer limits: {words.listed(area.name for area in areas)}."
    yield WHY_DIFFERENT


def _own(found: Areas, own: str) -> Iterator[str]:
    area = next((area for area in found.areas if area.place == own), None)
    if area is None:
        return
    rate = area.rate
    if rate is None:
        yield f"{area.name} (ringed): hidden, {words.range_words(area.events)}."
    else:
        interval = words.interval_words(rate.low, rate.high)
        yield f"{area.name} (ringed): {words.decimal(rate.value)} {words.PER_PATIENTS}{interval}."


def _absent(found: Areas) -> Iterator[str]:
    """Yield whose numbers are hidden, and who sent nothing."""
    if found.hidden:
        told = (f"{area.name} ({words.range_words(area.events)})" for area in found.hidden)
        yield f"Hidden, and in no limit or pooled rate: {words.listed(told)}."
        yield from _with_hidden(found)
    sent = {area.place for area in found.areas}
    missing = [place.name.strip() for place in places.all_places() if place.slug not in sent]
    if missing:
        named = f": {words.listed(sorted(missing))}" if len(missing) <= NAMED_AT_MOST else ""
        yield f"Nothing for this month from {_places(len(missing))}{named}."


def _with_hidden(found: Areas) -> Iterator[str]:
    """Yield the range of the pooled rate with the Places whose number is hidden: they are those with few events."""
    known = [area for area in found.areas if area.n_patients]
    if len(known) == len(found.shown):
        return
    patients, whole = sum(area.n_patients or 0 for area in known), pooled(area.events for area in known)
    if whole.high is not None:
        low, high = (words.PER * end / patients for end in (whole.low, whole.high))
        yield f"With them the pooled rate {words.spanned(low, high)}; hidden numbers are mostly small."


def _places(n: int) -> str:
    return "1 Place" if n == 1 else f"{n} Places"
