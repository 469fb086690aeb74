"""A home: the folder that holds one Place's settings, lake, cohorts and returns.

`DOORSTEP_HOME` names it (default `./doorstep-home`). The vault may live elsewhere (`DOORSTEP_VAULT`), under another
operating-system account, so that planning cannot read it.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstep.errors import ConfigurationError

HOME_FORMAT = 1


@dataclass(frozen=True)
class Home:
    """The paths of one home; nothing is created or read until asked for."""

    root: Path

    @classmethod
    def find(cls, given: str | Path | None = None) -> Home:
        """Return the home named by the argument, else `DOORSTEP_HOME`, else `./doorstep-home`."""
        return cls(Path(given or os.environ.get("DOORSTEP_HOME") or "doorstep-home").expanduser().resolve())

    @property
    def config_file(self) -> Path:
        """`config.toml`: the Place, its choices and the few settings a person edits."""
        return self.root / "config.toml"

    @property
    def purposes_file(self) -> Path:
        """`purposes.toml`: what the data controller allows, flow by flow."""
        return self.root / "purposes.toml"

    @property
    def choices_file(self) -> Path:
        """`choices.toml`: the options this Place has set, dated."""
        return self.root / "choices.toml"

    @property
    def mappings(self) -> Path:
        """Mappings (their column -> ours) that this Place keeps."""
        return self.root / "mappings"

    @property
    def lake(self) -> Path:
        """Pseudonymised loads and snapshots: planning reads here."""
        return self.root / "lake"

    @property
    def quarantine(self) -> Path:
        """Rows that were not loaded, with the reason. May hold identifiers: mode 0700."""
        return self.root / "quarantine"

    @property
    def vault(self) -> Path:
        """Keys and identities: `DOORSTEP_VAULT`, else inside the home with mode 0700."""
        return Path(os.environ.get("DOORSTEP_VAULT") or self.root / "vault").expanduser().resolve()

    @property
    def planning(self) -> Path:
        """Person tables, cohorts and rule files of the planning plane."""
        return self.root / "planning"

    @property
    def neighbourhoods(self) -> Path:
        """Sets of neighbourhoods, a folder for each version: nothing about a person."""
        return self.root / "neighbourhoods"

    @property
    def returns(self) -> Path:
        """The ledger of returns sent."""
        return self.root / "returns"

    @property
    def log(self) -> Path:
        """Run logs, without identifiers."""
        return self.root / "log"

    def config(self) -> dict[str, Any]:
        """Read `config.toml`.

        Raises ConfigurationError where the home was never made, or its format is newer than this version knows.
        """
        if not self.config_file.exists():
            raise ConfigurationError(
                "there is no home here yet",
                expected="a folder made by `doorstep init`",
                where=str(self.root),
                do="run `doorstep init --place NAME`, or point DOORSTEP_HOME at an existing home",
            )
        config = read_toml(self.config_file)
        found = config.get("format")
        if found != HOME_FORMAT:
            raise ConfigurationError(
                f"the home has format {found!r}",
                expected=f"format {HOME_FORMAT}",
                where=str(self.config_file),
                do="use the version of Doorstep that made it, or make a new home and load the extracts again",
            )
        return config


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a fault in it is a ConfigurationError that names line and column."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigurationError("the file is not there", where=str(path)) from error
    except OSError as error:
        raise ConfigurationError(
            f"the file cannot be read: {error.strerror}", where=str(path), do="ask for the right to read it"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"this is not TOML: {error}", where=str(path)) from error
