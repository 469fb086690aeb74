"""Fit the share of emergency stays that the world `true_effect` prevents, so that its stated tenth of bed days is true.

Draws people of England, and writes `stays_prevented` = 0.10 / (the share of the served's bed days after their start
that are in stays which can be prevented) into src/doorstep/synthetic/data/worlds/true_effect.toml. `--check` writes
nothing and fails where the file says something else by more than 0.003.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import make_part
from doorstep.synthetic.people import shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline
from doorstep.synthetic.worlds import World

FILE = Path(__file__).resolve().parent.parent / "src/doorstep/synthetic/data/worlds/true_effect.toml"
FEWER_BED_DAYS = 0.10
PARTS = 60
SAME = 0.003


def preventable(parts: int) -> float:
    """Return the share of the served's bed days after their start that are in stays which can be prevented."""
    world = World.named("true_effect")
    parameters = Parameters(system="England", people=parts * 20_000, seed=11, world=world)
    timeline, ground = Timeline.ending(parameters.end, parameters.months), Ground.of_system("England")
    all_days = at_risk = 0.0
    for share in shares(ground, timeline, parameters):
        columns = make_part(ground, timeline, parameters, Streams(parameters.seed), share).facts["effects"].columns
        served = columns["served"]
        without = columns["bed_days_without"][served].astype(np.float64)
        all_days += without.sum()
        at_risk += ((without - columns["bed_days_expected"][served]) / world.waves[0].stays_prevented).sum()
    return at_risk / all_days


def main() -> int:
    """Write or check the fitted share."""
    found = FEWER_BED_DAYS / preventable(PARTS)
    text = FILE.read_text(encoding="utf-8")
    said = re.search(r"stays_prevented = ([0-9.]+)", text)
    if said is None:
        raise SystemExit(f"{FILE} has no stays_prevented")
    if "--check" in sys.argv:
        print(f"stays_prevented is {said.group(1)} in the file, {found:.4f} as drawn")
        return int(abs(float(said.group(1)) - found) > SAME)
    FILE.write_text(text.replace(said.group(0), f"stays_prevented = {found:.4f}"), encoding="utf-8")
    print(f"stays_prevented = {found:.4f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
