"""A tiny made-up system in several parts and files, made once and looked at by many tests."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from unittest import mock

from doorstep.synthetic import Parameters
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.lake import MadeLake, make_lake
from doorstep.synthetic.part import Part, make_part
from doorstep.synthetic.people import Share, shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline

SYSTEM = "Shropshire, Telford and Wrekin"
TINY = Parameters(system=SYSTEM, people=2000, months=12, seed=11)
TIMELINE = Timeline.ending(TINY.end, TINY.months)
PARTS_A_FILE = 2
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def small_parts() -> mock._patch[int]:
    """Parts of 400 people: what is true of large parts shows in small ones."""
    return mock.patch("doorstep.synthetic.homes.PEOPLE_A_PART", 400)


def new_folder() -> Path:
    """A folder that goes when the tests end."""
    _KEPT.append(tempfile.TemporaryDirectory())
    return Path(_KEPT[-1].name)


@cache
def ground() -> Ground:
    return Ground.of_system(SYSTEM)


@cache
def made_lake(workers: int = 1) -> MadeLake:
    with small_parts():
        return make_lake(TINY, new_folder() / "made", workers=workers, parts_a_file=PARTS_A_FILE)


@cache
def own_shares() -> tuple[Share, ...]:
    with small_parts():
        return shares(ground(), TIMELINE, TINY)


@cache
def parts() -> tuple[Part, ...]:
    """What the lake was written from, drawn again."""
    return tuple(make_part(ground(), TIMELINE, TINY, Streams(TINY.seed), share) for share in own_shares())
