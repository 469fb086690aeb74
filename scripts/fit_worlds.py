"""Fit what two worlds state about admissions, by drawing people of England.

`true_effect`: the share of emergency stays prevented that takes a tenth of the served's bed days, planned stays and
last illnesses included. `unmeasured_confounder`: the factor at equal recent use that makes the emergency admissions of
people with it (last illnesses apart) as many times others' as its file says. Both are written into their files in
src/doorstep/synthetic/data/worlds. `--check` writes nothing and fails where a file says something else.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import Part, make_part
from doorstep.synthetic.people import shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline
from doorstep.synthetic.use.spells import is_emergency
from doorstep.synthetic.worlds import World

FOLDER = Path(__file__).resolve().parent.parent / "src/doorstep/synthetic/data/worlds"
FEWER_BED_DAYS = 0.10
SAME = 0.03  # relative; about three standard errors of what is drawn
DIED = 3  # position of the discharge method


def drawn(world: World, parts: int) -> Iterator[Part]:
    """Draw some parts of England."""
    parameters = Parameters(system="England", people=parts * 20_000, seed=11, world=world)
    timeline, ground = Timeline.ending(parameters.end, parameters.months), Ground.of_system("England")
    for share in shares(ground, timeline, parameters):
        yield make_part(ground, timeline, parameters, Streams(parameters.seed), share)


def stays_prevented() -> float:
    """Return 0.10 / (the share of the served's bed days after their start in stays that can be prevented)."""
    world = World.named("true_effect")
    all_days = at_risk = 0.0
    for part in drawn(world, 60):
        columns = part.facts["effects"].columns
        served = columns["served"]
        without = columns["bed_days_without"][served].astype(np.float64)
        all_days += without.sum()
        at_risk += ((without - columns["bed_days_expected"][served]) / world.waves[0].stays_prevented).sum()
    return FEWER_BED_DAYS * all_days / at_risk


def times_as_many(world: World) -> float:
    """Return how many times as many emergency admissions people with the factor have as others."""
    count, people = np.zeros(2), np.zeros(2)
    for part in drawn(world, 20):
        spells, factor = part.facts["spell"], part.facts["effects"].columns["unmeasured"].astype(int)
        some = is_emergency(spells) & (spells.columns["discharge_method"].at != DIED)
        count += np.bincount(factor[spells.person[some]], minlength=2)
        people += np.bincount(factor, minlength=2)
    with_it, without = (count / people)[::-1]
    return float(with_it / without)


def hazard() -> float:
    """Return the factor at equal recent use, by three steps along logarithms."""
    world = World.named("unmeasured_confounder")
    given = world.unmeasured
    if given is None:
        raise SystemExit("the world has no unmeasured factor")
    factor = given.hazard
    for _ in range(3):
        found = times_as_many(dataclasses.replace(world, unmeasured=dataclasses.replace(given, hazard=factor)))
        factor = float(factor ** (np.log(given.admissions) / np.log(found)))
    return factor


def said(world: str, key: str, found: float, *, check: bool) -> bool:
    """Write a fitted number into a world's file, or compare; return whether the file says something else."""
    path = FOLDER / f"{world}.toml"
    text = path.read_text(encoding="utf-8")
    there = re.search(rf"\b{key} = ([0-9.]+)", text)
    if there is None:
        raise SystemExit(f"{path} has no {key}")
    print(f"{world}: {key} = {there.group(1)} in the file, {found:.4f} as drawn")
    if not check:
        path.write_text(text.replace(there.group(0), f"{key} = {found:.4f}"), encoding="utf-8")
    return check and abs(float(there.group(1)) / found - 1) > SAME


def main() -> int:
    """Fit both."""
    check = "--check" in sys.argv
    other = [
        said("true_effect", "stays_prevented", stays_prevented(), check=check),
        said("unmeasured_confounder", "hazard", hazard(), check=check),
    ]
    return int(any(other))


if __name__ == "__main__":
    raise SystemExit(main())
