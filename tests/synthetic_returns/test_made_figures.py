"""The made-up figures: they add up, they are the same for a seed, and what is planted can be found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from doorstep.errors import UsageError
from doorstep.reference import places
from doorstep.returns import METRICS
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.programme_returns import Parameters, PlaceSeries, TrueChange, figures, simulate
from doorstep.synthetic.programme_returns.cast import cast
from doorstep.synthetic.programme_returns.rates import rhythm

# The return's columns: the total, ten ages, six ethnic groups, six fifths.
BREAKDOWNS = (slice(1, 11), slice(11, 17), slice(17, 23))
YEAR = Parameters(months=12, last=date(2026, 12, 1))
FULL = Parameters()


@cache
def drawn(parameters: Parameters) -> dict[str, PlaceSeries]:
    return {one.slug: one for one in simulate(parameters)}


def of_part(parameters: Parameters, part: str) -> str:
    return cast(parameters).of_part[part]


def rate(one: PlaceSeries, metric: str, months: slice) -> float:
    return float(1000 * one.counts[metric][months, 0].sum() / one.patients[months, 0].sum())


def test_there_is_a_series_for_each_of_the_43_places_in_the_lists_order() -> None:
    assert list(drawn(FULL)) == [place.slug for place in places.all_places()]
    assert sum(len(one.months) for one in drawn(FULL).values()) == 43 * 21 - 12  # one joined with nine months to go


def test_every_breakdown_of_every_line_adds_up_to_its_total() -> None:
    for one in drawn(FULL).values():
        for line in (*one.counts.values(), one.patients, one.caseload):
            for part in BREAKDOWNS:
                assert (line[:, part].sum(axis=1) == line[:, 0]).all()


def test_counts_that_belong_together_are_possible_together_in_every_column() -> None:
    for one in drawn(FULL).values():
        stays, days = one.counts["O2b"], one.counts["O3"]
        assert (days >= stays).all() and ((days == 0) == (stays == 0)).all()
        assert (sum(one.counts[f"O4.{n}"] for n in (1, 2, 3, 4)) <= one.counts["O5a"]).all()
        assert (one.caseload <= one.patients).all()


def test_the_same_seed_makes_the_same_figures_and_another_seed_others() -> None:
    few = replace(YEAR, places=3)
    assert list(figures(few)) == list(figures(few))
    assert list(figures(few)) != list(figures(replace(few, seed=2)))


def test_one_place_and_one_metric_are_as_in_the_whole() -> None:
    slug = of_part(FULL, "true_change")
    (alone,) = simulate(FULL, [slug], ["O3", "O4.2"])
    assert set(alone.counts) == {"O3", "O4.2"}
    for metric, counts in alone.counts.items():
        assert (counts == drawn(FULL)[slug].counts[metric]).all()


def test_more_months_leave_the_earlier_ones_as_they_were() -> None:
    short, long = (drawn(replace(YEAR, months=m, last=date(2026, m, 1), places=6, joined_late=None)) for m in (5, 8))
    for slug, one in short.items():
        assert (one.patients == long[slug].patients[:5]).all() and (one.caseload == long[slug].caseload[:5]).all()
        assert all((one.counts[m] == long[slug].counts[m][:5]).all() for m in METRICS)


def test_the_true_change_takes_a_quarter_of_the_stays_and_touches_nothing_else() -> None:
    without = replace(FULL, change=None)
    slug = of_part(FULL, "true_change")
    changed, unchanged = drawn(FULL)[slug].counts["O2b"][:, 0], drawn(without)[slug].counts["O2b"][:, 0]
    assert (changed[:14] == unchanged[:14]).all()
    expected = unchanged[14:].sum()
    assert abs(changed[14:].sum() / expected - 0.75) < 3 * np.sqrt(0.75 * 0.25 / expected)
    same = [m for m in METRICS if m not in ("O2b", "O3")]
    assert all((drawn(FULL)[slug].counts[m] == drawn(without)[slug].counts[m]).all() for m in same)
    others = [s for s in drawn(FULL) if s != slug]
    assert all((drawn(FULL)[s].counts["O3"] == drawn(without)[s].counts["O3"]).all() for s in others)


@pytest.mark.parametrize(("change", "ratio"), [(TrueChange(), 0.75), (None, 1.0), (TrueChange(ratio=0.5), 0.5)])
def test_a_plain_ratio_of_rates_against_the_other_places_recovers_the_change(
    change: TrueChange | None, ratio: float
) -> None:
    found = [_ratio_of_ratios(replace(FULL, change=change, seed=seed)) for seed in range(1, 9)]
    assert abs(np.mean(found) - ratio) < 0.035


def _ratio_of_ratios(parameters: Parameters) -> float:
    """After against before in the Place of the true change, over the same in Places that play no part."""
    who = cast(parameters)
    before, after = slice(0, 14), slice(14, None)
    place, *others = simulate(parameters, [who.of_part["true_change"], *who.others[:8]], ["O2b"])
    events = [sum(float(o.counts["O2b"][part, 0].sum()) for o in others) for part in (before, after)]
    people = [sum(float(o.patients[part, 0].sum()) for o in others) for part in (before, after)]
    elsewhere = (events[1] / people[1]) / (events[0] / people[0])
    return rate(place, "O2b", after) / rate(place, "O2b", before) / elsewhere


def test_where_people_are_chosen_by_recent_use_rates_fall_though_nobodys_use_changes() -> None:
    falls = []
    for seed in (1, 2, 3):
        parameters = replace(FULL, seed=seed)
        (one,) = simulate(parameters, [of_part(parameters, "regression_to_the_mean")], ["O2b", "O5a"])
        for metric in one.counts:
            true = one.underlying[metric]
            assert abs(true[12:].mean() / true[:12].mean() - 1) < 0.03
            falls.append(rate(one, metric, slice(12, None)) / rate(one, metric, slice(0, 12)))
    assert max(falls) < 0.8


def test_a_place_that_follows_its_people_from_the_start_shows_no_fall() -> None:
    parameters = replace(FULL, reselects_until=None)
    (one,) = simulate(parameters, [of_part(parameters, "regression_to_the_mean")], ["O2b", "O5a"])
    assert all(rate(one, m, slice(12, None)) / rate(one, m, slice(0, 12)) > 0.85 for m in one.counts)


def test_a_wider_rule_doubles_the_cohort_with_younger_people_who_need_less() -> None:
    one = drawn(FULL)[of_part(FULL, "wider_rule")]
    size, under_50 = one.patients[:, 0], one.patients[:, 1:5].sum(axis=1) / one.patients[:, 0]
    assert 1.95 < size[9] / size[8] < 2.05
    assert under_50[9] > under_50[8] + 0.02 and abs(under_50[8] - under_50[0]) < 0.01
    assert one.underlying["O2b"][9] < 0.85 * one.underlying["O2b"][8]


def test_one_place_joins_with_nine_months_to_go_and_one_has_no_caseload() -> None:
    late, idle = (drawn(FULL)[of_part(FULL, part)] for part in ("joined_late", "no_caseload"))
    assert late.months == FULL.window[12:] and len(late.patients) == 9
    assert not idle.caseload.any() and idle.patients[:, 0].min() > 0
    assert sum(not one.caseload.any() for one in drawn(FULL).values()) == 1


def test_rates_over_all_places_are_of_the_order_that_the_constants_name() -> None:
    """England's published totals, times the use of people with several conditions: per 1,000 people a month."""
    named = {"O1a": 50, "O2a": 6, "O2b": 12, "O5a": 38, "O5b": 15, "O6a": 420, "O6b": 280}
    everyone = list(drawn(replace(YEAR, dispersion=0)).values())
    for metric, level in named.items():
        events, people = (sum(int(x[:, 0].sum()) for x in xs) for xs in zip(*_lines(everyone, metric), strict=True))
        assert abs(1000 * events / people / level - 1) < 0.12, metric


def _lines(everyone: list[PlaceSeries], metric: str) -> list[tuple[Ints, Ints]]:
    return [(one.counts[metric], one.patients) for one in everyone]


def test_stays_are_commoner_among_the_old_and_in_deprived_areas() -> None:
    events = sum(one.counts["O2b"].sum(axis=0) for one in drawn(YEAR).values())
    people = sum(one.patients.sum(axis=0) for one in drawn(YEAR).values())
    by_column = events / people
    assert by_column[9] > 1.5 * by_column[6]  # 90 and over, 60-69
    assert 1.2 < by_column[17] / by_column[21] < 1.7  # the most and the least deprived fifth


def test_months_follow_the_working_days_for_clinics_and_the_days_for_emergencies() -> None:
    """2026 in England: 20 working days in February, 23 in July; 28 days and 31."""
    clinic, emergency = (rhythm(kind, YEAR.window) for kind in ("outpatients", "admission"))
    season = {"outpatients": (1.01, 1.0), "admission": (1.0175, 1.0035)}
    assert clinic[6] / clinic[1] == pytest.approx(
        23 / 20 / (season["outpatients"][0] / season["outpatients"][1]), rel=0.03
    )
    assert emergency[6] / emergency[1] == pytest.approx(
        31 / 28 / (season["admission"][0] / season["admission"][1]), rel=0.02
    )


def test_without_dispersion_counts_vary_as_poisson_counts_do_and_with_it_more() -> None:
    plain, moved = (_dispersion(replace(YEAR, dispersion=d, places=30)) for d in (0.0, 1.0))
    assert 0.8 < plain < 1.25
    assert moved > 2


def _dispersion(parameters: Parameters) -> float:
    """The mean squared deviation of general practice appointments from their expectation, over that expectation."""
    weights = rhythm("general_practice", parameters.window)
    found = []
    for one in simulate(parameters, cast(parameters).others, ["O6a"]):
        mean = one.underlying["O6a"] * weights * one.patients[:, 0] / 1000
        found.append(((one.counts["O6a"][:, 0] - mean) ** 2 / mean).mean())
    return float(np.mean(found))


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", -1), ("months", 0), ("months", 22), ("places", 44), ("last", date(2026, 5, 2)), ("level", -1.0)],
)
def test_parameters_that_make_no_sense_are_refused(field: str, value: object) -> None:
    with pytest.raises(UsageError):
        replace(FULL, **{field: value})  # type: ignore[arg-type]


def test_bed_days_cannot_be_changed_by_themselves() -> None:
    with pytest.raises(UsageError, match="O3"):
        TrueChange(metric="O3")
    with pytest.raises(UsageError, match="no metric 'O9'"):
        list(simulate(YEAR, metrics=["O9"]))
