"""The need explorer without JavaScript: its table, panel, file and comparison say what the room's index says."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

DEFAULT = "/where/need/"
INDICATORS = ["disability", "mental_health", "acute_morbidity", "years_of_life_lost", "illness_and_disability"]


class _Table(HTMLParser):
    """Reads the rows of the table with an id, and the text of everything else by id."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self.table, self.inside = table, False
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and dict(attrs).get("id") == self.table:
            self.inside = True
        if self.inside and tag == "tr":
            self.rows.append([])
        if self.inside and tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += " ".join(data.split()) + " "


def rows_of(answer: Any) -> list[list[str]]:
    page = _Table("need-table")
    page.feed(answer.content.decode())
    return [[" ".join(cell.split()) for cell in row] for row in page.rows[1:]]


def codes_of(answer: Any) -> list[str]:
    return re.findall(r'data-area="(E01\d{6})"', answer.content.decode())


@pytest.fixture
def reader(member: Any) -> Any:
    return member("coach")


def ranked(**weights: float) -> Any:
    from doorstep.geography import need

    return need.rank(need.load().with_weights(weights), need.shipped())


def first(found: Any, n: int) -> list[str]:
    return [code for _, code in sorted(zip(found.rank.tolist(), found.codes, strict=True))][:n]


def test_the_table_begins_with_the_most_need_of_england(reader: Any) -> None:
    answer = reader.get(DEFAULT)
    assert answer.status_code == 200
    assert codes_of(answer) == first(ranked(), 50)
    assert [row[1] for row in rows_of(answer)][:3] == ["1 top 3%", "2 top 3%", "3 top 3%"]
    assert "33,755 areas" in answer.content.decode()


def test_weights_in_the_address_are_the_rooms_own_computation(reader: Any) -> None:
    answer = reader.get(DEFAULT, {"mental_health": "3", "without": "disability"})
    assert codes_of(answer) == first(ranked(mental_health=3, disability=0), 50)
    page = answer.content.decode()
    assert 'name="without" value="disability" checked' in page
    assert re.search(r'name="mental_health"[^>]*value="3.0"', page)


def test_a_council_and_a_part_of_a_name_narrow_the_table_and_ranks_stay_englands(reader: Any) -> None:
    from doorstep.geography.areas import areas_within

    found = ranked()
    rank = dict(zip(found.codes, found.rank.tolist(), strict=True))
    answer = reader.get(DEFAULT, {"within": "Halton"})
    wanted = sorted(areas_within("Halton"), key=lambda code: rank[code])
    assert codes_of(answer) == wanted[:50]
    assert codes_of(reader.get(DEFAULT, {"within": "Halton", "page": "2"})) == wanted[50:]
    assert [int(row[1].split()[0].replace(",", "")) for row in rows_of(answer)] == [rank[c] for c in wanted[:50]]
    assert codes_of(reader.get(DEFAULT, {"find": "halton 001a"})) != []
    assert "No area is found" in reader.get(DEFAULT, {"find": "Atlantis"}).content.decode()


def test_a_chosen_area_has_its_panel_and_the_page_of_the_table_that_it_is_on(reader: Any) -> None:
    found = ranked()
    code = first(found, 120)[-1]
    answer = reader.get(DEFAULT, {"area": code})
    assert code in codes_of(answer)
    page = answer.content.decode()
    assert f'aria-current="true" data-area="{code}"' in page
    panel = page[page.index('id="area"') : page.index("</section>")]
    for told in (code, "120 of 33,755", "How sure", "Residents", "Illness and disability ratio", "Patients per GP"):
        assert told in panel


def test_the_panels_interval_is_the_rooms(reader: Any) -> None:
    from doorstep.geography import need
    from doorstep.geography.site.need import facts

    firm = need.rank_intervals(ranked())
    shown = facts.firmness()
    assert (shown.low == firm.low).all() and (shown.high == firm.high).all()
    assert (shown.in_top == (firm.share_in_top * firm.draws).round()).all() and shown.draws == firm.draws


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"mental_health": "lots"}, "is no weight"),
        ({"mental_health": "-1"}, "from 0 to 100"),
        ({"mental_health": "nan"}, "is no weight"),
        ({"layer": "winner"}, "there is no layer"),
        ({"within": "Atlantis"}, "no council, place or system"),
        ({"area": "E99"}, "there is no area"),
        ({"page": "-3"}, "is no page"),
        ({"without": INDICATORS}, "all weights are 0"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_answered_with_words(reader: Any, query: dict[str, Any], said: str) -> None:
    answer = reader.get(DEFAULT, query)
    assert answer.status_code == 422
    assert said in answer.content.decode().lower() and "There is a problem" in answer.content.decode()
    assert codes_of(answer)  # the plain table is still there
    if query.keys() <= {"mental_health", "within", "without"}:
        assert reader.get("/where/need/areas.csv", query).status_code == 422


def test_a_layer_stands_beside_and_changes_no_rank(reader: Any) -> None:
    plain = reader.get(DEFAULT)
    beside = reader.get(DEFAULT, {"layer": "imd2025_decile"})
    assert [row[:6] for row in rows_of(beside)] == rows_of(plain)
    assert {row[6] for row in rows_of(beside)} <= {str(i) for i in range(1, 11)}


def test_the_file_has_the_areas_of_the_page_with_what_they_are(reader: Any) -> None:
    query = {"within": "Sefton", "mental_health": "2"}
    answer = reader.get("/where/need/areas.csv", query)
    assert (
        answer.headers["Content-Type"].startswith("text/csv") and "attachment" in answer.headers["Content-Disposition"]
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    page = reader.get(DEFAULT, query)
    assert [row["lsoa21"] for row in rows][:50] == codes_of(page)
    assert f"{len(rows):,} areas" in page.content.decode()
    found = ranked(mental_health=2)
    rank = dict(zip(found.codes, found.rank.tolist(), strict=True))
    assert all(int(row["rank"]) == rank[row["lsoa21"]] for row in rows)
    beside = json.loads(reader.get(re.findall("<(.+?)>", answer.headers["Link"])[0]).content)
    assert [one["name"] for one in beside["tableSchema"]["columns"]] == list(rows[0])
    assert beside["doorstep:weights"]["mental_health"] == 2 and beside["doorstep:definition"] == "health_need@1"
    assert beside["doorstep:status"] == "weights changed by the user" and len(beside["dc:source"]) == 3


def test_values_in_the_file_are_the_tables_own(reader: Any) -> None:
    from doorstep.geography import need

    rows = list(
        csv.DictReader(io.StringIO(reader.get("/where/need/areas.csv", {"find": "Halton 001A"}).content.decode()))
    )
    [row] = rows
    at = need.shipped().codes.index(row["lsoa21"])
    column = need.shipped().column
    assert float(row["acute_morbidity"]) == pytest.approx(column("acute_morbidity")[at], abs=1e-6)
    assert float(row["disability"]) == pytest.approx(
        column("disabled")[at] / column("asked_about_disability")[at], abs=1e-6
    )


def test_how_it_is_computed_says_all_of_the_definition(reader: Any) -> None:
    from doorstep.geography import need
    from doorstep.reference.tables import source

    page = reader.get("/where/need/how-it-is-computed/").content.decode()
    index = need.load()
    for told in (
        index.status,
        f"{index.id}@{index.version}",
        *(i.title for i in index.indicators),
        "Blom",
        "400 times",
    ):
        assert told in page
    assert page.count("20%") >= 5
    assert "constituenc" not in page and "What must not be concluded" in page and source("need_lsoa21").licence in page


def test_a_pasted_list_is_counted_as_the_room_counts_it(reader: Any) -> None:
    from doorstep.geography import need

    listed = [*first(ranked(), 5), *sorted(ranked().codes)[:3]]
    page = reader.post("/where/need/compare/", {"codes": "\n".join(listed).lower()}).content.decode()
    compared = need.compare(ranked(), listed)
    shown = re.findall(r">(\d+)%</th><td[^>]*>([\d,]+)</td><td[^>]*>(\d+)</td>", page)
    assert [(int(share), int(n)) for share, _, n in shown] == [(round(100 * s), n) for s, n in compared.in_top.items()]
    assert all(code in page for code in [*listed, *compared.missed])


def test_a_file_of_names_is_taken_and_its_faults_name_the_row(reader: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    def sent(text: str) -> Any:
        return reader.post("/where/need/compare/", {"file": SimpleUploadedFile("l.csv", text.encode("latin-1"))})

    assert "2 areas beside" in sent("lsoa_name\nHalton 001A\nHalton 001B\n").content.decode()
    for text, said in (
        ("lsoa21\nE01000001\nnowhere\n", "row 3"),
        ("code\nE01000001\n", "no column of 2021 areas"),
        ("lsoa21\nE01000001\nE01000001\n", "stands twice"),
        ("lsoa21\n\xff\n", "not text in utf-8"),
    ):
        answer = sent(text)
        assert answer.status_code == 422 and said in answer.content.decode().lower()
        assert "/tmp" not in answer.content.decode()
    assert reader.post("/where/need/compare/", {"codes": " "}).status_code == 422
    one = reader.post("/where/need/compare/", {"codes": "E01000001 E01007132"}).content.decode()
    assert "&#39;E01007132&#39; is no small area of 2021. Expected: codes of England&#39;s small areas of 2021" in one


def test_the_start_page_has_a_card_for_each_page_that_there_is(reader: Any) -> None:
    from django.urls import NoReverseMatch, reverse

    page = reader.get("/where/").content.decode()
    for name in ("need", "neighbourhoods", "centres", "report-audit"):
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        assert f'class="nhsuk-card__link" href="{address}"' in page
    assert page.count("nhsuk-card__link") >= 1
