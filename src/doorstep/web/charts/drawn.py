"""A finished drawing: one chart in two widths, with its title and description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from doorstep.web.charts import look, svg

SEAM = "<!-- narrow -->"


@dataclass(frozen=True)
class Canvas:
    """The sheet that a chart is drawn on, in units of its own.

    `text` is the size of its letters. A narrow sheet of 320 units is shown 288 pixels wide on the narrowest phone (320
    less the margins), so that 14 units are 12.6 pixels.
    """

    variant: str
    width: float
    height: float
    text: float
    ticks: int

    @property
    def is_narrow(self) -> bool:
        """Whether it is the one for phones."""
        return self.variant == "narrow"

    def wide_letters(self, n: int) -> float:
        """Return the room that n letters take, on the safe side."""
        return n * self.text * 0.56

    def lines_of(self, text: str, room: float) -> list[str]:
        """Cut a text into lines that fit a room, between words."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.wide_letters(len(longer)) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines


def wide(height: float = 380) -> Canvas:
    """Return the sheet for a desktop, a print and a PDF."""
    return Canvas("wide", 720, height, 15, 6)


def narrow(height: float = 330) -> Canvas:
    """Return the sheet for a phone."""
    return Canvas("narrow", 320, height, 14, 4)


@dataclass(frozen=True)
class Drawn:
    """A chart in both widths. `both` goes into a page with the site's stylesheet, `wide` anywhere else."""

    wide: str
    narrow: str

    @property
    def both(self) -> str:
        """Both widths, one after the other; the narrow one shows only where the stylesheet says so."""
        return f"{self.wide}{SEAM}{self.narrow}"


def wide_only(both: str) -> str:
    """Return the wide drawing of a pair, for where no stylesheet chooses between them."""
    return both.split(SEAM)[0]


def in_both(
    name: str, title: str, description: str, sheets: tuple[Canvas, Canvas], draw: Callable[[Canvas], tuple[float, str]]
) -> Drawn:
    """Draw on both sheets; `draw` gives the height that it used and what stands inside."""
    found = [_whole(name, title, description, sheet, *draw(sheet)) for sheet in sheets]
    return Drawn(found[0], found[1])


def _whole(name: str, title: str, description: str, sheet: Canvas, height: float, inside: str) -> str:
    """Return the outer element. `name` makes ids that no other chart of the page has."""
    names = f"{name}-{sheet.variant}-title", f"{name}-{sheet.variant}-desc"
    return svg.tag(
        "svg",
        svg.tag("title", escape(title), id=names[0]),
        svg.tag("desc", escape(description), id=names[1]),
        svg.tag("rect", class_="app-chart__paper", width=sheet.width, height=height, fill=look.WHITE),
        inside,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"app-chart app-chart--{sheet.variant}",
        role="img",
        aria_labelledby=" ".join(names),
        view_box=f"0 0 {svg.number(sheet.width)} {svg.number(height)}",
        width=sheet.width,
        height=height,
        font_family=look.FONT,
        font_size=sheet.text,
        fill=look.INK,
        display="none" if sheet.is_narrow else None,
    )
