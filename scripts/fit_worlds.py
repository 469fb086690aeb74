"""Fit the share of emergency stays that the world `true_effect` prevents, so that its stated tenth of bed days is true.

Draws people of England and writes `stays_prevented` into src/doorstep/synthetic/data/worlds/true_effect.toml: 0.10 /
(the share of the served's bed days after their start that are in stays which can be prevented). `--check` writes
nothing and fails where the file says something else.
"""

from __future__ import annotations

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
from doorstep.synthetic.worlds import World

FOLDER = Path(__file__).resolve().parent.parent / "src/doorstep/synthetic/data/worlds"
FEWER_BED_DAYS = 0.10
SAME = 0.03  # relative; about three standard errors of what is drawn


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
    """Write or check the fitted share."""
    return int(said("true_effect", "stays_prevented", stays_prevented(), check="--check" in sys.argv))


if __name__ == "__main__":
    raise SystemExit(main())
