"""What is known of every area, once a process: names and people, the index for any weights, how firm its ranks are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from doorstep.errors import UsageError
from doorstep.geography import need_layer
from doorstep.geography.areas import areas_within, names_of_places
from doorstep.geography.need import Ranked, rank, shipped
from doorstep.geography.need.layers import layers
from doorstep.geography.need.measures import frame_of
from doorstep.geography.site.need.asking import Asked, default
from doorstep.reference import places, systems

Ints = NDArray[np.int64]
_NAMES = ("lsoa21_name", "ltla24_name", "icb24_name", "region_name", "population", "imd2025_decile")


@dataclass(frozen=True)
class Firmness:
    """How firm the default index's ranks are: see `need.rank_intervals`."""

    low: Ints
    high: Ints
    in_top: Ints
    draws: int


@cache
def frame() -> Mapping[str, list[Any]]:
    """Return names, councils, systems, regions, residents and decile, in the order of areas."""
    return frame_of(_NAMES)


@cache
def beside() -> Mapping[str, list[Any]]:
    """Return the layers that stand beside the index."""
    return layers()


@cache
def positions() -> Mapping[str, int]:
    """Return each code's place in the order of areas."""
    return {code: i for i, code in enumerate(shipped().codes)}


def ranked(of: Asked) -> Ranked:
    """Return the index for the weights asked for. Raises DataError where nothing weighs."""
    return _ranked(of.weights, of.without)


@lru_cache(maxsize=32)
def _ranked(weights: tuple[tuple[str, float], ...], without: tuple[str, ...]) -> Ranked:
    return rank(Asked(weights, without).index, shipped())


@cache
def firmness() -> Firmness:
    """Return the default index's rank intervals, as computed when the site's assets were built."""
    layer = need_layer.read(Path(settings.STATIC_ROOT) / "where" / need_layer.FILE)
    index = default()
    if layer.header["index"] != f"{index.id}@{index.version}":
        raise UsageError(
            "the site's assets are of another index", where=need_layer.FILE, do="run scripts/build_assets.py"
        )
    low, high, top = (layer.columns[name].astype(np.int64) for name in ("rank_low", "rank_high", "draws_in_top"))
    return Firmness(low, high, top, int(layer.header["draws"]))


def chosen(of: Asked, found: Ranked) -> Ints:
    """Return the places of the areas that the filters leave, the most need first. UsageError for an unknown name."""
    kept = np.ones(len(found.codes), dtype=bool)
    if of.within:
        kept = np.isin(np.arange(len(kept)), within(of.within))
    if of.find:
        kept &= _found(of.find)
    at = np.flatnonzero(kept)
    unranked = found.rank[at] == 0
    order: Ints = at[np.lexsort((at, found.rank[at], unranked))]
    return order


def within(name: str) -> Ints:
    """Return the places of the areas of a council, Place or system, in their order."""
    return np.sort(np.array([positions()[code] for code in areas_within(name)]))


def _found(text: str) -> NDArray[np.bool_]:
    """Return where a text stands in an area's name or code, whatever its case."""
    wanted = text.casefold()
    return np.array([wanted in one for one in _searched()])


@cache
def _searched() -> Sequence[str]:
    names = frame()["lsoa21_name"]
    return [f"{name} {code}".casefold() for name, code in zip(names, shipped().codes, strict=True)]


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Return the names that a reader may keep to: councils, Places that are no council, systems."""
    councils = sorted(set(frame()["ltla24_name"]))
    wave = names_of_places()
    boards = [systems.short_name(name) for name in set(frame()["icb24_name"])]
    known = {places.plain(name) for name in councils}  # a name of two kinds is looked up as the first of them
    first = _unknown_yet(wave, known)
    return {
        "Councils": tuple(councils),
        "Places of the first wave": first,
        "Systems": _unknown_yet(boards, known | {places.plain(name) for name in first}),
    }


def _unknown_yet(names: Sequence[str], known: set[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if places.plain(name) not in known))
