"""`doorstep demo`: make a Place up and take it, step by step, to a checked return."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import click

from doorstep import clock
from doorstep.errors import ConfigurationError, UsageError

MONTH, KNOWN_BY, TODAY = "2026-07", "2026-09-30", "2026-11-21"
MADE_BY_DEMO = "made-by-doorstep-demo"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Where to put it."
)
@click.option("--place", default="Sefton", show_default=True, help="Which Place to make up.")
@click.option("--people", type=int, default=None, help="Fewer people than the Place has, for a quicker look.")
@click.option("--months", type=int, default=24, show_default=True, help="Months of activity.")
@click.option(
    "--lists", multiple=True, type=click.Path(exists=True, path_type=Path), help="A pack of code lists to take in."
)
@click.option("--site/--no-site", "with_site", default=True, help="Also the two sites: the programme's, the Place's.")
@click.option("--returns-months", default=21, show_default=True, help="Months of the programme's made-up returns.")
@click.option("--returns-places", default=43, show_default=True, help="Places that send them.")
def demo(
    out: Path,
    place: str,
    people: int | None,
    months: int,
    lists: tuple[Path, ...],
    with_site: bool,
    returns_months: int,
    returns_places: int,
) -> int:
    """Make a Place up, take it to a checked return, and open the programme's site and the Place's.

    Nothing in it is about a real person. The folder is made anew each time. DEMO_SERVE=0 checks that the sites answer
    and stops.
    """
    from doorstep.cli import demo_site

    if os.environ.get("DOORSTEP_PRODUCTION", "0") not in ("", "0"):
        raise ConfigurationError(
            "a demonstration has no place in production", where="DOORSTEP_PRODUCTION", do="make it on another machine"
        )
    started = time.monotonic()
    home, extracts = _fresh(out)
    with ExitStack() as stack:
        if with_site:
            sites = stack.enter_context(demo_site.begun(out.resolve(), home))
            filling = stack.enter_context(demo_site.filling_national(sites, returns_months, returns_places))
        with _environment(DOORSTEP_HOME=str(home), DOORSTEP_TODAY=TODAY):
            for title, arguments in _steps(home, extracts, out, place, people, months, lists):
                _step(title, arguments)
        if with_site:
            _heading(f"The Place's own site: its figures of {months} months")
            demo_site.fill_place(sites, TODAY, out)
            _heading(f"The programme's site: {returns_months} months of returns of {returns_places} Places")
            today = demo_site.finish_national(sites, filling)
        _closing(out, home, extracts, time.monotonic() - started)
        if with_site:
            stay = os.environ.get("DEMO_SERVE", "1") != "0"
            demo_site.serve(sites, {"national": today, "place": TODAY}, stay=stay)
    return 0


def _heading(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _steps(
    home: Path,
    extracts: Path,
    out: Path,
    place: str,
    people: int | None,
    months: int,
    lists: tuple[Path, ...],
) -> Iterator[tuple[str, list[str]]]:
    """Yield each step as its heading and the very words a person would type after `doorstep`."""
    size = ["--people", str(people)] if people else []
    yield (
        f"Make up {place}: people, {months} months of extracts, planted faults",
        ["synthetic", "make", "--place", place, "--months", str(months), "--seed", "1", "--out", str(extracts), *size],
    )
    yield "Set up a home for the Place", ["init", "--place", place]
    _allow_made_up_data(home)
    click.secho("(then wrote purposes.toml: in real life the data controller does, and nothing loads before)", dim=True)
    for pack in (extracts / "codelists", *lists):
        yield "Take in code lists that do not ship", ["reference", "lists", "add", str(pack)]
    yield "Load the deliveries as they came", ["records", "load", str(extracts / "way_a")]
    yield f"How complete is {MONTH}?", ["records", "completeness", "--month", MONTH, "--known-by", KNOWN_BY]
    yield "Find the people", ["population", "build", "--known-by", KNOWN_BY, "--as-at", f"{MONTH}-01"]
    yield "Who was found", ["population", "summary", "--known-by", KNOWN_BY, "--as-at", f"{MONTH}-01"]
    yield (
        "The Place's own cohort beside the national group",
        ["cohort", "check", "local", "--known-by", KNOWN_BY, "--as-at", f"{MONTH}-01"],
    )
    yield (
        f"Build the return for {MONTH} as known by {KNOWN_BY}",
        ["return", "build", "--place", place, "--month", MONTH, "--known-by", KNOWN_BY,
         "--out", str(out / f"{place} {MONTH}.xlsx"), "--suppression", "secondary"],
    )  # fmt: skip
    yield "Check it as the programme would", ["return", "check", str(out / f"{place} {MONTH}.xlsx")]


def _allow_made_up_data(home: Path) -> None:
    """Write the purposes that a data controller would: made-up people need none."""
    from doorstep.records import purposes

    (home / "purposes.toml").write_text(purposes.example(date(2027, 3, 31)), encoding="utf-8")


def _step(title: str, arguments: list[str]) -> None:
    """Print the command, run it in this process, and stop the demonstration where it fails."""
    from doorstep.cli.app import cli

    shown = " ".join(f'"{a}"' if " " in a else a for a in arguments)
    click.secho(f"\n{title}", bold=True)
    click.secho(f"$ doorstep {shown}", dim=True)
    began = time.monotonic()
    code = cli(args=arguments, standalone_mode=False, prog_name="doorstep")
    click.secho(f"({time.monotonic() - began:.0f} s)", dim=True)
    if isinstance(code, int) and code > 1:
        raise SystemExit(code)


def _fresh(out: Path) -> tuple[Path, Path]:
    """Return a new home and a new extracts folder in `out`; only a folder that the demonstration made is emptied."""
    mark = out / MADE_BY_DEMO
    if out.exists() and any(out.iterdir()) and not mark.exists():
        raise UsageError(
            "the folder has files that the demonstration did not make",
            where=str(out),
            do="name another folder with --out",
        )
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    mark.write_text("Everything in this folder is made up and may be deleted.\n", encoding="utf-8")
    return out.resolve() / "home", out.resolve() / "extracts"


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _cohort_by_quintile(workbook: Path) -> list[str]:
    """Return the cohort's patients by deprivation quintile as the return prints them, small numbers hidden."""
    from doorstep.cli.output import table
    from doorstep.returns import COLUMNS, read

    patients = read(workbook).lines["patients"]
    shown = [(value, n) for (breakdown, value), n in zip(COLUMNS, patients, strict=True) if "Quintile" in breakdown]
    return table(("quintile (1 most deprived)", "patients of the cohort"), [("all", patients[0]), *shown])


def _closing(out: Path, home: Path, extracts: Path, seconds: float) -> None:
    click.secho("\nThe cohort by deprivation", bold=True)
    click.echo("\n".join(_cohort_by_quintile(next(out.glob("*.xlsx")))))
    place_files = sorted(p for p in out.iterdir() if p.suffix in {".xlsx", ".md", ".json"})
    click.secho(f"\nDone in {seconds:.0f} seconds. Everything is made up; nothing is about a real person.", bold=True)
    for path in place_files:
        click.echo(f"  {path}")
    click.echo(f"  {extracts}   the extracts as a Place receives them, with truth/ beside them")
    click.echo(f"  {home}   the home: lake, cohorts, ledger")
    click.secho("\nTry next", bold=True)
    activate = Path(sys.executable).with_name("activate")
    for line in (
        *([f'source "{activate}"'] if shutil.which("doorstep") is None and activate.exists() else []),
        f'export DOORSTEP_HOME="{home}"',
        *([f"export DOORSTEP_TODAY={TODAY}"] if clock.today() < date.fromisoformat(TODAY) else []),
        "doorstep records status                     what became of every row that arrived",
        "doorstep return timetable --month 2026-07   when this return is due",
        "doorstep return build --help                fill the official file, keep an unsuppressed copy",
        "docs/tutorial/first-return.md               the same journey, explained",
    ):
        click.echo(f"  {line}")
