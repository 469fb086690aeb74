"""What the use of care is fitted to: published figures, which of them where they disagree, and why."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.use.constants import assumed

RECENT = ("2023-08", "2025-07")  # of the monthly series
REPEATED = ("2025-02", "2025-03")  # the series prints the same months of 2024 again
CASSELL = ("multimorbid", "England 18+ CPRD 2012, 36 conditions", "all")
Targets = dict[str, Any]

CHOICES = {
    "emergency_cells": "Emergency admissions of NEW Devon by age and fifth (BMJ Open 2017): the only open table by "
    "both. Trusts report about 105 per 1,000 a year for England (2023-25), Devon's cells come to about 80: context.",
    "emergency_frailty": "Han 2019 rate ratios at 65-95; Clegg 2016 hazard ratios of a first admission (1.93, 3.04, "
    "4.73) disagree and are older: context.",
    "emergency_recent": "7% of all discharges, day cases included (Blunt 2015, 2004-10). England's later indicator of "
    "about 14% leaves day cases out and so does not contradict it.",
    "attendance_ages": "Shares of ages 1 and over from Yorkshire and Humber; infants from England's own rate, which "
    "that table exceeds. Level: trusts' monthly counts over registered people.",
    "attendance_deprived": "Ratio of deciles 1 and 10 and the share of the most deprived fifth (HES 2019/20); heavy "
    "use gives way so that the odds of any attendance are those of ONS 2023. Deciles 5 and 9 are not fitted.",
    "stay_level": "General and acute beds occupied (2023-25) a registered person; stays are shorter than England's "
    "where admissions are fewer.",
    "stay_frailty": "Han 2019: inpatient days of severe frailty 7.26 times those of fit people.",
    "admission_conditions": "How many times the use of other adults those with two conditions or more have, from "
    "Cassell's shares of admissions and consultations and of people; halfway to what gives the shares themselves, "
    "since fewer have two here.",
    "gp_level": "5.16 contacts with GPs and nurses a person-year, kept appointments here.",
    "acs_deprived": "Only the ratio of most to least deprived; the rates' period is unclear. Sampled over wider ages.",
    "coding_depth": "A third of adults' emergency stays carry five or more long-standing conditions.",
    "planned_and_outside": "Ordinary, day-case, outpatient and community levels are assumed, not published.",
}


def margins() -> dict[tuple[str, str, str], float]:
    """Return every published figure by measure, population and group."""
    rows = pq.read_table(reference.table("published_margins")).to_pylist()
    return {(r["measure"], r["population"], r["group"] or ""): r["value"] for r in rows}


def monthly() -> list[dict[str, Any]]:
    """Return the recent months of the national series of emergency departments, without those printed twice."""
    rows = pq.read_table(reference.table("ae_monthly")).to_pylist()
    return [r for r in rows if RECENT[0] <= r["month"] <= RECENT[1] and r["month"] not in REPEATED]


def season(column: str) -> list[float]:
    """Return each calendar month's daily mean against the year's."""
    daily: dict[int, list[float]] = {}
    for row in monthly():
        month = np.datetime64(row["month"])
        days = int((month + 1).astype("datetime64[D]").astype(int) - month.astype("datetime64[D]").astype(int))
        daily.setdefault(int(row["month"][5:]), []).append(row[column] / days)
    means = np.array([np.mean(daily[m]) for m in range(1, 13)])
    return [float(x) for x in means / means.mean()]


def beds(source: Path) -> float:
    """Return the general and acute beds occupied on a day, on average over the recent months."""
    found: dict[str, float] = {}
    with gzip.open(source / "open" / "trust_ga_beds_monthly.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["month"]] = found.get(row["month"], 0) + float(row["general_acute_beds_occupied"] or 0)
    return float(np.mean([v for month, v in found.items() if RECENT[0] <= month <= RECENT[1]]))


def targets(source: Path) -> Targets:
    """Return what each constant is fitted to; the reasons for each choice stand in `CHOICES`."""
    m = margins()
    people = float(np.sum(pq.read_table(reference.table("registrations"), columns=["patients"])["patients"]))
    y = "Yorkshire & Humber providers 2014/15"
    visits = [m["ae_attendances", y, b] for b in ("1-4", "5-12", "13-17", "18-34", "35-54", "55-74", "75+")]
    one, ten = "IMD decile 1 (most deprived)", "IMD decile 10"
    england = "England 2019/20"
    irr = ("mild", "moderate", "severe")
    return {
        "cells": np.array([[_cell(b, q) for q in range(5, 0, -1)] for b in ("0-19", "20-37", "38-52", "53-66", "67+")]),
        "infant_admissions": m["emergency_admissions", "England infants 2012-19", "all"] / 1000,
        "infant_visits": m["ae_attendances", "England infants 2012-19", "all"] / 1000,
        "visits_a_year": 12 * float(np.mean([r["attendances"] for r in monthly()])) / people,
        "visits": np.array(visits) / sum(visits),
        "decile_ratio": m["ae_attendances", england, one] / m["ae_attendances", england, ten],
        "fifth": m["ae_share", england, "most deprived 20%"],
        "odds": [m["or_any_ae_attendance", "England Mar21-Mar22", f"IMD decile {d} vs 10"] for d in (1, 5, 9)],
        "often_people": m["hiu_share_population", "England", ""],
        "often_visits": m["hiu_share_attendances", "England", ""],
        "often_road": m["hiu_share_ambulance", "England", ""],
        "often_admissions": m["hiu_share_admissions", "England", ""],
        "urgent_by_frailty": [m["irr_emergency_admission", "65-95", b] for b in irr],
        "contacts_by_frailty": [m["irr_gp_consultation", "65-95", b] for b in irr],
        "days_by_frailty": m["irr_inpatient_days", "65-95", "severe"],
        "multi_contacts": times(m["share_gp_consultations", "England multimorbid", ""], m[CASSELL]),
        "multi_admissions": times(m["share_hospital_admissions", "England multimorbid", ""], m[CASSELL]),
        "multi_contacts_share": m["share_gp_consultations", "England multimorbid", ""],
        "multi_admissions_share": m["share_hospital_admissions", "England multimorbid", ""],
        "readmitted": m["emergency_readmission_30d", "England 2004-2010", "all"],
        "ward_days": beds(source) * 365.25 / people,
        "contacts": m["gp_consultations", "England 2013/14", "all"],
        "acs": [m["acs_admissions", "England 2011/12", f"{a} most deprived"]
                / m["acs_admissions", "England 2011/12", f"{a} least deprived"] for a in ("15-19", "45-49", "85+")],
        "five_conditions": m["emergency_inpatients_5plus", "England 2015/16", ""],
        "hfrs": [m["hfrs_share", "England emergency 75+ validation n=1013590", "low"],
                 m["hfrs_share", "England emergency 75+", "intermediate"],
                 m["hfrs_share", "England emergency 75+", "high"]],
        "clinics": assumed()["outpatients"]["a_year"],
        "community": assumed()["community"]["a_year"],
        "ordinary": assumed()["planned"]["a_year"]["ordinary"],
        "day_case": assumed()["planned"]["a_year"]["day_case"],
    }  # fmt: skip


def times(share: float, people: float) -> float:
    """How many times the rate of others those have who are `people` of all and have `share` of the events."""
    return (share / people) / ((1 - share) / (1 - people))


def _cell(band: str, quintile: int) -> float:
    rows = pq.read_table(reference.table("published_margins")).to_pylist()
    found = [r for r in rows if r["topic"] == "emergency_admissions" and r["measure"] == band]
    return float(next(r["value"] for r in found if r["group"] == str(quintile))) / 1000
