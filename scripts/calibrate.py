"""Compare made-up people with every published figure, and write the calibration report.

    python scripts/calibrate.py [--people 600000] [--quick] [--check]

Makes a sample of England, the whole of Sefton and of Cheshire and Merseyside, and a smaller England without each
mechanism in turn, measures them, and writes docs/explanation/made-up-people.md with its charts. `--quick` takes small
samples and writes nothing; `--check` only says what does not hold.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from calibration_page import Findings, write_page

from doorstep.synthetic import Parameters
from doorstep.synthetic.calibration import (
    ENGLAND,
    REGISTERS,
    Verdict,
    between_practices,
    between_providers,
    flows,
    open_made,
    run,
)
from doorstep.synthetic.calibration.opening import Made
from doorstep.synthetic.lake import make_lake
from doorstep.synthetic.parameters import MECHANISMS

HERE = Path(__file__).resolve().parents[1]
SEFTON, SYSTEM = "Sefton", "Cheshire and Merseyside"
# Mechanisms whose absence shows in a system's practices and areas, not in national figures.
LOCAL = {"practice_variation": "between_practices", "raking": "ethnicity", "provider_variation": "stay_by_provider"}


def main() -> int:
    """Run everything; return 1 where a target does not hold, or a check holds without its mechanism."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=600_000, help="people of the England sample")
    parser.add_argument("--quick", action="store_true", help="small samples; write nothing")
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    scale = 0.1 if given.quick else 1.0
    with tempfile.TemporaryDirectory() as folder:
        found = _findings(Path(folder), round(given.people * scale), scale)
    wrong = [v for v in found.judged if v.is_target and not v.holds]
    for v in wrong:
        print(f"NOT  {v.check} {v.group}: made {v.made:.4g}, expected {v.low:.4g} to {v.high:.4g}")
    idle = [name for name, (_, holds) in found.without.items() if holds]
    for name in idle:
        print(f"NOT  without {name}, its checks still hold")
    print(f"{len(found.judged)} comparisons, {len(wrong)} do not hold; {len(idle)} mechanisms make no difference")
    if not (given.quick or given.check):
        write_page(found, HERE)
    return 1 if wrong or idle else 0


def _findings(folder: Path, people: int, scale: float) -> Findings:
    found = Findings()
    with _made(folder, Parameters(system="England", people=people)) as england:
        found.people = people
        found.national = run(england.opened, ENGLAND)
        found.curves = england.curves()
    for name, parameters in {
        SEFTON: Parameters(place=SEFTON, scale=scale), SYSTEM: Parameters(system=SYSTEM, scale=scale),
    }.items():  # fmt: skip
        with _made(folder, parameters) as local:
            found.local[name] = _local(local.opened)
    for mechanism in MECHANISMS:
        found.without[mechanism] = _without(folder, mechanism, people, scale)
    return found


def _local(made: Made) -> list[Verdict]:
    return flows(made) + between_practices(made, REGISTERS) + between_providers(made)


def _without(folder: Path, mechanism: str, people: int, scale: float) -> tuple[list[Verdict], bool]:
    """Make people without one mechanism; return the verdicts of its checks, and whether all of them still hold."""
    if mechanism in LOCAL:
        with _made(folder, Parameters(place=SEFTON, scale=scale, without=(mechanism,))) as made:
            verdicts = _local(made.opened)
        verdicts = [v for v in verdicts if v.check == LOCAL[mechanism]]
    else:
        with _made(folder, Parameters(system="England", people=people // 2, without=(mechanism,))) as made:
            verdicts = run(made.opened, [check for check in ENGLAND if check.mechanism == mechanism])
    return verdicts, all(v.holds for v in verdicts)


class _made:  # noqa: N801 - read as a phrase: with _made(...) as england
    """A made system in a folder that goes afterwards."""

    def __init__(self, folder: Path, parameters: Parameters) -> None:
        self.folder, self.parameters = folder / "made", parameters

    def __enter__(self) -> _made:
        make_lake(self.parameters, self.folder, workers=2)
        self.opened: Made = open_made(self.folder)
        return self

    def __exit__(self, *_: object) -> None:
        self.opened.con.close()
        shutil.rmtree(self.folder)

    def curves(self) -> dict[str, list[tuple[object, ...]]]:
        """What the charts draw besides the verdicts."""
        return {
            "multimorbidity": self.opened.rows(
                "select decile, floor(age_at_end / 5) * 5 + 2.5, avg((conditions >= 2)::int) from person "
                "where at_end and age_at_end between 20 and 95 and decile in (1, 5, 10) group by all order by all"
            ),
            "nights": self.opened.rows(
                "with r as (select emergency_nights as x, cume_dist() over (order by emergency_nights desc) as p "
                "from person join use using (person_id) where in_year) "
                "select ceil(p * 200) / 2, sum(x) / (select sum(x) from r) from r where x > 0 group by 1 order by 1"
            ),
        }


if __name__ == "__main__":
    sys.exit(main())
