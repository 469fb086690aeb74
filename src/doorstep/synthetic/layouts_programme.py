"""The Place's own files: cohort list, programme contacts, caseload."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from doorstep.synthetic import text
from doorstep.synthetic.layouts_hospital import Columns
from doorstep.synthetic.pen import ETHNICITY_WORDS, KEY_COLUMN, Pen
from doorstep.synthetic.people import SEXES
from doorstep.synthetic.programme import CLOSED, LEFT
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.timeline import NEVER

COHORT = "local"


def cohort(pen: Pen, rows: Rows) -> Columns:
    """One row a member and home. Homes and registrations stand here only where no general practice record arrives."""
    homes, members, people = pen.facts, pen.scene.facts["cohort"], pen.scene.people
    member = homes.columns["member"][rows.fact]
    person = homes.person[rows.fact]
    left = pen.known(members.columns["left"][member], rows)
    reason = np.where(left < NEVER, members.columns["reason"].at[member], 0)
    return {
        KEY_COLUMN[pen.way]: pen.key(rows),
        "birth_date": pen.birth(person),
        "age": text.nothing(rows.n),
        "gender": text.choose(people.sex[person], SEXES),
        "ethnic_category": text.choose(people.recorded_ethnicity[person], ETHNICITY_WORDS),
        **_home(pen, rows),
        "died_on": text.days(pen.known(people.died[person], rows)),
        "cohort_name": text.same(COHORT, rows.n),
        "risk_score": pa.array(members.columns["score"][member]).cast(pa.string()),
        "identified_on": text.days(members.day[member]),
        "identified_by": text.words(members.columns["identified_by"].take(member)),
        "left_on": text.days(left),
        "left_reason": text.choose(reason, LEFT),
    }


def _home(pen: Pen, rows: Rows) -> Columns:
    names = ("lsoa21", "resident_from", "practice_code", "registered_from", "registered_to")
    if pen.way != "C":
        return {name: text.nothing(rows.n) for name in names}
    people, ground = pen.scene.people, pen.scene.ground
    person, second = pen.person(rows), pen.facts.columns["second"][rows.fact]
    lsoa = text.choose(np.where(second, people.lsoa_2[person], people.lsoa[person]), ground.lsoas)
    known = pen.scene.timeline.cuts[rows.content]
    columns = (
        text.blanked(lsoa, ~people.lsoa_known[person]),
        text.days(np.where(second, people.moved_on[person], NEVER)),
        text.choose(people.practice_at(person, known), ground.practices),
        text.days(people.registered_from[person]),
        text.days(pen.known(people.registered_to[person], rows)),
    )
    return dict(zip(names, columns, strict=True))


def contact(pen: Pen, rows: Rows) -> Columns:
    """One row a contact of the programme's teams."""
    facts = pen.facts
    return {
        "contact_id": text.numbers(rows.ident, "PC"),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "contact_date": text.days(pen.day(rows)),
        "contact_type": text.words(facts.columns["type"].take(rows.fact)),
        "attended": text.yes_no(facts.columns["attended"][rows.fact], "yes", "no"),
    }


def case(pen: Pen, rows: Rows) -> Columns:
    """One row a case, sent again when it closes."""
    facts = pen.facts
    closed = pen.known(facts.columns["closed"][rows.fact], rows)
    reason = np.where(closed < NEVER, facts.columns["reason"].at[rows.fact], 0)
    return {
        "case_id": text.numbers(rows.ident, "CS"),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "opened_on": text.days(facts.day[rows.fact]),
        "closed_on": text.days(closed),
        "closed_reason": text.choose(reason, CLOSED),
        "nnhip": text.yes_no(facts.columns["nnhip"][rows.fact], "yes", "no"),
    }
