"""The planner's pages: what the siting room says, in words, for everybody who has logged in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from centres_kit import HALTON, rows_of, words_of

pytestmark = pytest.mark.usefixtures("db")
ANSWER = "/where/centres/answer/"
ADDRESSES = ("answer/", "by-hand/", "map.json", "centres.csv", "people.csv", "centres.geojson")


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    from doorstep.geography.site.centres import answering

    answering.forget()
    yield
    answering.forget()


@pytest.fixture
def coach(member: Any) -> Any:
    return member("coach")


@cache
def by_the_room(fixed: bool = False) -> Any:
    from doorstep.geography.siting import Question, answer, demand_of, sites_of

    sites = sites_of("Halton", ("library", "practice"))
    standing = tuple(site for site in sites if fixed and site.name == "Runcorn")
    free = tuple(site for site in sites if site not in standing)
    return answer(Question(demand_of("Halton"), free, standing, n=2, within=2.0))


def changed(**parts: Any) -> str:
    """Return the address of Halton's question with some of its parts changed; None leaves one out."""
    from urllib.parse import parse_qs, urlencode

    pairs = {**parse_qs(HALTON), **parts}
    return f"{ANSWER}?{urlencode({name: value for name, value in pairs.items() if value is not None}, doseq=True)}"


def test_the_answer_says_what_the_room_says(coach: Any) -> None:
    from doorstep.geography.siting import by_council, by_quintile, by_site

    found, page = by_the_room(), coach.get(f"{ANSWER}?{HALTON}")
    assert page.status_code == 200
    words = words_of(page)
    assert found.sentence in words
    for n, effect in enumerate(by_site(found), start=1):
        assert f"{n}. {effect.site.name}" in words
        assert f"Halton {effect.people_nearest:,} {effect.mean:.2f} {effect.closing_adds:.2f}" in words
    for group in (*by_quintile(found), *by_council(found)):
        name = group.name[0].upper() + group.name[1:]
        assert f"{name} {group.people:,} {group.mean:.2f} {100 * group.within:.1f}%" in words


def test_limits_stand_on_the_page(coach: Any) -> None:
    words = words_of(coach.get(f"{ANSWER}?{HALTON}"))
    for told in ("straight lines times a road factor of 1.3", "public transport", "libraries December 2023"):
        assert told in words


def test_fixed_centres_stay_and_people_are_shown_before_and_after(coach: Any) -> None:
    from doorstep.geography.siting import by_quintile

    found = by_the_room(fixed=True)
    [standing] = found.question.fixed
    words = words_of(coach.get(changed(fixed=standing.id)))
    assert found.sentence in words and "1. Runcorn Library Stands already" in words
    everyone = by_quintile(found)[0]
    before, after = f"{100 * everyone.within_before:.1f}%", f"{100 * everyone.within:.1f}%"
    assert f"Everyone {everyone.people:,} {everyone.mean_before:.2f} {everyone.mean:.2f} {before} {after}" in words


def test_a_spot_on_the_map_can_stand_too(coach: Any) -> None:
    assert "1. Spot at 351000, 383000" in words_of(coach.get(changed(fixed="351000,383000")))


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"where": "Haltn"}, "There is no council, Place or system called 'Haltn'. Did you mean halton"),
        ({"where": ""}, "Enter a Place, a council or a system"),
        ({"kinds": None}, "Select at least one kind of site"),
        ({"kinds": "school"}, "Select kinds of the list"),
        ({"n": ""}, "Enter how many centres"),
        ({"n": "two"}, "Enter a whole number of centres"),
        ({"n": "500"}, "500 centres are asked of 14 candidate sites"),
        ({"how": "mix", "new": "1", "repurposed": "1"}, "New centres need spots for a new building"),
        ({"how": "budget", "budget": "10", "cost_library": "2"}, "Enter what a general practice costs"),
        ({"how": "budget", "budget": "1", "cost_library": "2", "cost_practice": "3"}, "The budget pays for no site"),
        ({"within": "0"}, "Enter a coverage distance above nought"),
        ({"within": "nan"}, "Enter the coverage distance as a number of km"),
        ({"road_factor": "0.5"}, "greater than or equal to 1"),
        ({"fixed": "L9999"}, "There is no site 'L9999' in Halton"),
        ({"fixed": "999999,1"}, "999999,1 is off the National Grid"),
        ({"fixed": [f"{n},1" for n in range(1, 102)]}, "101 sites are chosen: at most 100"),
    ],
)
def test_a_bad_question_is_answered_with_words(coach: Any, parts: dict[str, Any], told: str) -> None:
    page = coach.get(changed(**parts))
    assert page.status_code == 422
    assert told in words_of(page)
    assert "There is a problem" in words_of(page)


def test_every_address_answers_a_bad_question_so(coach: Any) -> None:
    for address in ADDRESSES:
        assert coach.get(f"/where/centres/{address}").status_code == 422, address


def test_what_takes_too_long_is_refused_with_the_command_that_answers_it(coach: Any) -> None:
    page = coach.get(changed(where="England", n="40", aim="equity", share="30"))
    words = words_of(page)
    assert page.status_code == 422
    assert "are more than a page answers" in words
    assert "doorstep centres site --system England --kinds library,practice --n 40" in words
    assert "--objective equity --within 2 --weight need --share 0.3 --road-factor 1.3 --out centres.geojson" in words


def test_the_command_is_one_that_the_command_line_takes() -> None:
    import shlex
    from dataclasses import replace

    from doorstep.cli.centres import site_command
    from doorstep.geography.site.centres.answering import command
    from doorstep.geography.site.centres.asking import Asked

    base = Asked("Halton", ("library",), 2, None, None, None, (), "median", 5.0, 0.5, "need", 1.3)
    for asked in (
        base,
        replace(base, n=None, new=1, repurposed=2, aim="equity", share=0.2, fixed=("L1",)),
        replace(base, n=None, budget=2.5, costs=(("library", 1.0),)),
    ):
        words = shlex.split(command(asked))
        assert words[:3] == ["doorstep", "centres", "site"]
        with site_command.make_context("site", words[3:]) as context:
            assert context.params["where"] == "Halton" and context.params["objective"] == asked.aim


def test_one_question_is_answered_once_and_its_files_come_from_the_same_answer(
    coach: Any, monkeypatch: pytest.MonkeyPatch, nothing_kept: None
) -> None:
    from doorstep.geography import siting
    from doorstep.geography.site.centres import answering

    asked: list[Any] = []

    def answered(question: Any, **more: Any) -> Any:
        asked.append(question)
        return siting.answer(question, **more)

    monkeypatch.setattr(answering, "answer", answered)
    for address in ADDRESSES:
        assert coach.get(f"/where/centres/{address}?{HALTON}").status_code == 200, address
    shuffled = "&".join(reversed(HALTON.split("&")))
    coach.get(f"{ANSWER}?{shuffled}")
    assert len(asked) == 1
    coach.get(changed(n="3"))
    assert len(asked) == 2


def test_who_would_wait_behind_many_is_told_so_and_keeps_no_thread_from_other_pages(
    coach: Any, nothing_kept: None
) -> None:
    from doorstep.geography.site.centres import answering

    others = [answering._waiting.acquire(blocking=False) for _ in range(3)]
    try:
        answer = coach.get(f"{ANSWER}?{HALTON}")
    finally:
        for _ in others:
            answering._waiting.release()
    assert others == [True, True, True]
    assert answer.status_code == 422
    assert "Other questions are being answered" in answer.content.decode()
    assert coach.get(f"{ANSWER}?{HALTON}").status_code == 200


def test_what_an_address_leaves_out_is_as_the_form_begins(coach: Any) -> None:
    words = words_of(coach.get(f"{ANSWER}?where=%20halton&kinds=library&n=1"))
    assert words.startswith("Centres for Halton ")
    assert "1 of 4 candidate sites gives a mean weighted distance" in words and "Within 5 km" in words


def test_new_and_repurposed_are_chosen_as_asked(coach: Any) -> None:
    rows = rows_of(
        coach.get(
            changed(kinds=["library", "area"], how="mix", new="1", repurposed="2").replace("answer/", "centres.csv")
        )
    )
    assert sorted(row["how"] for row in rows) == ["new", "repurposed", "repurposed"]


def test_a_budget_buys_no_more_than_it_pays_for(coach: Any) -> None:
    costs = {"library": 2.0, "practice": 3.0}
    address = changed(how="budget", budget="7", cost_library="2", cost_practice="3").replace("answer/", "centres.csv")
    rows = rows_of(coach.get(address))
    assert 2 <= len(rows) <= 3 and sum(costs[row["kind"]] for row in rows) <= 7


def test_opening_hours_are_told_as_far_as_they_are_known() -> None:
    from doorstep.geography.site.centres.sites import hours_told, site_of
    from doorstep.geography.siting import Site, sites_of

    library = next(s for s in by_the_room().question.candidates if s.kind == "library")
    assert hours_told(library).startswith("No: ") and "72 are needed" in hours_told(library)
    practice = next(s for s in by_the_room().question.candidates if s.kind == "practice")
    assert hours_told(practice) == "Unknown: no hours published here"
    assert hours_told(site_of("Halton", "351000,383000")) == "Unknown: no hours published here"
    assert hours_told(sites_of("Halton", ("area",))[0]) == "New: no hours yet"
    open_long = next(id_ for id_, hours in hours_kept().items() if hours >= 72)
    told = hours_told(Site(open_long, "", "library", 0.0, 0.0))
    assert told.startswith("Unknown: ") and told.endswith("but not by day")


def hours_kept() -> dict[str, float]:
    import pyarrow.parquet as pq

    from doorstep.reference import table

    rows = pq.read_table(table("sites"), columns=["site", "hours_per_week"]).to_pylist()
    return {row["site"]: row["hours_per_week"] or 0.0 for row in rows}


def test_files_hold_what_the_page_shows(coach: Any) -> None:
    from doorstep.geography.siting import by_council, by_quintile
    from doorstep.geography.siting.writing import rows_of as rows_of_room

    found = by_the_room()
    sites = rows_of(coach.get(f"/where/centres/centres.csv?{HALTON}"))
    assert [(row["site"], int(row["people_nearest"])) for row in sites] == [
        (row["site"], row["people_nearest"]) for row in rows_of_room(found)
    ]
    people = rows_of(coach.get(f"/where/centres/people.csv?{HALTON}"))
    groups = [*by_quintile(found), *by_council(found)]
    assert [(row["group"], float(row["mean_km"])) for row in people] == [(g.name, round(g.mean, 3)) for g in groups]
    answer = coach.get(f"/where/centres/centres.geojson?{HALTON}")
    made = json.loads(answer.content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="centres-Halton.geojson"'
    assert made["doorstep"] == found.sentence and made["question"] == HALTON
    assert [f["properties"]["site"] for f in made["features"]] == [row["site"] for row in sites]
    lon, lat = made["features"][0]["geometry"]["coordinates"]
    assert -2.9 < lon < -2.5 and 53.2 < lat < 53.5


def test_the_form_keeps_what_was_asked(coach: Any) -> None:
    page = coach.get(f"/where/centres/?{HALTON}&fixed=351000,383000").content.decode()
    assert 'value="Halton"' in page and 'name="fixed" type="checkbox" value="351000,383000" checked' in page
    assert page.count('name="kinds" type="checkbox"') == 4 and page.count("checked") == 2 + 1 + 3


def test_everybody_with_a_role_reads_and_nobody_else(member: Any) -> None:
    from django.conf import settings
    from django.test import Client

    from doorstep.web.matrix import matrix

    for role in matrix(settings.DOORSTEP_ROLE).roles:
        person = member(role, place="sefton" if role == "place_sender" else "")
        assert person.get(f"{ANSWER}?{HALTON}").status_code == 200, role
    for address in ("", *ADDRESSES):
        assert Client().get(f"/where/centres/{address}?{HALTON}").status_code == 302
        assert member().get(f"/where/centres/{address}?{HALTON}").status_code == 403


def test_nothing_is_asked_of_the_database_but_who_asks(coach: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for address in ("", *ADDRESSES):
        with CaptureQueriesContext(connection) as asked:
            coach.get(f"/where/centres/{address}?{HALTON}")
        assert len(asked.captured_queries) <= 6, address
        assert not any("where_" in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize("installation", ["national", "place"])
def test_both_installations_let_every_role_read_and_nobody_without_one(installation: str) -> None:
    from doorstep.geography.site.centres.urls import urlpatterns as of_centres
    from doorstep.geography.site.report.urls import urlpatterns as of_report
    from doorstep.web.matrix import matrix

    table = matrix(installation)
    for pattern in (*of_centres, *of_report):
        needed = table.addresses[str(pattern.name)]
        assert needed == ("where", "read"), pattern.name
        assert not table.scope((), *needed)
        for role in table.roles:
            assert table.scope((role,), *needed) == "any", (role, pattern.name)
