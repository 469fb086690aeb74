"""The truth beside a made lake: who the people are, what they have and had, and in a planted world what it did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.health import NO_DAY, recorded
from doorstep.synthetic.health.registers import registers
from doorstep.synthetic.lake import columns
from doorstep.synthetic.lake.columns import Column
from doorstep.synthetic.lake.desk import ETHNICITY_WORDS, Desk
from doorstep.synthetic.lake.writing import Written, written
from doorstep.synthetic.roll import POSITIONS
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.worlds.truth import effects_table

TRUE_TABLES = ("people", "conditions", "social_care", "effects")


class TruthFiles:
    """The truth files of one group of parts."""

    def __init__(self, folder: Path, group: int) -> None:
        self._folder, self._group = folder, group
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in TRUE_TABLES}

    def add(self, desk: Desk) -> None:
        """Keep what is true of one part."""
        self._parts["people"].append(pa.table(_people(desk)))
        self._parts["conditions"].append(pa.table(_conditions(desk)))
        if "social_care" in desk.part.facts:
            self._parts["social_care"].append(pa.table(_social_care(desk)))
        if "effects" in desk.part.facts:
            person = desk.person(np.arange(desk.part.people.n))
            self._parts["effects"].append(effects_table(desk.part.facts["effects"], desk.ground.practices, person))

    def close(self) -> list[Written]:
        """Write the files; a table without rows has none."""
        return [self._write(name, pa.concat_tables(parts)) for name, parts in self._parts.items() if parts]

    def _write(self, name: str, table: pa.Table) -> Written:
        path = self._folder / f"{name}-{self._group:05d}.parquet"
        text = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
        steps = [field.name for field in table.schema if field.type in (pa.int64(), pa.date32())]
        text += [f"{field.name}.list.element" for field in table.schema if pa.types.is_list(field.type)]
        pq.write_table(
            table,
            path,
            use_dictionary=text,
            column_encoding=dict.fromkeys(steps, "DELTA_BINARY_PACKED"),
            compression="zstd",
            compression_level=1,
            store_schema=False,
            dictionary_pagesize_limit=2**30,
            row_group_size=max(table.num_rows, 1),
            write_statistics=False,
        )
        return written(path, "truth", name, "", table.num_rows)


def _people(desk: Desk) -> dict[str, Column]:
    """One row a person, in the order of the lake's files; `number` is what partner, mother and cares_for refer to."""
    people, ground, health = desk.part.people, desk.ground, desk.part.health
    start, stop = people.start(desk.timeline), people.stop(desk.timeline)
    everyone = np.arange(people.n)
    lsoa_2, practice_2 = np.maximum(people.lsoa_2, 0), np.maximum(people.practice_2, 0)
    return {
        "person_id": desk.person(everyone),
        "number": pa.array(desk.first + everyone),
        "birth_on": columns.known_days(people.birth),
        "sex": columns.words(Words(people.sex, ("1", "2"))),
        "ethnicity": columns.words(Words(people.ethnicity, ETHNICITY_WORDS)),
        "lsoa21": columns.words(Words(people.lsoa, ground.lsoas)),
        "moved_on": columns.days(people.moved_on),
        "lsoa21_after": columns.words(Words(lsoa_2, ground.lsoas), people.lsoa_2 < 0),
        "practice": desk.practices(people.practice),
        "second_practice_from": columns.days(people.practice_2_from),
        "second_practice": columns.words(Words(practice_2, ground.practices), people.practice_2 < 0),
        "is_doubly_registered": pa.array(people.doubly_registered),
        "registered_from": columns.known_days(people.registered_from),
        "registered_to": columns.days(people.registered_to),
        "died_on": columns.days(people.died),
        "household": columns.ids("H", desk.number, people.household),
        **{name: _others(desk, getattr(people, name)) for name in POSITIONS},
        "carer_hours": pa.array(people.carer_hours),
        "care_home_from": columns.days(people.care_home_from),
        "need": pa.array(people.need.astype(np.float32)),
        "long_term_conditions": pa.array(health.count),
        "deficits_at_start": pa.array(health.deficits_at(start)),
        "deficits_at_end": pa.array(health.deficits_at(stop)),
        "frailty_at_start": pa.array(health.frailty_band(start)),
        "frailty_at_end": pa.array(health.frailty_band(stop)),
        **_health(desk),
        **_recorded(desk),
        "is_member": pa.array(desk.part.programme.members(people.n)),
    }


def _recorded(desk: Desk) -> dict[str, Column]:
    """What the record last says: scores and indices that somebody wrote, null where nobody did."""
    said = recorded(desk.part.facts["coded"], desk.part.people.n)
    return {
        "cfs": columns.masked(said.cfs, said.cfs_on == NO_DAY),
        "cfs_on": columns.days(np.where(said.cfs_on == NO_DAY, NEVER, said.cfs_on)),
        "efi2": columns.masked(said.efi2, said.efi2_on == NO_DAY),
        "needs_interpreter": pa.array(said.needs_interpreter),
    }


def _others(desk: Desk, position: Ints) -> Column:
    """The numbers of other people of the part; null where there is none."""
    return columns.masked(position.astype(np.int64) + desk.first, position < 0)


def _health(desk: Desk) -> dict[str, Column]:
    """How many deficits and conditions each person has a year before the end, and the registers at the end."""
    health, people, last = desk.part.health, desk.part.people, desk.timeline.last
    found: dict[str, Column] = {
        "deficits_year_before": pa.array(health.deficits_at(last - 364)),
        "conditions_year_before": pa.array(health.count_at(last - 364)),
    }
    on = registers(health, people.birth, last)
    person, register = np.divmod(np.flatnonzero(np.stack(list(on.values()), axis=1)), len(on))
    start = np.searchsorted(person, np.arange(people.n + 1)).astype(np.int32)
    names = columns.words(Words(register, tuple(on)))
    found["registers"] = pa.ListArray.from_arrays(pa.array(start), names)
    return found


def _conditions(desk: Desk) -> dict[str, Column]:
    """One row a person and condition, in order of person."""
    health = desk.part.health
    person, condition = np.divmod(np.flatnonzero(health.onset < NO_DAY), len(health.conditions))
    ended = health.ended[person, condition]
    return {
        "person_id": desk.person(person),
        "condition": columns.words(Words(condition, health.conditions)),
        "onset_on": columns.known_days(health.onset[person, condition]),
        "ended_on": columns.days(np.where(ended < NO_DAY, ended, NEVER)),
    }


def _social_care(desk: Desk) -> dict[str, Column]:
    """One row a package of care: who, since when, until when, what kind."""
    facts: Facts = desk.in_order(desk.part.facts["social_care"])
    rest = {name: _plain(value) for name, value in facts.columns.items() if name != "ended"}
    own = {"person_id": desk.person(facts.person), "began_on": columns.known_days(facts.day)}
    return {**own, "ended_on": columns.days(facts.columns["ended"]), **rest}


def _plain(value: Any) -> Column:
    return columns.words(value) if isinstance(value, Words) else pa.array(value)
