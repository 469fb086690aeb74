"""The question as definitions, through our engine on Spark (local, two threads): from the general layout."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from asked import read
from question import asked_shelf, our_columns

from doorstep.home import Home
from doorstep.planning.engine.spark import create_person_table
from doorstep.planning.engine.spark_session import session
from doorstep.planning.engine.spark_tables import create_lake_views
from doorstep.planning.lists import in_use
from doorstep.planning.person_file import place_practices
from doorstep.records import open_lake

MEMORY, PARTITIONS = "4g", 8


def main() -> None:
    """Answer the question and write it."""
    asked, out, scratch, home = read(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]), Home(Path(sys.argv[4]))
    day = date.fromisoformat(asked.as_at)
    with session(scratch, memory=MEMORY, partitions=PARTITIONS) as spark, open_lake(home, known_by=day) as lake:
        create_lake_views(spark, lake)
        lists = in_use(home).path
        create_person_table(spark, asked_shelf(home), as_at=day, practices=place_practices(home), lists=lists)
        shown = [f"{own} as {name}" for name, own in our_columns(asked).items()]
        spark.table("person_table").selectExpr(*shown).write.mode("overwrite").parquet(str(out))


if __name__ == "__main__":
    main()
