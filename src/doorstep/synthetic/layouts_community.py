"""Files of the community data set: patients, their practices, referrals and contacts."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic import text
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Words
from doorstep.synthetic.layouts_hospital import NO_CODE, Columns, attended
from doorstep.synthetic.pen import ETHNICITY_WORDS, KEY_COLUMN, Pen
from doorstep.synthetic.people import SEXES
from doorstep.synthetic.plans_orders import CLOSE_TO_CONTACT, first_contact
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.text import Text
from doorstep.synthetic.use import COMMUNITY


def _person_id(pen: Pen, rows: Rows) -> Text:
    """The data set's own number of a person; strangers have one that no patient row carries."""
    own = (pen.person(rows).astype(np.int64) * 7919 + 13) % 90_000_049
    number = np.where(rows.person >= 0, own, 95_000_000 + rows.ident % 4_000_000)
    return text.numbers(number, "C")


def _period(pen: Pen, rows: Rows) -> Ints:
    """The last day of the reporting period a row belongs to: the contact's month, or the newer one that repeats it."""
    own = pen.true_day(rows).astype(np.int64)
    newer = rows.has("late_refresh") & ~rows.early
    return np.where(newer, pen.scene.timeline.cuts[rows.content], own)


def _effective(pen: Pen, rows: Rows) -> Ints:
    """The day from which the sender holds a row to be right: when its period was first sent, or sent again."""
    month = pen.true_day(rows).astype("datetime64[D]").astype("datetime64[M]")
    in_time = (month + 1).astype("datetime64[D]").astype(np.int64) + 19
    again = pen.scene.timeline.received[rows.content]
    return np.where(rows.content > pen.scene.timeline.delivery_of(pen.true_day(rows)), again, in_time)


def _sent(pen: Pen, rows: Rows) -> Columns:
    period = pen.unique_month(_period(pen, rows))
    effective = _effective(pen, rows)
    return {
        "UniqueSubmissionID": text.numbers(period * 100 + rows.content, "30"),
        "Unique_MonthID": text.numbers(period),
        "Effective_From": text.days(effective),
    }


def patient_index(pen: Pen, rows: Rows) -> Columns:
    """One row a person; sent again when the person has died."""
    people = pen.scene.people
    person = pen.person(rows)
    home = text.choose(people.lsoa_at(person, pen.true_day(rows)), pen.scene.ground.lsoas)
    sent = _sent(pen, rows)
    return {
        "Person_ID": _person_id(pen, rows),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "Person_BirthDate": pen.birth(person),
        "Gender": text.choose(people.sex[person], SEXES),
        "EthnicCategory": text.choose(people.recorded_ethnicity[person], ETHNICITY_WORDS),
        "LSOA": text.blanked(home, ~people.lsoa_known[person]),
        "Person_Death_Date": text.days(pen.known(people.died[person], rows)),
        "OrgID_Provider": text.same(COMMUNITY[0], rows.n),
        "UniqueSubmissionID": sent["UniqueSubmissionID"],
        "Unique_MonthID": sent["Unique_MonthID"],
        "Effective_From": sent["Effective_From"],
    }


def patient_practice(pen: Pen, rows: Rows) -> Columns:
    """The practice of each person of the index."""
    sent = _sent(pen, rows)
    return {
        "Person_ID": _person_id(pen, rows),
        "OrgID_GP_Practice": pen.practice(rows),
        "OrgID_Provider": text.same(COMMUNITY[0], rows.n),
        "UniqueSubmissionID": sent["UniqueSubmissionID"],
        "Unique_MonthID": sent["Unique_MonthID"],
    }


def referral(pen: Pen, rows: Rows) -> Columns:
    """One row a referral."""
    provider: Words = pen.facts.columns["provider"]
    sent = _sent(pen, rows)
    after = first_contact(pen.scene)[rows.fact] + 1 + rows.ident % CLOSE_TO_CONTACT
    return {
        "Person_ID": _person_id(pen, rows),
        "UniqueServiceRequestID": text.numbers(pen.facts.columns["referral"][rows.fact], "SR"),
        "Referral_ReceivedDate": text.days(np.where(rows.has("referral_after_contact"), after, pen.day(rows))),
        "OrgID_Provider": text.words(provider.take(rows.fact)),
        **sent,
    }


def contact(pen: Pen, rows: Rows) -> Columns:
    """One row a care contact and version."""
    provider: Words = pen.facts.columns["provider"]
    sent = _sent(pen, rows)
    return {
        "Person_ID": _person_id(pen, rows),
        "UniqueServiceRequestID": text.numbers(pen.facts.columns["referral"][rows.fact], "SR"),
        "UniqueCareContactID": text.numbers(rows.ident, "CC"),
        "Contact_Date": text.days(pen.day(rows)),
        "AttendanceStatus": text.replaced(attended(pen, rows), rows.has("unknown_code"), NO_CODE),
        "UniqueSubmissionID": sent["UniqueSubmissionID"],
        "Unique_MonthID": sent["Unique_MonthID"],
        "Effective_From": sent["Effective_From"],
        "OrgID_Provider": text.words(provider.take(rows.fact)),
    }
