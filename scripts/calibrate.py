"""Compare made-up people with every published figure, and write the calibration report.

    python scripts/calibrate.py [--people 600000] [--quick] [--check]

Makes a sample of England, the whole of Sefton and of Cheshire and Merseyside, and smaller people without each mechanism
in turn, measures the files, and writes docs/explanation/made-up-people.md with its charts. `--quick` takes a tenth of
the people and writes nothing; `--check` only says what does not hold.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calibration_page import CURVES, Findings, Without, write_page

from doorstep.synthetic import Parameters
from doorstep.synthetic.calibration import Made, checks, compare_local, open_made, run
from doorstep.synthetic.calibration.local import MECHANISMS as LOCAL_MECHANISMS
from doorstep.synthetic.lake import make_lake
from doorstep.synthetic.parameters import MECHANISMS

HERE = Path(__file__).resolve().parents[1]
SEFTON, SYSTEM = "Sefton", "Cheshire and Merseyside"
PART_WITHOUT = 0.25  # of England's sample: what a mechanism does is larger than chance in fewer people


def main() -> int:
    """Run everything; return 1 where a target does not hold, or a check holds without its mechanism."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=600_000, help="people of the England sample")
    parser.add_argument("--quick", action="store_true", help="a tenth of the people; write nothing")
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    scale = 0.1 if given.quick else 1.0
    with tempfile.TemporaryDirectory() as folder:
        found = _findings(Path(folder), round(given.people * scale), scale)
    _say(found)
    if not (given.quick or given.check):
        write_page(found, HERE)
    return 1 if found.failing or found.idle else 0


def _say(found: Findings) -> None:
    for where, v in found.failing:
        print(f"NOT  {where}: {v.check} {v.group}: made {v.made:.4g}, expected {v.low:.4g} to {v.high:.4g}")
    for one in found.idle:
        print(f"NOT  without {one.mechanism}, {one.check} still holds")
    print(f"{len(found.judged)} comparisons, {len(found.failing)} do not hold")


def _findings(folder: Path, people: int, scale: float) -> Findings:
    found = Findings(people=people)
    with _made(folder, Parameters(system="England", people=people)) as england:
        found.national = run(england, checks())
        found.curves = {name: england.rows(query) for name, query in CURVES.items()}
    for name, parameters in {
        SEFTON: Parameters(place=SEFTON, scale=scale), SYSTEM: Parameters(system=SYSTEM, scale=scale),
    }.items():  # fmt: skip
        with _made(folder, parameters) as local:
            found.local[name] = compare_local(local)
    for mechanism in MECHANISMS:
        found.without += _without(folder, mechanism, round(people * PART_WITHOUT), scale)
    return found


def _without(folder: Path, mechanism: str, people: int, scale: float) -> list[Without]:
    """Make people without one mechanism; return for each of its checks the group that is furthest off."""
    if mechanism in LOCAL_MECHANISMS:
        with _made(folder, Parameters(place=SEFTON, scale=scale, without=(mechanism,))) as made:
            verdicts = [v for v in compare_local(made) if v.check in LOCAL_MECHANISMS[mechanism]]
    else:
        with _made(folder, Parameters(system="England", people=people, without=(mechanism,))) as made:
            verdicts = run(made, [check for check in checks() if mechanism in check.mechanism])
    judged = [v for v in verdicts if v.is_target]
    names = list(dict.fromkeys(v.check for v in judged))
    return [Without(mechanism, max((v for v in judged if v.check == name), key=lambda v: v.miss)) for name in names]


@contextmanager
def _made(folder: Path, parameters: Parameters) -> Iterator[Made]:
    """Make people in a folder that goes afterwards, and open them."""
    began, place = time.monotonic(), folder / "made"
    lake = make_lake(parameters, place, workers=2)
    opened = open_made(place)
    name = f"{parameters.place or parameters.system} {' '.join(parameters.without)}".strip()
    print(f"{name}: {lake.people:,} people made in {time.monotonic() - began:.0f} s", flush=True)
    try:
        yield opened
    finally:
        opened.con.close()
        shutil.rmtree(place)


if __name__ == "__main__":
    sys.exit(main())
