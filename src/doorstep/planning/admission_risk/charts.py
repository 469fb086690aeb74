"""Charts of a report as Vega-Lite specifications; each draws the rows of one table and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def charts(tables: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, Any]]:
    """Return the charts by name; rows with a hidden or blank number are not drawn."""
    found = {
        "calibration": _calibration(tables["calibration"], tables["calibration_curve"]),
        "net_benefit": _net_benefit(tables["net_benefit"]),
        "capacity": _capacity(tables["capacity"]),
    }
    if drawn := _drawn(tables["audit"], ("ratio", "lower", "upper")):
        found["audit"] = _audit(drawn)
    return found


def _drawn(rows: Iterable[Row], numbers: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows if all(isinstance(row[name], int | float) for name in numbers)]


def _top(title: str, rows: Sequence[Row], **rest: Any) -> dict[str, Any]:
    return {"$schema": SCHEMA, "title": title, "width": 480, "height": 320, "data": {"values": list(rows)}, **rest}


def _number(field: str, title: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, **more}


def _calibration(tenths: Sequence[Row], curve: Sequence[Row]) -> dict[str, Any]:
    points = _drawn(tenths, ("mean_risk", "observed", "lower", "upper"))
    risk, share = _number("mean_risk", "predicted risk"), _number("observed", "share admitted")
    limits = {"y": _number("lower", "share admitted"), "y2": {"field": "upper"}}
    highest = max((row["mean_risk"] for row in points), default=1.0)
    ideal = {"values": [{"mean_risk": 0, "observed": 0}, {"mean_risk": highest, "observed": highest}]}
    smooth = [{"mean_risk": row["risk"], "observed": row["observed"]} for row in curve]
    layers = [
        {"data": ideal, "mark": {"type": "line", "strokeDash": [4, 4], "color": "grey"}},
        {"data": {"values": smooth}, "mark": "line"},
        {"mark": "rule", "encoding": limits},
        {"mark": {"type": "point", "filled": True}},
    ]
    title = "Predicted risk and what happened, by tenth of risk (dashed: right; line: smoothed)"
    return _top(title, points, encoding={"x": risk, "y": share}, layer=layers)


def _net_benefit(rows: Sequence[Row]) -> dict[str, Any]:
    drawn = _drawn(rows, ("threshold", "net_benefit"))
    everybody = [
        {"score": "reviewing everybody", "threshold": r["threshold"], "net_benefit": r["net_benefit_of_all"]}
        for r in rows
        if r["score"] == "model" and r["net_benefit_of_all"] >= 0
    ]
    encoding = {
        "x": _number("threshold", "risk from which somebody is reviewed"),
        "y": _number("net_benefit", "net benefit (true positives a person); reviewing nobody is 0"),
        "color": {"field": "score", "type": "nominal"},
    }
    return _top("Net benefit", [*drawn, *everybody], mark={"type": "line", "point": True}, encoding=encoding)


def _capacity(rows: Sequence[Row]) -> dict[str, Any]:
    encoding = {
        "x": {"field": "capacity", "type": "ordinal", "title": "share of people who can be reviewed"},
        "xOffset": {"field": "score"},
        "y": _number("ppv", "share of those called who were admitted"),
        "color": {"field": "score", "type": "nominal"},
    }
    return _top("What is found at a capacity", _drawn(rows, ("ppv",)), mark="bar", encoding=encoding)


def _audit(rows: Sequence[Row]) -> dict[str, Any]:
    across = _number("ratio", "ratio to the reference at equal need", scale={"type": "log"})
    layers = [
        {"mark": {"type": "rule", "color": "grey"}, "encoding": {"x": {"datum": 1}}},
        {"mark": "rule", "encoding": {"x": {**across, "field": "lower"}, "x2": {"field": "upper"}}},
        {"mark": {"type": "point", "filled": True}, "encoding": {"x": across}},
    ]
    encoding = {
        "y": {"field": "group", "type": "nominal", "title": None},
        "row": {"field": "measure", "type": "nominal", "title": None},
    }
    spec = {"width": 420, "layer": layers, "encoding": {"y": encoding["y"]}}
    top = _top("At equal need: score and use, against the reference", rows)
    kept = {name: value for name, value in top.items() if name not in ("width", "height")}
    return {**kept, "facet": {"row": encoding["row"]}, "spec": spec}
