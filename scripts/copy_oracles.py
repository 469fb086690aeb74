"""Pack a folder of statistical oracles into the tests: `python scripts/copy_oracles.py FOLDER`.

Every CSV becomes a `.csv.gz` of the same name in tests/statistics/oracles, the same bytes each time.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "tests" / "statistics" / "oracles"


def main(source: Path) -> None:
    """Pack every CSV of `source`."""
    for path in sorted(source.glob("*.csv")):
        (TARGET / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
