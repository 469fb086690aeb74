"""Write the generated pages of the manual: commands, metrics, choices, definitions, specification, attributions.

`--check` writes nothing and fails where a committed page differs from what would be written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
from spec_pages import pages as specification
from vignette_pages import vignettes_page

from doorstep.cli.app import cli

DOCS = Path(__file__).resolve().parent.parent / "docs" / "reference"


def commands() -> str:
    """Return the manual page of every command, from the commands themselves."""
    lines = [
        "# Commands",
        "",
        "Every verb takes `--help`; most take `--json` and `--home`. Exit codes: 0 clean, 1 notes, 2 usage,",
        "3 configuration, 4 faults in the data, 5 not what it claims to be, 70 a fault of Doorstep itself (it",
        "names the line and no data; `DOORSTEP_DEBUG=1` shows more, and may show data).",
    ]
    return "\n".join([*lines, *_command("doorstep", cli, None)]) + "\n"


def _command(path: str, command: click.Command, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(command, info_name=path.split()[-1], parent=parent)
    if path != "doorstep":
        yield from ("", f"## {path}", "")
        yield from ("```text", _plain_help(command, context), "```")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command(f"{path} {name}", inner, context)


def _plain_help(command: click.Command, context: click.Context) -> str:
    context.max_content_width = context.terminal_width = 100
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def third_party() -> str:
    """Return the page of the packages that an installation brings, from the core lock file and their own metadata."""
    lock = (DOCS.parent.parent / "requirements" / "core.lock").read_text(encoding="utf-8")
    found = dict(re.findall(r"^([a-z0-9-]+)==([0-9][^ ]*)", lock, re.M)[::-1])
    lines = [
        "# Packages that Doorstep stands on",
        "",
        "What `requirements/core.lock` installs, pinned with hashes. Each package keeps its own licence.",
        "",
        "| package | version | licence |",
        "|---|---|---|",
    ]
    return "\n".join([*lines, *(f"| {n} | {found[n]} | {_licence(n)} |" for n in sorted(found))]) + "\n"


# Installed on other systems only, so their metadata are not at hand here.
ELSEWHERE = {"tzdata": "Apache-2.0 (Windows only)", "brotlicffi": "MIT (PyPy only)"}


def _licence(package: str) -> str:
    if package in ELSEWHERE:
        return ELSEWHERE[package]
    told = metadata.metadata(package).json
    classified = [c.split(" :: ")[-1] for c in told.get("classifier", []) if c.startswith("License ::")]
    return str(told.get("license_expression") or ", ".join(classified))


def pages() -> dict[str, str]:
    """Return every generated page by file name."""
    from doorstep import reference
    from doorstep.planning.manual import choices_markdown, metrics_markdown
    from doorstep.planning.manual_people import pages as definitions

    return {
        "commands.md": commands(),
        "metrics.md": metrics_markdown(),
        "choices.md": choices_markdown(),
        **definitions(),
        "attributions.md": reference.attributions(),
        "third-party.md": third_party(),
        "vignettes.md": vignettes_page(),
        **specification(),
    }


def main() -> None:
    """Write the pages, or with --check compare them."""
    stale = []
    for name, text in pages().items():
        page = DOCS / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"stale pages: {', '.join(stale)}; run `make docs`")
    print(f"docs/reference: {', '.join(stale) or 'nothing'} written")


if __name__ == "__main__":
    main()
