"""The lake tables of one part: their own columns, the provider, and the delivery that brings each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.lake import columns
from doorstep.synthetic.lake.columns import Column
from doorstep.synthetic.lake.desk import ETHNICITY_WORDS, Desk, in_order_of
from doorstep.synthetic.rows import versions
from doorstep.synthetic.timeline import NEVER


class Content(NamedTuple):
    """Rows of one lake table, whole people one after the other: whose, own columns, provider, delivery of each row.

    `repeated` marks rows whose key another row of the table has too; None where none has.
    """

    person: Ints
    own: dict[str, Column]
    provider: Column
    delivery: Ints
    repeated: Any = None


def _hospital(desk: Desk, facts: Facts, day: Ints) -> dict[str, Column]:
    return {
        "ethnicity": desk.ethnicity(facts.person, facts.table),
        "lsoa21": desk.lsoa(facts.person, day, facts.table),
        "practice": desk.practice(facts.person, day),
    }


def spell(desk: Desk) -> Content:
    """Spells that began in time; one under way at the end has no discharge yet, and arrives with the last delivery."""
    facts, last = desk.part.facts["spell"], desk.timeline.last
    begun = facts.take(_ordered(facts.person, facts.columns["admitted"] <= last))
    c, under_way = begun.columns, begun.day > last
    own = {
        "spell_id": columns.ids("S", desk.number, begun.n),
        "admitted_on": columns.known_days(c["admitted"]),
        "discharged_on": columns.days(np.where(under_way, NEVER, begun.day)),
        "admission_method": columns.words(c["admission_method"]),
        "discharge_method": columns.words(c["discharge_method"], under_way),
        "patient_classification": columns.words(c["classification"]),
        "admit_treatment_function": columns.words(c["first_function"]),
        "last_treatment_function": columns.words(c["last_function"]),
        "diagnoses": columns.lists(c["diagnoses"]),
        "procedures": columns.lists(c["procedures"]),
        **_hospital(desk, begun, begun.day),
    }
    return Content(begun.person, own, columns.words(c["provider"]), desk.delivery(np.minimum(begun.day, last), "spell"))


def _ordered(person: Ints, kept: Any) -> Ints:
    rows = in_order_of(person)
    return np.asarray(rows[kept[rows]])


def outpatient(desk: Desk) -> Content:
    """Outpatient appointments."""
    facts = desk.in_order(desk.part.facts["outpatient"])
    c = facts.columns
    own = {
        "appointment_id": columns.ids("O", desk.number, facts.n),
        "appointment_on": columns.known_days(facts.day),
        "attended": columns.words(c["attended"]),
        "first_attendance": columns.words(c["first_attendance"]),
        "main_specialty": columns.words(c["main_specialty"]),
        "treatment_function": columns.words(c["function"]),
        "procedures": columns.lists(c["procedures"]),
        **_hospital(desk, facts, facts.day),
    }
    return Content(facts.person, own, columns.words(c["provider"]), desk.delivery(facts.day, "outpatient"))


MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}:00" for minute in range(24 * 60))


def emergency(desk: Desk) -> Content:
    """Attendances at emergency departments."""
    facts = desk.in_order(desk.part.facts["emergency"])
    c = facts.columns
    own = {
        "attendance_id": columns.ids("E", desk.number, facts.n),
        "arrived_on": columns.known_days(facts.day),
        "arrived_at": columns.words(Words(c["minute"], MINUTES)),
        "department_type": columns.words(c["department_type"]),
        "attendance_category": columns.words(c["category"]),
        "arrival_mode": columns.words(c["arrival_mode"]),
        "acuity": columns.words(c["acuity"]),
        "discharge_status": columns.words(c["discharge_status"]),
        **_hospital(desk, facts, facts.day),
    }
    return Content(facts.person, own, columns.words(c["provider"]), desk.delivery(facts.day, "emergency"))


def community(desk: Desk) -> Content:
    """Community contacts."""
    facts = desk.in_order(desk.part.facts["community"])
    c = facts.columns
    own = {
        "referral_id": columns.ids("R", desk.number, c["referral"]),
        "contact_id": columns.ids("C", desk.number, facts.n),
        "contact_on": columns.known_days(facts.day),
        "attended": columns.words(c["attended"]),
    }
    return Content(facts.person, own, columns.words(c["provider"]), desk.delivery(facts.day, "community"))


def appointment(desk: Desk) -> Content:
    """Appointments in general practice and its networks."""
    facts = desk.in_order(desk.part.facts["appointment"])
    c, practice = facts.columns, desk.practice(facts.person, facts.day)
    own = {
        "appointment_id": columns.ids("A", desk.number, facts.n),
        "appointment_on": columns.known_days(facts.day),
        "status": columns.words(c["status"]),
        "role_group": columns.words(c["role"]),
        "service_setting": columns.words(c["setting"]),
        "national_category": columns.words(c["category"]),
        "mode": columns.words(c["mode"]),
        "practice": practice,
    }
    return Content(facts.person, own, practice, desk.delivery(facts.day, "appointment"))


def coded(desk: Desk) -> Content:
    """Coded entries of the general practice record, with the number that some carry."""
    return _gp_entries(desk, "coded", "entry_id", "recorded_on", "K")


def medicine(desk: Desk) -> Content:
    """Issues of medicines."""
    return _gp_entries(desk, "medicine", "issue_id", "issued_on", "M")


def _gp_entries(desk: Desk, name: str, key: str, dated: str, kind: str) -> Content:
    """Entries of the record: what is older than the registration arrives with it."""
    facts = desk.in_order(desk.part.facts[name])
    practice = desk.practice(facts.person, facts.day)
    own = {
        key: columns.ids(kind, desk.number, facts.n),
        "code": columns.words(facts.columns["code"]),
        dated: columns.known_days(facts.day),
        "practice": practice,
    }
    if "value" in facts.columns:
        own["value"] = columns.masked(facts.columns["value"], np.isnan(facts.columns["value"]))
    since = np.maximum(facts.day, desk.part.people.registered_from[facts.person])
    return Content(facts.person, own, practice, desk.delivery(since, name))


def cohort(desk: Desk) -> Content:
    """The programme's own list, sent again when somebody leaves it."""
    facts = desk.in_order(desk.part.facts["cohort"])
    rows = versions(facts.person, facts.day, [facts.columns["left"]], desk.timeline)
    rows = rows.take(np.argsort(rows.fact, kind="stable"))
    c, left, left_now = facts.columns, facts.columns["left"][rows.fact], desk.timeline.cuts[rows.delivery]
    still = left > left_now
    own = {
        "cohort_name": columns.constant("local", rows.n),
        "identified_on": columns.known_days(facts.day[rows.fact]),
        "identified_by": columns.words(c["identified_by"].take(rows.fact)),
        "risk_score": pa.array(c["score"][rows.fact]),
        "left_on": columns.days(np.where(still, NEVER, left)),
        "left_reason": columns.words(c["reason"].take(rows.fact), still),
    }
    return Content(rows.person, own, columns.constant(None, rows.n), rows.delivery, repeats(rows.fact))


def caseload(desk: Desk) -> Content:
    """Cases, sent again when they close."""
    facts = desk.in_order(desk.part.facts["caseload"])
    rows = versions(facts.person, facts.day, [facts.columns["closed"]], desk.timeline)
    rows = rows.take(np.argsort(rows.fact, kind="stable"))
    closed = facts.columns["closed"][rows.fact]
    still = closed > desk.timeline.cuts[rows.delivery]
    own = {
        "case_id": columns.ids("L", desk.number, rows.fact),
        "opened_on": columns.known_days(facts.day[rows.fact]),
        "closed_on": columns.days(np.where(still, NEVER, closed)),
        "closed_reason": columns.words(facts.columns["reason"].take(rows.fact), still),
        "is_nnhip": pa.array(facts.columns["nnhip"][rows.fact]),
    }
    return Content(rows.person, own, columns.constant(None, rows.n), rows.delivery, repeats(rows.fact))


def programme_contact(desk: Desk) -> Content:
    """Contacts of the programme's own staff."""
    facts = desk.in_order(desk.part.facts["programme_contact"])
    own = {
        "contact_id": columns.ids("P", desk.number, facts.n),
        "contact_on": columns.known_days(facts.day),
        "contact_type": columns.words(facts.columns["type"]),
        "attended": pa.array(facts.columns["attended"]),
    }
    return Content(facts.person, own, columns.constant(None, facts.n), desk.delivery(facts.day, "programme_contact"))


def repeats(fact: Ints) -> Any:
    """Mark the rows whose fact, in order of fact, has another row."""
    same = np.concatenate([[False], fact[1:] == fact[:-1], [False]])
    return same[1:] | same[:-1]


def person(desk: Desk) -> Content:
    """Registrations: one for each practice and home of a person, sent again when it ends or the person dies."""
    people, timeline = desk.part.people, desk.timeline
    who, second, moved, since, end = _registrations(desk)
    died = people.died[who]
    rows = versions(who, since, [end, died], timeline)
    rows = rows.take(np.argsort(rows.fact, kind="stable"))
    fact, whose, cut = rows.fact, rows.person, timeline.cuts[rows.delivery]
    second, moved, end, died = second[fact], moved[fact], end[fact], died[fact]
    practice = desk.practices(np.where(second, people.practice_2[whose], people.practice[whose]))
    own = {
        "source": columns.constant("gp", rows.n),
        "record_id": columns.ids("G", desk.number, 2 * whose + second),
        "practice": practice,
        **_about(desk, whose, moved),
        "resident_from": columns.days(np.where(moved, people.moved_on[whose], NEVER)),
        "registered_from": columns.known_days(
            np.where(second, people.practice_2_from[whose], people.registered_from[whose])
        ),
        "registered_to": columns.days(np.where(end <= cut, end, NEVER)),
        "died_on": columns.days(np.where(died <= cut, died, NEVER)),
        "objection": columns.constant(None, rows.n),
    }
    return Content(whose, own, practice, rows.delivery, repeats(fact))


def _about(desk: Desk, whose: Ints, moved: Any) -> dict[str, Column]:
    people, by_month = desk.part.people, desk.parameters.birth == "month"
    birth = people.birth
    if by_month:
        following = birth.astype("datetime64[D]").astype("datetime64[M]") + 1
        birth = following.astype("datetime64[D]").astype(np.int64) - 1
    lsoa = np.where(moved, people.lsoa_2[whose], people.lsoa[whose])
    return {
        "birth_on": columns.known_days(birth[whose]),
        "birth_precision": columns.constant("month" if by_month else "day", len(whose)),
        "sex": columns.words(Words(people.sex[whose], ("1", "2"))),
        "ethnicity": columns.words(Words(people.recorded_ethnicity[whose], ETHNICITY_WORDS)),
        "lsoa21": columns.words(Words(lsoa, desk.ground.lsoas), ~people.lsoa_known[whose]),
    }


def _registrations(desk: Desk) -> tuple[Ints, Any, Any, Ints, Ints]:
    """Return for each registration and home, in order of person: who, whether the second practice and the second home,
    since when it is known, and its last day.
    """
    people = desk.part.people
    everyone = np.arange(people.n)
    moves, changes, twice = people.moved_on < NEVER, people.practice_2 >= 0, people.doubly_registered
    kinds = (
        (everyone, False, False, people.registered_from),
        (np.flatnonzero(moves & (~changes | twice)), False, True, people.moved_on),
        (np.flatnonzero(changes & ~twice), True, True, people.moved_on),
        (np.flatnonzero(twice), True, (people.moved_on <= people.practice_2_from)[twice], people.practice_2_from),
    )
    who = np.concatenate([k[0] for k in kinds])
    order = np.argsort(who, kind="stable")
    second = np.concatenate([np.full(len(k[0]), k[1]) for k in kinds])
    moved = np.concatenate([np.broadcast_to(k[2], len(k[0])) for k in kinds])
    since = np.concatenate([k[3][k[0]] for k in kinds])
    leaves = ~second & changes[who] & ~twice[who]
    end = np.where(leaves, people.practice_2_from[who] - 1, people.registered_to[who])
    return who[order], second[order], moved[order], since[order], end[order]


MAKERS: dict[str, Callable[[Desk], Content]] = {
    "person": person,
    "spell": spell,
    "outpatient": outpatient,
    "emergency": emergency,
    "community": community,
    "appointment": appointment,
    "coded": coded,
    "medicine": medicine,
    "cohort": cohort,
    "programme_contact": programme_contact,
    "caseload": caseload,
}
