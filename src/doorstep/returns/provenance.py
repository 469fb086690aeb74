"""The provenance of a return as two files beside it: one for programs, one for people.

Both hold totals that are not suppressed, so only their owner can read them, and the readable one says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from doorstep.returns.layout import TOTAL
from doorstep.returns.paths import write_text

WARNING = "For the Place's own use: the totals here are not suppressed. Do not send this file with the return."


def files_beside(workbook: Path) -> tuple[Path, Path]:
    """Return the names of the two files: `.provenance.json` and `.provenance.md`."""
    return workbook.with_name(f"{workbook.stem}.provenance.json"), workbook.with_name(f"{workbook.stem}.provenance.md")


def write_provenance(workbook: Path, provenance: Mapping[str, Any]) -> tuple[Path, Path]:
    """Write both files, readable by their owner only."""
    data, page = files_beside(workbook)
    write_text(data, json.dumps(provenance, indent=2, default=str, ensure_ascii=False) + "\n", mode=0o600)
    write_text(page, markdown(provenance), mode=0o600)
    return data, page


def markdown(provenance: Mapping[str, Any]) -> str:
    """Return provenance as a page: plain values first, then a section for each group of them."""
    title = f"# Provenance of the return of {provenance.get('place', '')}, {provenance.get('month', '')}"
    plain = {key: value for key, value in provenance.items() if not _is_group(value)}
    lines = [title, "", WARNING, "", *_pairs(plain)]
    for key, value in provenance.items():
        if key == "figures":
            lines += ["", "## Totals before suppression", "", *_pairs(_totals(value))]
        elif _is_group(value):
            lines += ["", f"## {_words(key)}", "", *_section(value)]
    return "\n".join(lines) + "\n"


def _totals(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the total of each line; the breakdowns are in the file for programs."""
    counts = {metric: line[TOTAL] for metric, line in figures.get("counts", {}).items()}
    return {"Patients": figures["patients"][TOTAL], **counts, "P1": figures["caseload"]}


def _is_group(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple)


def _words(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]


def _section(value: Any) -> list[str]:
    if not value:
        return ["None."]
    if isinstance(value, Mapping):
        return _table_of_mappings(value) if _all_mappings(value.values()) else list(_pairs(value))
    if _all_mappings(value):
        return _table([dict(row) for row in value])
    return [f"- {_cell(item)}" for item in value]


def _all_mappings(values: Any) -> bool:
    return all(isinstance(value, Mapping) for value in values)


def _table_of_mappings(value: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return _table([{"": key, **row} for key, row in value.items()])


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    heads = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(_words(head) if head else " " for head in heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(_cell(row.get(head, "")) for head in heads) + " |" for row in rows]


def _pairs(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        yield f"- {_words(str(key))}: {_cell(value)}"


def _cell(value: Any) -> str:
    """Return any value in one line."""
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')} {_cell(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    return " ".join(text.split()).replace("|", "\\|")
