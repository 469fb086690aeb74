"""One query a variable, on DuckDB: how extracts are often written by hand. Each reads its table again."""

from __future__ import annotations

from collections.abc import Iterator

from asked import Asked, Condition
from duckdb_parts import arguments, counted, opened, score_sql


def condition_query(c: Condition, asked: Asked) -> str:
    """Return the query of the people with a condition."""

    def latest(concept: int) -> str:
        return f"""select person_id, max(coalesce(recorded_on, date '0001-01-01')) as day from coded
            where code in (select code from codes where concept = {concept})
            and (recorded_on is null or recorded_on <= date '{asked.as_at}') group by person_id"""

    if c.ended_by is None:
        return f"select person_id, true as {c.name} from ({latest(c.concept)})"
    return f"""select person_id, true as {c.name} from ({latest(c.concept)}) d
        left join ({latest(c.ended_by)}) e using (person_id) where e.day is null or d.day > e.day"""


def queries(asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield (column, query) for each variable."""
    for c in asked.conditions:
        yield c.name, condition_query(c, asked)
    for i in range(asked.n_deficits):
        yield (
            f"deficit_{i}",
            f"""select distinct person_id, {1 << i}::bigint as deficit_{i} from coded
            where code in (select code from deficit_codes where deficit = {i})
            and (recorded_on is null or recorded_on <= date '{asked.as_at}')""",
        )
    for n in asked.counts:
        rows = f"from {n.table} where {counted(n, asked)} group by person_id"
        yield n.name, f"select person_id, count(*)::int as {n.name} {rows}"
    yield "score", score_sql(asked)


def main() -> None:
    """Ask one query at a time, then join them all."""
    asked, out, scratch = arguments()
    con = opened(asked, scratch)
    found = "(select distinct person_id from person where person_id is not null) p"
    for name, query in queries(asked):
        con.execute(f"create temp table v_{name} as {query}")
        found += f" left join v_{name} using (person_id)"
    deficits = " + ".join([f"coalesce(deficit_{i}, 0)" for i in range(asked.n_deficits)] or ["0"])
    shown = [f"coalesce({c.name}, false) as {c.name}" for c in asked.conditions]
    shown += [f"({deficits})::bigint as deficits", f"bit_count(({deficits})::bigint)::int as n_deficits"]
    shown += [f"coalesce({n.name}, 0) as {n.name}" for n in asked.counts]
    query = f"select person_id, {', '.join(shown)}, score from {found}"
    con.sql(query).write_parquet(str(out), compression="zstd")


if __name__ == "__main__":
    main()
