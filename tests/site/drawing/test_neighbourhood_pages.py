"""The pages of neighbourhoods: made, shown, changed with a form alone, audited, compared, and refused."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from neighbourhoods_kit import NORTH, SOUTH, kept, save, sign

FIRST, SECOND = "E01012392", "E01012393"
HERE = "/where/neighbourhoods/halton/"
BY_HAND = {"scope": "Halton", "title": "Halton", "valid_from": "2026-04-01", "start": "pieces", "names": ""}


def _text(answer: Any) -> str:
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(words).split())


def _data(answer: Any) -> Any:
    found = re.search(r'id="area-data"[^>]*>(.*?)</script>', answer.content.decode(), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_set_is_begun_by_hand_and_shown_with_its_map_and_table(member: Any) -> None:
    browser = member("coach")
    made = browser.post("/where/neighbourhoods/new/by-hand", BY_HAND)
    assert (made.status_code, made.headers["Location"]) == (302, f"{HERE}edit")
    page = browser.get(HERE)
    words = _text(page)
    assert "64,295" in words and "14,295 over the range" in words and "Hangs together" in words
    assert (
        words.count("Administrative only") - words.count("“Administrative only”") == 2
        and "0 of them recognised" in words
    )
    data = _data(page)
    assert len(data["areas"]) == len(data["home"]) == len(data["ward"]) == 80
    assert {tuple(home) for home in data["home"]} == {(0,), (1,)}
    assert "Halton" in _text(browser.get("/where/neighbourhoods/?q=halt"))
    assert "No set has these words" in _text(browser.get("/where/neighbourhoods/?q=sefton"))


def test_a_set_is_drawn_within_the_band_that_is_asked_for(member: Any) -> None:
    browser = member("centre_analyst")
    asked = {"scope": "Halton", "title": "Drawn", "valid_from": "2026-04-01", "low": "30000", "high": "50000"}
    page = browser.post("/where/neighbourhoods/new/draw", {**asked, "towards": "none"}, follow=True)
    words = _text(page)
    assert words.count("Drawn area,") == 4 and words.count("Within the range") == 4
    assert "does not hang together: 64,295 residents (43 areas) and 64,213" in words
    two = browser.post(
        "/where/neighbourhoods/new/draw", {**asked, "low": "50000", "high": "70000", "towards": "none"}, follow=True
    )
    assert _text(two).count("Drawn area,") == 2


@pytest.mark.parametrize(
    ("way", "wrong", "words"),
    [
        ("by-hand", {"scope": "Haltn"}, "There is no council, Place or system called 'Haltn'"),
        ("by-hand", {"scope": "England"}, "Use `doorstep neighbourhoods` on the command line"),
        ("by-hand", {"start": "none"}, "Enter one name or more"),
        ("by-hand", {"start": "none", "names": "A\na"}, "Enter each name once"),
        ("by-hand", {"valid_from": "yesterday"}, "Enter a day such as"),
        ("draw", {"low": "60000", "high": "50000", "towards": "none"}, "must not be fewer than"),
        ("draw", {"low": "", "high": "50000", "towards": "none"}, "Enter a number"),
        ("import", {}, "Select a CSV file"),
    ],
)
def test_a_form_that_cannot_be_is_answered_with_what_to_mend(
    member: Any, way: str, wrong: dict[str, str], words: str
) -> None:
    answer = member("coach").post(f"/where/neighbourhoods/new/{way}", {**BY_HAND, **wrong})
    assert answer.status_code == 422
    assert words in _text(answer)


def test_a_list_is_brought_from_a_file(member: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = member("coach")
    told = {"title": "Ours", "valid_from": "2026-04-01", "units": "lsoa2021"}
    good = SimpleUploadedFile("ours.csv", f"lsoa21,neighbourhood\n{FIRST},Widnes\n".encode())
    words = _text(browser.post("/where/neighbourhoods/new/import", {**told, "file": good}, follow=True))
    assert "79 small areas" in words and "Widnes" in words
    bad = SimpleUploadedFile("ours.csv", b"lsoa21,neighbourhood\nE99,Widnes\n")
    answer = browser.post("/where/neighbourhoods/new/import", {**told, "file": bad})
    assert answer.status_code == 422 and "Ours.csv: 1 of its codes are no areas of 2021: E99" in _text(answer)


def test_areas_are_moved_and_renamed_without_a_script(member: Any) -> None:
    from doorstep.geography.site.drawing import reading

    browser = member("coach")
    kept()
    page = browser.get(f"{HERE}edit")
    assert page.content.decode().count('name="to-E0') == 80
    fields = {"base": "1", "why": "Names", f"name-{SOUTH}": "Runcorn", f"name-{NORTH}": "Widnes"}
    homes = dict.fromkeys((f"to-{FIRST}", f"to-{SECOND}"), NORTH) | {f"to-{FIRST}": SOUTH}
    answer = browser.post(f"{HERE}edit", {**fields, **homes, "new": "Halton Village"}, follow=True)
    assert "Version 2 was saved. 1 area with 2,909 residents moved." in _text(answer)
    made = reading.content(reading.newest("halton"))
    assert [(n.name, len(n.areas)) for n in made.neighbourhoods] == [
        ("Runcorn", 44),
        ("Widnes", 36),
        ("Halton Village", 0),
    ]
    narrowed = browser.get(f"{HERE}edit?q=farnworth&in={SOUTH}").content.decode()
    assert narrowed.count('name="to-E0') == 1 and f'name="to-{FIRST}"' in narrowed


def test_a_refused_save_keeps_what_was_drawn(member: Any) -> None:
    browser = member("coach")
    kept()
    asked = {"moved": {FIRST: SOUTH}, "named": {SOUTH: "Runcorn"}, "added": {}, "removed": [], "teams": {}}
    answer = browser.post(f"{HERE}edit", {"base": "1", "why": "", "changes": json.dumps(asked)})
    assert answer.status_code == 422 and "Enter what you changed and why" in _text(answer)
    assert _data(answer)["changes"] == asked


@pytest.mark.parametrize(
    "sent", [{"base": "x"}, {"base": "9"}, {"base": "1", "changes": "{"}, {"base": "1", "to-E09": "n01"}]
)
def test_a_save_that_makes_no_sense_is_no_fault_of_the_site(member: Any, sent: dict[str, str]) -> None:
    kept()
    assert member("coach").post(f"{HERE}edit", {"why": "x", **sent}).status_code in (404, 422)


def test_the_second_to_save_sees_what_the_first_changed_and_may_save_on_it(member: Any) -> None:
    browser = member("coach")
    kept()
    save(1, "Farnworth goes south", moved={FIRST: SOUTH}, named={SOUTH: "Runcorn"})
    asked = {"moved": {FIRST: "", SECOND: SOUTH}, "named": {NORTH: "Widnes"}, "added": {}, "removed": []}
    answer = browser.post(f"{HERE}edit", {"base": "1", "why": "Mine", "changes": json.dumps(asked)})
    words = _text(answer)
    assert answer.status_code == 409
    assert "Farnworth goes south" in words and "Area n01 is called Runcorn" in words
    assert "You moved Halton 001A too: they put it in Runcorn, and yours would win" in words
    fields = dict(re.findall(r'name="(base|changes|why)" value="([^"]*)"', answer.content.decode()))
    again = browser.post(f"{HERE}edit", {name: html.unescape(value) for name, value in fields.items()}, follow=True)
    assert "Version 3 was saved" in _text(again) and "Runcorn" in _text(again) and "Widnes" in _text(again)


def test_recognition_makes_an_area_a_neighbourhood_and_a_reason_answers_the_range(member: Any) -> None:
    browser = member("coach")
    kept()
    evidence = {"who": "residents", "what": "Drew it", "on": "2026-05-06", "source": "Notes"}
    words = _text(browser.post(f"{HERE}recognise/{SOUTH}", evidence, follow=True))
    assert "Recognised by residents" in words and "Neighbourhood, 43 small areas" in words
    assert words.count("Administrative area, 37 small areas") == 1
    words = _text(browser.post(f"{HERE}reason/{SOUTH}", {"text": "One town"}, follow=True))
    assert "14,295 over the range. Reason: One town" in words
    save(3, moved={FIRST: SOUTH})
    assert "1 area moved since" in _text(browser.get(HERE))
    assert "moved since" not in _text(browser.get(f"{HERE}v3/"))
    assert browser.post(f"{HERE}recognise/{SOUTH}", {**evidence, "on": "2999-01-01"}).status_code == 422
    assert browser.post(f"{HERE}recognise/{SOUTH}", {}).status_code == 422


def test_the_audit_says_what_is_to_do_with_counts_and_who_is_with_whom(member: Any) -> None:
    kept()
    words = _text(member("evaluator").get(f"{HERE}v1/audit"))
    assert "4 things to do or to record" in words
    assert "Outside the range, and no reason is recorded Area n01: 64,295 residents, 14,295 over the range" in words
    assert "Record" not in words  # who may only read is not sent where they may not go
    acts = member("coach").get(f"{HERE}v1/audit").content.decode()
    assert all(f'href="{HERE}{what}/{one}"' in acts for what in ("reason", "recognise") for one in (SOUTH, NORTH))
    assert "2 of 2 over 50,000 people (100%)" in words and "2 of 2 without a name" in words
    assert "57 of 509 teams at or above 100,000 people (11.2%; secondary source)" in words
    assert "100% of the area" in words  # both lie in one council


def test_two_versions_are_compared_either_way_round(member: Any) -> None:
    browser = member("coach")
    kept()
    save(1, "Farnworth goes south", moved={FIRST: SOUTH})
    for asked in ("", "?from=1&to=2", "?from=2&to=1"):
        words = _text(browser.get(f"{HERE}compare{asked}"))
        assert "1 area with 2,909 residents moved" in words and "Halton 001A E01012392 2,909 Area n02 Area n01" in words
    assert "No area moved" in _text(browser.get(f"{HERE}compare?from=2&to=2"))
    for wrong in ("?from=3", "?from=0", "?to=x", "?to=²"):
        assert browser.get(f"{HERE}compare{wrong}").status_code == 404


def test_an_older_version_says_so_and_offers_no_change(member: Any) -> None:
    browser = member("coach")
    kept()
    save(1, named={SOUTH: "Runcorn"})
    words = _text(browser.get(f"{HERE}v1/"))
    assert "This is an older version" in words and "Change areas and names" not in words
    assert "Change areas and names" in _text(browser.get(HERE))
    browser.post(f"{HERE}retire", {"last_day": "2026-12-31", "why": "Replaced"})
    assert "Change areas and names" not in _text(browser.get(HERE))
    assert browser.get(f"{HERE}edit").headers["Location"] == HERE


def test_who_may_only_read_sees_no_way_to_draw_and_is_refused_it(member: Any) -> None:
    kept()
    reader = member("evaluator")
    words = _text(reader.get(HERE))
    assert "Change areas" not in words and "Record who" not in words and "End this set" not in words
    assert "Make a set" not in _text(reader.get("/where/neighbourhoods/"))
    for path in ("edit", "retire", f"recognise/{SOUTH}", f"reason/{SOUTH}"):
        assert reader.post(f"{HERE}{path}", {}).status_code == 403


@pytest.mark.parametrize(
    "path", ["none/", "halton/v7/", "halton/v7/audit", "halton/reason/n09", "halton/v1/audit/none.csv", "new/none"]
)
def test_what_is_not_there_is_not_found(member: Any, path: str) -> None:
    kept()
    assert member("coach").get(f"/where/neighbourhoods/{path}").status_code == 404


def test_a_name_cannot_bring_markup_onto_a_page_or_a_formula_into_a_sheet(member: Any) -> None:
    browser = member("coach")
    kept()
    save(1, named={SOUTH: "</script><b>x", NORTH: "=1+1"})
    for path in ("", "edit", "v2/audit"):
        assert "<b>x" not in browser.get(f"{HERE}{path}").content.decode()
    assert _data(browser.get(HERE))["neighbourhoods"][0]["name"] == "</script><b>x"
    assert ",'=1+1," in browser.get(f"{HERE}v2/areas.csv").content.decode()


def test_a_page_asks_the_database_no_more_for_a_set_of_many(member: Any, django_queries: Any) -> None:
    browser = member("coach")
    kept()
    browser.get(HERE)
    few = django_queries(lambda: browser.get(HERE))
    from doorstep.geography.site.drawing import actions, starting

    wards = starting.by_hand("wards", "Halton", title="Wards", start="wards", on=sign().on)
    actions.create(made=wards, why="x", by=None)
    assert django_queries(lambda: browser.get("/where/neighbourhoods/wards/")) == few


@pytest.fixture
def django_queries(db: None) -> Any:
    """Return a counter of the queries that something makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(act: Any) -> int:
        with CaptureQueriesContext(connection) as found:
            act()
        return len(found)

    return count


def test_what_is_to_do_is_counted_alike_on_the_set_its_audit_and_the_command_line(member: Any) -> None:
    from doorstep.geography.site.drawing import reading

    browser = member("coach")
    kept()
    save(1, named={SOUTH: "Runcorn"}, added={"new-1": "Empty"}, moved={FIRST: SOUTH, SECOND: ""})
    browser.post(
        f"{HERE}recognise/{SOUTH}", {"who": "residents", "what": "Drew it", "on": "2026-05-06", "source": "Notes"}
    )
    save(3, moved={FIRST: NORTH}, teams={"N81066": (SOUTH,)})
    asks = len(reading.audited(reading.newest("halton")).asks)
    n = f"{asks + 1} things to do or to record"  # and Runcorn was changed since it was recognised
    page = _text(browser.get(f"{HERE}v4/audit"))
    assert n in page and n in _text(browser.get(HERE))
    for heading in ("Outside the range", "Changed since", "Has no area", "No practice of its team", "In none"):
        assert heading in page


def test_what_the_optimiser_draws_is_called_by_its_council_until_it_has_a_name(member: Any) -> None:
    browser = member("coach")
    asked = {"scope": "Halton", "title": "Drawn", "valid_from": "2026-04-01", "low": "30000", "high": "50000"}
    page = browser.post("/where/neighbourhoods/new/draw", {**asked, "towards": "none"}, follow=True)
    assert "Halton area 1" in _text(page) and "Area E06000006-01" not in _text(page)
    assert [one["label"] for one in _data(page)["neighbourhoods"]] == [f"Halton area {i}" for i in range(1, 5)]
    assert "most of it in the wards" in _text(page)
