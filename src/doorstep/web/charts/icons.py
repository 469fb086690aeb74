"""Icons of variation: a ring with a letter and a small line, told apart by letter and shape as well as by colour.

None of them is good news: a series before and after cannot tell a programme's work from other causes. One of them asks
for attention, because waiting costs more there.
"""

from __future__ import annotations

from enum import StrEnum
from html import escape

from doorstep.web.charts import look, svg

SIZE = 48.0


class Icon(StrEnum):
    """What a series shows at its latest month."""

    COMMON = "common"
    HIGH = "high"
    LOW = "low"
    HIGH_ATTENTION = "high-attention"
    LOW_ATTENTION = "low-attention"
    TOO_FEW = "too-few"


_LETTERS = {Icon.HIGH: "H", Icon.HIGH_ATTENTION: "H", Icon.LOW: "L", Icon.LOW_ATTENTION: "L", Icon.TOO_FEW: "?"}
_ATTENTION = (Icon.HIGH_ATTENTION, Icon.LOW_ATTENTION)


def draw_icon(icon: Icon, words: str) -> str:
    """Return an icon; `words` say what it stands for, and stand beside it on a page or are drawn with it."""
    colour = look.ORANGE if icon in _ATTENTION else look.GREY if icon in (Icon.COMMON, Icon.TOO_FEW) else look.PURPLE
    ring = svg.tag("circle", cx=24, cy=24, r=20, fill=look.WHITE, stroke=colour, stroke_width=4,
                   stroke_dasharray="6 4" if icon is Icon.TOO_FEW else None)  # fmt: skip
    return svg.tag(
        "svg",
        svg.tag("title", escape(words)),
        ring,
        _inside(icon, colour),
        xmlns="http://www.w3.org/2000/svg",
        class_=f"app-icon app-icon--{icon}",
        role="img",
        aria_label=words,
        view_box="0 0 48 48",
        width=SIZE,
        height=SIZE,
    )


def draw_icon_with_words(icon: Icon, words: str) -> str:
    """Return an icon with its words beside it, to be read as one."""
    room = 60 + len(words) * 16 * 0.56
    said = svg.words(words, 58, 30, font_family=look.FONT, font_size=16, fill=look.INK)
    return svg.tag(
        "svg",
        svg.tag("title", escape(words)),
        draw_icon(icon, words),
        said,
        xmlns="http://www.w3.org/2000/svg",
        class_="app-icon app-icon--with-words",
        role="img",
        aria_label=words,
        view_box=f"0 0 {svg.number(room)} 48",
        width=room,
        height=SIZE,
    )


def _inside(icon: Icon, colour: str) -> str:
    if icon is Icon.COMMON:
        wave = [(10, 26), (16, 20), (21, 28), (27, 20), (32, 28), (38, 22)]
        return svg.path([(float(x), float(y)) for x, y in wave], stroke=colour, stroke_width=2.5)
    letter = svg.words(_LETTERS[icon], 24, 27, text_anchor="middle", font_family=look.FONT, font_size=20,
                       font_weight="bold", fill=colour)  # fmt: skip
    return letter + _arrow(icon, colour)


def _arrow(icon: Icon, colour: str) -> str:
    """Return a triangle pointing the way of the letter; two where attention is asked for."""
    if icon is Icon.TOO_FEW:
        return ""
    up = -1 if icon in (Icon.HIGH, Icon.HIGH_ATTENTION) else 1
    middles = (18.0, 30.0) if icon in _ATTENTION else (24.0,)
    return "".join(
        svg.shape([(x - 5, 34 - up * 3), (x + 5, 34 - up * 3), (x, 34 + up * 3)], fill=colour) for x in middles
    )
