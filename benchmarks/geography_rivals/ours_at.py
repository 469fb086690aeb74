"""Draw England with another weight of border: `python ours_at.py OUT.json WEIGHT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from doorstep.geography import shapes
from doorstep.geography.neighbourhoods.drawing import Wishes, draw
from doorstep.geography.neighbourhoods.ground import areas
from doorstep.geography.neighbourhoods.piece import Weights


def main() -> None:
    wishes = Wishes(weights=Weights(border=float(sys.argv[2])))
    found = draw(areas(), shapes.neighbours(), wishes, workers=2)
    Path(sys.argv[1]).write_text(json.dumps(found.areas), encoding="utf-8")


if __name__ == "__main__":
    main()
