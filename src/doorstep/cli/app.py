"""The root command: loads a verb group only when it is used, so that `--help` stays quick."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from doorstep import __version__
from doorstep.errors import DataError, DoorstepError

OWN_FAULT = 70  # a fault of Doorstep itself, and no mistake of the person's
# name -> (module:attribute, one line for --help). The line stands here so that --help imports nothing.
VERBS: dict[str, tuple[str, str]] = {
    "init": ("doorstep.cli.setup:init", "Set up a home for one Place."),
    "doctor": ("doorstep.cli.setup:doctor", "Check a home and this machine, and say what to mend."),
    "config": ("doorstep.cli.setup:config", "Show the settings and where each one comes from."),
    "reference": ("doorstep.cli.reference:group", "The facts that ship: sources, licences, Places."),
    "synthetic": ("doorstep.cli.synthetic:group", "Make a made-up Place, system or set of returns, with known truth."),
    "records": ("doorstep.cli.records:group", "Map, load and look after extracts."),
    "population": ("doorstep.cli.population:group", "Build the person table: who, and why."),
    "cohort": ("doorstep.cli.cohort:group", "Define, import, check and freeze cohorts."),
    "return": ("doorstep.cli.returns:group", "Build, check, collate, compare and log the monthly return."),
    "need": ("doorstep.cli.need:group", "Rank small areas by need, compare a list, audit a report."),
    "centres": ("doorstep.cli.centres:group", "Site neighbourhood health centres, check opening hours."),
    "neighbourhoods": ("doorstep.cli.neighbourhoods:group", "Draw areas, bring a list, audit a set of neighbourhoods."),
    "serve": ("doorstep.cli.serve:serve", "Run the site, of a Place or of the programme."),
    "migrate": ("doorstep.cli.migrate:migrate", "Bring the site's database to this version."),
    "backup": ("doorstep.cli.backup:backup", "Copy the site's database into one file."),
    "restore": ("doorstep.cli.backup:restore", "Put a backup back into an empty database, and check it."),
    "audit": ("doorstep.cli.audit:group", "Seal and verify the site's audit trail."),
    "site": ("doorstep.cli.site_figures:group", "Bring a Place's own figures to its site; make packs."),
    "demo": ("doorstep.cli.demo:demo", "Make a Place up, take it to a checked return, open both sites."),
    "demo-codes": ("doorstep.cli.demo_site:demo_codes", "Print the log-ins of a demonstration, codes of now."),
}


class LazyGroup(click.Group):
    """A click group whose commands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return verb names in the order of the manual."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one verb, or None where there is none of that name."""
        if cmd_name not in VERBS:
            return None
        module, attribute = VERBS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verb list from the table above, importing none of them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="doorstep")
def cli() -> None:
    """Run a neighbourhood health programme: find the people, work the caseload, prove it helped."""


def main(argv: list[str] | None = None, run: Callable[..., Any] = cli) -> None:
    """Run the command line; a user's mistake ends in a message and an exit code, never in a traceback.

    Neither does a fault of our own, unless `DOORSTEP_DEBUG` asks for it: a library's words may quote a patient's cell.
    """
    try:
        result = run(args=argv, standalone_mode=False, prog_name="doorstep")
    except DoorstepError as error:
        sys.exit(_told(error))
    except click.exceptions.Abort:
        click.echo("doorstep: stopped; nothing half-written was kept", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains once more as it ends
        sys.exit(141)
    except OSError as error:
        sys.exit(_told(_refused_by_machine(error)))
    except MemoryError:
        sys.exit(_told(_no_memory()))
    except Exception as error:  # the last net: whatever gets here is ours to mend
        if type(error).__name__ == "OutOfMemoryException":  # DuckDB's; importing it would slow every command
            sys.exit(_told(_no_memory()))
        if os.environ.get("DOORSTEP_DEBUG"):
            raise
        click.echo(_own_fault(error), err=True)
        sys.exit(OWN_FAULT)
    sys.exit(result if isinstance(result, int) else 0)


def _told(error: DoorstepError) -> int:
    click.echo(f"doorstep: {error.text()}", err=True)
    return error.exit_code


def _no_memory() -> DataError:
    return DataError(
        "the work needs more memory than it may use",
        expected="about 2.5 GB",
        where="--memory, or where a command has none, [records] memory in config.toml",
        do="raise it, or close other programs",
    )


def _refused_by_machine(error: OSError) -> DataError:
    """Return what the operating system would not do, as an error that a person can act on."""
    where = next((str(name) for name in (error.filename, error.filename2) if name), "")
    return DataError(
        f"could not read or write: {error.strerror or type(error).__name__}",
        expected="a file or folder that is there, the right to use it, and room on the disk",
        where=where,
        do="mend that, or name another place",
    )


def _own_fault(error: Exception) -> str:
    """Return where in Doorstep an unforeseen error arose, without its words, which may hold a value of the data."""
    package = Path(__file__).resolve().parent.parent  # a checkout may lie in a folder that is called doorstep too
    frames = [(Path(f.filename).resolve(), f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    own = [(path.relative_to(package.parent), line) for path, line in frames if path.is_relative_to(package)]
    at = f" in {own[-1][0].as_posix()} line {own[-1][1]}" if own else ""
    return (
        f"doorstep: this is a fault of Doorstep, not of yours: {type(error).__name__}{at}\n"
        "  to do:    report that line; DOORSTEP_DEBUG=1 shows more, and may show data: keep that to yourself"
    )
