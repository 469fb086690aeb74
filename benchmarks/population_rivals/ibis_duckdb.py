"""The question in Ibis, on its DuckDB backend: masks by code, one group-by a table."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import duckdb
import ibis
from asked import Asked, Count
from duckdb_parts import MEMORY, THREADS, arguments


def folded(path: str, column: str) -> dict[str, int]:
    """Return code -> bits, made here: Ibis shifts a 64-bit literal as a 32-bit one on DuckDB."""
    found: dict[str, int] = {}
    for code, place in duckdb.execute(f"select code, {column} from read_parquet('{path}')").fetchall():
        found[code] = found.get(code, 0) | 1 << place
    return found


def masks(asked: Asked) -> Any:
    """Return (code, mask, deficit_mask) as a table in memory."""
    first, second = folded(asked.codes, "concept"), folded(asked.deficit_codes, "deficit")
    rows = [{"code": c, "mask": first.get(c, 0), "deficit_mask": second.get(c, 0)} for c in {*first, *second}]
    return ibis.memtable(rows, schema={"code": "string", "mask": "int64", "deficit_mask": "int64"})


def entries(asked: Asked, coded: Any) -> Any:
    """Return one row a person with coded entries: conditions and deficits."""
    day = coded.recorded_on.fill_null(ibis.date("0001-01-01"))
    rows = coded.select("person_id", "code", day=day)
    known = rows.filter(rows.day <= ibis.date(asked.as_at)).join(masks(asked), "code")
    latest = {f"last_{x}": ibis.ifelse((known.mask & (1 << x)) != 0, known.day, None).max() for x in asked.dated}
    bits = {"mask": known.mask.bit_or(), "deficit_mask": known.deficit_mask.bit_or()}
    people = known.group_by("person_id").aggregate(**bits, **latest)
    return people.select("person_id", **shown(asked, people))


@ibis.udf.scalar.builtin(name="bit_count", signature=(("int64",), "int32"))  # type: ignore[untyped-decorator]
def bit_count(bits: Any) -> Any:
    """Count the bits: Ibis has no such function of its own."""


def shown(asked: Asked, people: Any) -> dict[str, Any]:
    """Return the columns made of the bits and days of a person."""
    found: dict[str, Any] = {}
    for c in asked.conditions:
        holds = (people.mask & (1 << c.concept)) != 0
        if c.ended_by is not None:
            ended = people[f"last_{c.ended_by}"]
            holds &= ended.isnull() | (people[f"last_{c.concept}"] > ended)
        found[c.name] = holds.fill_null(False)
    return {**found, "deficits": people.deficit_mask, "n_deficits": bit_count(people.deficit_mask)}


def activity(asked: Asked, rows: Any, counts: list[Count]) -> Any:
    """Return one row a person with the counts of one table."""
    day = rows[counts[0].day]
    within = rows.filter(day > ibis.date(asked.year_from), day <= ibis.date(asked.as_at))
    tests = {n.name: (within[n.column] >= n.lowest) & (within[n.column] < n.beyond) for n in counts}
    sums = {name: test.ifelse(1, 0).sum().cast("int32") for name, test in tests.items()}
    return within.group_by("person_id").aggregate(**sums)


def score(asked: Asked, spell: Any, weights: Any) -> Any:
    """Return (person_id, score) of everyone admitted in the look-back."""
    day = spell.admitted_on
    stays = spell.filter(day > ibis.date(asked.score_from), day <= ibis.date(asked.as_at), spell.person_id.notnull())
    found = stays.select("person_id", diagnosis=stays.diagnoses.unnest())
    items = found.select("person_id", prefix=found.diagnosis.replace(".", "").upper().left(3)).distinct()
    weighed = items.join(weights, "prefix").group_by("person_id").aggregate(tenths=lambda t: t.tenths.sum())
    everyone = stays.select("person_id").distinct().left_join(weighed, "person_id")
    return everyone.select("person_id", score=everyone.tenths.fill_null(0).cast("int64"))


def main() -> None:
    """Answer the question and write it."""
    asked, out, scratch = arguments()
    con = ibis.duckdb.connect(threads=THREADS, memory_limit=MEMORY, temp_directory=str(scratch))
    con.raw_sql("set preserve_insertion_order = false")
    tables = {name: con.read_parquet(paths) for name, paths in asked.tables.items()}
    by_table: dict[str, list[Count]] = {}
    for count in asked.counts:
        by_table.setdefault(count.table, []).append(count)
    parts = [entries(asked, tables["coded"])]
    parts += [activity(asked, tables[t], counts) for t, counts in by_table.items()]
    parts += [score(asked, tables["spell"], con.read_parquet(asked.weights))]
    person = tables["person"]
    everyone = person.filter(person.person_id.notnull()).select("person_id").distinct()
    found = reduce(lambda left, right: left.left_join(right, "person_id").drop("person_id_right"), parts, everyone)
    flags, numbers = [c.name for c in asked.conditions], ["deficits", "n_deficits", *(c.name for c in asked.counts)]
    filled = {**{f: found[f].fill_null(False) for f in flags}, **{n: found[n].fill_null(0) for n in numbers}}
    write(found.mutate(**filled).select(*asked.columns), out)


def write(answer: Any, out: Path) -> None:
    """Write the answer as Parquet."""
    answer.to_parquet(str(out), compression="zstd")


if __name__ == "__main__":
    main()
