"""The question in DuckDB's SQL written by hand for it alone: masks by code, one scan a table."""

from __future__ import annotations

from asked import Asked, Count
from duckdb_parts import arguments, condition_sql, counted, opened, score_sql


def entries_sql(asked: Asked) -> str:
    """Return the query of one row a person with coded entries: conditions and deficits."""
    latest = [f"max(case when mask & {1 << x} <> 0 then day end) as last_{x}" for x in asked.dated]
    aggregates = ", ".join(["bit_or(mask) as mask", "bit_or(deficit_mask) as deficits", *latest])
    shown = ", ".join([*condition_sql(asked, "mask & {} <> 0", "last_{}"), "deficits"])
    return f"""
    with first as (select code, bit_or(1::bigint << concept) as mask from codes group by code),
    second as (select code, bit_or(1::bigint << deficit) as deficit_mask from deficit_codes group by code),
    bits as (select code, coalesce(mask, 0) as mask, coalesce(deficit_mask, 0) as deficit_mask
             from first full join second using (code)),
    entry as (select person_id, mask, deficit_mask, coalesce(recorded_on, date '0001-01-01') as day
              from coded join bits using (code) where recorded_on is null or recorded_on <= date '{asked.as_at}'),
    gathered as (select person_id, {aggregates} from entry group by person_id)
    select person_id, {shown} from gathered"""


def activity_sql(asked: Asked, table: str, counts: list[Count]) -> str:
    """Return the query of one row a person with the counts of one table."""
    sums = ", ".join(f"count(*) filter (where {counted(n, asked)})::int as {n.name}" for n in counts)
    since = f"{counts[0].day} > date '{asked.year_from}'"
    return f"select person_id, {sums} from {table} where {since} group by person_id"


def main() -> None:
    """Answer the question and write it."""
    asked, out, scratch = arguments()
    con = opened(asked, scratch)
    by_table: dict[str, list[Count]] = {}
    for count in asked.counts:
        by_table.setdefault(count.table, []).append(count)
    parts = [entries_sql(asked), *(activity_sql(asked, t, n) for t, n in by_table.items()), score_sql(asked)]
    joins = " ".join(f"left join ({sql}) part_{i} using (person_id)" for i, sql in enumerate(parts))
    shown = [f"coalesce({c.name}, false) as {c.name}" for c in asked.conditions]
    shown += ["coalesce(deficits, 0) as deficits", "bit_count(coalesce(deficits, 0))::int as n_deficits"]
    shown += [f"coalesce({n.name}, 0) as {n.name}" for n in asked.counts]
    everyone = "(select distinct person_id from person where person_id is not null) p"
    con.sql(f"select person_id, {', '.join(shown)}, score from {everyone} {joins}").write_parquet(
        str(out), compression="zstd"
    )


if __name__ == "__main__":
    main()
