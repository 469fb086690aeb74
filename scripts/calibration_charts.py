"""Draws the charts of the calibration report as SVG, published beside made; told apart by shape and line, not colour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt

if TYPE_CHECKING:
    from calibration_page import Findings

    from doorstep.synthetic.calibration import Verdict

BLUE, ORANGE, GREY = "#005eb8", "#b35900", "#4c6272"
Rows = list[dict[str, Any]]


def draw(found: Findings, folder: Path) -> list[tuple[str, str, str]]:
    """Draw every chart into `folder`; return name, title and description of each."""
    made = {v.check: [w for w in found.national if w.check == v.check] for v in found.national}
    drawn = [
        ("ratios", _ratios(found.national), "Made against published", "Each dot is a judged figure; the grey band is a tenth either way."),
        ("registers", _registers(made["register_by_decile"]), "Registers by deprivation", "Share on eight QOF registers by decile, 1 most deprived: published as a line, made as dots."),
        ("emergency", _emergency(made["emergency_admissions"]), "Emergency admissions", "Per 1,000 person-years by age and fifth of deprivation, 5 most deprived: published as a line, made as dots."),
        ("multimorbidity", _curve(found.curves["multimorbidity"]), "Two or more long-term conditions by age", "Share of people in the most deprived, the fifth and the least deprived tenth."),
        ("season", _season(made["season"]), "A&E attendances by month", "A day's attendances against the year's mean: published as a line, made as dots."),
        ("nights", _nights(found.curves["nights"]), "Who the emergency bed days belong to", "Cumulative share of emergency bed days by share of people, those who use most first."),
    ]  # fmt: skip
    for name, chart, *_ in drawn:
        chart.save(folder / f"{name}.svg")
    return [(name, title, description) for name, _, title, description in drawn]


def _chart(rows: Rows, width: int = 620, height: int = 300) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows)).properties(width=width, height=height)


def _styled(chart: Any) -> Any:
    font = "Arial, sans-serif"
    return (
        chart.configure(font=font)
        .configure_axis(labelFontSize=12, titleFontSize=13, gridColor="#e8edee")
        .configure_view(stroke=None)
    )


def _ratios(verdicts: list[Verdict]) -> Any:
    rows = [
        {"check": v.check.replace("_", " "), "ratio": v.made / v.target, "state": "holds" if v.holds else "does not hold"}
        for v in verdicts if v.target and v.is_target
    ]  # fmt: skip
    names = sorted({row["check"] for row in rows})
    band = (
        alt.Chart(alt.Data(values=[{"low": 0.9, "high": 1.1}]))
        .mark_rect(color="#d8dde0")
        .encode(x="low:Q", x2="high:Q")
    )
    dots = _chart(rows, height=22 * len(names)).mark_point(filled=True, size=60, opacity=0.75).encode(
        x=alt.X("ratio:Q", title="made / published", scale=alt.Scale(type="log", nice=False)),
        y=alt.Y("check:N", title=None, sort=names, axis=alt.Axis(labelLimit=260)),
        color=alt.Color("state:N", title=None, scale=alt.Scale(domain=["holds", "does not hold"], range=[BLUE, ORANGE])),
        shape=alt.Shape("state:N", title=None, scale=alt.Scale(domain=["holds", "does not hold"], range=["circle", "cross"])),
    )  # fmt: skip
    return _styled(band + dots)


def _pairs(verdicts: list[Verdict]) -> Rows:
    rows: Rows = []
    for v in verdicts:
        facet, _, at = v.group.rpartition("|")
        rows.append({"facet": facet, "at": float(at), "published": v.target, "made": v.made})
    return rows


def _published_and_made(rows: Rows, x: str, y: str, columns: int, width: int, height: int) -> Any:
    base = alt.Chart().encode(x=alt.X("at:Q", title=x, axis=alt.Axis(tickMinStep=1)))
    line = base.mark_line(color=GREY).encode(y=alt.Y("published:Q", title=y))
    dots = base.mark_point(color=BLUE, filled=True, size=45).encode(y="made:Q")
    layered = alt.layer(line, dots, data=alt.Data(values=rows)).properties(width=width, height=height)
    return _styled(
        layered.facet(facet=alt.Facet("facet:N", title=None), columns=columns).resolve_scale(y="independent")
    )


def _registers(verdicts: list[Verdict]) -> Any:
    shown = ("AF", "AST", "COPD", "DEP", "DM", "HYP", "MH", "DEM")
    rows = [row for row in _pairs(verdicts) if row["facet"] in shown]
    return _published_and_made(rows, "decile (1 most deprived)", "share", 4, 140, 120)


def _emergency(verdicts: list[Verdict]) -> Any:
    return _published_and_made(_pairs(verdicts), "fifth (5 most deprived)", "per 1,000", 5, 110, 150)


def _curve(rows: list[tuple[object, ...]]) -> Any:
    names = {1: "most deprived tenth", 5: "fifth tenth", 10: "least deprived tenth"}
    values: Rows = [{"decile": names[int(str(d))], "age": age, "share": share} for d, age, share in rows]
    order = list(names.values())
    chart = _chart(values).mark_line(point=True).encode(
        x=alt.X("age:Q", title="age"), y=alt.Y("share:Q", title="share with two or more"),
        color=alt.Color("decile:N", title=None, sort=order, scale=alt.Scale(domain=order, range=[ORANGE, GREY, BLUE])),
        strokeDash=alt.StrokeDash("decile:N", title=None, sort=order, scale=alt.Scale(domain=order)),
    )  # fmt: skip
    return _styled(chart)


def _season(verdicts: list[Verdict]) -> Any:
    values: Rows = [{"at": int(v.group), "published": v.target, "made": v.made} for v in verdicts]
    base = _chart(values).encode(x=alt.X("at:O", title="month", axis=alt.Axis(labelAngle=0)))
    scale = alt.Scale(zero=False)
    line = base.mark_line(color=GREY).encode(y=alt.Y("published:Q", title="against the year's mean", scale=scale))
    return _styled(line + base.mark_point(color=BLUE, filled=True, size=60).encode(y=alt.Y("made:Q", scale=scale)))


def _nights(rows: list[tuple[object, ...]]) -> Any:
    total, values = 0.0, [{"people": 0.0, "nights": 0.0}]
    for people, part in rows:
        total += float(str(part))
        values.append({"people": float(str(people)), "nights": 100 * total})
    chart = (
        _chart(values)
        .mark_line(color=BLUE, point=True)
        .encode(
            x=alt.X("people:Q", title="per cent of people"), y=alt.Y("nights:Q", title="per cent of emergency bed days")
        )
    )
    return _styled(chart)
