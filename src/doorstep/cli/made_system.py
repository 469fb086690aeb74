"""Make a system up as a home whose lake is published, or leave nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.records.snapshot import Load
    from doorstep.synthetic import Parameters

README = """# A made-up system

Nobody in this home exists. {name} is a real area with real practices and LSOAs; its people, their illnesses and
everything that happens to them were drawn at random by Doorstep (`truth/parameters.json` says how). Hospital and
community provider codes (`DS1`, `DSC`, ...) and drug codes are made up. Never read these numbers as those of {name}.

`lake/` is what planning reads: people under made-up pseudonyms, no names, NHS numbers or postcodes. `truth/` says who
the people are, what they have since when, and what was asked for. No opt-out is applied: there is nobody to opt out.
`codelists/` names the code under which the made-up supplier of record systems writes its frailty index.
"""
_PURPOSES_END = date(2099, 12, 31)


@dataclass(frozen=True)
class MadeSystem:
    """What was made: the home, people over the whole window, rows by lake table, and the load it was published as."""

    home: Home
    people: int
    rows: dict[str, int]
    load: Load


def make_system(
    parameters: Parameters, out: Path, *, workers: int = 2, say: Callable[[str], None] = lambda text: None
) -> MadeSystem:
    """Make the home of a made-up system at `out`, which must not exist or be empty.

    Everything is built in a hidden folder beside it, and renamed at the end. Raises UsageError where `out` holds
    something, where there is no such system, or where the last delivery has not come yet.
    """
    from doorstep.cli.new_home import create_for_system

    out = out.expanduser().resolve()
    _check(out, parameters)
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        home = Home(partial)
        name = create_for_system(home, parameters.system or "")["place"]
        made = _filled(home, parameters, workers, say)
        (partial / "README.md").write_text(README.format(name=name), encoding="utf-8")
        if out.exists():
            out.rmdir()
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return MadeSystem(Home(out), made.people, made.rows, made.load)


def _check(out: Path, parameters: Parameters) -> None:
    from doorstep.synthetic.timeline import Timeline, date_of

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            "there is something in the output folder", expected="a new or empty folder, for a new home",
            where=str(out), do="give another --out, or empty that one",
        )  # fmt: skip
    received = date_of(Timeline.ending(parameters.end, parameters.months).deliveries[-1].received)
    if received > clock.today():
        raise UsageError(
            f"the last delivery would arrive on {received}, which has not come yet",
            expected=f"a window whose data have arrived by {clock.today()}", where="--end", do="let it end earlier",
        )  # fmt: skip


def _filled(home: Home, parameters: Parameters, workers: int, say: Callable[[str], None]) -> MadeSystem:
    """Make the lake, publish it in the home, and put the truth beside it."""
    from doorstep.planning import lists
    from doorstep.records import adopt_made, purposes
    from doorstep.synthetic.health import EFI2_LIST
    from doorstep.synthetic.lake import make_lake

    home.purposes_file.write_text(purposes.example(_PURPOSES_END), encoding="utf-8")
    (home.root / lists.FOLDER).mkdir()
    (home.root / lists.FOLDER / "efi2.csv").write_text(EFI2_LIST, encoding="utf-8")
    folder = home.root / "made"
    made = make_lake(parameters, folder, workers=workers, say=say)
    say("checking and publishing the lake")
    load = adopt_made(home, folder)
    (folder / "truth").rename(home.root / "truth")
    shutil.rmtree(folder)
    return MadeSystem(home, made.people, made.rows, load)
