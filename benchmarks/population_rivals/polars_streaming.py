"""The question in Polars, lazily and on its streaming engine: masks by code, one group-by a table."""

from __future__ import annotations

from datetime import date

import polars as pl
from asked import Asked, Count
from duckdb_parts import arguments

UNDATED = date(1, 1, 1)


def masks(asked: Asked) -> pl.LazyFrame:
    """Return (code, mask, deficit_mask): the bits of each code."""
    bit = pl.lit(1, pl.Int64)

    def folded(path: str, column: str, name: str) -> pl.LazyFrame:
        powers = bit * pl.lit(2, pl.Int64).pow(pl.col(column))
        return pl.scan_parquet(path).group_by("code").agg(powers.cast(pl.Int64).bitwise_or().alias(name))

    first = folded(asked.codes, "concept", "mask")
    both = first.join(folded(asked.deficit_codes, "deficit", "deficit_mask"), on="code", how="full", coalesce=True)
    return both.with_columns(pl.col("mask", "deficit_mask").fill_null(0))


def entries(asked: Asked) -> pl.LazyFrame:
    """Return one row a person with coded entries: conditions and deficits."""
    day = pl.col("recorded_on").fill_null(UNDATED)
    rows = pl.scan_parquet(asked.tables["coded"]).select("person_id", "code", day.alias("day"))
    known = rows.filter(pl.col("day") <= date.fromisoformat(asked.as_at)).join(masks(asked), on="code")
    latest = [pl.when(has(x)).then(pl.col("day")).max().alias(f"last_{x}") for x in asked.dated]
    bits = [pl.col(name).bitwise_or() for name in ("mask", "deficit_mask")]
    return known.group_by("person_id").agg(*bits, *latest).select("person_id", *shown(asked))


def has(concept: int) -> pl.Expr:
    """Return the condition that a mask holds a concept."""
    return (pl.col("mask") & (1 << concept)) != 0


def shown(asked: Asked) -> list[pl.Expr]:
    """Return the columns made of the bits and days of a person."""
    found = []
    for c in asked.conditions:
        holds = has(c.concept)
        if c.ended_by is not None:
            ended = pl.col(f"last_{c.ended_by}")
            holds &= ended.is_null() | (pl.col(f"last_{c.concept}") > ended)
        found.append(holds.fill_null(False).alias(c.name))
    bits = pl.col("deficit_mask")
    return [*found, bits.alias("deficits"), bits.bitwise_count_ones().cast(pl.Int32).alias("n_deficits")]


def activity(asked: Asked, table: str, counts: list[Count]) -> pl.LazyFrame:
    """Return one row a person with the counts of one table."""
    day = pl.col(counts[0].day)
    within = (day > date.fromisoformat(asked.year_from)) & (day <= date.fromisoformat(asked.as_at))
    sums = [((pl.col(n.column) >= n.lowest) & (pl.col(n.column) < n.beyond)).sum().alias(n.name) for n in counts]
    return pl.scan_parquet(asked.tables[table]).filter(within).group_by("person_id").agg(*sums)


def score(asked: Asked) -> pl.LazyFrame:
    """Return (person_id, score) of everyone admitted in the look-back."""
    day = pl.col("admitted_on")
    within = (day > date.fromisoformat(asked.score_from)) & (day <= date.fromisoformat(asked.as_at))
    stays = pl.scan_parquet(asked.tables["spell"]).filter(within).select("person_id", "diagnoses")
    prefix = pl.col("diagnoses").str.replace_all(".", "", literal=True).str.to_uppercase().str.slice(0, 3)
    items = stays.explode("diagnoses").select("person_id", prefix.alias("prefix")).unique()
    weighed = items.join(pl.scan_parquet(asked.weights), on="prefix").group_by("person_id").agg(pl.col("tenths").sum())
    everyone = stays.select("person_id").unique().join(weighed, on="person_id", how="left")
    return everyone.select("person_id", pl.col("tenths").fill_null(0).alias("score"))


def main() -> None:
    """Answer the question and write it."""
    asked, out, _ = arguments()
    found = pl.scan_parquet(asked.tables["person"]).select("person_id").drop_nulls().unique()
    by_table: dict[str, list[Count]] = {}
    for count in asked.counts:
        by_table.setdefault(count.table, []).append(count)
    parts = [entries(asked), *(activity(asked, t, counts) for t, counts in by_table.items()), score(asked)]
    for part in parts:
        found = found.join(part, on="person_id", how="left")
    flags, numbers = [c.name for c in asked.conditions], ["n_deficits", *(c.name for c in asked.counts)]
    filled = found.with_columns(
        pl.col(flags).fill_null(False), pl.col(numbers).fill_null(0).cast(pl.Int32), pl.col("deficits").fill_null(0)
    )
    filled.select(asked.columns).sink_parquet(out, compression="zstd", engine="streaming")


if __name__ == "__main__":
    main()
