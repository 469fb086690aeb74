"""A whole system can have a planted world too: its truth stands beside the lake, by pseudonym."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import duckdb

from doorstep.synthetic.lake.making import make_lake
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.worlds import World


def test_a_lake_of_a_world_holds_its_cohort_and_says_what_is_true(tmp_path: Path) -> None:
    shipped = World.named("true_effect")
    world = dataclasses.replace(shipped, chance=dataclasses.replace(shipped.chance, intercept=-1.0))
    parameters = Parameters(system="Cheshire and Merseyside", people=2000, seed=3, world=world)
    made = make_lake(parameters, tmp_path / "made", workers=1)
    said = json.loads((made.folder / "truth" / "worlds.json").read_text())
    with duckdb.connect() as con:
        served = con.execute(
            f"SELECT person_id, started_on FROM '{made.folder}/truth/effects-*.parquet' WHERE served ORDER BY ALL"
        ).fetchall()
        people = con.execute(
            f"SELECT count(DISTINCT person_id) FROM '{made.folder}/truth/effects-*.parquet'"
        ).fetchone()
        cohort = con.execute(
            f"SELECT DISTINCT person_id, identified_on FROM '{made.folder}/lake/facts-cohort-*.parquet' ORDER BY ALL"
        ).fetchall()
    assert people == (made.people,)
    assert said["realised"]["served"]["people"] == len(served) > 10
    assert cohort == served
