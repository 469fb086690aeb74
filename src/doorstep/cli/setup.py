"""`init`, `doctor` and `config`: set up a home, check it, show its settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import home_option, json_option, report, table
from doorstep.home import Home


@click.command()
@click.option("--place", required=True, help="The Place, by its programme name, a council or an alias.")
@home_option
@json_option
def init(place: str, home: Path | None, as_json: bool) -> int:
    """Set up a home for one Place.

    Makes the folders with the modes they need, `config.toml`, a `purposes.toml` for the data controller to fill in,
    and the keys. An existing home is left as it is. Exit code: 0, 1 where there are notes; the home is made either way.
    """
    from doorstep.cli.new_home import create

    made = create(Home.find(home), place)
    lines = [
        f"Home for {made['place']} at {made['home']}",
        f"  wrote {', '.join(made['wrote'])}",
        "  next: let the data controller fill in purposes.toml, then `doorstep records load FOLDER`",
    ]
    report(as_json, made, [*made["notes"], *lines])
    return 1 if made["notes"] else 0


@click.command()
@home_option
@json_option
def doctor(home: Path | None, as_json: bool) -> int:
    """Check a home and this machine, and say what to mend.

    Exit code 0 when all is well, 1 with notes, 3 when something must be mended before work can go on.
    """
    from doorstep.cli.examine import examine

    findings = examine(Home.find(home))
    rows = [(f.state, f.what, f.found) for f in findings]
    to_do = [f"to do: {f.do}" for f in findings if f.do and f.state != "ok"]
    report(as_json, {"findings": [vars(f) for f in findings]}, [*table(("state", "what", "found"), rows), *to_do])
    states = {f.state for f in findings}
    return 3 if "fault" in states else 1 if "note" in states else 0


@click.command()
@home_option
@json_option
def config(home: Path | None, as_json: bool) -> int:
    """Show the settings and where each one comes from."""
    rows = _settings(Home.find(home), "--home" if home else _origin("DOORSTEP_HOME"))
    result = {name: {"value": value, "from": source} for name, value, source in rows}
    report(as_json, result, table(("setting", "value", "from"), rows))
    return 0


def _settings(home: Home, home_from: str) -> list[tuple[str, str, str]]:
    """Return (setting, value, where it comes from), the command line before the environment, file and default."""
    stored: dict[str, Any] = home.config() if home.config_file.exists() else {}
    rows = [
        ("DOORSTEP_HOME", str(home.root), home_from),
        ("DOORSTEP_VAULT", str(home.vault), _origin("DOORSTEP_VAULT")),
        ("DOORSTEP_TODAY", os.environ.get("DOORSTEP_TODAY", "the machine's day"), _origin("DOORSTEP_TODAY")),
    ]
    return rows + [(name, str(value), str(home.config_file)) for name, value in _flat(stored)]


def _origin(variable: str) -> str:
    return "environment" if os.environ.get(variable) else "default"


def _flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return found
