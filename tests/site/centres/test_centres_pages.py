"""The planner's pages: what the siting room says, in words, for everybody who has logged in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")
HALTON = "where=Halton&kinds=library&kinds=practice&how=number&n=2&aim=median&within=2&weight=need&road_factor=1.3"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    from doorstep.geography.site.centres import answering

    answering.forget()
    yield


@pytest.fixture
def coach(member: Any) -> Any:
    return member("coach")


def body(answer: Any) -> str:
    """Return what stands in the page, in words."""
    import html
    import re

    text = answer.content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def by_the_room() -> Any:
    from doorstep.geography.siting import Question, answer, demand_of, sites_of

    return answer(Question(demand_of("Halton"), sites_of("Halton", ("library", "practice")), n=2, within=2.0))


def test_the_answer_says_what_the_room_says(coach: Any) -> None:
    from doorstep.geography.siting import by_council, by_quintile, by_site

    found, page = by_the_room(), coach.get(f"/where/centres/answer/?{HALTON}")
    assert page.status_code == 200
    words = body(page)
    assert found.sentence in words
    for effect in by_site(found):
        assert effect.site.name in words and f"{effect.people_nearest:,}" in words
    for group in (*by_quintile(found), *by_council(found)):
        name = group.name[0].upper() + group.name[1:]
        assert f"{name} {group.people:,} {group.mean:.2f} {100 * group.within:.1f}%" in words


def test_by_hand(coach: Any) -> None:
    page = coach.get(f"/where/centres/by-hand/?{HALTON}")
    assert page.status_code == 200
    assert "No centre is placed yet" in body(page)
    page = coach.get(f"/where/centres/by-hand/?{HALTON}&pick=351000,383000")
    assert page.status_code == 200
    print(body(page))
