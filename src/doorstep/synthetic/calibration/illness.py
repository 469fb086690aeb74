"""What made-up people show of illness, frailty and death: a query for each check of that name."""

from __future__ import annotations

from doorstep.synthetic.calibration.measures import median_age, rate_of, rate_ratio, share

ADULT = "at_end and age_at_end >= 18"
OLD = "age >= 65 and age < 96 and in_year"
TWO_YEARS_AND_SEX = "floor(age / 2)::int * 2 + (sex = '1')::int"
FIFTHS = "case quintile when 1 then 'IMD quintile most deprived' else 'IMD quintile least deprived' end"
TENTHS = "case decile when 1 then 'most deprived decile' else 'least deprived decile' end"
SEX = "case sex when '1' then 'male' else 'female' end"
AT_RISK = "in_year and age >= 20 and years > 0"


def _on_registers(group: str) -> str:
    """The share of people of each register's ages who are on it."""
    return f"""
    with of_age as (
        select {group} as group_name, count(*) as n from person, register
        where at_end and age_at_end >= least group by 1
    ), on_it as (
        select {group} as group_name, count(*) as x
        from on_register join register using (code) join person using (person_id)
        where at_end and age_at_end >= least group by 1
    ), counted as (
        select group_name, coalesce(x, 0) as x, n, (coalesce(x, 0) + 2) / (n + 4) as p
        from of_age left join on_it using (group_name)
    )
    select group_name, x / n as value, sqrt(p * (1 - p) / (n + 4)) as se from counted"""


# By how many years the curve by age of the least deprived tenth lags behind that of the most, at 40 to 60.
_EARLIER = """
with curve as (
    select decile, floor(age_at_end / 5) * 5 + 2.5 as age, avg((conditions >= 2)::int) as p
    from person where at_end and age_at_end between 20 and 95 and decile in (1, 10) group by all
), gap as (
    select a.age, a.p, (select min(b.age + (a.p - b.p) / nullif(n.p - b.p, 0) * 5) from curve b join curve n
        on n.decile = 10 and n.age = b.age + 5 and b.decile = 10 where a.p between b.p and n.p) - a.age as earlier
    from curve a where a.decile = 1 and a.age between 40 and 60
)
select 'all' as group_name, avg(earlier) as value, coalesce(stddev_samp(earlier) / sqrt(count(*)), 0) as se from gap
"""
# Pairs of eight diseases that share causes against what independence would give within age, sex and deprivation:
# sum over strata of n sum(i < j) p_i p_j, where 2 sum(i < j) p_i p_j = (sum p)^2 - sum p^2.
_TOGETHER = """
with had as (
    select person_id, condition, floor(age_at_end / 2)::int as age, sex, decile
    from condition join person using (person_id)
    where at_end and age_at_end >= 40 and condition in ('hypertension', 'diabetes', 'coronary_heart_disease',
        'chronic_kidney_disease', 'stroke', 'heart_failure', 'peripheral_arterial_disease', 'atrial_fibrillation')
), of_person as (
    select sum(k * (k - 1) / 2) as pairs, sum((k * (k - 1) / 2)^2) as squares
    from (select count(*) as k from had group by person_id)
), stratum as (
    select floor(age_at_end / 2)::int as age, sex, decile, count(*) as n
    from person where at_end and age_at_end >= 40 group by all
), p as (
    select age, sex, decile, any_value(n) as n, count(*) / any_value(n) as p
    from had join stratum using (age, sex, decile) group by age, sex, decile, condition
), expected as (
    select sum(e) as pairs from (select n * (sum(p)^2 - sum(p^2)) / 2 as e from p group by age, sex, decile, n)
)
select 'all' as group_name, o.pairs / e.pairs as value, sqrt(o.squares) / e.pairs as se from of_person o, expected e
"""
_CONDITIONS_OF_ADULTS = """
with of_person as (
    select person_id, bool_or(condition = 'chronic_pain') as pain, bool_or(condition = 'hypertension') as pressure,
           bool_or(condition in ('depression', 'anxiety')) as mood
    from condition group by 1
), adult as (
    select coalesce(pain, false) as pain, coalesce(pressure, false) as pressure, coalesce(mood, false) as mood
    from person left join of_person using (person_id) where at_end and age_at_end >= 18
), long as (unpivot adult on pain, pressure, mood into name what value has)
select case what when 'pain' then 'chronic_pain' when 'mood' then 'depression_or_anxiety' else 'hypertension' end
           as group_name,
       avg(has::int) as value, sqrt(avg(has::int) * (1 - avg(has::int)) / count(*)) as se
from long group by 1
"""
_BANDS_AT_END = """
with old as (
    select case when deficits_at_end < 5 then 'fit' when deficits_at_end < 9 then 'mild'
                when deficits_at_end < 13 then 'moderate' else 'severe' end as band
    from person where at_end and age_at_end >= 65 and age_at_end < 96
), counted as (select band, count(*) / sum(count(*)) over () as p, sum(count(*)) over () as n from old group by 1)
select band as group_name, p as value, sqrt(p * (1 - p) / n) as se from counted
"""
_ANY_FRAILTY = " union all ".join(
    share("deficits_at_end >= 5", f"'{name}'", f"at_end and age_at_end >= {low} and age_at_end < {high}")
    for name, low, high in (("50-64", 50, 65), ("65+", 65, 200), ("50+", 50, 200))
)
_AGES_OF_FRAILTY = (
    "case when age < 65 then '50-64' when age < 75 then '65-74' when age < 85 then '75-84' else '85+' end"
)
# Who becomes frail does so half-way through the year on average: so many years at risk.
_BECOMING_FRAIL = f"""
select {_AGES_OF_FRAILTY} as group_name, (deficits_at_end >= 5)::double as x,
       years * if(deficits_at_end >= 5, 0.5, 1) as years
from person where in_year and age >= 50 and deficits_year_before < 5 and years > 0"""
_AGE_AT_FRAILTY = """
select 'all' as group_name, avg(age + 0.5) as value, stddev_samp(age) / sqrt(count(*)) as se
from person where in_year and age >= 50 and deficits_year_before < 5 and deficits_at_end >= 5
"""
_PROGRESSION = " union all ".join(
    f"select '{n} to {n + 1}+' as group_name, (conditions > {n})::double as x, "
    f"years * if(conditions > {n}, 0.5, 1) as years from person where {AT_RISK} and conditions_year_before = {n}"
    for n in (0, 1, 2)
)
# People are of the age that they have half-way through their part of the year.
_DEATHS = """
with lived as (
    select sex, least(greatest(floor(age + years / 2), 0), 100)::int as age, sum(years) as years,
           sum(died::int) as deaths
    from person where years > 0 group by all
), expected as (
    select case when age < 65 then 'under 65' when age < 75 then '65-74' when age < 85 then '75-84' else '85+' end as g,
           sum(deaths) as deaths, sum(years * mx) as expected
    from lived join (select age, case sex when 'male' then '1' else '2' end as sex, mx
                     from reference('life_table_england')) using (age, sex) group by 1
)
select g as group_name, deaths / expected as value, sqrt(deaths) / expected as se from expected
"""
ILLNESS = {
    "register_by_decile": _on_registers("code || '|' || decile"),
    "register_level": _on_registers("code"),
    "dementia_at_65": share("list_contains(registers, 'dementia')", where="at_end and age_at_end >= 65"),
    "two_or_more": share("conditions >= 2", where=ADULT),
    "two_or_more_by_sex": share("conditions >= 2", SEX, ADULT),
    "two_or_more_by_fifth": share("conditions >= 2", FIFTHS, f"{ADULT} and quintile in (1, 5)"),
    "two_or_more_by_tenth": share("conditions >= 2", "decile", ADULT),
    "two_or_more_all_ages": share("conditions >= 2"),
    "one_or_more": share("conditions >= 1"),
    "two_or_more_by_age": share(
        "conditions >= 2", "if(age_at_end >= 75, '75+', '25-34')",
        "at_end and (age_at_end >= 75 or age_at_end between 25 and 35)",
    ),
    "physical_and_mental": share("n_mental > 0 and conditions > n_mental", TENTHS, "at_end and decile in (1, 10)"),
    "together": _TOGETHER,
    "earlier_by": _EARLIER,
    "median_age_of_many": median_age("conditions >= 2 and quintile in (1, 5)", FIFTHS),
    "four_or_more": share("conditions >= 4", FIFTHS, f"{ADULT} and quintile in (1, 5)"),
    "four_or_more_under_65": share("age_at_end < 65", where="at_end and conditions >= 4"),
    "conditions_of_adults": _CONDITIONS_OF_ADULTS,
    "progression": rate_of(_PROGRESSION, 100),
    "efi_band": _BANDS_AT_END,
    "any_frailty": _ANY_FRAILTY,
    "becoming_frail": rate_of(_BECOMING_FRAIL, 1000),
    "age_at_frailty": _AGE_AT_FRAILTY,
    "mortality_by_band": rate_ratio(
        f"select band as group_name, {TWO_YEARS_AND_SEX} as stratum, died::double as x, years from person "
        f"where years > 0 and {OLD}", "fit",
    ),
    "deaths": _DEATHS,
}  # fmt: skip
