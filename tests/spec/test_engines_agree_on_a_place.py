"""Every shipped definition, the ones that are off and recalled among them, over made-up people, on every engine.

The code lists of the packs are installed first, so that the frailty index is computed too.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from spec_engines import ENGINES, Case, Made

from doorstep import records
from doorstep.cli.app import cli
from doorstep.home import Home
from doorstep.planning import lists
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.columns import history_columns, offered, person_columns
from doorstep.planning.engine.plain import read_rows
from doorstep.records.contracts import TABLES

AS_AT = date(2026, 9, 30)
PACKS = Path(__file__).parents[2] / "packs"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Make people up, load their records, and return what every engine is given."""
    root = tmp_path_factory.mktemp("place") / "home"
    asked = f"synthetic make --plane planning --people 2000 --workers 1 --out {root}".split()
    done = CliRunner().invoke(cli, [*asked, "--system", "Cheshire and Merseyside"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    home = Home(root)
    for pack in (path for path in PACKS.iterdir() if path.is_dir()):
        lists.add(home, pack)
    in_use = lists.in_use(home)
    everything = [definition.id for definition in shipped().all]
    offer = offered(shipped(), in_use.names, opted_in=everything)
    tables = _tables(home)
    return Case(tables, offer.shelf, read_rows(in_use.path), AS_AT, practices=_most_practices(tables))


def _tables(home: Home) -> dict[str, list[dict[str, Any]]]:
    with records.open_lake(home, known_by=date(2026, 12, 31)) as lake:
        con = lake.connection()
        found = {}
        for name in TABLES:
            cursor = con.execute(f"select * from {name}")
            names = [column[0] for column in cursor.description or ()]
            rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
            found[name] = [row | {"row_hash": None} for row in rows]
    return found


def _most_practices(tables: dict[str, list[dict[str, Any]]]) -> tuple[str, ...]:
    """Return nine of ten practices: the people of the others are not registered with the Place."""
    found = sorted({row["practice"] for row in tables["person"] if row["practice"]})
    return tuple(name for n, name in enumerate(found) if n % 10)


@pytest.fixture(scope="module")
def plain(case: Case) -> Made:
    return ENGINES["plain"](case)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "plain"])
def test_an_engine_makes_the_plain_rows_of_made_up_people(case: Case, plain: Made, engine: str) -> None:
    made = ENGINES[engine](case)
    for columns, ours, theirs in (
        (person_columns(case.shelf), plain.people, made.people),
        (history_columns(case.shelf), plain.history, made.history),
    ):
        assert [list(row) for row in theirs[:1]] == [list(columns)]
        assert [row["person_id"] for row in theirs] == [row["person_id"] for row in ours]
        for name in columns:
            wrong = [
                (a["person_id"], a[name], b[name]) for a, b in zip(ours, theirs, strict=True) if a[name] != b[name]
            ]
            assert not wrong, f"{name}: {len(wrong)} differ, such as {wrong[:3]}"


def test_made_up_people_are_found_by_most_of_what_ships(case: Case, plain: Made) -> None:
    """A column that is the same for everybody compares nothing: at most a quarter of them may be."""
    columns = person_columns(case.shelf)
    same = sorted(name for name in columns if len({row[name] for row in plain.people}) == 1)
    assert len(same) <= len(columns) / 4, f"nothing to compare in {', '.join(same)}"
    assert len(plain.people) > 2000
    assert len(plain.history) > 500
