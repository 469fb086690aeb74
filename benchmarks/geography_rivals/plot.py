"""The trade-off as SVG: areas outside the band against compactness, a panel for each measure of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDE, HIGH, LEFT, TOP, GAP = 330, 300, 62, 54, 96
COLOURS = ("#005eb8", "#d5281b", "#330072")
NAMES = 11  # size of letters


@dataclass(frozen=True)
class Mark:
    """One drawing: whose it is, its setting, areas outside the band, and its value in each panel."""

    who: str
    setting: str
    outside: int
    values: tuple[float, ...]


def svg(marks: Sequence[Mark], panels: Sequence[str]) -> str:
    """Return a chart with a panel for each measure; marks of one name share a colour and a line."""
    who = list(dict.fromkeys(m.who for m in marks))
    width, height = LEFT + len(panels) * (WIDE + GAP), TOP + HIGH + 50
    body = [line for i, title in enumerate(panels) for line in _panel(marks, who, i, title)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="{NAMES}" role="img" aria-label="Areas outside the band against compactness">',
        f'<rect width="{width}" height="{height}" fill="white"/>', *_legend(who), *body, "</svg>", "",
    ])  # fmt: skip


def _legend(who: Sequence[str]) -> Iterator[str]:
    for i, name in enumerate(who):
        x = LEFT + i * 190
        yield f'<circle cx="{x}" cy="14" r="5" fill="{COLOURS[i]}"/><text x="{x + 10}" y="18">{escape(name)}</text>'


def _panel(marks: Sequence[Mark], who: Sequence[str], panel: int, title: str) -> Iterator[str]:
    left, values = LEFT + panel * (WIDE + GAP), [m.values[panel] for m in marks]
    most, low, high = max(m.outside for m in marks), min(values), max(values)
    pad = (high - low) * 0.08

    def x(outside: int) -> float:
        return left + WIDE * outside / (most * 1.08)

    def y(value: float) -> float:
        return TOP + HIGH * (high + pad - value) / (high - low + 2 * pad)

    yield f'<text x="{left}" y="{TOP - 12}" font-weight="bold">{escape(title)}</text>'
    yield f'<path d="M{left} {TOP}V{TOP + HIGH}H{left + WIDE}" fill="none" stroke="#4c6272"/>'
    yield f'<text x="{left + WIDE / 2}" y="{TOP + HIGH + 36}" text-anchor="middle">areas outside the band</text>'
    for tick in range(0, most + 1, max(1, round(most / 5 / 10) * 10)):
        yield f'<text x="{x(tick):.1f}" y="{TOP + HIGH + 18}" text-anchor="middle">{tick}</text>'
    for step in range(5):
        value = low + (high - low) * step / 4
        yield f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{_short(value)}</text>'
    for name, colour in zip(who, COLOURS, strict=False):
        own = [m for m in marks if m.who == name]
        line = " ".join(f"{x(m.outside):.1f},{y(m.values[panel]):.1f}" for m in own)
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-opacity="0.4"/>'
        for m in own:
            at = f'cx="{x(m.outside):.1f}" cy="{y(m.values[panel]):.1f}"'
            yield f'<circle {at} r="4" fill="{colour}"><title>{escape(f"{m.who}, {m.setting}")}</title></circle>'


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"
