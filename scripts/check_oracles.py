"""Compare `doorstep.statistics` with a folder of oracles: `python scripts/check_oracles.py [FOLDER]`.

Prints the worst error of every answer in units of its tolerance and exits 1 where one is above 1. Without a folder it
reads those that the tests use; another folder must hold files of the same names and columns.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "statistics"))

from oracle_families import FAMILIES
from oracle_kit import SHIPPED


def main(folder: Path) -> int:
    """Run every family; return 1 where an answer differs."""
    found = [comparison for family in FAMILIES for comparison in family(folder)]
    for c in found:
        print(f"{'ok ' if c.agrees else 'NOT'}  {c.file:44} {c.what:36} {c.n:6}  {c.worst:.3g}")
    wrong = sum(not c.agrees for c in found)
    print(f"{len(found)} answers compared, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED))
