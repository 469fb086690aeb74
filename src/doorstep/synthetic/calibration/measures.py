"""Queries from which measures are built: each gives `group_name`, `value` and `se` over the tables of `opening`.

Standard errors. Of a share, sqrt(p (1 - p) / n) with two more people on each side, so that nobody among few is not
taken for certain (Agresti and Coull 1998). Of a rate, sqrt(sum (x - rate y)^2) / sum y for events x in y years of each
person, which allows for events that repeat within people. Of a part of a whole and of the part of the top share, by
linearisation (the sum of squared influences of people). Of a median, from the order statistics a standard error of
rank away. Of ratios, from the logarithm.
"""

from __future__ import annotations

_MORE = "(sum(({what})::int) + 2) / (count(*) + 4)"
_SHARE = f"avg(({{what}})::int) as value, sqrt({_MORE} * (1 - {_MORE}) / (count(*) + 4)) as se"


def share(what: str, group: str = "'all'", where: str = "at_end", table: str = "person") -> str:
    """Return the query for the share of people for whom `what` holds, by group."""
    return f"select {group} as group_name, {_SHARE.format(what=what)} from {table} where {where} group by 1"


def rate_of(events: str, multiplier: float = 1) -> str:
    """Return the query for events a year times `multiplier`; `events` gives group_name, x (events) and years."""
    return f"""
    with exposed as ({events}), total as (
        select group_name, sum(x) as n, sum(years) as years, sum(x) / sum(years) as r, sum(x^2) as xx,
               sum(x * years) as xy, sum(years^2) as yy
        from exposed group by 1
    )
    select group_name, {multiplier} * r as value, {multiplier} * sqrt(xx - 2 * r * xy + r^2 * yy) / years as se
    from total"""


def rate(what: str, group: str = "'all'", where: str = "true", multiplier: float = 1) -> str:
    """Return the query for `what` of the year for each person-year times `multiplier`, by group."""
    return rate_of(
        f"select {group} as group_name, ({what})::double as x, years from person join use using (person_id) "
        f"where years > 0 and ({where})",
        multiplier,
    )


def part(what: str, belongs: str, where: str = "years > 0", group: str = "'all'") -> str:
    """Return the query for the part of all `what` (a number for each person) that falls to people who belong."""
    return f"""
    with counted as (
        select ({belongs})::int as b, ({what})::double as x from person join use using (person_id) where {where}
    ), whole as (select sum(b * x) / sum(x) as p, sum(x) as total from counted)
    select {group} as group_name, any_value(p) as value, sqrt(sum(((b - p) * x)^2)) / any_value(total) as se
    from counted, whole"""


def parts(what: str, group: str, where: str = "years > 0") -> str:
    """Return the query for how all `what` is divided between groups."""
    return f"""
    with counted as (
        select {group} as group_name, ({what})::double as x from person join use using (person_id) where {where}
    ), whole as (select sum(x) as total, sum(x^2) as squares from counted)
    select group_name, sum(x) / any_value(total) as value,
           sqrt(sum(x^2) * (1 - 2 * sum(x) / any_value(total))
                + any_value(squares) * (sum(x) / any_value(total))^2) / any_value(total) as se
    from counted, whole group by 1"""


def top(what: str, top_share: float, where: str = "in_year") -> str:
    """Return the query for the part of all `what` that falls to the top share of people.

    The influence of a person with x, where q is the least x of the top: ((x - q) if in the top) + share q - part x.
    """
    return f"""
    with ranked as (
        select ({what})::double as x,
               row_number() over (order by {what} desc, person_id) <= {top_share} * count(*) over () as is_top
        from person join use using (person_id) where {where}
    ), whole as (
        select sum(x) as total, sum(x) filter (is_top) / sum(x) as p, min(x) filter (is_top) as q from ranked
    )
    select 'all' as group_name, any_value(p) as value,
           sqrt(sum((is_top::int * (x - q) + {top_share} * q - p * x)^2)) / any_value(total) as se
    from ranked, whole"""


def rate_ratio(people: str, against: str) -> str:
    """Return the query for the ratio of rates of each group to the group `against`, in the same strata.

    Mantel and Haenszel's ratio: sum(a n0 / (n0 + n1)) / sum(b n1 / (n0 + n1)) over strata, for events a in n1
    person-years of the group and b in n0 of the other. `people` gives group_name, stratum, x (events) and years.
    The error is that of the logarithm, from the spread of events between the people of each stratum.
    """
    return f"""
    with people as ({people}), cell as (
        select group_name, stratum, sum(x) as x, sum(years) as n,
               greatest(0, sum(x^2) - 2 * sum(x) / sum(years) * sum(x * years)
                           + (sum(x) / sum(years))^2 * sum(years^2)) as v
        from people group by all
    ), pair as (
        select a.group_name, a.x as a, b.x as b, a.v as va, b.v as vb, b.n / (a.n + b.n) as wa, a.n / (a.n + b.n) as wb
        from cell a join cell b on a.stratum = b.stratum and b.group_name = '{against}'
        where a.group_name <> '{against}'
    )
    select group_name, sum(a * wa) / sum(b * wb) as value, sum(a * wa) / sum(b * wb) * sqrt(
        sum(wa^2 * va) / sum(a * wa)^2 + sum(wb^2 * vb) / sum(b * wb)^2) as se
    from pair group by 1"""


def odds_ratio(people: str, against: str) -> str:
    """Return the query for Mantel and Haenszel's odds ratio of each group to the group `against`, in the same strata.

    `people` gives group_name, stratum and yes (a boolean). The variance of the logarithm is that of Robins, Breslow and
    Greenland (1986).
    """
    return f"""
    with people as ({people}), cell as (
        select group_name, stratum, sum(yes::int)::double as yes, sum((not yes)::int)::double as no
        from people group by all
    ), pair as (
        select a.group_name, a.yes as a, a.no as b, o.yes as c, o.no as d, a.yes + a.no + o.yes + o.no as n
        from cell a join cell o on a.stratum = o.stratum and o.group_name = '{against}'
        where a.group_name <> '{against}'
    ), term as (
        select group_name, a * d / n as r, b * c / n as s, (a + d) / n as p, (b + c) / n as q from pair
    )
    select group_name, sum(r) / sum(s) as value, sum(r) / sum(s) * sqrt(
        sum(p * r) / (2 * sum(r)^2) + sum(p * s + q * r) / (2 * sum(r) * sum(s)) + sum(q * s) / (2 * sum(s)^2)) as se
    from term group by 1"""


def median_age(where: str, group: str) -> str:
    """Return the query for the median age at the end of people for whom `where` holds, by group."""
    return f"""
    with of_group as (
        select {group}::varchar as group_name, age_at_end as x,
               row_number() over (partition by {group} order by age_at_end) as place,
               count(*) over (partition by {group}) as n
        from person where at_end and {where}
    )
    select group_name, median(x) as value, (min(x) filter (place >= 0.5 * n + 0.5 * sqrt(n))
                                            - max(x) filter (place <= 0.5 * n - 0.5 * sqrt(n))) / 2 as se
    from of_group group by 1"""
