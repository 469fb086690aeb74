"""The register: facts with their days and sources, corrected but never changed, as at a day and as known on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from doorstep.errors import UsageError

pytestmark = pytest.mark.usefixtures("db")
NAMED = date(2025, 9, 9)


@pytest.fixture(autouse=True)
def seeded(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from doorstep.programme.places import actions

    monkeypatch.setenv("DOORSTEP_TODAY", "2026-04-01")
    actions.seed(None)
    monkeypatch.setenv("DOORSTEP_TODAY", "2026-05-20")
    yield


def sefton() -> Any:
    from doorstep.programme.places.models import Place

    return Place.objects.get(slug="sefton")


def fact(kind: str, place: str = "sefton") -> Any:
    from doorstep.programme.places.models import PlaceFact

    return PlaceFact.objects.get(place=place, kind=kind, replaces=None)


def as_at(day: date, known_on: date | None = None) -> Any:
    from doorstep.programme.places.reading import as_at

    return as_at(day, known_on)


def entry(day: date, known_on: date | None = None, slug: str = "sefton") -> Any:
    return next(e for e in as_at(day, known_on).entries if e.place.slug == slug)


def record(kind: str, value: str, valid_from: date, **more: Any) -> Any:
    from doorstep.programme.places import actions

    given = {"source": "Letter of 3 May 2026", "sureness": "verified", "by": None, **more}
    return actions.record_fact(place=sefton(), kind=kind, value=value, valid_from=valid_from, **given)


def correct(wrong: Any, value: str, **more: Any) -> Any:
    from doorstep.programme.places import actions

    given = {
        "valid_from": wrong.valid_from, "valid_to": None, "source": "The board itself", "sureness": "verified",
        "why": "Read from an old lookup", "by": None, **more,
    }  # fmt: skip
    return actions.correct_fact(fact=wrong, value=value, **given)


def test_42_were_planned_before_any_was_named() -> None:
    found = as_at(date(2025, 7, 9))
    assert (found.headline, found.entries, found.conflict) == ("42 planned", (), ())
    assert as_at(date(2025, 7, 8)).headline == "no number of Places is known"


def test_43_were_named_and_the_conflict_stands_with_both_sources() -> None:
    found = as_at(NAMED)
    assert found.headline == "43 named"
    assert len(found.entries) == 43
    assert [one.value for one in found.conflict] == ["42 planned", "43 named"]
    assert as_at(date(2025, 9, 8)).entries == ()


def test_every_place_has_each_fact_with_a_source() -> None:
    for found in as_at(NAMED).entries:
        assert set(found.facts) == {"status", "wave", "region", "icb", "councils"}
        assert all(one.source for facts in found.facts.values() for one in facts)
    # By region, as the announcement has them (see the README of the reference data).
    regions = [found.value("region") for found in as_at(NAMED).entries]
    assert (regions.count("London"), regions.count("South West"), len(set(regions))) == (5, 4, 7)


def test_the_names_are_the_returns_own_to_the_character() -> None:
    from doorstep.programme.places.models import Place

    assert Place.objects.get(slug="dorset-place").name == "Dorset Place "
    assert str(Place.objects.get(slug="dorset-place")) == "Dorset Place"
    assert list(Place.objects.values_list("order", flat=True)) == list(range(1, 44))


def test_a_place_that_no_announcement_names_is_less_sure() -> None:
    assert fact("status", "doncaster").sureness == "inferred"
    assert fact("status").sureness == "verified"


def test_seeding_again_adds_nothing_and_brings_back_nothing_corrected() -> None:
    from doorstep.programme.places import actions
    from doorstep.programme.places.models import PlaceFact

    correct(fact("icb"), "NHS Mersey")
    n = PlaceFact.objects.count()
    assert actions.seed(None) == actions.Seeded(0, 0)
    assert PlaceFact.objects.count() == n
    assert entry(NAMED).value("icb") == "NHS Mersey"


def test_a_corrected_fact_was_never_so_but_was_known_so() -> None:
    wrong = fact("icb")
    right = correct(wrong, "NHS Mersey")
    assert entry(NAMED).value("icb") == "NHS Mersey"
    assert entry(NAMED, known_on=date(2026, 5, 19)).value("icb") == wrong.value
    wrong.refresh_from_db()
    assert wrong.value == "NHS Cheshire and Merseyside Integrated Care Board"
    assert right.replaces_id == wrong.pk


def test_a_fact_that_ended_holds_to_its_last_day() -> None:
    from doorstep.programme.places import actions

    actions.end_fact(fact=fact("icb"), on=date(2026, 3, 31), source="Order on the merger", by=None)
    record("icb", "NHS Greater Mersey", date(2026, 4, 1))
    assert entry(date(2026, 3, 31)).value("icb") == "NHS Cheshire and Merseyside Integrated Care Board"
    assert entry(date(2026, 4, 1)).value("icb") == "NHS Greater Mersey"
    assert entry(date(2026, 4, 1)).differs == ()


def test_two_sources_that_differ_are_both_shown() -> None:
    record("region", "North of England", date(2026, 1, 1))
    found = entry(date(2026, 1, 1))
    assert found.value("region") == "North West or North of England"
    assert found.differs == ("region",)


def test_nothing_was_known_before_it_was_recorded() -> None:
    assert as_at(NAMED, known_on=date(2026, 3, 31)).entries == ()
    assert len(as_at(NAMED, known_on=date(2026, 4, 1)).entries) == 43


def test_the_same_fact_is_not_corrected_twice() -> None:
    wrong = fact("icb")
    correct(wrong, "NHS Mersey")
    with pytest.raises(UsageError, match="corrected or ended before"):
        correct(wrong, "NHS Other")


@pytest.mark.parametrize(
    "value", ["Data lead, nnhip.sefton@nhs.net", "Programme office (sefton.neighbourhood@sefton.gov.uk)"]
)
def test_a_contact_is_a_role_and_a_shared_mailbox(value: str) -> None:
    assert record("contact", value, NAMED).value == value


@pytest.mark.parametrize(
    "value",
    [
        "Dr Ann Smith, data.team@nhs.net",
        "Data lead, ann.smith@nhs.net",
        "Data lead, ann.b.smith2@nhs.net",
        "team@nhs.net",
        "Data lead",
    ],
)
def test_a_contact_is_never_a_person(value: str) -> None:
    with pytest.raises(UsageError):
        record("contact", value, NAMED)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "weather"}, {"kind": "count"}, {"value": " "}, {"source": ""}, {"sureness": "certain"},
     {"valid_to": date(2020, 1, 1)}],
)  # fmt: skip
def test_a_fact_without_its_parts_is_refused(wrong: Any) -> None:
    from doorstep.programme.places.models import PlaceFact

    n = PlaceFact.objects.count()
    given = {"kind": "wave", "value": "second wave", "valid_from": NAMED, **wrong}
    with pytest.raises(UsageError):
        record(given.pop("kind"), given.pop("value"), given.pop("valid_from"), **given)
    assert PlaceFact.objects.count() == n


def test_a_correction_needs_its_reason_and_an_end_its_order() -> None:
    from doorstep.programme.places import actions

    with pytest.raises(UsageError, match="no reason"):
        correct(fact("icb"), "NHS Mersey", why=" ")
    with pytest.raises(UsageError, match="began on"):
        actions.end_fact(fact=fact("icb"), on=date(2025, 9, 8), source="x", by=None)


# Pages


def test_the_list_says_42_planned_on_its_day_and_43_named_on_another(member: Any) -> None:
    coach = member("coach")
    planned = coach.get("/places/?day=2025-07-09").content.decode()
    assert "42 planned." in planned
    assert "No Place had been named" in planned
    named = coach.get("/places/?day=2025-09-09").content.decode()
    assert "43 named." in named
    assert "Sources differ" in named
    assert named.count('<th scope="row">') == 43


def test_a_region_is_shown_by_itself_and_a_wrong_day_is_said(member: Any) -> None:
    coach = member("coach")
    assert coach.get("/places/?region=London").content.decode().count('<th scope="row">') == 5
    assert "Enter a day such as" in coach.get("/places/?day=soon").content.decode()


def test_a_corrected_fact_is_struck_through_with_words_for_screen_readers(member: Any) -> None:
    correct(fact("icb"), "NHS Mersey")
    page = member("coach").get("/places/sefton/").content.decode()
    assert "Corrected, was wrong: </span><s>NHS Cheshire and Merseyside" in page
    assert "Read from an old lookup" in page
    assert "Record a fact" not in page


def test_an_analyst_records_corrects_and_ends_and_a_coach_does_not(member: Any) -> None:
    from doorstep.programme.places.models import PlaceFact

    analyst, coach = member("centre_analyst"), member("coach")
    wave = fact("wave")
    given = {
        "value": "wave 1",
        "valid_from": "2025-09-09",
        "source": "Itself",
        "sureness": "verified",
        "why": "Wording",
    }
    paths = {
        "/places/sefton/add": {**given, "kind": "region"},
        f"/places/fact/{wave.pk}/correct": given,
        f"/places/fact/{fact('icb').pk}/end": {"on": "2026-03-31", "source": "Order"},
    }
    n = PlaceFact.objects.count()
    for path, form in paths.items():
        assert coach.post(path, form).status_code == 403
    assert PlaceFact.objects.count() == n
    for path, form in paths.items():
        assert analyst.get(path).status_code == 200
        assert analyst.post(path, {}).status_code == 422
        assert analyst.post(path, form).headers["Location"] == "/places/sefton/"
    assert PlaceFact.objects.count() == n + 3
    # What the action refuses comes back as an error of the form.
    again = analyst.post(f"/places/fact/{wave.pk}/correct", given)
    assert again.status_code == 422
    assert "corrected or ended before" in again.content.decode()


def test_the_list_as_csv_has_a_row_a_fact(member: Any) -> None:
    rows = member("coach").get("/places.csv?day=2025-09-09").content.decode().splitlines()
    assert rows[0] == "place,kind,value,valid_from,valid_to,source,sureness,as_at,known_on"
    assert len(rows) == 1 + 43 * 5


def test_the_list_is_two_queries_beside_those_of_the_session(member: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    coach = member("coach")
    with CaptureQueriesContext(connection) as asked:
        coach.get("/places/")
    assert len([q for q in asked.captured_queries if "places_place" in q["sql"]]) == 2
    assert len(asked) <= 8


def test_a_day_that_is_none_gives_no_file_of_another_day(member: Any) -> None:
    answer = member("coach").get("/places.csv?day=9-9-2025")
    assert answer.status_code == 422
    assert "Enter a day such as" in answer.content.decode()
