"""The practices of each team: proposed, chosen in a table, by network or as a list, kept in versions, audited."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest
from neighbourhoods_kit import NORTH, SOUTH, kept, save

HERE = "/where/neighbourhoods/halton/"
PAGE = f"{HERE}practices"
RUNCORN_PCN, WIDNES_PCN = "U09643", "U79408"
GROVE_HOUSE, BEVAN_GROUP = "N81066", "N81011"  # one of each network
NEXT_DOOR = "N81030"  # Princeway Surgeries, of Frodsham: 7% of its patients live in Halton


def _text(answer: Any) -> str:
    words = re.sub(r"<option.*?</option>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(words).split())


def _fields(answer: Any) -> dict[str, str]:
    """Return what a browser would send of the table: each select with what is selected."""
    selects = re.findall(
        r'<select[^>]*name="((?:team|whole)-[^"]*)">(.*?)</select>', answer.content.decode(), re.DOTALL
    )
    chosen = {name: re.search(r'value="([^"]*)" selected', options) for name, options in selects}
    return {name: found[1] if found else "" for name, found in chosen.items()} | {"base": "1"}


def _row(answer: Any, team: str) -> list[str]:
    """Return what the table of what is covered says of one team: networks, practices, patients, living, share."""
    table = answer.content.decode().split("covered-caption")[2].split("</table>")[0]
    rows = re.findall(rf'<th scope="row">{team}</th>(.*?)</tr>', table)
    return re.findall(r"<td[^>]*>(.*?)</td>", rows[0])


def _stated(number: int) -> dict[str, tuple[str, ...]]:
    from doorstep.geography.site.drawing import reading

    return {n.id: n.practices for n in reading.content(reading.version("halton", number)).neighbourhoods}


def _patients_by_hand(practices: set[str], codes: set[str]) -> tuple[float, float]:
    """Return, straight from the published lists, the practices' patients and the share they have of who lives there."""
    from doorstep.geography.neighbourhoods.ground import registered

    lists = registered()
    living = {code: lists.in_area[code] for code in codes}
    own = sum(n for held in living.values() for practice, n in held.items() if practice in practices)
    everybody = sum(n for held in living.values() for n in held.values())
    return sum(sum(lists.of_practice[one].values()) for one in practices), own / everybody


def test_where_nobody_has_said_anything_the_page_begins_with_what_the_lists_suggest(member: Any) -> None:
    kept()
    answer = member("coach").get(PAGE)
    fields = _fields(answer)
    assert "Nobody has said yet which practices the teams have" in _text(answer)
    assert (fields[f"team-{GROVE_HOUSE}"], fields[f"team-{BEVAN_GROUP}"], fields[f"team-{NEXT_DOOR}"]) == (
        SOUTH,
        NORTH,
        "",
    )
    assert _row(answer, "Area n01")[:2] == ["Runcorn PCN", "6"]


def test_a_table_is_saved_as_a_version_and_the_audit_counts_by_it(member: Any) -> None:
    from doorstep.geography.site.drawing import reading

    browser = member("coach")
    kept()
    fields = _fields(browser.get(PAGE)) | {f"team-{BEVAN_GROUP}": "", f"team-{NEXT_DOOR}": SOUTH}
    answer = browser.post(PAGE, {**fields, "why": "Agreed on 4 March"}, follow=True)
    assert "Version 2 was saved. 14 practices changed team." in _text(answer)
    teams = _stated(2)
    assert NEXT_DOOR in teams[SOUTH] and BEVAN_GROUP not in teams[NORTH] and len(teams[NORTH]) == 7
    assert _stated(1) == {SOUTH: (), NORTH: ()}
    found = reading.audited(reading.newest("halton"))
    for row, n in zip(found.rows, reading.content(reading.newest("halton")).neighbourhoods, strict=True):
        patients, share = _patients_by_hand({*n.practices}, {*n.areas})
        assert row.patients_of_team == round(patients)
        assert row.own_share == pytest.approx(share)
    words = _text(browser.get(f"{HERE}v2/audit"))
    assert "Princeway Surgeries N81030 Area n01" in words and "Bevan Group Practice N81011 Elsewhere" in words
    assert reading.newest("halton").did == "teams"


def test_a_whole_network_goes_to_a_team_at_once_and_what_it_would_cover_is_seen_before(member: Any) -> None:
    browser = member("coach")
    kept()
    fields = _fields(browser.get(PAGE)) | {f"whole-{RUNCORN_PCN}": NORTH}
    answer = browser.post(PAGE, {**fields, "way": "check"})
    words = _text(answer)
    assert "They are not saved yet" in words and "The lists suggest Area n01" in words
    assert _row(answer, "Area n01") == ["None", "0", "0", "69,496", "No practice"]
    assert _row(answer, "Area n02")[:2] == ["Runcorn PCN, Widnes PCN", "14"]
    again = browser.post(PAGE, {**_fields(answer), "why": "One team"}, follow=True)
    assert len(_stated(2)[NORTH]) == 14 and _stated(2)[SOUTH] == ()
    assert "5 things to do or to record" in _text(again) and "No practice recorded" in _text(again)
    assert "No practice of its team is recorded, and others’ are Area n01" in _text(browser.get(f"{HERE}v2/audit"))


@pytest.mark.parametrize(
    ("heading", "rows", "units", "is_whole", "south"),
    [
        ("neighbourhood,pcn", [f"runcorn,{RUNCORN_PCN}"], "pcns", False, 6),
        ("practice,neighbourhood", [f"{GROVE_HOUSE},{SOUTH}"], "practices", False, 2),
        ("practice,neighbourhood", [f"{GROVE_HOUSE},Runcorn"], "practices", True, 1),
    ],
)
def test_a_list_of_practices_or_networks_is_brought_in_one_go(
    member: Any, heading: str, rows: list[str], units: str, is_whole: bool, south: int
) -> None:
    browser = member("coach")
    kept()
    save(1, named={SOUTH: "Runcorn"}, teams={"N81019": (SOUTH,)})
    sent = _list(heading, rows) | {"base": "2", "units": units, "why": "The networks' own list"}
    answer = browser.post(PAGE, sent | ({"is_whole": "on"} if is_whole else {}), follow=True)
    assert "Version 3 was saved" in _text(answer)
    assert len(_stated(3)[SOUTH]) == south and GROVE_HOUSE in _stated(3)[SOUTH]


def _list(heading: str, rows: list[str]) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"way": "list", "file": SimpleUploadedFile("ours.csv", "\n".join([heading, *rows]).encode())}


@pytest.mark.parametrize(
    ("heading", "rows", "words"),
    [
        (
            "neighbourhood,practice",
            ["Crewe,N81066"],
            "Ours.csv: the set has no neighbourhood 'Crewe'. Expected: n01, n02",
        ),
        ("neighbourhood,practice", ["n01,X99999"], "Ours.csv: 1 of its codes are no practices: X99999"),
        ("neighbourhood,surgery", ["n01,N81066"], "Expected: columns practice and neighbourhood"),
        ("neighbourhood,practice", ["n01,"], "An empty cell"),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_what_to_mend(
    member: Any, heading: str, rows: list[str], words: str
) -> None:
    kept()
    sent = _list(heading, rows) | {"base": "1", "units": "practices", "why": "x"}
    answer = member("coach").post(PAGE, sent)
    assert answer.status_code == 422 and words.casefold() in _text(answer).casefold()
    assert member("coach").post(PAGE, {"way": "list", "base": "1"}).status_code == 422


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({f"team-{GROVE_HOUSE}": SOUTH}, "Enter why, or where it is written"),
        ({"why": "x", "team-X99999": SOUTH}, "X99999 is no practice"),
        ({"why": "x", f"team-{GROVE_HOUSE}": "n09"}, "The set has no area with the id n09"),
        ({"why": "x"}, "Nothing is different"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_kept_on_the_page(member: Any, sent: dict[str, str], words: str) -> None:
    kept()
    answer = member("coach").post(PAGE, {"base": "1", **sent})
    assert answer.status_code == 422 and words in _text(answer)
    if sent.get(f"team-{GROVE_HOUSE}") == SOUTH:
        assert _fields(answer)[f"team-{GROVE_HOUSE}"] == SOUTH


def test_the_second_to_say_it_is_told_what_the_first_said_and_may_save_on_it(member: Any) -> None:
    browser = member("coach")
    kept()
    save(1, "The network's letter", teams={GROVE_HOUSE: (SOUTH,)})
    answer = browser.post(
        PAGE, {"base": "1", "why": "Mine", f"team-{GROVE_HOUSE}": NORTH, f"team-{BEVAN_GROUP}": NORTH}
    )
    words = _text(answer)
    assert answer.status_code == 409 and "The network's letter" in words
    assert "Grove House Practice: from no team to that of Area n01" in words
    assert "You changed the team of Grove House Practice too: theirs is Area n01, and yours would win" in words
    found = dict(re.findall(r'name="(base|changes|why)" value="([^"]*)"', answer.content.decode()))
    action = re.search(r'<form method="post" action="([^"]*practices)"', answer.content.decode())
    assert action
    again = browser.post(action[1], {name: html.unescape(value) for name, value in found.items()}, follow=True)
    assert "Version 3 was saved" in _text(again)
    assert _stated(3) == {SOUTH: (), NORTH: (BEVAN_GROUP, GROVE_HOUSE)}


def test_a_practice_in_two_teams_counts_for_each_and_stays_in_both(member: Any) -> None:
    from doorstep.geography.site.drawing import reading

    browser = member("coach")
    kept()
    save(1, teams={GROVE_HOUSE: (SOUTH, NORTH)})
    page = browser.get(PAGE)
    assert _fields(page)[f"team-{GROVE_HOUSE}"] == f"{SOUTH} {NORTH}"
    browser.post(PAGE, {**_fields(page), "base": "2", "why": "x", f"team-{BEVAN_GROUP}": NORTH})
    assert _stated(3) == {SOUTH: (GROVE_HOUSE,), NORTH: (BEVAN_GROUP, GROVE_HOUSE)}
    found = reading.audited(reading.newest("halton"))
    for row in found.rows:
        n = next(n for n in reading.content(reading.newest("halton")).neighbourhoods if n.id == row.id)
        assert row.own_share == pytest.approx(_patients_by_hand({*n.practices}, {*n.areas})[1])
    assert f"In more than one team, and counted for each: {GROVE_HOUSE}." in found.notes


def test_versions_say_which_practices_changed_team(member: Any) -> None:
    browser = member("coach")
    kept()
    save(1, teams={GROVE_HOUSE: (SOUTH,), BEVAN_GROUP: (NORTH,)})
    save(2, teams={GROVE_HOUSE: ()})
    words = _text(browser.get(f"{HERE}compare?from=1&to=2"))
    assert "2 practices changed team" in words and "Bevan Group Practice N81011 None Area n02" in words
    assert "Grove House Practice N81066 Area n01 None" in _text(browser.get(f"{HERE}compare"))


def test_any_practice_of_england_is_found_by_name_code_or_network(member: Any) -> None:
    browser = member("coach")
    kept()
    for words in ("princeway surgeries", NEXT_DOOR, "Princeway PCN"):
        assert f"team-{NEXT_DOOR}" in _fields(browser.get(f"{PAGE}?q={words}"))
    assert "No practice has these words" in _text(browser.get(f"{PAGE}?q=nowhere-at-all"))
    assert "the first 150 shown" in _text(browser.get(f"{PAGE}?q=surgery"))


def test_the_list_taken_away_can_be_brought_again_here_and_on_the_command_line(member: Any, tmp_path: Any) -> None:
    from doorstep.geography.neighbourhoods import import_set
    from doorstep.geography.neighbourhoods.teams import listed_teams
    from doorstep.geography.site.drawing import reading

    browser = member("coach")
    kept()
    browser.post(PAGE, {**_fields(browser.get(PAGE)), "why": "As the lists suggest"})
    taken = browser.get(f"{HERE}v2/practices.csv")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="halton-v2-practices.csv"'
    rows = list(csv.DictReader(io.StringIO(taken.content.decode())))
    assert {row["pcn"] for row in rows} == {RUNCORN_PCN, WIDNES_PCN} and len(rows) == 14
    path = tmp_path / "taken.csv"
    path.write_bytes(taken.content)
    made = reading.content(reading.newest("halton"))
    assert listed_teams(made, path, "practices") == {p: (n.id,) for n in made.neighbourhoods for p in n.practices}
    again = import_set(path, "practices", "again", on=made.valid_from)
    assert [n.practices for n in again.neighbourhoods] == [n.practices for n in made.neighbourhoods]


def test_who_may_only_read_is_refused_the_page_and_takes_the_list(member: Any) -> None:
    kept()
    reader = member("evaluator")
    assert reader.get(PAGE).status_code == reader.post(PAGE, {}).status_code == 403
    assert reader.get(f"{HERE}v1/practices.csv").status_code == 200
    assert "Practices of each team" not in _text(reader.get(HERE))


def test_a_set_that_has_ended_keeps_its_teams(member: Any) -> None:
    browser = member("coach")
    kept()
    browser.post(f"{HERE}retire", {"last_day": "2026-12-31", "why": "Replaced"})
    assert browser.get(PAGE).headers["Location"] == HERE
    assert browser.post(PAGE, {"base": "2", "why": "x", f"team-{GROVE_HOUSE}": SOUTH}).status_code == 302


def test_a_practice_beyond_those_shown_is_saved_with_them_where_the_lists_suggest(
    member: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from doorstep.geography.site.drawing import practices

    monkeypatch.setattr(practices, "SHOWN", 5)
    browser = member("coach")
    kept()
    page = browser.get(PAGE)
    assert "9 more practices that are not shown go where the lists suggest" in _text(page)
    hidden = dict(re.findall(r'<input type="hidden" name="(team-[^"]*)" value="([^"]*)">', page.content.decode()))
    browser.post(PAGE, {**_fields(page), **hidden, "why": "As the lists suggest"})
    assert [len(found) for found in _stated(2).values()] == [6, 8]
