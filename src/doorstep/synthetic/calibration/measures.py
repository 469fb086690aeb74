"""What made-up people show: each measure is a query over the tables of `opening`, by group, with its standard error.

Standard errors: of a share, sqrt(p (1 - p) / n); of a rate for each person-year, that of the mean over people of the
sum of squares, sqrt(sum (x - rate x years)^2) / sum(years), which allows for events that repeat within people; of a
ratio of two rates, from the logarithm; of a median, from the order statistics a normal interval away. Every query gives
`group_name`, `value`, `se`.
"""

from __future__ import annotations

SHARE = "avg(({what})::int) as value, sqrt(avg(({what})::int) * (1 - avg(({what})::int)) / count(*)) as se"
RATE = (
    "sum({what}) / sum(years) as value, "
    "sqrt(sum(({what})^2) - 2 * sum({what}) / sum(years) * sum(({what}) * years) "
    "+ (sum({what}) / sum(years))^2 * sum(years^2)) / sum(years) as se"
)


def share(what: str, group: str = "'all'", where: str = "at_end", table: str = "person") -> str:
    """Return the query for the share of people for whom `what` holds, by group."""
    return f"select {group} as group_name, {SHARE.format(what=what)} from {table} where {where} group by 1"


def rate(what: str, group: str = "'all'", where: str = "true", multiplier: float = 1) -> str:
    """Return the query for events of the year for each person-year times `multiplier`, by group."""
    return (
        f"select group_name, value * {multiplier} as value, se * {multiplier} as se from ("
        f"select {group} as group_name, {RATE.format(what=what)} from person join use using (person_id) "
        f"where years > 0 and {where} group by 1)"
    )


def part(what: str, belongs: str, where: str = "years > 0") -> str:
    """Return the query for the part of all `what` (a number for each person) that falls to people who belong."""
    return f"""
    with counted as (
        select ({belongs})::int as b, ({what})::double as x from person join use using (person_id) where {where}
    ), whole as (select sum(b * x) / sum(x) as p, sum(x) as total from counted)
    select 'all' as group_name, any_value(p) as value, sqrt(sum(((b - p) * x)^2)) / any_value(total) as se
    from counted, whole"""


def top(what: str, top_share: float) -> str:
    """Return the query for the part of all `what` that falls to the top share of everybody in the year."""
    return f"""
    with ranked as (
        select ({what})::double as x, row_number() over (order by {what} desc, person_id) as place, count(*) over () as n
        from person join use using (person_id) where in_year
    )
    select 'all' as group_name, sum(x) filter (place <= {top_share} * n) / sum(x) as value,
           sqrt(sum(((place <= {top_share} * n)::int * x)^2)) / sum(x) as se
    from ranked"""


AGE_BANDS = (
    "case when age < 20 then '0-19' when age < 38 then '20-37' when age < 53 then '38-52' when age < 67 then '53-66' "
    "else '67+' end"
)
EMERGENCY_CELLS = rate("emergency", f"{AGE_BANDS} || '|' || (6 - quintile)", multiplier=1000)


def standardised_ratio(what: str, band: str, against: str, where: str) -> str:
    """Return the query for the ratio of rates of each band to one of them, in the same mix of age and sex.

    Mantel and Haenszel's ratio over strata of two years of age and sex: sum(a N0 / (N0 + N1)) / sum(b N1 / (N0 + N1)),
    for events a in N1 person-years of the band and b in N0 of the other. The error is that of the logarithm, with the
    spread of events within people.
    """
    return f"""
    with people as (
        select {band} as band, (age / 2)::int as stratum, sex, ({what})::double as x, years
        from person join use using (person_id) where years > 0 and {where}
    ), cell as (
        select band, stratum, sex, sum(x) as x, sum(years) as n from people group by all
    ), pair as (
        select a.band, a.x as a, a.n as n1, b.x as b, b.n as n0
        from cell a join cell b on a.stratum = b.stratum and a.sex = b.sex and b.band = {against}
        where a.band <> {against}
    ), spread as (
        select band, sum(x) as events, sum(x^2) as squares from people group by 1
    )
    select p.band as group_name, sum(a * n0 / (n0 + n1)) / sum(b * n1 / (n0 + n1)) as value,
           sum(a * n0 / (n0 + n1)) / sum(b * n1 / (n0 + n1)) * sqrt(
               any_value(s.squares) / any_value(s.events)^2 + any_value(o.squares) / any_value(o.events)^2) as se
    from pair p join spread s on s.band = p.band join spread o on o.band = {against} group by 1"""


def odds_ratio(what: str, by: str, against: str) -> str:
    """Return the query for Mantel and Haenszel's odds ratio of `what` by group, in strata of age, sex and ethnic group.

    The variance of its logarithm is that of Robins, Breslow and Greenland (1986).
    """
    return f"""
    with cell as (
        select {by} as g, (age / 5)::int as stratum, sex, left(ethnicity, 1) in ('A', 'B', 'C') as white,
               sum(({what})::int)::double as yes, sum((not ({what}))::int)::double as no
        from person join use using (person_id) where in_year group by all
    ), pair as (
        select a.g, a.yes as a, a.no as b, o.yes as c, o.no as d, a.yes + a.no + o.yes + o.no as n
        from cell a join cell o on a.stratum = o.stratum and a.sex = o.sex and a.white = o.white and o.g = {against}
        where a.g <> {against}
    ), term as (
        select g, a * d / n as r, b * c / n as s, (a + d) / n as p, (b + c) / n as q from pair
    )
    select g::varchar as group_name, sum(r) / sum(s) as value, sum(r) / sum(s) * sqrt(
        sum(p * r) / (2 * sum(r)^2) + sum(p * s + q * r) / (2 * sum(r) * sum(s)) + sum(q * s) / (2 * sum(s)^2)) as se
    from term group by 1"""


def median_age(where: str, group: str) -> str:
    """Return the query for the median age at the end of people for whom `where` holds; error from its order statistics."""
    return f"""
    with of_group as (
        select {group}::varchar as group_name, age_at_end as x,
               row_number() over (partition by {group} order by age_at_end) as place,
               count(*) over (partition by {group}) as n
        from person where at_end and {where}
    )
    select group_name, median(x) as value,
           (min(x) filter (place >= 0.5 * n + 0.5 * sqrt(n)) - max(x) filter (place <= 0.5 * n - 0.5 * sqrt(n))) / 2 as se
    from of_group group by 1"""


HFRS = """
with scored as (
    select s.person_id, s.admitted_on, s.score from (
        select i.person_id, i.admitted_on, sum(h.weight) as score
        from (select distinct i.person_id, i.admitted_on, left(d.code, 3) as icd10_3
              from stay i join person p using (person_id)
              join stay e on e.person_id = i.person_id and e.admitted_on between i.admitted_on - interval 2 year and i.admitted_on,
              unnest(e.diagnoses) as d(code)
              where i.is_emergency and i.admitted_on >= $first and p.age >= 75) i
        left join reference('hfrs') h using (icd10_3) group by all) s
), one as (
    select person_id, max_by(coalesce(score, 0), hash(person_id, admitted_on)) as score from scored group by 1
)
select case when score < 5 then 'low' when score <= 15 then 'intermediate' else 'high' end as group_name,
       count(*) / sum(count(*)) over () as value,
       sqrt(count(*) / sum(count(*)) over () * (1 - count(*) / sum(count(*)) over ()) / sum(count(*)) over ()) as se
from one group by 1
"""

READMITTED = """
with discharged as (
    select person_id, discharged_on, died, is_emergency, class,
           lead(admitted_on) over next as again, lead(is_emergency) over next as is_again_emergency
    from stay where class = '1' and discharged_on is not null
    window next as (partition by person_id order by admitted_on, discharged_on)
)
select 'all' as group_name, avg(back) as value, stddev_samp(back) / sqrt(count(*)) as se
from (select coalesce(is_again_emergency and again - discharged_on between 0 and 29, false)::int as back
      from discharged where not died and discharged_on >= $first and discharged_on <= $last - interval 30 day)
"""

# Attendances a day of each calendar month against the mean of the year, over whole years of the window.
SEASON = """
with day as (select arrived_on, count(*) as n from all_emergency
             where arrived_on > $last - interval 2 year and arrived_on <= $last group by 1),
month as (select month(arrived_on) as m, avg(n) as a_day, count(*) as days, sum(n) as n from day group by 1)
select m::varchar as group_name, a_day / avg(a_day) over () as value, a_day / avg(a_day) over () / sqrt(n) * 1.6 as se
from month
"""
PUBLISHED_SEASON = """
with month as (
    select month::varchar as month, attendances / extract(day from last_day((month || '-01')::date)) as a_day
    from reference('ae_monthly') where month between '2022-08' and '2025-07'
), year as (
    select right(month, 2)::int as m, avg(a_day) as a_day from month group by 1
)
select m::varchar as group_name, a_day / avg(a_day) over () as value from year
"""

DEATHS = """
with lived as (
    select sex, least(floor(age), 100)::int as age, sum(years) as years, sum(died::int) as deaths
    from person where years > 0 group by all
), expected as (
    select case when age < 65 then 'under 65' when age < 75 then '65-74' when age < 85 then '75-84' else '85+' end as g,
           sum(deaths) as deaths, sum(years * mx) as expected
    from lived join (select age, case sex when 'male' then '1' else '2' end as sex, mx
                     from reference('life_table_england')) using (age, sex) group by 1
)
select g as group_name, deaths / expected as value, sqrt(deaths) / expected as se from expected
"""
