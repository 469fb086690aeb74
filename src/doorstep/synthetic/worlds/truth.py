"""The truth of a world: `effects.parquet`, one row a person, and `worlds.json`, what is true and what became of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from doorstep.synthetic.facts import Facts
from doorstep.synthetic.timeline import NEVER, YEAR
from doorstep.synthetic.worlds.effects import MEASURES
from doorstep.synthetic.worlds.model import World

_DAYS = {"gone": "gone_on", "written": "written_on"}
_GROUPS = ("growing", "shrinking")


def effects_table(effects: Facts, practices: tuple[str, ...], person: Any = None) -> pa.Table:
    """Return one row a person, in order of person; `person` is each one's pseudonym (`person_id`), in a lake.

    `started_on` is the day from which a person is served; days that have not come are null.
    """
    order = np.argsort(effects.person, kind="stable")
    taken = effects.take(order)
    served = taken.columns["served"]
    columns: dict[str, Any] = {
        **({"person": pa.array(taken.person, pa.int32())} if person is None else {"person_id": person}),
        "looked_on": _days(taken.day),
        "started_on": _days(np.where(served, taken.day, NEVER)),
    }
    for name, value in taken.columns.items():
        if name in _DAYS:
            columns[_DAYS[name]] = _days(value)
        elif name == "practice":
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(value.astype(np.int32)), pa.array(practices))
        else:
            columns[name] = pa.array(value)
    return pa.table(columns)


def _days(day: Any) -> Any:
    gone = day >= NEVER
    return pa.array(np.where(gone, 0, day).astype(np.int32), pa.date32(), mask=gone)


def write_said(world: World, effects: Sequence[Path], path: Path) -> None:
    """Write `worlds.json`: the world in words and numbers, and what became of it in these files of effects."""
    said = {
        "name": world.name,
        "title": world.title,
        "what_is_true": world.holds,
        "what_a_naive_analysis_finds": world.naive,
        "parameters": dataclasses.asdict(world),
        "realised": realised(world, effects),
    }
    path.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def realised(world: World, effects: Sequence[Path]) -> dict[str, Any]:
    """Return what became of a world: who was served, with what effect, and what else was planted."""
    with duckdb.connect() as con:
        files = ", ".join(f"'{path}'" for path in effects)
        con.execute(f"CREATE VIEW effects AS SELECT * FROM read_parquet([{files}])")
        found: dict[str, Any] = {
            "people": _one(con, "SELECT count(*) FROM effects"),
            "looked_at": _one(con, "SELECT count(*) FROM effects WHERE looked_on IS NOT NULL"),
            "served": _effect(con, "served"),
            "not_served": _effect(con, "NOT served AND wave >= 0 AND chance > 0"),
            "waves": [
                {"month": one.month, "stays_prevented": one.stays_prevented, **_effect(con, f"served AND wave = {i}")}
                for i, one in enumerate(world.waves)
            ],
        }
        if world.unmeasured:
            found["unmeasured"] = {
                word: _effect(con, f"{claim} AND looked_on IS NOT NULL AND age >= 18")
                for word, claim in (("with", "unmeasured"), ("without", "NOT unmeasured"))
            }
        if world.coding:
            found["written_late"] = _one(con, "SELECT count(*) FROM effects WHERE written_on IS NOT NULL")
        if world.lists:
            found["lists"] = {word: _list(con, i) for i, word in enumerate(_GROUPS)} | {"others": _list(con, -1)}
            found["gone_unnoticed"] = _one(con, "SELECT count(*) FROM effects WHERE gone_on IS NOT NULL")
    return found


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])


def _effect(con: duckdb.DuckDBPyConnection, where: str) -> dict[str, Any]:
    """Care of some people a year before and after the day of being looked at, with the programme and without."""
    sums = ", ".join(f"sum({name}_{when})" for name in MEASURES for when in ("before", "with", "without", "expected"))
    row = con.execute(
        f"SELECT count(*), sum(days_before), sum(days_after), {sums} FROM effects WHERE {where}"
    ).fetchall()[0]
    n, before, after, *values = (float(value or 0) for value in row)
    found: dict[str, Any] = {"people": int(n)}
    for i, name in enumerate(MEASURES):
        was, with_it, without, expected = values[4 * i : 4 * i + 4]
        found[name] = {
            "a_year_before": _ratio(was * YEAR, before),
            "a_year_after_with": _ratio(with_it * YEAR, after),
            "a_year_after_without": _ratio(without * YEAR, after),
            "with": int(with_it),
            "without": int(without),
            "change": _ratio(with_it - without, without),
            "expected_change": _ratio(expected - without, without),
        }
    return found


def _list(con: duckdb.DuckDBPyConnection, group: int) -> dict[str, int]:
    first, last = con.execute(
        "SELECT count(*) FILTER (on_first_list), count(*) FILTER (on_last_list) FROM effects WHERE list_group = ?",
        [group],
    ).fetchall()[0]
    return {"first_day": int(first), "last_day": int(last)}


def _ratio(part: float, whole: float) -> float | None:
    """A ratio to six places; none where there is nothing to divide by."""
    return round(part / whole, 6) if whole else None
