"""Colours, strokes and text sizes. Every colour that carries meaning has a contrast of 3:1 or more with white.

Looks are presentation attributes, so that a chart looks right where no stylesheet reaches it (a file, a PDF); they are
no style attributes, which the site's content security policy forbids. A stylesheet can still override them by class.
"""

from __future__ import annotations

from typing import Final

INK: Final = "#212b32"
BLUE: Final = "#005eb8"
GREY: Final = "#4c6272"
PALE_LINE: Final = "#d8dde0"  # grid lines: decoration, the axis says the same in numbers
SHADE: Final = "#f0f4f5"  # the winter band, which is also named in the key
PALE_BLUE: Final = "#c2dcf2"  # inside a bar, whose edge is blue
PURPLE: Final = "#330072"
ORANGE: Final = "#b34700"
WHITE: Final = "#ffffff"
MEANING: Final = (INK, BLUE, GREY, PURPLE, ORANGE)

DASH: Final = "7 4"
DOTS: Final = "2 4"
LONG: Final = "12 5"
FONT: Final = "Arial, Helvetica, sans-serif"


def contrast(one: str, other: str = WHITE) -> float:
    """Return the contrast ratio of two colours (#rrggbb), 1 to 21. Source: WCAG 2.2, relative luminance."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
