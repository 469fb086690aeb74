"""The manual page of the vignettes, printed from their files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

PEOPLE = Path(__file__).resolve().parent.parent / "tests" / "vignettes" / "people"

_HEAD = """# People to check the definitions by

Fourteen made-up people, each with the rows of their record, and what every definition should say of them: worked out
by hand from what the definitions promise, and held against every engine by the tests, column by column. A column that
is not named says nothing: not on it, nought, or not known.

**No clinician has reviewed a person marked unreviewed.** To review one: read the story and the rows, cover the rest,
say what you would expect, and compare. Where you differ, the definition or the vignette is wrong, and either is worth
an hour. Then put your name and role in `reviewed_by`, and set `status = "reviewed"`.

Codes are real; numbers of medicines are made up, since real ones are not openly available. The frailty index and some
conditions need lists from a pack, so a home without it has fewer columns.
"""

_TABLES = {
    "person": "Person", "coded": "Coded entries", "medicine": "Medicines issued", "spell": "Hospital stays",
    "emergency": "Emergency attendances", "outpatient": "Outpatient appointments",
    "appointment": "General practice appointments", "community": "Community contacts",
}  # fmt: skip


def vignettes_page() -> str:
    """Return the page of every vignette."""
    people = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(PEOPLE.glob("*.toml"))]
    blocks = ["\n".join(_person(data)) for data in sorted(people, key=lambda d: str(d["title"]))]
    return "\n\n".join([_HEAD.strip(), *blocks]) + "\n"


def _person(data: Mapping[str, Any]) -> Iterator[str]:
    who = (
        f"reviewed by {data['reviewed_by']}" if data["reviewed_by"] else "unreviewed; reviewed by: ____________________"
    )
    yield from (f"## {data['title']}", "", " ".join(data["story"].split()), "")
    yield from (f"`{data['id']}`, asked about on {data['as_at']}. Status: {who}", "", "### The record")
    for name, drawn in data["rows"].items():
        yield from (
            "",
            f"{_TABLES[name]}:",
            "",
            "```text",
            *(line.rstrip() for line in drawn.strip().splitlines()),
            "```",
        )
    yield from ("", "### What the definitions should say", "")
    yield from _expected(data["expected"])


def _expected(expected: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    rows = [row for section, named in expected.items() for row in _rows(section, named)]
    yield from ("| column | value | why |", "|---|---|---|")
    yield from (f"| `{name}` | {value} | {why} |" for name, value, why in rows)


def _rows(section: str, named: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, said in named.items():
        match section:
            case "on":
                yield name, "yes", ", ".join(said)
            case "yes":
                yield name, "yes", said
            case "off" | "no":
                yield name, "no", said
            case "sums" | "activity":
                yield name, _total(said), said
            case "deficits":
                yield f"{name}_count", str(len(said)), ", ".join(said) or "none"
            case "segments":
                yield name, said[0], said[1]
            case _:
                yield name, _word(said), ""


def _total(written: str) -> str:
    return str(sum(Decimal(term.split()[0].rstrip(":;,")) for term in written.split(" + ")))


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
