"""Make a new home: folders with their modes, the two files a person edits, and the keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.errors import ConfigurationError
from doorstep.home import HOME_FORMAT, Home

if TYPE_CHECKING:
    from doorstep.reference.places import PlaceDefinition

CONFIG = """\
# Settings of this Place. `doorstep config` shows them with where each comes from.
format = {format}
{whose}
[return]
# Where the Place sends its return, where that differs from the address in the template.
# sending_address = ""

[records]
memory = "2.5GB"   # the most that loading and counting may use
"""

WHOSE_PLACE = """\
place = {name}

# The practices of the Place (ODS codes), where its own list differs from its councils'. They hold for all months.
# practices = ["N84001", "N84002"]
"""

WHOSE_SYSTEM = """\
system = {name}   # all its practices; a system sends no return
"""

CHOICES = """\
# The options this Place has chosen where the guide's definitions leave one open. `docs/reference/choices.md` lists them
# all with their defaults. Write each once, with the first month it holds for; a later change marks a break in series.
#
# [[choice]]
# id = "deprivation_index"
# option = "iod2025"
# from = "2026-01"
# decided_by = "Programme board, 12 January 2026"
"""


def create(home: Home, place: str) -> dict[str, Any]:
    """Make the home and return what was written; an existing home is a ConfigurationError and is left alone."""
    from doorstep.reference import places

    return _create(home, places.find(place), WHOSE_PLACE)


def create_for_system(home: Home, system: str) -> dict[str, Any]:
    """Make the home of a whole system, whose records are planned with and never a return's; otherwise as `create`."""
    from doorstep.reference import systems

    return _create(home, systems.find(system), WHOSE_SYSTEM)


def _create(home: Home, definition: PlaceDefinition, whose: str) -> dict[str, Any]:
    from doorstep.records import purposes, vault

    if home.config_file.exists():
        raise ConfigurationError(
            "there is a home here already",
            where=str(home.root),
            do="use it as it is, or name another folder with --home",
        )
    _folders(home)
    vault.create_keys(home)
    name = '"' + definition.name.strip().replace('"', '\\"') + '"'
    wrote = {home.purposes_file: purposes.TEMPLATE, home.choices_file: CHOICES}
    for path, text in wrote.items():
        _write(path, text)
    # Last: a home counts as made once its config.toml is there.
    _write(home.config_file, CONFIG.format(format=HOME_FORMAT, whose=whose.format(name=name)))
    return {
        "place": definition.name.strip(),
        "home": str(home.root),
        "wrote": [p.name for p in (home.config_file, *wrote)],
        "notes": _notes(home, definition.status),
    }


def _folders(home: Home) -> None:
    for folder in (home.root, home.mappings, home.lake, home.planning, home.returns, home.log):
        folder.mkdir(parents=True, exist_ok=True)
    # Pseudonymised records are still personal data: other accounts of the machine come in by the group, if at all.
    home.root.chmod(0o750)
    for private in (home.quarantine, home.vault):
        private.mkdir(parents=True, exist_ok=True)
        private.chmod(0o700)


def _write(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _notes(home: Home, status: str) -> list[str]:
    notes = []
    if home.vault.is_relative_to(home.root):
        notes.append(
            "note: the vault is inside the home. For identifiable data set DOORSTEP_VAULT to another account's folder."
        )
    if status == "part_of_council":
        notes.append("note: this Place is a part of its councils: give its practices in config.toml before building.")
    elif status == "council":
        notes.append("note: this Place's boundary is its councils', an approximation; its own practice list is better.")
    return notes
