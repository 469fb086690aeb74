"""What anyone can open tells nothing but the shown numbers: where only hidden numbers differ, no answer does.

Two worlds are made in turn whose Places sent different numbers, but of these only such as are hidden. Every page, file
and answer of the interface must then be the same, byte by byte. So whoever opens them all knows what an attacker in
`tests/programme_figures` knows, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import pytest
from publishing_kit import FEB, JAN, WHOLE, Line, lines, send

pytestmark = pytest.mark.usefixtures("db")

METRICS = ("O2b", "O4.1")
# Addresses that give figures, by the name of their view: how this test opens each is `addresses`.
OPENED = {
    "scorecard",
    "exhibit",
    "exhibit-csv",
    "exhibit-csv-metadata",
    "api-exhibit",
    "api-index",
    "api-openapi",
    "packs",
    "pack-make",
    "pack",
    "pack-html",
    "pack-pdf",
    "editions",
    "edition",
}
WITHOUT_FIGURES = {"exhibit-choose", "definitions", "definition", "api-guide"}
PACKS = ("all", "sefton")


def sent(hidden: int, total: int = 100) -> dict[str, list[int | str]]:
    """Return a return whose second age group is `hidden`, and whose last one is what that leaves of 14: a star.

    Both are hidden, the second because the star could be worked out.
    """
    ages = (16 + total - 100, hidden, *[10] * 7)
    rest = (*WHOLE[11:16], 10 + total - 100, *WHOLE[17:22], 10 + total - 100)
    stays: Line = (total, *ages, "*", *rest)
    days = (3 * total, 3 * ages[0], 3 * hidden, *[30] * 7, 3 * (14 - hidden), *(3 * v for v in rest))
    return {name: list(days if name == "O3" else stays) for name in lines()}


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every answer is made anew; of a pack as PDF what is printed is compared, since printing takes long."""
    from django.test.utils import override_settings

    from doorstep.programme.scorecard import pack_pdf

    monkeypatch.setattr(pack_pdf, "pdf", str.encode)
    with override_settings(FIGURES_CACHE=False, EXHIBIT_CACHE=False):
        yield


def addresses() -> list[str]:
    """Return every kind of exhibit for one Place, two metrics and a month, as page, file and answer; and the rest."""
    from doorstep.programme.scorecard import shelf

    words = {"place": ["sefton"], "metric": METRICS, "month": ["2026-01"]}
    paths = [
        f"{name}/" + "".join(f"{word}/" for word in choice)
        for name in shelf.MODULES
        for choice in product(*(words[need] for need in shelf.kind(name).needs))
    ]
    exhibits = [f"/scorecard/{path}" for path in paths]
    return [
        *exhibits,
        *(f"{page}?edition=1" for page in exhibits[:2]),
        *(f"{page}table-1.csv" for page in exhibits),
        *(f"{page}table-1.csv-metadata.json" for page in exhibits),
        *(f"/api/v1/{path}" for path in paths),
        "/scorecard/",
        "/api/v1/",
        "/api/v1/openapi.json",
        "/packs/",
        *(f"/packs/2/{word}{ending}" for word in PACKS for ending in ("/", ".html", ".pdf")),
        "/editions/",
        "/editions/1/",
        "/editions/2/",
    ]


def world(browser: Any, versions: Sequence[Mapping[str, list[int | str]]], among: Sequence[str]) -> dict[str, str]:
    """Return every answer where two Places sent these versions of two months, each published; then forget the world."""
    from django.db import transaction

    from doorstep.programme.figures import actions
    from doorstep.programme.scorecard import making

    with transaction.atomic():
        for version in versions:
            for slug, month in product(("sefton", "walsall"), (JAN, FEB)):
                send(version, month, slug)
            actions.publish(by=None)
        for word in PACKS:
            assert browser.post(f"/packs/2/{word}/make").status_code == 302
        while (made := making.make_next()) is not None:
            assert not made.why
        found = {address: answer(browser, address) for address in among}
        transaction.set_rollback(True)
    return found


def answer(browser: Any, address: str) -> str:
    """Return an answer without what differs from one request to the next."""
    page = browser.get(address)
    assert page.status_code == 200, address
    text = page.content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "", text)


@pytest.mark.parametrize("role", ("coach", "place_sender"))
def test_no_answer_differs_where_only_hidden_numbers_do(member: Any, role: str) -> None:
    browser = member(role, place="walsall" if role == "place_sender" else "")
    among = addresses() if role == "coach" else [one for one in addresses() if one.startswith("/api/v1/")]
    one, other = (world(browser, [sent(a), sent(b, 110)], among) for a, b in ((10, 10), (9, 8)))
    assert [address for address in among if one[address] != other[address]] == []


def test_answers_do_differ_where_a_shown_number_does(member: Any) -> None:
    among = ["/api/v1/spc/sefton/O2b/", "/editions/2/", "/scorecard/overview/"]
    one, other = (world(member("coach"), [sent(10), sent(10, total)], among) for total in (110, 111))
    assert one[among[0]] != other[among[0]]


def test_every_address_that_gives_figures_is_opened_here() -> None:
    """A new one is added to `addresses`, so that nothing escapes the comparison."""
    from doorstep.web.matrix import matrix

    figures = {name for name, what in matrix("national").addresses.items() if what and what[0] == "figure"}
    assert figures - {"edition-publish"} <= OPENED | WITHOUT_FIGURES
