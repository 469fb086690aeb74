"""Centres placed by hand: server and browser count the same, and set them beside the best found."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

import pytest
from centres_kit import HALTON, run, words_of

pytestmark = pytest.mark.usefixtures("db")
BY_HAND = "/where/centres/by-hand/"


@pytest.fixture
def coach(member: Any) -> Any:
    return member("coach")


def asked(**changes: Any) -> Any:
    from doorstep.geography.site.centres.asking import Asked

    of_halton = Asked("Halton", ("library", "practice"), 2, None, None, None, (), "median", 2.0, 0.5, "need", 1.3)
    return replace(of_halton, **changes)


def best(question: Any) -> Any:
    from doorstep.geography.site.centres.answering import answer_of

    return answer_of(question)


def placed(question: Any, *picks: str) -> Any:
    from doorstep.geography.site.centres import by_hand

    return by_hand.placed(question, picks, best(question))


@pytest.mark.parametrize("aim", ["median", "covering", "equity"])
def test_the_best_choice_placed_by_hand_is_as_near_as_itself(aim: Any) -> None:
    question = asked(aim=aim)
    mine = placed(question, *(site.id for site in best(question).chosen))
    assert math.isclose(mine.counted.solved.value, best(question).solved.value, rel_tol=1e-9)
    assert "as near" in mine.comparison or "as many" in mine.comparison
    assert mine.cautions == ()


def test_a_value_is_the_weighted_mean_of_straight_lines_times_the_factor() -> None:
    mine = placed(asked(), "351000,383000")
    demand = mine.best.question.demand
    spots = demand.points.tolist()
    km = [1.3 * math.hypot(e - 351000, n - 383000) / 1000 for e, n in spots]
    weights = demand.weight.tolist()
    by_rule = sum(w * d for w, d in zip(weights, km, strict=True)) / sum(weights)
    assert math.isclose(mine.counted.solved.value, by_rule, rel_tol=1e-12)


def test_other_numbers_and_spots_that_were_no_candidates_are_told() -> None:
    mine = placed(asked(), "351000,383000")
    assert len(mine.cautions) == 2
    assert mine.cautions[0].startswith("You placed 1 and the best found has 2")
    assert mine.cautions[1].startswith("1 of yours were not among the candidate sites")


def test_the_page_shows_yours_beside_the_best(coach: Any) -> None:
    from doorstep.geography.siting import by_quintile

    mine = placed(asked(), "351000,383000", "352000,386000")
    words = words_of(coach.get(f"{BY_HAND}?{HALTON}&pick=351000,383000&spot=352000,%20386000"))
    assert mine.comparison in words
    for yours, theirs in zip(by_quintile(mine.counted), by_quintile(mine.best), strict=True):
        name = yours.name[0].upper() + yours.name[1:]
        shares = f"{100 * yours.within:.1f}% {100 * theirs.within:.1f}%"
        assert f"{name} {yours.people:,} {yours.mean:.2f} {theirs.mean:.2f} {shares}" in words


def test_what_is_placed_stays_ticked_even_where_it_was_not_offered(coach: Any) -> None:
    from doorstep.geography.siting import sites_of

    hospital = sites_of("Halton", ("hospital",))[0]
    page = coach.get(f"{BY_HAND}?{HALTON}&pick={hospital.id}&pick=351000,383000").content.decode()
    for code in (hospital.id, "351000,383000"):
        assert f'value="{code}" id="pick-{code}" checked' in page
    assert page.count(' id="pick-') == len(best(asked()).question.candidates) + 2


def test_nothing_placed_is_said_and_counted_as_nothing(coach: Any) -> None:
    words = words_of(coach.get(f"{BY_HAND}?{HALTON}"))
    assert "No centre is placed yet." in words


def test_a_wrong_reference_is_answered_with_words(coach: Any) -> None:
    for pick, told in (
        ("L9999", "There is no site 'L9999'"),
        ("1", "There is no site '1'"),
        ("0,5", "off the National"),
    ):
        page = coach.get(f"{BY_HAND}?{HALTON}&pick={pick}")
        assert page.status_code == 422 and told in words_of(page)


def test_placed_centres_can_be_kept_as_fixed(coach: Any) -> None:
    answer = coach.get(f"{BY_HAND}?{HALTON}&pick=351000,383000&do=fix")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/where/centres/answer/?{HALTON}&fixed=351000%2C383000"
    assert "beside 1 that stand" in words_of(coach.get(answer.headers["Location"]))


def test_a_fixed_centre_counts_with_those_placed(coach: Any) -> None:
    mine = placed(asked(fixed=("351000,383000",)), "352000,386000")
    assert mine.counted.distances.shape[1] == 2
    assert math.isclose(
        mine.counted.solved.value, placed(asked(), "351000,383000", "352000,386000").counted.solved.value
    )


BY_BROWSER = """
    const { areas, fixed, placed, settings } = given;
    const open = [...fixed, ...placed];
    const distance = m.nearest(areas, open, settings.factor);
    const value = m.value(areas, distance, settings);
    return { groups: m.groups(areas, distance, settings.within), value, says: m.comparison(value, settings),
             cautions: m.cautions(placed.length, given.chosen.length, 0) };
"""


@pytest.mark.parametrize("aim", ["median", "covering", "equity"])
def test_the_browser_counts_what_the_room_counts(aim: Any) -> None:
    from doorstep.geography.site.centres import presenting
    from doorstep.geography.siting import by_quintile

    draw = random.Random(aim)
    question = asked(aim=aim, share=0.3, fixed=("349000,385000",))
    codes = [site.id for site in best(question).question.candidates]
    picks = tuple(draw.sample(codes, 3))
    mine = placed(question, *picks)
    found = run(BY_BROWSER, "centres_sums.js", presenting.map_data(question, mine.best, mine.sites))
    by_room = by_quintile(mine.counted)
    assert [group["name"] for group in found["groups"]] == [group.name for group in by_room]
    for theirs, ours in zip(found["groups"], by_room, strict=True):
        assert abs(theirs["people"] - ours.people) <= 0.5
        assert math.isclose(theirs["mean"], ours.mean, rel_tol=1e-9)
        assert math.isclose(theirs["within"], ours.within, abs_tol=1e-9)
    assert math.isclose(found["value"], mine.counted.solved.value, rel_tol=1e-9)
    assert found["says"] == mine.comparison
    assert tuple(found["cautions"]) == mine.cautions


def test_the_browser_finds_the_grid_where_the_room_finds_longitude_and_latitude() -> None:
    from doorstep.geography.siting.grid import lonlat

    spots = [(351000, 383000), (90000, 10000), (650000, 300000), (400000, 650000), (530000, 180000)]
    found = run("return given.map(([lon, lat]) => m.toGrid(lon, lat));", "centres_grid.js", [lonlat(*s) for s in spots])
    for (east, north), told in zip(spots, found, strict=True):
        assert abs(told["easting"] - east) < 0.1 and abs(told["northing"] - north) < 0.1


def test_bands_break_at_the_coverage_distance() -> None:
    found = run("return m.byDistance(given, 2);", "centres_bands.js", [0.5, 1, 1.01, 2, 2.01, 4, 8, 8.1, 1000])
    assert found["classes"] == [4, 4, 3, 3, 2, 2, 1, 0, 0]
    assert found["words"] == ["more than 8 km", "4 to 8 km", "2 to 4 km", "1 to 2 km", "at most 1 km"]
    demand = run("return m.byDemand(given);", "centres_bands.js", [float(n) for n in range(1, 11)])
    assert demand["classes"] == [4, 4, 3, 3, 2, 2, 1, 1, 0, 0]
