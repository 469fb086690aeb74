"""Draws the charts of the calibration report as SVG: published beside made, told apart by shape and line too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt

if TYPE_CHECKING:
    from calibration_page import Findings

    from doorstep.synthetic.calibration import Verdict

BLUE, ORANGE, GREY, BAND = "#005eb8", "#b35900", "#4c6272", "#d8dde0"
STATES = ["holds", "does not hold"]
TENTHS = {1: "most deprived tenth", 5: "fifth tenth", 10: "least deprived tenth"}
REGISTERS = {
    "AF": "atrial fibrillation", "AST": "asthma", "COPD": "COPD", "DEM": "dementia",
    "DEP": "depression", "DM": "diabetes", "HYP": "hypertension", "MH": "serious mental illness",
}  # fmt: skip
Rows = list[dict[str, Any]]
Curve = list[tuple[object, ...]]


@dataclass(frozen=True)
class Drawing:
    """One chart of the report: its file name, title, what it shows in words, and how it is drawn."""

    name: str
    title: str
    words: str
    draw: Callable[[Findings], Any]


def draw(found: Findings, folder: Path) -> list[tuple[str, str, str]]:
    """Draw every chart into `folder`; return name, title and description of each."""
    for one in DRAWINGS:
        _styled(one.draw(found)).save(folder / f"{one.name}.svg")
    return [(one.name, one.title, one.words) for one in DRAWINGS]


def _chart(rows: Rows) -> Any:
    data: Any = alt.InlineData(values=rows)
    return alt.Chart(data)


def _styled(chart: Any) -> Any:
    return (
        chart.configure(font="Arial, sans-serif", background="white")
        .configure_axis(labelFontSize=12, titleFontSize=13, gridColor="#e8edee")
        .configure_legend(labelFontSize=12)
        .configure_view(stroke=None)
    )


def _rounded(value: object) -> float:
    """Four digits: sums in another order differ in the last ones, and the same people must give the same chart."""
    return float(f"{float(str(value)):.4g}")


def _of(found: Findings, check: str) -> list[Verdict]:
    return [v for v in found.national if v.check == check and v.is_target]


def _ratios(found: Findings) -> Any:
    rows: Rows = [
        {"check": _short(v.check), "ratio": _rounded(v.made / v.target), "state": STATES[not v.holds]}
        for v in found.national if v.is_target and v.target
    ]  # fmt: skip
    names: list[str] = sorted({str(row["check"]) for row in rows})
    band = _chart([{"low": 0.9, "high": 1.1}]).mark_rect(color=BAND).encode(x="low:Q", x2="high:Q")
    of_state: dict[str, Any] = {"title": None}
    marks = _chart(rows).mark_point(filled=True, size=60, opacity=0.75).encode(
        x=alt.X("ratio:Q", title="made / published", scale=alt.Scale(type="log", nice=False, padding=10),
                axis=alt.Axis(values=[0.5, 0.7, 0.9, 1, 1.1, 1.3, 1.5, 2], format=".1f")),
        y=alt.Y("check:N", title=None, sort=names, axis=alt.Axis(labelLimit=300)),
        color=alt.Color("state:N", scale=alt.Scale(domain=STATES, range=[BLUE, ORANGE]), **of_state),
        shape=alt.Shape("state:N", scale=alt.Scale(domain=STATES, range=["circle", "cross"]), **of_state),
    )  # fmt: skip
    return (band + marks).properties(width=560, height=20 * len(names))


def _short(check: str) -> str:
    return check.replace("_", " ").replace("hiu", "frequent attenders:").replace("efi", "frailty index,")


def _facets(verdicts: list[Verdict], x: str, y: str, columns: int, size: tuple[int, int]) -> Any:
    """Small charts by the first part of the group: a line of the published and dots of the made, with a legend."""
    rows: Rows = []
    for v in verdicts:
        facet, _, at = v.group.rpartition("|")
        name = REGISTERS.get(facet, facet)
        rows += [
            {"facet": name, "at": float(at), "what": "published", "value": _rounded(v.target)},
            {"facet": name, "at": float(at), "what": "made", "value": _rounded(v.made)},
        ]
    layered = _published_and_made(alt.X("at:Q", title=x, axis=alt.Axis(tickMinStep=1)), alt.Y("value:Q", title=y))
    data: Any = alt.InlineData(values=rows)
    return (
        alt.layer(*layered, data=data)
        .properties(width=size[0], height=size[1])
        .facet(facet=alt.Facet("facet:N", title=None), columns=columns)
        .resolve_scale(y="independent")
    )


def _published_and_made(x: Any, y: Any) -> tuple[Any, Any]:
    colour = alt.Color("what:N", title=None, scale=alt.Scale(domain=["published", "made"], range=[GREY, BLUE]))
    base: Any = alt.Chart().encode(x=x, y=y, color=colour)
    line = base.mark_line().transform_filter("datum.what == 'published'")
    return line, base.mark_point(filled=True, size=50).transform_filter("datum.what == 'made'")


def _registers(found: Findings) -> Any:
    shown = [v for v in _of(found, "register_by_decile") if v.group.split("|")[0] in REGISTERS]
    return _facets(shown, "tenth (1 most deprived)", "share", 4, (140, 120))


def _emergency(found: Findings) -> Any:
    return _facets(_of(found, "emergency_admissions"), "fifth (5 most deprived)", "per 1,000 a year", 5, (110, 150))


def _multimorbidity(found: Findings) -> Any:
    rows: Rows = [
        {"tenth": TENTHS[int(str(tenth))], "age": age, "share": _rounded(share)}
        for tenth, age, share in found.curves["multimorbidity"]
    ]
    order = list(TENTHS.values())
    shapes, dashes = ["circle", "square", "triangle-up"], [[1, 0], [6, 3], [2, 2]]
    tenth: dict[str, Any] = {"title": None, "legend": alt.Legend(symbolStrokeWidth=2)}
    return _chart(rows).mark_line(point=True).encode(
        x=alt.X("age:Q", title="age", scale=alt.Scale(zero=False)),
        y=alt.Y("share:Q", title="share with two or more", axis=alt.Axis(format="%")),
        color=alt.Color("tenth:N", scale=alt.Scale(domain=order, range=[ORANGE, GREY, BLUE]), **tenth),
        shape=alt.Shape("tenth:N", scale=alt.Scale(domain=order, range=shapes), **tenth),
        strokeDash=alt.StrokeDash("tenth:N", scale=alt.Scale(domain=order, range=dashes), **tenth),
    ).properties(width=560, height=300)  # fmt: skip


def _season(found: Findings) -> Any:
    rows: Rows = []
    for v in _of(found, "season"):
        rows += [
            {"at": int(v.group), "what": "published", "value": _rounded(v.target)},
            {"at": int(v.group), "what": "made", "value": _rounded(v.made)},
        ]
    x = alt.X("at:O", title="month", axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title="attendances a day against the mean", scale=alt.Scale(zero=False))
    data: Any = alt.InlineData(values=rows)
    return alt.layer(*_published_and_made(x, y), data=data).properties(width=560, height=260)


def _nights(found: Findings) -> Any:
    total, rows = 0.0, [{"people": 0.0, "nights": 0.0}]
    for people, part in found.curves["nights"]:
        total += float(str(part))
        rows.append({"people": _rounded(people), "nights": _rounded(total)})
    x = alt.X("people:Q", title="per cent of people, those with most nights first")
    y = alt.Y("nights:Q", title="of all emergency nights", axis=alt.Axis(format="%"))
    return _chart(rows).mark_line(color=BLUE, point=True).encode(x=x, y=y).properties(width=560, height=260)


DRAWINGS = (
    Drawing(
        "ratios", "Made against published",
        "Each mark is one judged figure of England, made divided by published. The grey band is a tenth either way; "
        "figures of few people may lie outside it and hold.", _ratios,
    ),
    Drawing(
        "registers", "Eight QOF registers by tenth of deprivation",
        "Share on each register, published as a line and made as dots; the scales differ.", _registers,
    ),
    Drawing(
        "multimorbidity", "Two or more long-term conditions by age and deprivation",
        "Made-up people only: the curve of the most deprived tenth runs ahead by more than ten years in middle age.",
        _multimorbidity,
    ),
    Drawing(
        "emergency", "Emergency admissions by age and fifth of deprivation",
        "Per 1,000 people a year, published (Devon) as a line and made as dots; the scales differ.", _emergency,
    ),
    Drawing(
        "season", "A&E attendances by month",
        "A day's attendances against the mean of the months, published as a line and made as dots.", _season,
    ),
    Drawing(
        "nights", "Whom the emergency nights belong to",
        "Cumulated share of nights in hospital after an emergency admission, made-up people only.", _nights,
    ),
)  # fmt: skip
