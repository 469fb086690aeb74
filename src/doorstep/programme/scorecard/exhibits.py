"""An exhibit: one thing shown, as a chart, a table and words that all have the same numbers.

A builder makes an exhibit once; the page, the CSV, the JSON interface and the monthly pack each render it. So a chart
and its table cannot differ, nor a page and the interface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from doorstep.programme.figures.numbers import Edition

Cell = str | int | float | bool | date | None
ColumnKind = Literal["text", "count", "number", "rate", "percent", "month", "day", "state"]


@dataclass(frozen=True)
class Column:
    """One column of a table: `name` for programs, `title` for people (with its unit)."""

    name: str
    title: str
    kind: ColumnKind = "text"
    decimals: int = 1


@dataclass(frozen=True)
class Sheet:
    """A table. A cell is None where there is nothing to show; a hidden number is the text of its range, such as `*`."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class About:
    """Where a figure comes from: one click away from it, everywhere."""

    definition: str  # id@version
    title: str
    meaning: str  # the numerator and denominator in plain words
    choices: tuple[tuple[str, str], ...]  # open choice, what was chosen
    source: str
    edition: Edition
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A drawn chart: SVG without scripts or style attributes, and what it says in words for who cannot see it."""

    svg: str
    alternative: str
    title: str = ""  # shown above it; empty where the exhibit's heading says the same


@dataclass(frozen=True)
class Exhibit:
    """One thing shown. `sentences` are computed from the same numbers, and never claim that something worked."""

    id: str
    heading: str
    sentences: tuple[str, ...]
    sheet: Sheet
    about: tuple[About, ...]
    picture: Picture | None = None
    more_sheets: tuple[Sheet, ...] = ()
    more_pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What somebody asks an exhibit for. A value is empty where the exhibit does not need it.

    `place` is a slug, `metric` a line id, `month` the first of a month. `own` is the Place whose true numbers a Place's
    own installation shows; empty on a national one.
    """

    edition: Edition
    place: str = ""
    metric: str = ""
    month: date | None = None
    own: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of exhibit on the shelf: how to build it, and which of `Asked` it needs, in the order of its address."""

    id: str
    title: str
    build: Callable[[Asked], Exhibit]
    needs: tuple[Literal["place", "metric", "month"], ...] = ()
    roles: tuple[str, ...] = ("national", "place")  # the installations that have it
    words: Mapping[str, str] = field(default_factory=dict)
