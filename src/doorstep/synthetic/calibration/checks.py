"""Every comparison of made-up people with the published, one entry each: what is measured, against what, and why.

A published figure is a *target*, which what was made must come near, or *context*, shown beside it with the reason why
it is none (another year, country or definition, or it disagrees with a figure nearer to England now).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from doorstep.synthetic.calibration import measures as m

NEAREST = "the newest figure for England of this definition"


@dataclass(frozen=True)
class Published:
    """Rows of the reference table `published_margins`: all of one topic and measure, or those that `where` keeps."""

    topic: str
    measure: str
    where: str = "true"
    group: str = '"group"'
    factor: float = 1.0


@dataclass(frozen=True)
class Check:
    """One comparison. `query` gives group_name, value, se; `bounds` (low, high) stand where nothing is published.

    `mechanism` is the one without which the check must fail; `bounds_of` gives each group its own bounds.
    """

    name: str
    title: str
    unit: str
    query: str
    published: Published | None = None
    is_target: bool = True
    why: str = NEAREST
    mechanism: str = ""
    bounds: tuple[float, float] | None = None
    bounds_of: dict[str, tuple[float, float]] = field(default_factory=dict)


REGISTERS = {
    "AF": ("atrial_fibrillation_dx_only", 0), "AST": ("asthma_dx_only", 0), "CAN": ("cancer", 0),
    "CHD": ("coronary_heart_disease", 0), "CKD": ("chronic_kidney_disease", 18), "COPD": ("copd_dx_only", 0),
    "DEM": ("dementia", 0), "DEP": ("depression", 18), "DM": ("diabetes", 17), "EP": ("epilepsy_dx_only", 18),
    "HF": ("heart_failure", 0), "HYP": ("hypertension", 0), "LD": ("learning_disability_dx_only", 0),
    "MH": ("serious_mental_illness_dx_only", 0), "NDH": ("non_diabetic_hyperglycaemia_dx_only", 18),
    "OST": ("osteoporosis_dx_only", 50), "PAD": ("peripheral_arterial_disease", 0), "PC": ("palliative_care", 0),
    "RA": ("rheumatoid_arthritis", 16), "STIA": ("stroke_tia", 0),
}  # fmt: skip


def _on(code: str) -> str:
    return f"list_contains(registers, '{REGISTERS[code][0]}')"


def _registers() -> str:
    """Share on each register among people of its ages, by decile."""
    return " union all ".join(
        m.share(_on(code), f"'{code}|' || decile", f"at_end and age_at_end >= {least}")
        for code, (_, least) in REGISTERS.items()
    )


def _levels() -> str:
    return " union all ".join(
        m.share(_on(code), f"'{code}'", f"at_end and age_at_end >= {least}") for code, (_, least) in REGISTERS.items()
    )


ADULT = "at_end and age_at_end >= 18"
OLD = "age >= 65 and age < 96 and in_year"
FRAIL_AT_END = (
    "case when deficits_at_end < 5 then 'fit' when deficits_at_end < 9 then 'mild' when deficits_at_end < 13 then 'moderate' "
    "else 'severe' end"
)
_FRAILTY_SHARES = f"""
with old as (select {FRAIL_AT_END} as band from person where at_end and age_at_end >= 65 and age_at_end < 96)
select band as group_name, count(*) / sum(count(*)) over () as value,
       sqrt(count(*) / sum(count(*)) over () * (1 - count(*) / sum(count(*)) over ()) / sum(count(*)) over ()) as se
from old group by 1"""

ILLNESS = (
    Check(
        "register_by_decile", "On each QOF register, by decile of deprivation", "share of people of the register's ages",
        _registers(), Published("qof_by_decile", "", group='measure || \'|\' || "group"', where="measure not in ('CVDPP', 'OB')"),
        why="by decile, each register scaled to its newest verified level for England where there is one",
        mechanism="deprivation_gradient",
    ),
    Check(
        "two_or_more", "Adults with two or more long-term conditions", "share of adults",
        m.share("conditions >= 2", "'all'", ADULT), Published("multimorbidity", "multimorbid", "population like 'England 18+%' and \"group\" = 'all'"),
        why="England, adults, 36 conditions; the 24% of the Health Foundation counts fewer",
    ),
    Check(
        "physical_and_mental", "People with a physical and a mental long-term condition, by tenth of deprivation", "share of people",
        m.share("has_mental and conditions > n_mental", "case decile when 1 then 'most deprived decile' else 'least deprived decile' end", "at_end and decile in (1, 10)"),
        Published("multimorbidity", "physical_and_mental"), why="Barnett 2012, Scotland: no figure for England", mechanism="correlation",
    ),
    Check(
        "two_or_more_by_sex", "Adults with two or more conditions, by sex", "share of adults",
        m.share("conditions >= 2", "case sex when '1' then 'male' else 'female' end", ADULT),
        Published("multimorbidity", "multimorbid", "population like 'England 18+%' and \"group\" in ('male', 'female')"),
    ),
    Check(
        "earlier_by", "Years earlier that the most deprived tenth has the multimorbidity of the least", "years",
        """
        with curve as (
            select decile, floor(age_at_end / 5) * 5 + 2.5 as age, avg((conditions >= 2)::int) as p
            from person where at_end and age_at_end between 20 and 95 and decile in (1, 10) group by all
        ), gap as (
            select a.age, a.p, (select min(b.age + (a.p - b.p) / nullif(n.p - b.p, 0) * 5) from curve b join curve n
                on n.decile = 10 and n.age = b.age + 5 and b.decile = 10 where a.p between b.p and n.p) - a.age as earlier
            from curve a where a.decile = 1 and a.age between 40 and 60
        )
        select 'all' as group_name, avg(earlier) as value, coalesce(stddev_samp(earlier) / sqrt(count(*)), 0) as se from gap
        """,
        bounds=(10, 15), why="Barnett 2012 (Scotland): 10 to 15 years earlier", mechanism="deprivation_gradient",
    ),
    Check(
        "median_age_of_many", "Median age of people with two or more conditions, by fifth of deprivation", "years",
        m.median_age("conditions >= 2 and quintile in (1, 5)", "case quintile when 1 then 'IMD quintile most deprived' else 'IMD quintile least deprived' end"),
        Published("multimorbidity", "median_age_2plus"), mechanism="deprivation_gradient",
    ),
    Check(
        "efi_band", "Electronic frailty index at 65 to 95", "share of people", _FRAILTY_SHARES,
        Published("frailty", "efi_category_share"), why="the index's own validation; ever-recorded codes, as the index is defined",
    ),
    Check(
        "mortality_by_band", "Death within a year against fit people of the same age and sex, 65 to 95", "ratio of rates",
        m.standardised_ratio("died::int", "band", "'fit'", OLD), Published("frailty", "hr_1y_mortality"),
        why="Clegg 2016", mechanism="frailty_mortality",
    ),
    Check(
        "deaths", "Deaths against the national life table", "deaths for each expected", m.DEATHS,
        bounds=(0.9, 1.1), why="the life table of England 2017-19; the sample has England's mix of deprivation",
    ),
)  # fmt: skip

USE = (
    Check(
        "emergency_admissions", "Emergency admissions by age and fifth of deprivation", "per 1,000 person-years",
        m.EMERGENCY_CELLS, Published("emergency_admissions", "", group='measure || \'|\' || "group"'),
        why="the only open table by age and deprivation (Devon); its level is lower than England's now", mechanism="deprivation_gradient",
    ),
    Check(
        "emergency_by_band", "Emergency admissions against fit people of the same age and sex, 65 to 95", "ratio of rates",
        m.standardised_ratio("emergency", "band", "'fit'", OLD), Published("frailty", "irr_emergency_admission"),
        why="Han 2019, England", mechanism="frailty_use",
    ),
    Check(
        "consultations_by_band", "GP consultations against fit people of the same age and sex, 65 to 95", "ratio of rates",
        m.standardised_ratio("consultations", "band", "'fit'", OLD), Published("frailty", "irr_gp_consultation"),
        why="Han 2019, England", mechanism="frailty_use",
    ),
    Check(
        "nights_by_band", "Nights in hospital of the severely frail against fit people, 65 to 95", "ratio of rates",
        m.standardised_ratio("nights", "band", "'fit'", OLD), Published("frailty", "irr_inpatient_days"),
        why="Han 2019, England", mechanism="frailty_use",
    ),
    Check(
        "attendances_by_band", "A&E attendances against fit people of the same age and sex, 65 to 95", "ratio of rates",
        m.standardised_ratio("attendances", "band", "'fit'", OLD), bounds_of={"mild": (1.1, 1.9), "moderate": (1.3, 2.6), "severe": (1.5, 3.4)},
        why="no open figure for England: rising with each band, and less steep than admissions", mechanism="frailty_use",
    ),
    Check(
        "consultations", "GP and nurse consultations", "per person-year", m.rate("consultations"),
        Published("activity", "gp_consultations", "population = 'England 2013/14'"),
    ),
    Check(
        "any_attendance", "Odds of any A&E attendance against the least deprived tenth, same age, sex and ethnic group", "odds ratio",
        m.odds_ratio("attendances > 0", "decile", "10"),
        Published("activity", "or_any_ae_attendance", "\"group\" not like '%also%'", "regexp_extract(\"group\", 'decile (\\d+)', 1)"),
        why="ONS 2023", mechanism="deprivation_gradient",
    ),
    Check(
        "attendances_most_deprived", "Attendances of the most deprived fifth", "share of attendances",
        m.part("attendances", "quintile = 1"), Published("activity", "ae_share", group="'all'"), mechanism="deprivation_gradient",
    ),
    Check(
        "infants_attendances", "A&E attendances of infants", "per 1,000 infant-years", m.rate("attendances", where="age_at_end < 1.5 and age < 0.5", multiplier=1000),
        Published("activity", "ae_attendances", "population like 'England infants%'"),
    ),
    Check(
        "infants_admissions", "Emergency admissions of infants", "per 1,000 infant-years", m.rate("emergency", where="age_at_end < 1.5 and age < 0.5", multiplier=1000),
        Published("activity", "emergency_admissions", "population like 'England infants%'"),
    ),
    Check("hiu_people", "People with five attendances or more in the year", "share of people",
        "select 'all' as group_name, avg((attendances >= 5)::int) as value, sqrt(avg((attendances >= 5)::int) / count(*)) as se from person join use using (person_id) where in_year",
        Published("activity", "hiu_share_population", group="'all'"), why="British Red Cross 2021", mechanism="heavy_tail"),
    Check("hiu_attendances", "Their share of attendances", "share of attendances", m.part("attendances", "attendances >= 5"),
        Published("activity", "hiu_share_attendances", group="'all'"), why="British Red Cross 2021", mechanism="heavy_tail"),
    Check("hiu_ambulance", "Their share of arrivals by ambulance", "share of arrivals", m.part("by_ambulance", "attendances >= 5"),
        Published("activity", "hiu_share_ambulance", group="'all'"), why="British Red Cross 2021", mechanism="heavy_tail"),
    Check("hiu_admissions", "Their share of hospital admissions", "share of emergency admissions", m.part("emergency", "attendances >= 5"),
        Published("activity", "hiu_share_admissions", group="'all'"), why="British Red Cross 2021", mechanism="heavy_tail"),
    Check("multimorbid_consultations", "Consultations of adults with two or more conditions", "share of consultations",
        m.part("consultations", "conditions >= 2", "years > 0 and age >= 18"), Published("multimorbidity", "share_gp_consultations", group="'all'"), why="Cassell 2018"),
    Check("multimorbid_prescriptions", "Prescriptions of adults with two or more conditions", "share of issues",
        m.part("issues", "conditions >= 2", "years > 0 and age >= 18"), Published("multimorbidity", "share_prescriptions", group="'all'"), why="Cassell 2018"),
    Check("multimorbid_admissions", "Hospital stays of adults with two or more conditions", "share of stays",
        m.part("stays", "conditions >= 2", "years > 0 and age >= 18"), Published("multimorbidity", "share_hospital_admissions", group="'all'"), why="Cassell 2018"),
    Check("hfrs", "Hospital frailty risk of people of 75 and over in an emergency stay", "share of people", m.HFRS, Published("frailty", "hfrs_share"), why="Gilbert 2018, England"),
    Check("top_5", "Emergency bed days of the 5% of people who use most", "share of emergency bed days", m.top("emergency_nights", 0.05),
        bounds=(0.85, 0.99), why="about one person in fifteen has an emergency stay in a year, half of them short: the top 5% must hold nearly all", mechanism="heavy_tail"),
    Check("top_1", "Emergency bed days of the 1% of people who use most", "share of emergency bed days", m.top("emergency_nights", 0.01),
        bounds=(0.42, 0.72), why="ours, from stays of which a tenth hold half of all nights", mechanism="heavy_tail"),
    Check("readmitted", "Emergency readmission within 30 days of an inpatient discharge", "share of discharges", m.READMITTED,
        bounds=(0.07, 0.16), why="7% in 2004-10 (Blunt 2015), about twice that of emergency discharges since", mechanism="recent_use"),
    Check("season", "A&E attendances a day by month against the year", "ratio to the year's mean", m.SEASON, why="all trusts of England, August 2022 to July 2025", mechanism="season"),
    Check("weekday", "Outpatient appointments at weekends", "share of appointments",
        "select 'all' as group_name, avg((isodow(appointment_on) > 5)::int) as value, 0.0005 as se from all_appointment where appointment_on between $first and $last",
        bounds=(0.0, 0.06), why="practices are closed or nearly so on most weekends; ours", mechanism="weekday"),
)  # fmt: skip

ENGLAND = ILLNESS + USE
