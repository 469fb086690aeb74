"""What made-up people show of the care they use: a query for each check of that name."""

from __future__ import annotations

from doorstep.synthetic.calibration.illness import OLD, TWO_YEARS_AND_SEX
from doorstep.synthetic.calibration.measures import odds_ratio, part, parts, rate, rate_of, rate_ratio, top

# Ages in the middle of the year.
AGE_BANDS = (
    "case when age < 19.5 then '0-19' when age < 37.5 then '20-37' when age < 52.5 then '38-52' "
    "when age < 66.5 then '53-66' else '67+' end"
)
DEPARTMENT_AGES = (
    "case when age < 1 then '0' when age < 5 then '1-4' when age < 13 then '5-12' when age < 18 then '13-17' "
    "when age < 35 then '18-34' when age < 55 then '35-54' when age < 75 then '55-74' else '75+' end"
)
MANY, FREQUENT = "conditions >= 2", "attendances >= 5"
ADULTS = "years > 0 and age >= 18"
FIVE_YEARS_AND_SEX = "floor(age / 5)::int * 2 + (sex = '1')::int"
WITH_USE = "from person join use using (person_id)"


def by_band(what: str, years: str = "years") -> str:
    """Return the query for the rate of each frailty band against the fit."""
    return rate_ratio(
        f"select band as group_name, {TWO_YEARS_AND_SEX} as stratum, ({what})::double as x, ({years})::double as years "
        f"{WITH_USE} where years > 0 and {OLD}",
        "fit",
    )


def _by_decile(strata: str) -> str:
    return odds_ratio(
        f"select decile::varchar as group_name, {strata} as stratum, attendances > 0 as yes {WITH_USE} where in_year",
        "10",
    )


_FIVE_YEARS_SEX_AND_WHITE = f"({FIVE_YEARS_AND_SEX}) * 2 + (left(ethnicity, 1) in ('A', 'B', 'C'))::int"
# Up to the first emergency admission of the year.
_UNTIL_FIRST = "if(emergency > 0, greatest(first_emergency - greatest(registered_from, $first), 1) / 365.25, years)"


def _sensitive_gradient(name: str, low: int, high: int) -> str:
    return rate_ratio(
        f"select if(decile = 1, '{name}', 'least') as group_name, 1 as stratum, sensitive::double as x, years "
        f"{WITH_USE} where years > 0 and decile in (1, 10) and age >= {low} and age < {high}",
        "least",
    )


def _any(what: str, name: str) -> str:
    return (
        f"select '{name}' as group_name, avg(({what} > 0)::int) as value, "
        f"sqrt(avg(({what} > 0)::int) / count(*)) as se {WITH_USE} where in_year and age >= 20"
    )


def _by_conditions(what: str, name: str) -> str:
    return odds_ratio(
        f"select '{name}|' || least(conditions - n_mental, 4) as group_name, {FIVE_YEARS_AND_SEX} as stratum, "
        f"{what} > 0 as yes {WITH_USE} where in_year and age >= 20",
        f"{name}|0",
    )


_FIVE_IN_HOSPITAL = """
select 'all' as group_name, avg((conditions >= 5)::int) as value,
       sqrt(avg((conditions >= 5)::int) * (1 - avg((conditions >= 5)::int)) / count(distinct person_id)) as se
from stay join person using (person_id) where is_emergency and nights > 0 and admitted_on >= $first
"""
_TENTHS = """
with counted as (
    select decile, attendances::double as x from person join use using (person_id) where years > 0 and decile in (1, 10)
), total as (select decile, sum(x) as n, sum(x^2) as squares from counted group by 1)
select 'all' as group_name, a.n / b.n as value, a.n / b.n * sqrt(a.squares / a.n^2 + b.squares / b.n^2) as se
from total a, total b where a.decile = 1 and b.decile = 10
"""


def _of_infants(events: str) -> str:
    """Events in the year and the time lived in it under one year of age, for each child."""
    return rate_of(
        f"""
        with child as (
            select person_id, greatest($first, birth_on, registered_from) as since,
                   least($last, coalesce(registered_to, $last), birth_on + 364) as until
            from person where birth_on > $first - 366
        ), event as ({events}), counted as (
            select person_id, count(*) as n from child join event using (person_id) where day between since and until
            group by 1
        )
        select 'all' as group_name, coalesce(n, 0)::double as x, (until - since + 1) / 365.25 as years
        from child left join counted using (person_id) where until >= since""",
        1000,
    )


# A person's score in one emergency stay at 75 and over, taken at random of those early enough for the thirty days after
# it and late enough for the two years before it: each three-character code of those stays counts once.
_SCORED = """
with own as (
    select s.person_id, s.admitted_on, s.discharged_on, s.nights, s.died_there, p.died_on
    from stay s join person p using (person_id)
    where s.is_emergency and ($last - p.birth_on) / 365.25 >= 75 and s.admitted_on between $last - 149 and $last - 60
), one as (
    select * from own qualify row_number() over (partition by person_id order by hash(person_id, admitted_on)) = 1
), coded as (
    select distinct o.person_id, left(d.code, 3) as icd10_3
    from one o join stay e on e.person_id = o.person_id
        and e.admitted_on between o.admitted_on - interval 2 year and o.admitted_on, unnest(e.diagnoses) as d(code)
), score as (
    select person_id, coalesce(sum(weight), 0) as score
    from coded left join reference('hfrs') using (icd10_3) group by 1
), scored as (
    select *, case when score < 5 then 'low' when score <= 15 then 'intermediate' else 'high' end as risk
    from one join score using (person_id)
)
"""
_HFRS = (
    _SCORED
    + """, counted as (
    select risk, count(*) / sum(count(*)) over () as p, sum(count(*)) over () as n from scored group by 1
)
select risk as group_name, p as value, sqrt(p * (1 - p) / n) as se from counted
"""
)
_OUTCOMES = odds_ratio(
    _SCORED
    + """, outcome as (
        select risk, nights > 10 as long_stay, coalesce(died_on - admitted_on <= 30, false) as mortality,
               not died_there and exists (
                   from stay a where a.person_id = scored.person_id and a.is_emergency
                       and a.admitted_on > scored.admitted_on and a.admitted_on - discharged_on between 0 and 29
               ) as readmission
        from scored where risk <> 'intermediate'
    ), long as (
        unpivot outcome on long_stay, mortality, readmission into name outcome value yes
    )
    select if(risk = 'high', if(outcome = 'long_stay', '', '30d_') || outcome, 'low') as group_name,
           outcome as stratum, yes from long""",
    "low",
)
# Whether the next emergency admission comes within 30 days; who died in hospital was not discharged.
_READMITTED = """
with next as (
    select person_id, discharged_on, died_there, class, lead(if(is_emergency, admitted_on, null) ignore nulls) over (
        partition by person_id order by admitted_on, discharged_on) as again
    from stay where discharged_on is not null
)
select 'all' as group_name, avg(back) as value, stddev_samp(back) / sqrt(count(*)) as se
from (select coalesce(again - discharged_on between 0 and 29, false)::int as back
      from next where class = '1' and not died_there and discharged_on between $first and $last - 30)
"""
# The days from the 180th to the 31st before death, against the year of those who live on; the stay in which people die
# does not count.
_BEFORE_DEATH = rate_ratio(
    f"""
    with before as (
        select person_id, count(*) as n from stay join person using (person_id)
        where died and is_emergency and died_on - admitted_on between 30 and 179 group by 1
    )
    select if(died, 'all', 'live on') as group_name, band || '|' || ({FIVE_YEARS_AND_SEX}) as stratum,
           if(died, coalesce(n, 0), emergency)::double as x, if(died, 150 / 365.25, years) as years
    {WITH_USE} left join before using (person_id)
    where years > 0 and {OLD} and (not died or registered_from < died_on - 180)""",
    "live on",
)
# Attendances a day of each calendar month against the mean of the months; the error from days, each against the mean of
# its day of the week.
_SEASON = """
with day as (
    select arrived_on, count(*)::double as n from all_emergency
    where arrived_on > $last - interval 2 year and arrived_on <= $last group by 1
), even as (select *, n / avg(n) over (partition by isodow(arrived_on)) as even from day),
month as (
    select month(arrived_on) as m, avg(n) as a_day, stddev_samp(even) / sqrt(count(*)) as se from even group by 1
)
select m::varchar as group_name, a_day / avg(a_day) over () as value, se from month
"""
_RESPIRATORY = """
with admitted as (
    select month(admitted_on) in (12, 1, 2) as is_winter, count(*) as n,
           case when month(admitted_on) in (12, 1, 2) then 90.25 else 92 end as days
    from stay where is_emergency and diagnoses[1] like 'J%' and month(admitted_on) in (12, 1, 2, 6, 7, 8)
        and admitted_on > $last - interval 2 year
    group by all
)
select 'all' as group_name, w.n / w.days / (s.n / s.days) as value,
       w.n / w.days / (s.n / s.days) * sqrt(1 / w.n + 1 / s.n) as se
from admitted w, admitted s where w.is_winter and not s.is_winter
"""
_WEEKEND = """
select 'all' as group_name, avg((isodow(appointment_on) > 5)::int) as value,
       sqrt(avg((isodow(appointment_on) > 5)::int) / count(*)) as se
from all_appointment where appointment_on between $first and $last
"""
_FREQUENT = f"""
select 'all' as group_name, avg(({FREQUENT})::int) as value, sqrt(avg(({FREQUENT})::int) / count(*)) as se
{WITH_USE} where in_year"""
USE = {
    "emergency_admissions": rate("emergency", f"{AGE_BANDS} || '|' || (6 - quintile)", multiplier=1000),
    "acs_admissions": " union all ".join(
        f"({_sensitive_gradient(*band)})" for band in (("15-19", 15, 20), ("45-49", 45, 50), ("85+", 85, 200))
    ),
    "any_emergency": f"{_any('emergency', 'emergency')} union all {_any('sensitive', 'sensitive to ambulatory care')}",
    "emergency_by_conditions": f"({_by_conditions('emergency', 'any')}) union all "
    f"({_by_conditions('sensitive', 'sensitive to ambulatory care')})",
    "inpatients_with_five": _FIVE_IN_HOSPITAL,
    "emergency_by_band": by_band("emergency"),
    "first_emergency_by_band": by_band("emergency > 0", _UNTIL_FIRST),
    "consultations_by_band": by_band("consultations"),
    "nights_by_band": by_band("nights"),
    "attendances_by_band": by_band("attendances"),
    "consultations": rate("consultations"),
    "any_attendance": _by_decile(_FIVE_YEARS_SEX_AND_WHITE),
    "any_attendance_at_equal_health": _by_decile(f"({_FIVE_YEARS_SEX_AND_WHITE}) * 10 + least(conditions, 6)"),
    "attendances_most_deprived": part("attendances", "quintile = 1"),
    "attendances_of_tenths": _TENTHS,
    "attendances_by_age": parts("attendances", DEPARTMENT_AGES),
    "attendances_by_fifth": parts("attendances", "quintile::varchar"),
    "infants_attendances": _of_infants("select person_id, arrived_on as day from all_emergency"),
    "infants_admissions": _of_infants("select person_id, admitted_on as day from stay where is_emergency"),
    "hiu_people": _FREQUENT,
    "hiu_attendances": part("attendances", FREQUENT),
    "hiu_ambulance": part("by_ambulance", FREQUENT),
    "hiu_admissions": part("emergency", FREQUENT),
    "multimorbid_consultations": part("consultations", MANY, ADULTS),
    "multimorbid_prescriptions": part("issues", MANY, ADULTS),
    "multimorbid_admissions": part("stays", MANY, ADULTS),
    "hfrs": _HFRS,
    "hfrs_outcomes": _OUTCOMES,
    "top_1": top("emergency_nights", 0.01),
    "top_5": top("emergency_nights", 0.05),
    "top_tenth_of_stayers": top("emergency_nights", 0.1, "in_year and emergency_nights > 0"),
    "readmitted": _READMITTED,
    "emergency_before_death": _BEFORE_DEATH,
    "season": _SEASON,
    "respiratory_season": _RESPIRATORY,
    "weekend_appointments": _WEEKEND,
}
