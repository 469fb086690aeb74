"""The truth beside the rows: people, their conditions, events, and the cleaned list of those who have not opted out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from doorstep.synthetic import text
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Lists, Words
from doorstep.synthetic.health import NO_DAY, recorded
from doorstep.synthetic.pen import ETHNICITY_WORDS
from doorstep.synthetic.people import SEXES
from doorstep.synthetic.plans import RETIRED_METHOD
from doorstep.synthetic.rows import LOADED, REFUSED, SUPERSEDED, WARNED, Rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.worlds.truth import effects_table, write_said

_WORD = pa.dictionary(pa.int16(), pa.string())


@dataclass(frozen=True)
class _Kind:
    """One kind of event: its facts and plan, the columns it carries, and the one that an unknown code empties."""

    facts: str
    plan: str
    columns: tuple[str, ...]
    emptied: str = ""


KINDS = {
    "spell": _Kind(
        "spell",
        "spell",
        ("provider", "admission_method", "discharge_method", "classification", "first_function", "last_function"),
        "admission_method",
    ),
    "outpatient": _Kind(
        "outpatient",
        "outpatient",
        ("provider", "attended", "first_attendance", "main_specialty", "function"),
        "first_attendance",
    ),
    "emergency": _Kind(
        "emergency",
        "emergency",
        ("provider", "department_type", "category", "arrival_mode", "acuity"),
        "department_type",
    ),
    "community": _Kind("community", "community", ("provider", "attended"), "attended"),
    "appointment": _Kind("appointment", "appointment", ("status", "role", "setting")),
    "programme_contact": _Kind("programme_contact", "programme_contact", ("type",)),
    "case": _Kind("caseload", "caseload", ("reason",)),
    "cohort_entry": _Kind("cohort", "", ("reason", "identified_by")),
}
_TEXT_COLUMNS = tuple(dict.fromkeys(c for kind in KINDS.values() for c in kind.columns))
EVENTS = pa.schema([
    ("kind", _WORD), ("event", pa.int64()), ("person", pa.int32()), ("date", pa.date32()), ("until", pa.date32()),
    ("countable", pa.bool_()), ("first_known_on", pa.date32()), ("known_on", pa.date32()),
    ("practice", _WORD), ("row_lsoa11", pa.string()), ("n_procedures", pa.int16()), ("seen", pa.bool_()),
    ("programme_work", pa.bool_()), ("nnhip", pa.bool_()),
    *((name, _WORD) for name in _TEXT_COLUMNS),
])  # fmt: skip


def write_truth(scene: Scene, folder: Path) -> None:
    """Write `people`, `conditions` and `events` as Parquet, and the cleaned lists of keys as CSV."""
    pq.write_table(_people(scene), folder / "people.parquet", compression="zstd")
    pq.write_table(_conditions(scene), folder / "conditions.parquet", compression="zstd")
    with pq.ParquetWriter(folder / "events.parquet", EVENTS, compression="zstd") as writer:
        for name, kind in KINDS.items():
            writer.write_table(_events(scene, name, kind))
    _cleaned_list(scene, folder / "opt_out_cleaned_list.csv")
    pq.write_table(_planted(scene), folder / "planted.parquet", compression="zstd")
    if scene.parameters.world is not None:
        effects = folder / "effects.parquet"
        pq.write_table(effects_table(scene.facts["effects"], scene.ground.practices), effects, compression="zstd")
        write_said(scene.parameters.world, [effects], folder / "worlds.json")


PLANTED = pa.schema([
    ("fault", pa.string()), ("person", pa.int32()), ("other_person", pa.int32()), ("other_nhs_number", pa.string()),
    ("other_sender_key", pa.string()), ("table", pa.string()), ("provider", pa.string()), ("month", pa.date32()),
    ("n_rows", pa.int64()),
])  # fmt: skip


def _planted(scene: Scene) -> pa.Table:
    """One row for each thing planted that is no one row of a file."""
    return pa.Table.from_pylist([dataclasses.asdict(one) for one in scene.planted], PLANTED)


def _date(day: Ints) -> Any:
    """Days as dates; what has not happened is null."""
    gone = (day >= NEVER) | (day < -NEVER)
    return pa.array(np.where(gone, 0, day).astype(np.int32), pa.date32(), mask=gone)


def _people(scene: Scene) -> pa.Table:
    people, ground, n = scene.people, scene.ground, scene.people.n
    settings = {
        "person": pa.array(np.arange(n), pa.int32()),
        "nhs_number": text.letters(people.keys["nhs"][:n]),
        "sender_key": text.letters(people.keys["sender"][:n]),
        "birth_on": _date(people.birth),
        "sex": text.choose(people.sex, SEXES),
        "ethnicity": text.choose(people.ethnicity, ETHNICITY_WORDS),
        "recorded_ethnicity": text.choose(people.recorded_ethnicity, ETHNICITY_WORDS),
        "lsoa21": text.choose(people.lsoa, ground.lsoas),
        "moved_on": _date(people.moved_on),
        "lsoa21_after": _after(people.lsoa_2, ground.lsoas),
        "lsoa_is_known": pa.array(people.lsoa_known),
        "practice": text.choose(people.practice, ground.practices),
        "second_practice_from": _date(people.practice_2_from),
        "second_practice": _after(people.practice_2, ground.practices),
        "is_doubly_registered": pa.array(people.doubly_registered),
        "registered_from": _date(people.registered_from),
        "registered_to": _date(people.registered_to),
        "died_on": _date(people.died),
        "long_term_conditions": pa.array(scene.health.count),
        "has_type_1_objection": pa.array(scene.health.objects),
        "has_opted_out": pa.array(scene.opted_out),
        "is_member": pa.array(scene.programme.members(n)),
        **_recorded(scene),
    }
    return pa.table(settings)


def _recorded(scene: Scene) -> dict[str, Any]:
    """What the record last says: scores and indices that somebody wrote, null where nobody did."""
    said = recorded(scene.facts["coded"], scene.people.n)
    return {
        "cfs": pa.array(said.cfs, pa.int8(), mask=said.cfs_on == NO_DAY),
        "cfs_on": _date(np.where(said.cfs_on == NO_DAY, NEVER, said.cfs_on)),
        "efi2": pa.array(said.efi2, mask=said.efi2_on == NO_DAY),
        "needs_interpreter": pa.array(said.needs_interpreter),
    }


def _after(at: Ints, names: tuple[str, ...]) -> Any:
    return text.blanked(text.choose(np.maximum(at, 0), names), at < 0)


def _conditions(scene: Scene) -> pa.Table:
    """One row a person and condition, by the code list that the entries come from."""
    health = scene.health
    condition, person = np.nonzero(health.onset.T < NO_DAY)
    ended = health.ended[person, condition]
    return pa.table(
        {
            "person": pa.array(person, pa.int32()),
            "condition": pa.DictionaryArray.from_arrays(
                pa.array(condition.astype(np.int16)), pa.array(health.conditions)
            ),
            "onset_on": _date(health.onset[person, condition]),
            "ended_on": _date(np.where(ended < NO_DAY, ended, NEVER)),
        }
    )


def _events(scene: Scene, name: str, kind: _Kind) -> pa.Table:
    """One row a true event of the window, with what the lake should know of it in the end."""
    facts = scene.facts[kind.facts]
    plan = scene.plans[kind.plan] if kind.plan else _entries(scene)
    inside = np.flatnonzero(facts.day <= scene.timeline.last)
    known = _known(scene, plan, facts.n)
    columns: dict[str, Any] = {
        "kind": pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(inside), np.int16)), pa.array([name])),
        "event": pa.array(inside, pa.int64()),
        "person": pa.array(facts.person[inside], pa.int32()),
        "date": _date(facts.day[inside]),
        "countable": pa.array(known[0][inside]),
        "first_known_on": _date(known[1][inside]),
        "known_on": _date(known[2][inside]),
        **_special(scene, name, facts, inside, plan),
        **{c: _text(facts, c, inside, _without(facts.n, plan, c == kind.emptied)) for c in kind.columns},
    }
    if name == "spell":
        columns["admission_method"] = _retired(columns["admission_method"], facts.n, plan, inside)
    missing = {field.name: pa.nulls(len(inside), field.type) for field in EVENTS if field.name not in columns}
    return pa.table({**columns, **missing}).select(EVENTS.names).cast(EVENTS)


def _entries(scene: Scene) -> Rows:
    """The rows of the cohort file by member, whatever the home."""
    rows = scene.plans["cohort"]
    by_member = rows.take(np.arange(rows.n))
    by_member.fact = scene.facts["cohort_home"].columns["member"][rows.fact]
    return by_member


def _known(scene: Scene, rows: Rows, n: int) -> tuple[Bools, Ints, Ints]:
    """For each fact: whether it stands in the end, when it was first known, and since when as it stands."""
    own = rows.person >= 0
    received = scene.timeline.received[rows.delivery]
    first, standing = np.full(n, NEVER), np.full(n, NEVER)
    stands = own & rows.countable & np.isin(rows.outcome, (LOADED, WARNED))
    seen = own & ((rows.outcome == SUPERSEDED) | stands) & (rows.outcome != REFUSED)
    np.minimum.at(standing, rows.fact[stands], received[stands])
    np.minimum.at(first, rows.fact[seen], received[seen])
    return standing < NEVER, np.where(standing < NEVER, first, NEVER), standing


def _without(n: int, plan: Rows, applies: bool) -> Bools:
    """Mark the facts whose code is in no code set."""
    lost = np.zeros(n, bool)
    if applies:
        lost[plan.fact[plan.has("unknown_code")]] = True
    return lost


def _text(facts: Facts, column: str, rows: Ints, lost: Bools) -> Any:
    value: Words = facts.columns[column]
    return text.blanked(text.words(value.take(rows)), lost[rows]).dictionary_encode()


def _retired(method: Any, n: int, plan: Rows, rows: Ints) -> Any:
    retired = np.zeros(n, bool)
    retired[plan.fact[plan.has("retired_code")]] = True
    return text.replaced(method.cast(pa.string()), retired[rows], RETIRED_METHOD).dictionary_encode()


def _special(scene: Scene, name: str, facts: Facts, rows: Ints, plan: Rows) -> dict[str, Any]:
    """The columns that only some kinds have."""
    practice = scene.people.practice_at(facts.person[rows], facts.day[rows])
    found: dict[str, Any] = {"practice": text.choose(practice, scene.ground.practices).dictionary_encode()}
    if name in ("spell", "outpatient", "emergency"):
        found["row_lsoa11"] = _row_lsoa(scene, facts, rows, plan)
    if name in ("spell", "outpatient"):
        procedures: Lists = facts.columns["procedures"]
        found["n_procedures"] = pa.array(procedures.lengths[rows], pa.int16())
    if name == "spell":
        found["until"] = _date(facts.day[rows])
        found["date"] = _date(facts.columns["admitted"][rows])
    if name == "appointment":
        found["programme_work"] = pa.array(facts.columns["programme"][rows])
    if name == "programme_contact":
        found["seen"] = pa.array(facts.columns["attended"][rows])
    if name in ("case", "cohort_entry"):
        found["until"] = _date(facts.columns["closed" if name == "case" else "left"][rows])
    if name in ("case", "programme_contact"):
        found["nnhip"] = pa.array(facts.columns["nnhip"][rows])
    return found


def _row_lsoa(scene: Scene, facts: Facts, rows: Ints, plan: Rows) -> Any:
    """The 2011 LSOA on the row of each event; blank where the row has none or an unknown one."""
    lost = np.zeros(facts.n, bool)
    lost[plan.fact[plan.has("row_lsoa_missing") | plan.has("unknown_lsoa")]] = True
    lsoa = scene.people.lsoa_at(facts.person[rows], facts.day[rows])
    return text.blanked(text.choose(lsoa, scene.ground.lsoas_2011), lost[rows])


def _cleaned_list(scene: Scene, path: Path) -> None:
    """Write what the checking service would return: the keys of those who have not opted out, in each way."""
    n = scene.people.n
    stays = np.flatnonzero(~scene.opted_out)
    table = pa.table(
        {
            "NHS_Number": text.letters(scene.people.keys["nhs"][:n][stays]),
            "Der_Pseudo_NHS_Number": text.letters(scene.people.keys["sender"][:n][stays]),
        }
    )
    pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="none", quoting_header="none"))
