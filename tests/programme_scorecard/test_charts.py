"""Charts are where their numbers are, tell nothing by colour alone, and need no script and no style."""

from __future__ import annotations

import re
from datetime import date

import pytest
from drawing_kit import Element, both, corners, height_of, in_plot, number, of_class, positions, read, texts, value_at

from doorstep.web.charts import (
    Curve,
    DotChart,
    DotRow,
    FunnelChart,
    FunnelDot,
    Icon,
    Level,
    Mark,
    TimeChart,
    TimePoint,
    draw_dots,
    draw_funnel,
    draw_icon,
    draw_icon_with_words,
    draw_sparkline,
    draw_time,
    look,
    wide_only,
)
from doorstep.web.charts.shapes import COLOURS, Shape

MONTHS = [date(2026, m, 1) for m in range(1, 9)]
NARROWEST = 288  # a phone of 320 pixels less the page's margins


def time_chart(name: str = "one") -> TimeChart:
    points = (
        TimePoint(MONTHS[0], 10.0),
        TimePoint(MONTHS[1], 30.0, shape=Shape.UP),
        TimePoint(MONTHS[2], is_missing=True),
        TimePoint(MONTHS[3], None, 0.0, 5.0),
        TimePoint(MONTHS[4], 20.0, is_corrected=True),
        TimePoint(MONTHS[5], 22.0, starts=True),
        TimePoint(MONTHS[6], 12.5, shape=Shape.DOWN),
        TimePoint(MONTHS[7], 18.0, is_provisional=True),
    )
    levels = (Level(MONTHS[0], MONTHS[4], 20.0, 5.0, 35.0), Level(MONTHS[5], MONTHS[7], 18.0, None, 38.0, True))
    return TimeChart(
        name, "A & B", "What <it> shows", "Stays per 1,000 patients", MONTHS[0], 8, points, levels,
        (Mark(MONTHS[5], "A"),), frozenset(MONTHS[:2]), "December to February",
    )  # fmt: skip


def funnel_chart() -> FunnelChart:
    dots = (
        FunnelDot(1000, 20.0),
        FunnelDot(2000, 30.0, label="7", shape=Shape.UP),
        FunnelDot(500, None, 0.0, 10.0, label="8"),
        FunnelDot(4000, 24.0, label="9", is_own=True),
    )
    curve = Curve("chance alone, 95%", (500.0, 4000.0), (10.0, 18.0), (40.0, 30.0))
    return FunnelChart("two", "Funnel", "It shows", "Patients", "Rate", dots, 25.0, curves=(curve,))


def dot_chart(*, bars: bool = False) -> DotChart:
    rows = (
        DotRow("18-19", 10.0, 5.0, 15.0, "Age", 12.0),
        DotRow("20-29", None, 0.0, 4.0, "Age"),
        DotRow("White", 20.0, 18.0, 22.0, "Ethnic group"),
        DotRow("Other", None, group="Ethnic group"),
    )
    return DotChart("three", "Dots", "It shows", "Rate", rows, None if bars else 13.0, bars=bars)


EVERY = (draw_time(time_chart()), draw_funnel(funnel_chart()), draw_dots(dot_chart()), draw_dots(dot_chart(bars=True)))


# --- Months ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drawing", both(draw_time(time_chart()).both))
def test_a_months_mark_stands_at_its_value_by_the_ticks_own_words(drawing: Element) -> None:
    marks = in_plot(drawing, "app-chart__point")
    values = [value_at(drawing, height_of(mark)) for mark in marks]
    assert values == pytest.approx([10, 30, 20, 22, 12.5, 18], abs=0.35)  # a triangle's middle is near its value


def test_months_stand_in_the_middle_of_equal_strips() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    grid = of_class(wide, "app-chart__grid")[0]
    left, right = number(grid, "x1"), number(grid, "x2")
    circle = in_plot(wide, "app-chart__point--circle")[0]
    assert number(circle, "cx") == pytest.approx(left + (right - left) / 16, abs=0.02)


def test_the_line_stops_at_gaps_and_at_breaks() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    lines = in_plot(wide, "app-chart__line")
    assert [(line.get("d") or "").count("L") + 1 for line in lines] == [2, 3]  # May stands alone, before the break


def test_high_and_low_months_point_up_and_down() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    (up,), (down,) = in_plot(wide, "app-chart__point--up"), in_plot(wide, "app-chart__point--down")
    assert corners(up)[0][1] == min(y for _, y in corners(up))
    assert corners(down)[0][1] == max(y for _, y in corners(down))


def test_a_hidden_month_is_a_bar_over_its_range() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    stem = next(e for e in in_plot(wide, "app-chart__range") if e.get("x1") == e.get("x2"))
    assert value_at(wide, number(stem, "y1")) == pytest.approx(0, abs=0.05)
    assert value_at(wide, number(stem, "y2")) == pytest.approx(5, abs=0.05)


def test_limits_stand_at_their_values_for_the_months_they_hold_for() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    limits = in_plot(wide, "app-chart__limit")
    assert [value_at(wide, number(e, "y1")) for e in limits] == pytest.approx([5, 35, 38], abs=0.05)
    assert number(limits[0], "x2") == pytest.approx(number(limits[2], "x1"))  # the second segment starts at the break
    assert limits[0].get("stroke-dasharray") != limits[2].get("stroke-dasharray")  # provisional ones look different


def test_provisional_corrected_and_missing_months_are_marked_without_colour() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    hollow = [e for e in in_plot(wide, "app-chart__point") if e.get("fill") == look.WHITE]
    assert len(hollow) == len(in_plot(wide, "app-chart__hatch")) == 1
    assert len(in_plot(wide, "app-chart__ring")) == 1
    assert len(in_plot(wide, "app-chart__missing")) == 2  # a cross has two strokes


def test_a_key_names_what_is_in_the_chart_and_nothing_else() -> None:
    said = " ".join(texts(both(draw_time(time_chart()).both)[0]))
    for word in ("mean", "limits of chance", "higher than usual", "provisional", "corrected", "hidden", "not sent",
                 "break in the series", "December to February"):  # fmt: skip
        assert word in said
    plain = TimeChart("p", "T", "D", "Rate", MONTHS[0], 2, (TimePoint(MONTHS[0], 1.0), TimePoint(MONTHS[1], 2.0)))
    assert not {"mean", "not sent", "provisional"} & set(texts(both(draw_time(plain).both)[0]))


def test_an_axis_that_leaves_nought_out_says_so() -> None:
    def drawn(low: float) -> str:
        points = (TimePoint(MONTHS[0], low), TimePoint(MONTHS[1], 100.0))
        return draw_time(TimeChart("p", "T", "D", "Rate", MONTHS[0], 2, points)).wide

    assert "app-chart__cut" in drawn(90.0)
    assert "app-chart__cut" not in drawn(10.0)


# --- Funnels, dots, small lines, icons ------------------------------------------------------------------------------


def test_a_funnels_dots_and_curves_stand_at_size_and_rate() -> None:
    wide = both(draw_funnel(funnel_chart()).both)[0]
    ticks = [e for e in of_class(wide, "app-chart__tick") if e.get("text-anchor") == "middle"]
    first, last = (next(e for e in ticks if e.text == words) for words in ("1,000", "3,000"))
    per = (number(last, "x") - number(first, "x")) / 2_000
    circles = in_plot(wide, "app-chart__point--circle")
    assert [(number(c, "cx") - number(first, "x")) / per for c in circles] == pytest.approx([0, 3_000], abs=8)
    assert [value_at(wide, height_of(c)) for c in circles] == pytest.approx([20, 24], abs=0.05)
    lower, upper = (e.get("d") or "" for e in in_plot(wide, "app-chart__limit"))
    ends = [float(part.split()[1]) for d in (lower, upper) for part in d[1:].split(" L")]
    assert [value_at(wide, y) for y in ends] == pytest.approx([10, 18, 40, 30], abs=0.05)


def test_a_funnel_labels_only_what_it_is_asked_to_and_rings_the_viewers_own() -> None:
    wide = both(draw_funnel(funnel_chart()).both)[0]
    assert [e.text for e in of_class(wide, "app-chart__label")] == ["8", "7", "9"]  # by size
    assert len(in_plot(wide, "app-chart__ring")) == 1


def test_labels_that_would_overlap_are_moved_apart() -> None:
    dots = tuple(FunnelDot(1000 + i, 20.0, label=str(i)) for i in range(4))
    wide = both(draw_funnel(FunnelChart("f", "T", "D", "X", "Y", dots)).both)[0]
    heights = [number(e, "y") for e in of_class(wide, "app-chart__label")]
    gaps = [abs(a - b) for i, a in enumerate(heights) for b in heights[i + 1 :]]
    assert min(gaps) >= 15 - 0.01


def test_dots_have_their_intervals_and_hidden_rows_a_box() -> None:
    wide = both(draw_dots(dot_chart()).both)[0]
    interval = in_plot(wide, "app-chart__interval")[0]
    ticks = {e.text: number(e, "x") for e in of_class(wide, "app-chart__tick")}
    assert number(interval, "x1") == pytest.approx(ticks["5"], abs=0.02)
    assert number(interval, "x2") == pytest.approx(ticks["15"], abs=0.02)
    box = in_plot(wide, "app-chart__range")[0]
    assert number(box, "width") == pytest.approx((ticks["5"] - ticks["0"]) * 4 / 5, abs=0.02)
    assert "*" in texts(wide)  # the row that nothing bounds


def test_bars_start_at_nought() -> None:
    wide = both(draw_dots(dot_chart(bars=True)).both)[0]
    ticks = {e.text: number(e, "x") for e in of_class(wide, "app-chart__tick")}
    bar = in_plot(wide, "app-chart__bar")[0]
    assert number(bar, "x") == pytest.approx(ticks["0"], abs=0.02)
    assert number(bar, "width") == pytest.approx(ticks["10"] - ticks["0"], abs=0.02)


def test_a_small_line_has_a_gap_where_a_month_has_none() -> None:
    drawing = read(draw_sparkline([1.0, 3.0, None, 2.0, 1.0], "five months"))
    paths = [e.get("d") or "" for e in of_class(drawing, "app-chart__line")]
    assert paths == ["M4 28 L32 4", "M88 16 L116 28"]  # 1 to 3 over 24 units of height, 28 units a month
    assert drawing.get("aria-label") == "five months"


def test_an_icons_words_can_stand_beside_it_within_its_sheet() -> None:
    drawing = read(draw_icon_with_words(Icon.HIGH_ATTENTION, "higher than usual: worth a look"))
    said = [e for e in drawing.iter() if e.text == "higher than usual: worth a look" and e.tag.endswith("}text")]
    assert len(said) == 1 and number(drawing, "width") < 350
    assert drawing.get("aria-label") == "higher than usual: worth a look"


def test_no_two_icons_differ_by_colour_alone() -> None:
    without_colour = {re.sub(r"#[0-9a-f]{6}|app-icon--[a-z-]+", "", draw_icon(icon, "words")) for icon in Icon}
    assert len(without_colour) == len(Icon)


# --- All of them ----------------------------------------------------------------------------------------------------


def test_nothing_needs_a_script_a_style_or_another_host() -> None:
    for drawn in EVERY:
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|href|url\(|<image|<foreignObject", drawn.both)


def test_every_chart_has_a_title_and_a_description_of_its_own() -> None:
    ids: list[str] = []
    for drawn in EVERY[:3]:
        for drawing in both(drawn.both):
            assert drawing.get("role") == "img"
            named = (drawing.get("aria-labelledby") or "").split()
            found = {e.get("id"): e.text for e in drawing.iter() if e.get("id")}
            assert [bool(found[name]) for name in named] == [True, True]
            ids += [str(name) for name in found]
    assert len(ids) == len(set(ids))


def test_words_are_escaped() -> None:
    wide = both(draw_time(time_chart()).both)[0]
    said = [e.text for e in wide.iter() if e.tag.endswith(("}title", "}desc"))]
    assert said == ["A & B", "What <it> shows"]


def test_letters_are_twelve_pixels_or_more_on_the_narrowest_phone() -> None:
    for drawn in EVERY:
        narrow = both(drawn.both)[1]
        scale = NARROWEST / number(narrow, "width")
        sizes = [number(e, "font-size") for e in narrow.iter() if e.get("font-size")]
        assert min(sizes) * scale >= 12


def test_nothing_stands_outside_its_sheet() -> None:
    for drawn in EVERY:
        for drawing in both(drawn.both):
            width, height = number(drawing, "width"), number(drawing, "height")
            assert all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in positions(drawing))


def test_the_same_chart_is_the_same_text() -> None:
    assert draw_time(time_chart()).both == draw_time(time_chart()).both


def test_without_a_stylesheet_only_the_wide_one_shows() -> None:
    drawn = draw_time(time_chart())
    assert wide_only(drawn.both) == drawn.wide
    assert read(drawn.narrow).get("display") == "none"


def test_colours_that_mean_something_stand_out_from_white() -> None:
    assert look.contrast("#000000") == pytest.approx(21)
    assert look.contrast("#767676") == pytest.approx(4.54, abs=0.01)  # the well-known grey that just passes for text
    assert all(look.contrast(colour) >= 3 for colour in (*look.MEANING, *COLOURS.values()))


def test_a_hidden_value_that_is_not_drawn_is_said_as_far_as_there_is_room() -> None:
    note = "not drawn: between 0.0 and 502.8 (95% interval 0.0 to 517.1, hidden numbers allowed for)"
    chart = DotChart("c", "Rates", "", "per 1,000", (DotRow("5, least deprived", None, note=note),))
    wide, narrow = both(draw_dots(chart).both)
    assert "not drawn: between 0.0 and 502.8" in texts(wide)
    assert "not drawn" in texts(narrow)
