"""Which files each way in has: their stem, the plan and facts of their rows, the layout, the lake table they feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from doorstep.synthetic import layouts_community, layouts_hospital, layouts_practice, layouts_programme, layouts_raw
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.layouts_hospital import Columns
from doorstep.synthetic.pen import Pen
from doorstep.synthetic.plans_identity import clashes
from doorstep.synthetic.rows import Rows, plain_rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.use import ROLES

Layout = Callable[[Pen, Rows], Columns]


@dataclass(frozen=True)
class File:
    """One kind of file: `rows` picks its rows from the scene; `table` is the lake table, empty for a helping file.

    `told` says what else must become of rows in one way in, where a way shows more than others.
    """

    stem: str
    facts: str
    table: str
    layout: Layout
    plan: str = ""
    pick: Callable[[Scene, Rows], Rows] | None = None
    quoted: bool = False
    told: Callable[[Scene, Rows, str], Rows] | None = None

    def rows(self, scene: Scene, way: str) -> Rows:
        """Return the rows of the file in a way in, all deliveries."""
        rows = scene.plans[self.plan or self.facts]
        rows = self.pick(scene, rows) if self.pick else rows
        return self.told(scene, rows, way) if self.told else rows


def _flat_senders(scene: Scene, rows: Rows) -> Rows:
    """Leave out the practices that send slots only."""
    return rows.take(np.flatnonzero(~scene.slots_only[scene.practice_of("appointment", rows)]))


_HOSPITAL = (
    File("APCS", "spell", "spell", layouts_hospital.apcs, quoted=True),
    File("OPA", "outpatient", "outpatient", layouts_hospital.opa, quoted=True),
    File("EC", "emergency", "emergency", layouts_hospital.ec),
)
_RAW = (
    File("CDS_APC", "spell", "spell", layouts_raw.apc, pick=layouts_raw.by_episode, quoted=True),
    File("CDS_OPA", "outpatient", "outpatient", layouts_raw.opa, quoted=True),
    File("CDS_EC", "emergency", "emergency", layouts_raw.cds_ec),
)
_COMMUNITY = (
    File("CYP001MPI", "index", "person", layouts_community.patient_index),
    File("CYP002GP", "index", "", layouts_community.patient_practice, "index_practice"),
    File("CYP101Referral", "referral", "", layouts_community.referral),
    File("CYP201CareContact", "community", "community", layouts_community.contact),
)
_PRACTICE = (
    File("Admin_Patient", "record", "person", layouts_practice.patient, told=clashes),
    File("Admin_UserInRole", "user_role", "", layouts_practice.user_role),
    File("Coding_ClinicalCode", "clinical_code", "", layouts_practice.clinical_code),
    File("Coding_DrugCode", "drug_code", "", layouts_practice.drug_code),
    File("CareRecord_Observation", "coded", "coded", layouts_practice.observation),
    File("CareRecord_Consultation", "consultation", "", layouts_practice.consultation),
    File("Prescribing_DrugRecord", "drug_line", "", layouts_practice.drug_record),
    File("Prescribing_IssueRecord", "medicine", "medicine", layouts_practice.issue),
    File("Appointment_Session", "session", "", layouts_practice.session),
    File("Appointment_SessionUser", "session", "", layouts_practice.session_user),
    File("Appointment_Slot", "appointment", "appointment", layouts_practice.slot, "slot"),
)
_FLAT = (File("appointments", "appointment", "appointment", layouts_practice.appointment, pick=_flat_senders),)
_FLAT_ALL = (File("appointments", "appointment", "appointment", layouts_practice.appointment),)
_COHORT = File("cohort", "cohort_home", "cohort", layouts_programme.cohort, "cohort_list")
_COHORT_WITH_HOMES = File("cohort", "cohort_home", "cohort", layouts_programme.cohort, "cohort")
_PROGRAMME = (
    File("nnhip_contacts", "programme_contact", "programme_contact", layouts_programme.contact),
    File("caseload", "caseload", "caseload", layouts_programme.case),
)
FILES: dict[str, tuple[File, ...]] = {
    "A": (*_HOSPITAL, *_COMMUNITY, *_PRACTICE, *_FLAT, _COHORT, *_PROGRAMME),
    "B": (*_RAW, *_COMMUNITY, *_PRACTICE, *_FLAT, _COHORT, *_PROGRAMME),
    "C": (*_HOSPITAL, *_COMMUNITY, *_FLAT_ALL, _COHORT_WITH_HOMES, *_PROGRAMME),
}


def add_helping_files(scene: Scene) -> None:
    """Add the facts and plans of the files that only help others: dictionaries, sessions, consultations."""
    facts, first = scene.facts, scene.timeline.first
    made = {
        "user_role": layouts_practice.dictionary("user_role", ("",) * (len(scene.ground.practices) * len(ROLES))),
        "clinical_code": layouts_practice.dictionary("clinical_code", facts["coded"].columns["code"].words),
        "drug_code": layouts_practice.dictionary("drug_code", facts["medicine"].columns["code"].words),
        "consultation": layouts_practice.consultations(facts["coded"], first),
        "drug_line": layouts_practice.drug_lines(facts["medicine"]),
        "session": _sessions(scene),
    }
    for name, added in made.items():
        facts[name] = added
        dictionary = name in ("user_role", "clinical_code", "drug_code")
        number = np.zeros(added.n, np.int8) if dictionary else scene.timeline.delivery_of(added.day)
        scene.plans[name] = plain_rows(np.arange(added.n), added.person, number)
    index = scene.plans["index"]
    scene.plans["index_practice"] = _first_sent(index)


def _first_sent(index: Rows) -> Rows:
    """Return the rows of the first time each person of the index is sent, all of them loaded."""
    kept = index.take(np.flatnonzero(index.person >= 0))
    _, at = np.unique(kept.fact, return_index=True)
    rows = kept.take(np.sort(at))
    return plain_rows(rows.fact, rows.person, rows.delivery)


def _sessions(scene: Scene) -> Facts:
    slots, appointments = scene.plans["slot"], scene.facts["appointment"]
    day: Ints = appointments.day[slots.fact]
    number = layouts_practice.session_of(scene.practice_of("appointment", slots), day, appointments, slots.fact)
    number, at = np.unique(number, return_index=True)
    order = np.argsort(day[at], kind="stable")
    return Facts("session", np.full(len(number), -1), day[at][order], {"session": number[order]})
