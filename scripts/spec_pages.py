"""The specification of the person table as pages of the manual, printed from the sections that the tests run."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "spec"))

if TYPE_CHECKING:
    from spec_kit import Chapter, Section

_CONVENTIONS = """\
Each section shows rows of the lake, definitions, and what comes out. Every engine is tested on every section, and the
plain-Python engine beside them also on random definitions and on a made-up Place.

Unless a section says otherwise:

- the day asked about is 30 September 2026;
- everybody in a table is a woman born on 1 June 1950, registered with HERE, which is a practice of the Place (ELSEWHERE
  is not); a `person` table shows only what differs from that;
- a blank cell is not known;
- a code list holds one code, its own name; others are written out;
- definitions leave out what each must say of itself (version, title, purpose, owner, source, status, review date).

Sums are written as sums, so that they can be followed: `3.2 + 7.1`.
"""


def pages() -> dict[str, str]:
    """Return the pages of the specification by file name."""
    from spec_chapters import CHAPTERS

    written = {f"specification/{chapter.name}.md": "\n".join(_chapter(chapter)) + "\n" for chapter in CHAPTERS}
    return {"specification/index.md": "\n".join(_index(CHAPTERS)) + "\n"} | written


def _index(chapters: tuple[Chapter, ...]) -> Iterator[str]:
    yield from ("# Specification of the person table", "", _CONVENTIONS)
    yield from ("| chapter | sections |", "|---|---|")
    yield from (f"| [{c.title}]({c.name}.md) | {len(c.sections)} |" for c in chapters)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield from (f"# {chapter.title}", "", chapter.says, "", "[How to read these sections](index.md).")
    for section in chapter.sections:
        yield from ("", f"## {section.title}", "")
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    from spec_kit import AS_AT

    if section.says:
        yield from (section.says, "")
    if section.as_at != AS_AT:
        yield from (f"Asked about {section.as_at.day} {section.as_at:%B %Y}.", "")
    for name, text in section.tables.items():
        yield from (f"`{name}`", "", "```text", *_drawn(text), "```", "")
    if section.lists:
        yield from ("Code lists", "", "```text", textwrap.dedent(section.lists).strip(), "```", "")
    if definitions := textwrap.dedent(section.definitions).strip():
        yield from ("Definitions", "", "```toml", definitions, "```", "")
    yield from _outcome(section)


def _outcome(section: Section) -> Iterator[str]:
    if section.refused:
        yield f"Refused: *{section.refused}*."
    if section.gives:
        yield from ("The person table", "", "```text", *_drawn(section.gives), "```")
    if section.history:
        yield from ("", "The history", "", "```text", *_drawn(section.history), "```")


def _drawn(text: str) -> Iterator[str]:
    """Yield a table's lines with columns as wide as they need to be, a line under the head."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    yield from (lines[0], "-+-".join("-" * width for width in widths), *lines[1:])
