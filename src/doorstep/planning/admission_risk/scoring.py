"""Scores of a day, in a file of their own: never in the person table, where a rule could ask for them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from doorstep.errors import DataError
from doorstep.home import Home
from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.frame import plain
from doorstep.planning.admission_risk.model import FittedModel
from doorstep.planning.admission_risk.score import Score
from doorstep.planning.definitions import file_hash
from doorstep.planning.person_file import LakeView, PersonFile

if TYPE_CHECKING:
    import pyarrow as pa

REASONS = 3
BATCH = 200_000

_PEOPLE = """
select person_id, {columns} from ({person})
where is_alive and is_registered and age >= $age_from order by person_id
"""


def write_scores(
    home: Home, definition: RiskModel, model: FittedModel, lake: LakeView, person: PersonFile
) -> tuple[Path, int]:
    """Write the score of everybody of the model's target population on the day of a person table.

    `scores.parquet` has person_id, admission_risk (0 to 1) and up to three reasons: the columns that raise the
    person's score most above the average person's. `about.json` beside it says what they are for. Returns the folder
    and how many people. Raises ConfigurationError where the person table's columns are not those of the fit, UsageError
    where its day lies before the fit, DataError where there is nobody.
    """
    model.check_columns(person)
    model.check_day(person.as_at)
    folder = home.planning / "admission_risk" / "scores" / f"{model.sha256[:8]}_{person.as_at}"
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    n = _write(draft / "scores.parquet", definition, model, lake, person)
    if not n:
        shutil.rmtree(draft)
        raise DataError(f"nobody aged {definition.age_from} or over is registered on {person.as_at}")
    about = _about(model, lake, person, n) | {"sha256": file_hash(draft / "scores.parquet")}
    (draft / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return folder, n


def _write(path: Path, definition: RiskModel, model: FittedModel, lake: LakeView, person: PersonFile) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    query = _PEOPLE.format(columns=", ".join(model.score.columns), person=person.relation_sql())
    values = {"age_from": definition.age_from}
    con, n = lake.connection(), 0
    con.execute("create or replace temp table risk_people as " + query, values)
    (total,) = con.execute("select count(*) from risk_people").fetchall()[0]
    schema = pa.schema(
        [("person_id", pa.string()), ("admission_risk", pa.float64()), ("reasons", pa.list_(pa.string()))]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while n < total:
            found = con.execute(f"select * from risk_people order by person_id limit {BATCH} offset {n}").fetchnumpy()
            columns = {name: plain(v) for name, v in found.items()}
            writer.write_table(_scored(model.score, columns, schema))
            n += len(columns["person_id"])
    return n


def _scored(score: Score, columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    own = [columns["person_id"].astype(str), score.risk(columns), reasons(score, columns)]
    return pa.table([pa.array(v, type=t) for v, t in zip(own, schema.types, strict=True)], schema=schema)


def reasons(score: Score, columns: dict[str, Any]) -> list[list[str]]:
    """Return for each person the columns that raise the score most above the average person's, at most three.

    A column's share is the sum of coefficient * (term - mean) / deviation over its terms; only shares above 0 count.
    """
    z = score.standardised(columns).astype(np.float64) * np.array([w.coefficient for w in score.weights])
    names = np.array(score.columns)
    shares = np.column_stack([z[:, [w.term.column == n for w in score.weights]].sum(axis=1) for n in names])
    order = np.argsort(-shares, axis=1, kind="stable")[:, :REASONS]
    return [[str(names[i]) for i in row if shares[p, i] > 0] for p, row in enumerate(order)]


def _about(model: FittedModel, lake: LakeView, person: PersonFile, n: int) -> dict[str, Any]:
    as_at: date = person.as_at
    return {
        "model": model.label,
        "model_sha256": model.sha256,
        "intended_purpose": model.told["intended_purpose"],
        "not_a_device": model.told["not_a_device"],
        "warnings": list(model.warnings),
        "caveats": model.told["caveats"],
        "as_at": as_at.isoformat(),
        "known_by": person.meta["known_by"],
        "snapshot": lake.snapshot,
        "person_table_sha256": person.meta["sha256"],
        "n_people": n,
    }
