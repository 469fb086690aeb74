"""Oracles of the charts: funnels and statistical process control."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from oracle_kit import Comparison, Family, Row, column, compare, compare_labels, grouped, number, read

from doorstep.statistics.funnels import Counted, EventLimits, funnel, limits_at_events, published_labels
from doorstep.statistics.results import Floats
from doorstep.statistics.spc import Chart, SpecialCause, xmr
from doorstep.statistics.spc.rules import near_limits, outside, sides

BISECTED = 1e-4
"""The reference bisects for limits of rates and ratios on a bounded scale; ours are exact."""

CAUSES = {
    SpecialCause.ABOVE_LIMIT: "Above UCL",
    SpecialCause.BELOW_LIMIT: "Below LCL",
    SpecialCause.RISING: "7 Point Trend (Increasing)",
    SpecialCause.FALLING: "7 Point Trend (Decreasing)",
    SpecialCause.TWO_OF_THREE_HIGH: "2 in 3 Above CL",
    SpecialCause.TWO_OF_THREE_LOW: "2 in 3 Below CL",
    SpecialCause.ABOVE_MEAN: "7 Points Above CL",
    SpecialCause.BELOW_MEAN: "7 Points Below CL",
    SpecialCause.NONE: "Common Cause",
}


def funnel_proportions(folder: Path) -> Iterator[Comparison]:
    """Limits at given populations, and labels of areas."""
    areas = read(folder, "funnel_proportion_input")
    x, n = column(areas, "numerator"), column(areas, "denominator")
    chart = funnel("proportion", x, n, counted=Counted.PEOPLE)
    file = "funnel_proportion_limits_expected"
    expected = read(folder, file)
    limits = chart.limits_at(column(expected, "Population"))
    yield compare(file, "baseline", 100 * chart.baseline, column(expected[:1], "baseline"))
    for i, name in enumerate(("2s", "3s")):
        yield compare(file, f"lower_{name}", limits.lower[i], column(expected, f"lower_{name}_limit"))
        yield compare(file, f"upper_{name}", limits.upper[i], column(expected, f"upper_{name}_limit"))
    file = "funnel_proportion_significance_expected"
    yield compare_labels(
        file, "significance", published_labels("proportion", x, n, chart.baseline), _labels(folder, file)
    )


def funnel_rates(folder: Path) -> Iterator[Comparison]:
    """Limits at given events, and labels of areas, for rates per 100,000."""
    areas = read(folder, "funnel_rate_input")
    x, n = column(areas, "count"), column(areas, "population") * column(areas, "years_of_data")
    chart = funnel("rate", x, n, counted=Counted.EVENTS)
    file = "funnel_rate_limits_expected"
    expected = read(folder, file)
    yield compare(file, "baseline", 1e5 * chart.baseline, column(expected[:1], "baseline"))
    limits = limits_at_events(column(expected, "Events"), chart.baseline, multiplier=1e5)
    yield from _at_events(file, expected, limits, "population_1_year")
    file = "funnel_rate_significance_expected"
    yield compare_labels(file, "significance", published_labels("rate", x, n, chart.baseline), _labels(folder, file))


def funnel_ratios(folder: Path) -> Iterator[Comparison]:
    """Limits at given events, and labels of areas, for standardised ratios."""
    areas = read(folder, "funnel_ratio_input")
    x, expected_events = column(areas, "observed"), column(areas, "expected")
    file = "funnel_ratio_limits_expected"
    expected = read(folder, file)
    limits = limits_at_events(column(expected, "Observed_events"), multiplier=100)
    yield from _at_events(file, expected, limits, "exp_events")
    file = "funnel_ratio_significance_expected"
    yield compare_labels(file, "significance", published_labels("ratio", x, expected_events, 1), _labels(folder, file))


def spc_points(folder: Path) -> Iterator[Comparison]:
    """Every column of every point of every chart."""
    file = "spc_expected"
    for (case,), rows in grouped(read(folder, file), "case_id").items():
        chart = _chart(folder, case)
        yield compare(file, f"{case} mean", chart.mean, column(rows, "mean"))
        yield compare(file, f"{case} lpl", chart.lower, column(rows, "lpl"))
        yield compare(file, f"{case} upl", chart.upper, column(rows, "upl"))
        yield compare(file, f"{case} group", chart.series.group, column(rows, "rebase_group"))
        for name, mine in _words(chart).items():
            yield compare_labels(file, f"{case} {name}", mine, [row[name] for row in rows])


def spc_icons(folder: Path) -> Iterator[Comparison]:
    """Both icons of every chart; the reference shows good news however few the points are."""
    file = "spc_icons_expected"
    rows = read(folder, file)
    charts = [_chart(folder, row["case_id"], provisional_below=0) for row in rows]
    yield compare_labels(file, "variation", [str(c.variation) for c in charts], [r["variation_icon"] for r in rows])
    yield compare_labels(file, "assurance", [str(c.assurance) for c in charts], [r["assurance_type"] for r in rows])


def _labels(folder: Path, file: str) -> list[str]:
    return [row["significance"] for row in read(folder, file)]


def _at_events(file: str, expected: list[Row], limits: EventLimits, denominator: str) -> Iterator[Comparison]:
    for i, name in enumerate(("2s", "3s")):
        columns: dict[str, Floats] = {
            f"lower_{name}_{denominator}": limits.lower_denominator[i],
            f"lower_{name}_limit": limits.lower[i],
            f"upper_{name}_{denominator}": limits.upper_denominator[i],
            f"upper_{name}_limit": limits.upper[i],
        }
        for what, mine in columns.items():
            yield compare(file, what, mine, column(expected, what), rtol=BISECTED)


def _chart(folder: Path, case: str, provisional_below: int = 13) -> Chart:
    settings = next(row for row in read(folder, "spc_cases") if row["case_id"] == case)
    rows = [row for row in read(folder, "spc_input") if row["case_id"] == case]
    return xmr(
        column(rows, "value"),
        [row["date"] for row in rows],
        better=settings["improvement_direction"],
        target=number(settings["target"]) if settings["target"] else None,
        rebase_at=[text for text in settings["rebase"].split(";") if text],
        fix_after=int(settings["fix_after_n_points"]) if settings["fix_after_n_points"] else None,
        screen_outliers=settings["screen_outliers"] == "true",
        provisional_below=provisional_below,
    )


def _words(chart: Chart) -> dict[str, list[str]]:
    """Return a chart's points in the reference's words."""
    blank = np.isnan(chart.lower)
    group = chart.series.group
    return {
        "outside_limits": _flags(outside(chart.series, chart.limits), blank),
        "relative_to_mean": [str(side) for side in sides(chart.series, chart.limits)],
        "close_to_limits": _flags(near_limits(chart.series, chart.limits), blank),
        "special_cause_type": [CAUSES[cause] for cause in chart.causes],
        "special_cause_flag": _flags([point.is_special for point in chart.points]),
        "point_type": [str(kind) for kind in chart.types],
        "short_group_warning": _flags(np.bincount(group)[group] < 13),
    }


def _flags(flags: npt.ArrayLike, blank: npt.ArrayLike = False) -> list[str]:
    found = np.where(np.asarray(flags, bool), "true", "false")
    return [str(text) for text in np.where(blank, "", found)]


FAMILIES: tuple[Family, ...] = (funnel_proportions, funnel_rates, funnel_ratios, spc_points, spc_icons)
