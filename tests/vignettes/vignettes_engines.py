"""The engines that the vignettes run on: every one makes the same row of the same person."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lake_tables import lake
from vignettes_read import Vignette, vignettes

from doorstep import reference
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine import duck, plain
from doorstep.planning.engine.columns import offered

PACKS = Path(__file__).parents[2] / "packs"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What an engine says of one person."""

    row: Row
    reasons: Mapping[str, plain.Reason]


@cache
def codes(*, packs: bool = True) -> tuple[Row, ...]:
    """Return the code lists: the shipped ones, and those of the packs, which a home takes in by itself."""
    return (*plain.read_rows(reference.table("codes")), *(_packed() if packs else ()))


@cache
def shelf(*, packs: bool = True) -> Shelf:
    """Return every definition that is on, where the packs are installed or not."""
    return offered(shipped(), {row["list_id"] for row in codes(packs=packs)}).shelf


@cache
def by_plain(*, packs: bool = True) -> Mapping[str, Answer]:
    """Return what the plain-Python engine says of every vignette."""
    found: dict[str, Answer] = {}
    for day, group in _by_day().items():
        computed = plain.person_table(
            _tables(group),
            shelf(packs=packs),
            as_at=day,
            practices=group[0].practices,
            codes=codes(packs=packs),
        )
        found |= {row["person_id"]: Answer(row, computed.reasons[row["person_id"]]) for row in computed.people}
    return found


@cache
def by_duckdb() -> Mapping[str, Answer]:
    """Return what the DuckDB engine says of every vignette; it gives no reasons."""
    found: dict[str, Answer] = {}
    with TemporaryDirectory() as folder:
        lists = _write_lists(Path(folder))
        for day, group in _by_day().items():
            con = lake(**_tables(group))
            duck.create_person_table(con, shelf(), as_at=day, practices=group[0].practices, lists=lists)
            made = con.execute("select * from person_table")
            names = [column[0] for column in made.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in made.fetchall()]
            found |= {row["person_id"]: Answer(row, {}) for row in rows}
    return found


def _write_lists(folder: Path) -> Path:
    lists = folder / "codes.parquet"
    pq.write_table(pa.Table.from_pylist([dict(row) for row in codes()]), lists)
    return lists


ENGINES: Mapping[str, Callable[[], Mapping[str, Answer]]] = {
    "plain": by_plain,
    "duckdb": by_duckdb,
}


def _packed() -> Iterable[Row]:
    for path in sorted(PACKS.glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {"list_id": path.stem, **{n: row[n] for n in ("code", "system", "term")}, "licence_group": "C"}


def _by_day() -> dict[date, list[Vignette]]:
    found: dict[date, list[Vignette]] = {}
    for vignette in vignettes():
        found.setdefault(vignette.as_at, []).append(vignette)
    return found


def _tables(group: Sequence[Vignette]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for vignette in group:
        for name, rows in vignette.rows.items():
            found.setdefault(name, []).extend(rows)
    return found
