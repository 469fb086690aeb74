"""Places side by side: exact limits, widened ones, whom each chose; no order of merit."""

from __future__ import annotations

import random
from datetime import date

import pytest
from drawing_kit import both, in_plot, of_class
from figures_by_hand import FIRST, Shown, a_line, column, figures
from scipy.stats import poisson

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Figures, Line
from doorstep.programme.scorecard import words
from doorstep.programme.scorecard.areas import areas_of
from doorstep.programme.scorecard.exhibits import Exhibit
from doorstep.programme.scorecard.funnel import funnel_exhibit
from doorstep.reference import places
from doorstep.returns.figures import COLUMNS

SLUGS = [place.slug for place in places.all_places()]


def many(counts: list[Shown], patients: int = 1000, line: str = "O5a", **more: Line) -> Figures:
    """So many Places, one month, each with its count among the same number of patients."""
    found = figures(line, {slug: [count] for slug, count in zip(SLUGS, counts, strict=False)}, patients)
    return Figures(found.edition, (*found.lines, *more.values()))


def funnel(found: Figures, line: str = "O5a", own: str = "") -> Exhibit:
    return funnel_exhibit(found, line, FIRST, own)


def said(exhibit: Exhibit) -> str:
    return " ".join(exhibit.sentences)


def test_the_heading_says_what_a_funnel_is_not() -> None:
    assert funnel(many([20] * 12)).heading == (
        "Places chose different people: outside the limits is different, not better or worse"
    )


def test_places_stand_by_name_and_nothing_says_a_rank() -> None:
    exhibit = funnel(many([random.Random(i).randint(5, 60) for i in range(43)]))
    names = column(exhibit.sheet, "place")
    assert names == sorted(names, key=lambda name: str(name).casefold())
    assert column(exhibit.sheet, "number") == list(range(1, 44))
    titles = " ".join(c.title.lower() for c in exhibit.sheet.columns)
    assert not any(word in f"{titles} {said(exhibit).lower()}" for word in ("rank", "league", "best", "worst", "top "))


def test_the_pooled_rate_is_a_sum_over_a_sum() -> None:
    found = figures("O5a", {"sefton": [10], "rochdale": [300]}, {"sefton": [1000], "rochdale": [3000]})
    assert "together 310 attendances among 4,000 patients, 77.5 per 1,000 patients" in funnel(found).sentences[0]


# --- Limits ---------------------------------------------------------------------------------------------------------


def test_chance_alone_is_the_exact_poisson_tail_of_each_count() -> None:
    counts = list(range(4, 47))
    exhibit = funnel(many(list(counts)))
    expected = sum(counts) / 43
    told = dict(zip(column(exhibit.sheet, "count"), column(exhibit.sheet, "chance"), strict=True))
    for count in counts:
        tail = poisson.sf(count - 1, expected) if count > expected else poisson.cdf(count, expected)
        beyond = sum(tail < (1 - level) / 2 for level in (0.95, 0.99, 0.998))
        side = "above" if count > expected else "below"
        assert told[count] == ("within 95%" if not beyond else f"{side} {('95%', '99%', '99.8%')[beyond - 1]}")


def test_limits_are_listed_at_the_programmes_own_levels_too() -> None:
    sheet = funnel(many([20] * 12)).more_sheets[0]
    assert {"chance_950_low", "chance_990_high", "chance_998_high", "wide_990_low"} <= {c.name for c in sheet.columns}


@pytest.mark.parametrize(("expected", "is_nought"), [(3, True), (4, False)])
def test_no_event_at_all_is_no_surprise_below_3_69_expected(expected: int, is_nought: bool) -> None:
    """Half the 97.5% point of chi-squared with two degrees of freedom is 3.689 events."""
    sheet = funnel(many([expected] * 12)).more_sheets[0]
    assert (column(sheet, "chance_950_low")[0] == 0) is is_nought


def test_wide_limits_hold_the_narrow_ones_and_say_by_how_much() -> None:
    rng = random.Random(4)
    found = many([rng.choice([60, 80, 100, 120, 140]) + rng.randint(-9, 9) for _ in range(40)])
    areas = areas_of(found, "O5a", FIRST)
    chance, wide = areas.chance(), areas.widened()
    assert chance and wide and wide.dispersion.factor > 2
    at = areas.patients[:1]
    assert (wide.limits_at(at).lower <= chance.limits_at(at).lower).all()
    assert (wide.limits_at(at).upper >= chance.limits_at(at).upper).all()
    text = f"is {wide.dispersion.factor:,.1f} times that of separate events by chance"
    assert text in said(funnel(found))


def test_places_that_are_alike_widen_nothing() -> None:
    assert "the wide limits are not wider" in said(funnel(many([100] * 20)))


def test_a_place_far_out_is_named_marked_and_not_explained() -> None:
    exhibit = funnel(many([*(100 + i % 7 for i in range(30)), 300]))
    odd = words.place_name(SLUGS[30])
    assert f"Above the wide outer limits: {odd}." in exhibit.sentences
    assert "the funnel cannot tell which" in said(exhibit)
    assert exhibit.picture
    wide = both(exhibit.picture.svg)[0]
    assert len(in_plot(wide, "app-chart__point--up")) == 1
    number = [row[1] for row in exhibit.sheet.rows if row[0] == odd]
    assert [e.text for e in of_class(wide, "app-chart__label")] == [str(number[0])]


def test_with_few_places_nobody_is_pointed_out() -> None:
    exhibit = funnel(many([100, 101, 99, 100, 300]))
    assert "Wide limits need 10 Places" in said(exhibit) and "No Place is pointed out." in said(exhibit)
    assert set(column(exhibit.sheet, "wide")) == {""}
    assert exhibit.picture and "app-chart__point--up" not in exhibit.picture.svg


def test_bed_days_get_limits_of_days_that_come_in_stays_and_none_without_their_stays() -> None:
    days = many([900] * 12, line="O3")
    bare = areas_of(days, "O3", FIRST)
    assert bare.chance() is None
    assert "limits for separate events would be several times too narrow" in said(funnel(days, "O3"))
    stays = tuple(a_line(slug, FIRST, "O2b", 100) for slug in SLUGS[:12])
    known = areas_of(Figures(days.edition, (*days.lines, *stays)), "O3", FIRST)
    chance = known.chance()
    assert known.spread == 17 and chance  # nine days a stay: 2 x 9 - 1
    # on the square root scale the standard error is √(17 / 4 × 900): 900 (1 + 1.96 √(17 / 3600))² = 1158.8
    assert chance.limits_at([1000]).upper[0][0] == pytest.approx(1158.8, abs=0.1)


# --- Hidden, own, case mix ------------------------------------------------------------------------------------------


def test_a_hidden_place_is_listed_with_its_range_and_in_no_pooled_rate() -> None:
    exhibit = funnel(many([*([100] * 11), (0, 5)]))
    hidden = words.place_name(SLUGS[11])
    row = next(row for row in exhibit.sheet.rows if row[0] == hidden)
    assert row[2:7] == ("0 to 5", 1000, None, None, None) and "hidden" in str(row[-1])
    assert f"Hidden, and in no limit or pooled rate: {hidden} (0 to 5)." in exhibit.sentences
    assert "With them the pooled rate lies between 91.7 and 92.1" in said(exhibit)  # 1,100 and 1,105 of 12,000
    assert exhibit.picture and len(in_plot(both(exhibit.picture.svg)[0], "app-chart__range")) == 3  # stem and two ends


def test_the_viewers_own_place_is_ringed_and_named() -> None:
    exhibit = funnel(many([100] * 12), own="sefton" if "sefton" in SLUGS[:12] else SLUGS[3])
    assert any("(ringed): 100.0 per 1,000 patients (95% interval" in sentence for sentence in exhibit.sentences)
    assert exhibit.picture and len(in_plot(both(exhibit.picture.svg)[0], "app-chart__ring")) == 1


def test_case_mix_stands_beside_each_point() -> None:
    found = figures("O5a", {"sefton": [100], "rochdale": [100]}, 1000)

    def mixed(line: Line) -> Line:
        if line.line != "patients":
            return line
        numbers = {("Age Group", "80-89"): 150, ("Age Group", "90+"): 50, ("Deprivation Quintile", "1"): 300}
        values = tuple(1000 if i == 0 else numbers.get(name, 0) for i, name in enumerate(COLUMNS))
        return line._replace(values=values, lows=values, highs=values)

    sheet = funnel(Figures(found.edition, tuple(map(mixed, found.lines)))).sheet
    assert column(sheet, "aged_80") == [20, 20] and column(sheet, "most_deprived") == [30, 30]


def test_a_hidden_part_of_the_case_mix_is_a_range() -> None:
    found = figures("O5a", {"sefton": [100]}, 1000)

    def hidden(line: Line) -> Line:
        if line.line != "patients":
            return line
        at = COLUMNS.index(("Age Group", "90+"))
        values = tuple(None if i == at else 1000 if i == 0 else 100 for i in range(len(COLUMNS)))
        lows, highs = (tuple(end if v is None else v for v in values) for end in (0, 5))
        return line._replace(values=values, lows=lows, highs=highs)

    sheet = funnel(Figures(found.edition, tuple(map(hidden, found.lines)))).sheet
    assert column(sheet, "aged_80") == ["10.0 to 10.5"]


@pytest.mark.parametrize(
    ("caseload", "state"),
    [(0, "no caseload"), ((0, 5), "caseload hidden, perhaps none"), (40, ""), (None, "caseload not sent")],
)
def test_a_place_without_a_caseload_is_marked(caseload: Shown, state: str) -> None:
    found = figures("O5a", {"sefton": [100]}, 1000)
    lines = found.lines if caseload is None else (*found.lines, a_line("sefton", FIRST, "P1", caseload))
    assert column(funnel(Figures(found.edition, lines)).sheet, "state") == [state]


def test_who_sent_nothing_is_told() -> None:
    exhibit = funnel(many([100] * 41))
    assert f"Nothing for this month from 2 Places: {words.listed(sorted(map(words.place_name, SLUGS[41:])))}." in said(
        exhibit
    )


def test_a_provisional_month_says_so() -> None:
    found = figures("O5a", {"sefton": [100]}, first=date(2026, 5, 1), made_on=date(2026, 6, 1))
    exhibit = funnel_exhibit(found, "O5a", date(2026, 5, 1))
    assert "May 2026 is provisional: the final report is still to come." in exhibit.sentences


def test_no_events_at_all_draws_no_funnel() -> None:
    exhibit = funnel(many([0] * 12))
    assert exhibit.more_sheets == () and exhibit.picture and "app-chart__limit" not in exhibit.picture.svg


@pytest.mark.parametrize("line", ["P1", "patients"])
def test_a_line_without_a_denominator_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="has no denominator"):
        funnel_exhibit(many([10] * 3), line, FIRST)


def test_a_month_that_nobody_sent_is_an_error_that_says_so() -> None:
    with pytest.raises(UsageError, match="has no O5a of May 2026"):
        funnel_exhibit(many([10] * 3), "O5a", date(2026, 5, 1))
