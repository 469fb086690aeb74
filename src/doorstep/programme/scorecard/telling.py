"""An exhibit as plain values: what the JSON interface answers."""

from __future__ import annotations

from typing import Any

from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard import cells
from doorstep.programme.scorecard.asking import Address, word_of
from doorstep.programme.scorecard.csv_files import sheets, table_name
from doorstep.programme.scorecard.exhibits import About, Exhibit, Sheet


def told(exhibit: Exhibit, address: Address) -> dict[str, Any]:
    """Return an exhibit with the same cells as its page and its CSV."""
    return {
        "kind": address.kind.id,
        "title": address.kind.title,
        "heading": exhibit.heading,
        "asked": {need: word_of(address.asked, need) for need in address.kind.needs},
        "edition": edition_told(address.asked.edition),
        "sentences": list(exhibit.sentences),
        "tables": [_table(sheet, table_name(n)) for n, sheet in enumerate(sheets(exhibit))],
        "charts": [{"alternative": picture.alternative} for picture in pictures(exhibit)],
        "about": [_about(about) for about in exhibit.about],
    }


def pictures(exhibit: Exhibit) -> tuple[Any, ...]:
    """Return the charts of an exhibit."""
    return (*((exhibit.picture,) if exhibit.picture else ()), *exhibit.more_pictures)


def edition_told(edition: Edition) -> dict[str, Any]:
    """Return an edition as plain values."""
    return {
        "number": edition.number,
        "made_on": edition.made_on.isoformat(),
        "through": f"{edition.through:%Y-%m}",
        "rules": edition.rules,
    }


def _table(sheet: Sheet, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "caption": sheet.caption,
        "columns": [{"name": c.name, "title": c.title, "kind": c.kind} for c in sheet.columns],
        "rows": cells.records(sheet),
        "notes": list(sheet.notes),
    }


def _about(about: About) -> dict[str, Any]:
    return {
        "definition": about.definition,
        "title": about.title,
        "meaning": about.meaning,
        "choices": [{"about": what, "chosen": chosen} for what, chosen in about.choices],
        "source": about.source,
        "cautions": list(about.cautions),
    }
