"""A thousand made-up people, read from the sorted copy: plain Python says of each what the person table says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doorstep.cli.app import cli
from doorstep.home import Home
from doorstep.planning import lists
from doorstep.planning.engine.plain import person_table, read_rows
from doorstep.planning.explained.findings import require_agreement
from doorstep.planning.person_file import PersonFile, offer_of, place_practices
from doorstep.planning.sorted_copy import SortedCopy, find_copy
from doorstep.planning.sorted_copy.reading import lake_shape, relation
from doorstep.planning.updating import update_person_file
from doorstep.records import Lake, open_lake
from doorstep.records.contracts import TABLES

PACKS = Path(__file__).parents[2] / "packs"
KNOWN, DAY = date(2026, 10, 31), date(2026, 9, 30)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Make people up, with the code lists of every pack."""
    root = tmp_path_factory.mktemp("place") / "home"
    asked = f"synthetic make --system England --plane planning --people 1000 --workers 1 --out {root}"
    done = CliRunner().invoke(cli, asked.split(), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    for pack in (path for path in PACKS.iterdir() if path.is_dir()):
        lists.add(Home(root), pack)
    return Home(root)


def test_the_table_and_the_rows_agree_about_a_thousand_people(home: Home) -> None:
    with open_lake(home, known_by=KNOWN) as lake:
        person = update_person_file(lake, as_at=DAY).person
        copy = find_copy(home, lake.snapshot, KNOWN)
        assert copy
        rows = {table: _rows(lake, copy, table) for table in TABLES}
    codes, shelf = read_rows(lists.in_use(home).path), offer_of(home).shelf
    found = person_table(rows, shelf, as_at=DAY, practices=place_practices(home), codes=codes)
    table = _by_person(person)
    assert len(table) == len(found.people) >= 1000
    for one in found.people:
        require_agreement(table[one["person_id"]], one)
    assert sum(row["efi_count"] > 4 for row in table.values()) > 5
    assert sum(row["ltc_count"] > 1 for row in table.values()) > 50


def _rows(lake: Lake, copy: SortedCopy, table: str) -> list[dict[str, Any]]:
    """Return a table of the copy in the columns of the lake, everybody's, with pseudonyms."""
    shape = lake_shape(copy, table).replace("select ", "select n.name as person_id, ", 1)
    result = lake.connection().execute(f"{shape} join ({relation(copy, 'names')}) as n on n.person_id = f.person_id")
    columns = [c[0] for c in result.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _by_person(person: PersonFile) -> dict[str, dict[str, Any]]:
    import duckdb

    result = duckdb.execute(person.relation_sql())
    columns = [c[0] for c in result.description or ()]
    return {row[0]: dict(zip(columns, row, strict=True)) for row in result.fetchall()}
