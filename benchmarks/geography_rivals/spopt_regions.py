"""SKATER or max-p of spopt on one piece: `python spopt_regions.py INSTANCE.json OUT.json METHOD PIECE`.

Both group nodes that are alike in attributes, here the two coordinates of their centres, so that regions are compact.
SKATER is given the number of regions and, as the fewest areas of a region, those that hold 30,000 residents at the mean
of the piece; max-p the fewest residents. Neither takes a most.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import geopandas  # type: ignore[import-not-found, import-untyped, unused-ignore]
import libpysal  # type: ignore[import-not-found, import-untyped, unused-ignore]
import numpy as np
from spopt.region import MaxPHeuristic, Skater  # type: ignore[import-not-found, import-untyped, unused-ignore]

CENTRE = ["x", "y"]


def main() -> None:
    instance = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    piece: dict[str, Any] = instance["pieces"][int(sys.argv[4])]
    frame = geopandas.GeoDataFrame(
        {"x": piece["x"], "y": piece["y"], "people": piece["people"]},
        geometry=geopandas.points_from_xy(piece["x"], piece["y"]),
    )
    near = libpysal.weights.W({i: [j for j, _ in found] for i, found in enumerate(piece["next_to"])})
    np.random.seed(1)
    if sys.argv[3] == "SKATER":
        fewest = int(instance["low"] * len(frame) / frame["people"].sum())
        model = Skater(frame, near, CENTRE, n_clusters=piece["k"], floor=fewest)
    else:
        model = MaxPHeuristic(frame, near, CENTRE, "people", instance["low"])
    model.solve()
    Path(sys.argv[2]).write_text(json.dumps([int(label) for label in model.labels_]))


if __name__ == "__main__":
    main()
