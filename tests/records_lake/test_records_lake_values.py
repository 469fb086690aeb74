"""The number that a coded entry carries: kept from now on, null in what an earlier version wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest
from made_lake import Made, patient

from doorstep.records.contracts import TABLES
from doorstep.records.lake import open_lake

CODED = TABLES["coded"]
EARLIER = replace(CODED, columns=tuple(c for c in CODED.columns if c.name != "value"), added=())
PERSON = patient("a")


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {
        "person_key": "a",
        "entry_id": name,
        "code": "763264000",
        "recorded_on": "2026-03-01",
        "practice": "P1",
        **more,
    }


def values(made: Made) -> list[tuple[Any, ...]]:
    with open_lake(made.home, known_by=date(2026, 11, 1)) as lake:
        assert tuple(lake.all_versions("coded").columns[: len(CODED.names)]) == CODED.names
        return lake.connection().execute("SELECT entry_id, value FROM coded ORDER BY 1").fetchall()


def load_earlier(made: Made, monkeypatch: pytest.MonkeyPatch, day: str, **tables: list[dict[str, Any]]) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(TABLES, "coded", EARLIER)
        made.load_rows(day, **tables)


def column_names(made: Made) -> list[set[str]]:
    paths = sorted((made.home.lake / "loads").glob("*/facts-coded.parquet"))
    return [{row[0] for row in duckdb.execute(f"describe select * from '{path}'").fetchall()} for path in paths]


def test_a_value_is_kept_as_it_came(made: Made) -> None:
    made.load_rows("2026-08-20", person=[PERSON], coded=[entry("k1", value=6), entry("k2", value=0.16), entry("k3")])
    assert values(made) == [("k1", 6.0), ("k2", 0.16), ("k3", None)]


def test_a_lake_of_an_earlier_version_has_no_values(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    load_earlier(made, monkeypatch, "2026-08-20", person=[PERSON], coded=[entry("k1")])
    assert not any("value" in names for names in column_names(made))
    assert values(made) == [("k1", None)]


def test_loads_of_both_versions_are_one_table(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    load_earlier(made, monkeypatch, "2026-08-20", person=[PERSON], coded=[entry("k1"), entry("k2")])
    made.load_rows("2026-09-20", coded=[entry("k2", value=5), entry("k3", value=7)])
    assert values(made) == [("k1", None), ("k2", 5.0), ("k3", 7.0)]


def test_an_entry_that_waited_since_an_earlier_version_is_placed(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = entry("k1", person_key="guid-a", key_scheme="local:emis")
    load_earlier(made, monkeypatch, "2026-08-20", coded=[waiting])
    assert values(made) == []
    made.load_rows("2026-09-20", person=[patient("a", local_key="guid-a", local_scheme="local:emis")])
    assert values(made) == [("k1", None)]
