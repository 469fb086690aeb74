"""Every exhibit of the shelf as page, CSV and JSON: the same cells, the schema, few queries, nothing hidden."""

from __future__ import annotations

from typing import Any

import pytest
from scorecard_kit import AS_SENT, Tables, publish, rows_of

from doorstep.programme.scorecard import shelf

pytestmark = pytest.mark.usefixtures("db")
NATIONAL = [name for name in shelf.MODULES if "national" in shelf.kind(name).roles]
WORDS = {"place": "croydon", "metric": "O2b", "month": "2026-05"}


@pytest.fixture
def coach(member: Any) -> Any:
    publish()
    return member("coach")


def path_of(name: str) -> str:
    return f"{name}/" + "".join(f"{WORDS[need]}/" for need in shelf.kind(name).needs)


@pytest.mark.parametrize("name", NATIONAL)
def test_page_csv_and_interface_hold_the_same_cells_and_fit_the_description(coach: Any, name: str) -> None:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    page = coach.get(f"/scorecard/{path_of(name)}")
    told = coach.get(f"/api/v1/{path_of(name)}").json()
    tables = Tables(page.content.decode()).tables
    assert len(tables) == len(told["tables"]) > 0
    for table, one in zip(tables, told["tables"], strict=True):
        csv = rows_of(coach.get(f"/scorecard/{path_of(name)}{one['name']}.csv").content)
        assert csv[0] == [column["name"] for column in one["columns"]]
        assert csv[1:] == [[as_text(value) for value in row.values()] for row in one["rows"]]
        assert [[unquoted(cell) for cell in row] for row in csv[1:]] == table[1:]
    spec = coach.get("/api/v1/openapi.json").json()
    address = f"/{name}/" + "".join(f"{{{need}}}/" for need in shelf.kind(name).needs)
    schema = spec["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert list(Draft202012Validator({**schema, "components": spec["components"]}).iter_errors(told)) == []


def as_text(value: Any) -> str:
    """A JSON value as the CSV has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def unquoted(cell: str) -> str:
    """A CSV's cell as the page has it: a yes for true."""
    return {"true": "yes", "false": "no"}.get(cell, " ".join(cell.split()))


@pytest.mark.parametrize("name", NATIONAL)
def test_a_page_takes_at_most_thirteen_queries(coach: Any, name: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from doorstep.programme.scorecard import building, holdings

    building.forget()
    holdings.forget()
    with CaptureQueriesContext(connection) as asked:
        assert coach.get(f"/scorecard/{path_of(name)}").status_code == 200
    assert len(asked) <= 13, [query["sql"][:90] for query in asked.captured_queries]


@pytest.mark.parametrize("name", NATIONAL)
def test_no_exhibit_shows_a_number_that_was_sent_and_is_hidden(coach: Any, name: str) -> None:
    from doorstep.programme.figures.models import SafeLine
    from doorstep.programme.submissions.models import Submission

    hidden = SafeLine.objects.get(place="croydon", month="2026-05-01", line="O2b")
    assert hidden.values[3] is None
    Submission.objects.create(
        place_id="croydon", month=hidden.month, version=1, file_name="a.xlsx", file=b"", sha256="0" * 64,
        received_on=hidden.received_on, received_at="2026-08-01T00:00:00Z", window="first", n_faults=0, n_notes=0,
        lines={"O2b": [AS_SENT if v is None else v for v in hidden.values]},
    )  # fmt: skip
    answers = [coach.get(f"/{root}/{path_of(name)}").content.decode() for root in ("scorecard", "api/v1")]
    assert not any(text in answer for answer in answers for text in (str(AS_SENT), f"{AS_SENT:,}"))


def test_the_landing_page_is_the_overview_and_leads_on(coach: Any) -> None:
    page = coach.get("/scorecard/").content.decode()
    assert 'href="/scorecard/spc-national/O2b/"' in page
    assert 'href="/scorecard/engagement/"' in page
    assert 'href="/scorecard/overview-place/croydon/"' in coach.get("/scorecard/funnel/O2b/2026-05/").content.decode()
    assert 'href="/scorecard/spc/croydon/O2b/"' in coach.get("/scorecard/overview-place/croydon/").content.decode()


def test_places_stand_in_the_order_of_their_names_everywhere(coach: Any) -> None:
    for address in ("/scorecard/spc/", "/scorecard/funnel/O2b/2026-05/", "/scorecard/engagement/"):
        page = coach.get(address).content.decode()
        main = page[page.index("<main") :]
        assert main.index("Croydon") < main.index("Dorset Place") < main.index("West Essex"), address
