"""The report's audit as a page: what the need room says, with every verdict in words, and nothing of it elsewhere."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")
SOURCE = Path(__file__).resolve().parents[3] / "src" / "doorstep"
POLITICAL = re.compile(
    r"pcon|constituenc|(?<![a-z])part(?:y|ies)(?![a-z])|winner|\bwon\b|(?<![a-z])elections?(?![a-z])|labour|conservative|(?<![a-z])reform(?![a-z])|lib_?dem|majority",
    re.I,
)


def words_of(page: Any) -> str:
    """Return what stands in a page's main part, as words."""
    text = page.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def rows_of(answer: Any) -> list[dict[str, str]]:
    """Return a CSV answer's rows."""
    return list(csv.DictReader(answer.content.decode().splitlines()))


@pytest.fixture(scope="module")
def audited() -> Any:
    from doorstep.geography import need

    return need.audit_report(need.rank(need.load(), need.shipped()))


def test_every_claim_stands_there_with_what_was_found_and_a_verdict_in_words(member: Any, audited: Any) -> None:
    from doorstep.geography.site.report.facts import TAGS

    words = words_of(member("evaluator").get("/where/report/"))
    for claim in audited.claims:
        found = claim.found[0].upper() + claim.found[1:]
        assert f"{TAGS[claim.verdict][2]} {found}." in words, claim.id
        assert claim.says in words
    assert "no league table" in words


def test_the_summary_counts_every_claim_once(audited: Any, member: Any) -> None:
    from doorstep.geography.site.report import facts

    counted = dict(facts.counts())
    assert sum(counted.values()) == len(audited.claims)
    assert counted["does not hold"] == 5
    assert "Does not hold 5 of 16 statements" in words_of(member("coach").get("/where/report/"))


def test_page_and_files_hold_the_same_150_areas(member: Any, audited: Any) -> None:
    coach = member("coach")
    words, rows = words_of(coach.get("/where/report/")), rows_of(coach.get("/where/report/areas.csv"))
    assert [int(row["rank_in_report"]) for row in rows] == list(range(1, 151))
    assert all(f"{row['lsoa21_name']}, {row['lsoa21']}" in words for row in rows)
    assert sum(bool(row["place_approximate"]) for row in rows) == 42
    assert rows[0]["name_corrected"] == "Ingoldmells & Chapel St Leonards" and rows[0]["council"] == "East Lindsey"
    horden = rows[132]
    assert (horden["name_as_printed"], horden["name_corrected"]) == ("Horde", "Horden")
    claims = rows_of(coach.get("/where/report/claims.csv"))
    assert [row["id"] for row in claims] == [claim.id for claim in audited.claims]
    assert all(row["compute_again"] for row in claims)


def test_each_rank_stands_within_its_interval_or_near(member: Any, audited: Any) -> None:
    rows = rows_of(member("coach").get("/where/report/areas.csv"))
    assert [int(row["rank_in_need_index"]) for row in rows] == [area["need_rank"] for area in audited.areas]
    assert all(0 < int(row["rank_low"]) <= int(row["rank_high"]) for row in rows)
    outside = [r for r in rows if not int(r["rank_low"]) <= int(r["rank_in_need_index"]) <= int(r["rank_high"])]
    assert len(outside) <= 3


def test_corrected_names_are_listed_with_what_was_printed(member: Any) -> None:
    words = words_of(member("coach").get("/where/report/"))
    assert "133 Horde Horden County Durham 036A" in words
    assert "26 No name Birkenhead Central Wirral 016F" in words


def test_who_has_no_role_or_has_not_logged_in_sees_nothing(member: Any) -> None:
    from django.test import Client

    for address in ("/where/report/", "/where/report/claims.csv", "/where/report/areas.csv"):
        assert Client().get(address).status_code == 302
        refused = member().get(address)
        assert refused.status_code == 403 and "Ingoldmells" not in refused.content.decode()


def test_a_page_asks_the_database_for_the_session_and_the_role_alone(member: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    coach = member("coach")
    with CaptureQueriesContext(connection) as asked:
        coach.get("/where/report/")
    assert len(asked.captured_queries) <= 6


def test_no_other_page_template_script_or_layer_about_where_has_a_political_field() -> None:
    own = SOURCE / "geography" / "site"
    spared = {own / "report", own / "jinja2" / "where" / "report.jinja"}
    scripts = SOURCE / "web" / "layout" / "frontend" / "where"
    looked = [
        path
        for folder in (own, scripts, SOURCE / "geography" / "siting", SOURCE / "geography" / "neighbourhoods")
        for path in folder.rglob("*")
        if path.suffix in {".py", ".jinja", ".js", ".toml"} and not spared & {path, *path.parents}
    ]
    looked += [SOURCE / "geography" / name for name in ("map_layer.py", "shapes.py", "areas.py", "need/layers.py")]
    assert len(looked) > 40
    # The need pages quote the tables' sources, and leave out what those say of constituencies: they drop it.
    drops = re.compile(r"lines on constituencies, which no page of need reads|if \"constituenc\" not in line")
    texts = [(path.name, drops.sub("", path.read_text(encoding="utf-8"))) for path in looked]
    assert [f"{name}: {hit[0]}" for name, text in texts if (hit := POLITICAL.search(text))] == []


def test_what_browsers_fetch_for_maps_has_no_political_field() -> None:
    layers = list((SOURCE / "web" / "layout" / "assets" / "where").glob("*.json"))
    assert layers
    for path in layers:
        told = json.loads(path.read_text(encoding="utf-8"))
        assert not [key for key in told if POLITICAL.search(key)], path.name


def test_the_wall_would_see_a_political_field() -> None:
    for text in (
        "pcon24_name",
        "election_2024",
        "the winning party",
        "Constituency",
        "winners",
        "second_party = 1",
        "reform_share",
    ):
        assert POLITICAL.search(text), text
    assert not POLITICAL.search("a performing part of partly reformatted, a selection")
