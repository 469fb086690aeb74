"""Three Places, three months, an edition of safe figures with a hidden cell, and a made-up exhibit."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
PLACES = {"west-essex": "West Essex", "croydon": "Croydon", "dorset-place": "Dorset Place "}
AS_SENT = 4_317  # planted: Croydon's O2b of May, in column 3, hidden by us although it was sent


def line(place: str, month: date, name: str, total: int, *, since: int = 1, hidden: Sequence[int] = ()) -> Any:
    """Return one line: the total, then halves of it, with some positions hidden as 0 to 5."""
    from doorstep.programme.figures.models import SafeLine

    numbers: list[int | None] = [total, *[total // 2] * 22]
    values = [None if n in hidden else v for n, v in enumerate(numbers)]
    return SafeLine(
        since=since,
        place=place,
        month=month,
        line=name,
        values=values,
        lows=[0 if v is None else v for v in values],
        highs=[5 if v is None else v for v in values],
        version=1,
        received_on=date(2026, 8, 1),
    )


def publish(*, number: int = 1, rules: str = "numbers below 6 hidden, and what would give them away") -> Any:
    """Make an edition of all Places and months: 1,000 patients, metrics of 100 + 10 a month after the first."""
    from doorstep.programme.figures.models import Edition, SafeLine
    from doorstep.programme.places.models import Place
    from doorstep.programme.scorecard import building, holdings
    from doorstep.returns.printed import LINE_IDS

    for order, (slug, name) in enumerate(PLACES.items()):
        Place.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})
    SafeLine.objects.bulk_create(
        line(place, month, name, 1000 if name == "patients" else 100 + 10 * n, since=number,
             hidden=(3,) if (place, n, name) == ("croydon", 1, "O2b") else ())
        for place in PLACES
        for n, month in enumerate(MONTHS)
        for name in LINE_IDS
    )  # fmt: skip
    made = Edition.objects.create(
        number=number, made_at=datetime(2026, 9, 1, 12, tzinfo=UTC), through=MONTHS[-1], rules=rules
    )
    holdings.forget()
    building.forget()
    return made


def build(asked: Any) -> Any:
    """Build the made-up exhibit: each month's count of a Place and metric, and its third column."""
    from doorstep.programme.figures import reading
    from doorstep.programme.scorecard.exhibits import About, Column, Exhibit, Picture, Sheet

    found = reading.figures(asked.edition, lines=[asked.metric, "patients"], places=[asked.place])
    rows = []
    for month in found.months:
        number, third = (
            found.number(asked.metric, asked.place, month),
            found.number(asked.metric, asked.place, month, 3),
        )
        patients = found.number("patients", asked.place, month)
        assert number and third and patients and number.value is not None and patients.value
        share = 100 * number.value / patients.value / 3
        rows.append(
            (month, "=1+1", number.value * 100, share, third.value if third.value is not None else "0 to 5", None)
        )
    columns = (
        Column("month", "Month", "month"),
        Column("note", "Note"),
        Column("count", "Count", "count"),
        Column("share", "Share of patients", "percent", 2),
        Column("third", "Aged 30 to 39", "count"),
        Column("nothing", "Nothing", "number"),
    )
    return Exhibit(
        "made-up",
        f"{asked.metric} at {asked.place}",
        ("The count went from month to month.",),
        Sheet("By month", columns, tuple(rows), ("A note <b>of</b> the table.",)),
        (About(f"{asked.metric}@1", "A made-up metric", "People over people", (("who", "all"),), "us", asked.edition),),
        Picture("<svg role='img' aria-label='Chart'></svg>", "A chart of the counts", "Counts by month"),
        (Sheet("Second", (Column("a", "A"),), (("b",),), ("A note <b>of</b> the table.", "One of its own.")),),
    )  # fmt: skip


@contextmanager
def shelved() -> Iterator[None]:
    """Put the made-up exhibit on the shelf as `made-up`, and one that needs nothing as `made-up-all`."""
    from doorstep.programme.scorecard import building, shelf
    from doorstep.programme.scorecard.exhibits import Asked, Kind

    def build_all(asked: Asked) -> Any:
        return build(Asked(asked.edition, "croydon", "O2b", own=asked.own))

    module = ModuleType("made_up")
    module.KINDS = {  # type: ignore[attr-defined]
        "made-up": Kind("made-up", "Made-up counts", build, ("place", "metric")),
        "made-up-all": Kind("made-up-all", "Made-up overview", build_all),
        "made-up-month": Kind("made-up-month", "Made-up month", build, ("metric", "month"), roles=("place",)),
    }
    names = dict.fromkeys(module.KINDS, "made_up")
    sys.modules["doorstep.programme.scorecard.made_up"] = module
    before = dict(shelf.MODULES)
    shelf.MODULES.update(names)
    shelf.kind.cache_clear()
    building.forget()
    try:
        yield
    finally:
        shelf.MODULES.clear()
        shelf.MODULES.update(before)
        shelf.kind.cache_clear()
        building.forget()
        del sys.modules["doorstep.programme.scorecard.made_up"]


class Tables(HTMLParser):
    """Reads every table of a page: cells as programs read them (the value of `data`, else the text)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._value: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._cell, self._value = [], None
        elif tag == "data":
            self._value = dict(attrs)["value"]

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip() if self._value is None else self._value)
            self._cell = None


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV."""
    return list(csv.reader(io.StringIO(content.decode())))
