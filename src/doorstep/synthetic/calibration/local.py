"""Comparisons of one system or Place with its own published tables: who lives where, and is registered with whom."""

from __future__ import annotations

import math
from dataclasses import dataclass

from doorstep.synthetic.calibration.judging import Verdict, against_published, within
from doorstep.synthetic.calibration.opening import Made

# Half the sum of differences between two sets of shares: the part of people who would have to be elsewhere; with how
# near one set is to the other for each cell, what drawing each person apart would give on average (half the sum of
# sqrt(2 p / (pi N))), and the cell with most people too many or too few.
_APART = """
with made as ({made}), published as ({published}), whole as (
    select (select sum(n) from made) as made, (select sum(n) from published) as published
), paired as (
    select {key} as cell, coalesce(m.n, 0) / whole.made as a, coalesce(p.n, 0) / whole.published as b
    from made m full join published p using ({columns}), whole
)
select 0.5 * sum(abs(a - b)), corr(a, b), count(*), 0.5 * sum(sqrt(2 * b / (pi() * whole.made))),
       any_value(whole.made), max_by(cell, abs(a - b)), arg_max(a - b, abs(a - b))
from paired, whole
"""
_REGISTERED = """
select practice, lsoa21, sum(patients * share_of_lsoa11) as n
from reference('registrations') join reference('lsoa11_lsoa21') using (lsoa11)
where practice in (select distinct practice from person) and lsoa21 in (select lsoa21 from reference('lsoa21'))
group by all
"""
_GROUP = (
    "case when ethnicity in ('A', 'B', 'C') then 'white' when ethnicity in ('D', 'E', 'F', 'G') then 'mixed' "
    "when ethnicity in ('H', 'J', 'K', 'L', 'R') then 'asian' when ethnicity in ('M', 'N', 'P') then 'black' "
    "else 'other' end"
)
# Published shares of each area for as many people as were made there: only what differs within areas counts.
_ETHNICITY = """
with area as (select lsoa21, count(*) as n from person where at_start group by 1), census as (
    select *, white + black + asian + mixed + other as total from reference('ethnicity_lsoa21')
), long as (unpivot census on white, black, asian, mixed, other into name ethnic value counted)
select lsoa21, ethnic, area.n * counted / total as n from area join long using (lsoa21)
"""
_AGES = """
with area as (select lsoa21, count(*) as n from person where at_start group by 1), census as (
    select lsoa21, least(age // 10, 9) as band, sum(persons) as counted from reference('age_lsoa21') group by all
)
select lsoa21, band, area.n * counted / sum(counted) over (partition by lsoa21) as n
from area join census using (lsoa21)
"""
_SEXES = """
with council as (select ltla24, count(*) as n from person where at_start group by 1), long as (
    unpivot (select ltla24, females, males from reference('sex_ltla') where age_group = 'all') on females, males
    into name sex value counted
)
select ltla24, sex, council.n * counted / sum(counted) over (partition by ltla24) as n
from council join long using (ltla24)
"""
_CARERS = """
with area as (select msoa21, count(*) as n from person where at_start and age_at_start >= 5 group by 1), census as (
    select msoa21, hours_1_to_9 + hours_10_to_19 as h1, hours_20_to_34 + hours_35_to_49 as h2, hours_50_plus as h3,
           residents_5_plus - h1 - h2 - h3 as h0
    from reference('unpaid_care_msoa21')
), long as (unpivot census on h0, h1, h2, h3 into name hours value counted)
select msoa21, right(hours, 1)::int as hours, area.n * counted / sum(counted) over (partition by msoa21) as n
from area join long using (msoa21)
"""


@dataclass(frozen=True)
class Local:
    """One comparison with a published table of areas or practices.

    `made` and `published` give people (n) by the columns of `key`. Most that may be apart: with `rounds`, a person a
    cell, half of them too many, since shares of areas are met up to whole people; else what drawing each person by
    chance would give, and a quarter more.
    """

    title: str
    key: tuple[str, ...]
    made: str
    published: str
    rounds: bool = False


_MADE = "select {group}, count(*) as n from person where {where} group by all"
LOCAL = {
    "flows": Local(
        "People by practice and area", ("practice", "lsoa21"),
        _MADE.format(group="practice, lsoa21", where="at_start"), _REGISTERED, rounds=True,
    ),
    "practices": Local(
        "People by practice", ("practice",), _MADE.format(group="practice", where="at_start"),
        f"select practice, sum(n) as n from ({_REGISTERED}) group by 1",
    ),
    "ethnicity": Local(
        "Ethnic groups within areas", ("lsoa21", "ethnic"),
        _MADE.format(group=f"lsoa21, {_GROUP} as ethnic", where="at_start"), _ETHNICITY, rounds=True,
    ),
    "ages": Local(
        "Ages (by ten years) within areas", ("lsoa21", "band"),
        _MADE.format(
            group="lsoa21, least(greatest(floor(age_at_start), 0)::int // 10, 9) as band", where="at_start"
        ), _AGES, rounds=True,
    ),
    "sexes": Local(
        "Sexes within councils", ("ltla24", "sex"),
        _MADE.format(group="ltla24, if(sex = '1', 'males', 'females') as sex", where="at_start"), _SEXES,
    ),
    "carers": Local(
        "Hours of unpaid care within neighbourhoods (MSOA), from 5 years of age", ("msoa21", "hours"),
        _MADE.format(group="msoa21, carer_hours::int as hours", where="at_start and age_at_start >= 5"), _CARERS,
    ),
}  # fmt: skip
# The comparisons that must fail where people are made without a mechanism.
MECHANISMS = {
    "raking": ("ethnicity", "ages"),
    "practice_variation": ("between_practices", "attendance_by_practice"),
    "provider_variation": ("stay_by_provider",),
}
WHOLE = 0.8  # of the real list: with fewer people, cells cannot be compared one by one


def compare_local(made: Made) -> list[Verdict]:
    """Compare a system or Place with its tables; nothing for England, of which only samples are made."""
    if made.is_england:
        return []
    ((people, listed),) = made.rows(
        f"select count(*) filter (at_start), (select sum(n) from ({_REGISTERED})) from person"
    )
    is_whole = float(str(people)) >= WHOLE * float(str(listed))
    return [*(_apart(made, name, is_whole) for name in LOCAL), *_between_practices(made), *_spreads(made)]


def _apart(made: Made, name: str, is_whole: bool) -> Verdict:
    one = LOCAL[name]
    columns = ", ".join(one.key)
    query = _APART.format(
        made=one.made, published=one.published, columns=columns, key=f"concat_ws(' ', {columns})"
    )  # fmt: skip
    ((apart, near, cells, chance, people, worst, off),) = made.rows(query)
    n = float(str(people))
    most = 0.5 * float(str(cells)) / n if one.rounds else 1.25 * float(str(chance))
    why = "a person a cell" if one.rounds else "what drawing each person by chance would give, and a quarter more"
    said = (
        f"{why}; correlation {float(str(near)):.4f} over {cells:,} cells; furthest off is {worst}, "
        f"by {math.copysign(1, float(str(off))) * abs(float(str(off))) * n:+.0f} people"
    )
    return within(name, "all", float(str(apart)), 0.0, 0.0, most, said, is_target=is_whole)


# Beyond chance: the variance of practices' prevalences less the mean of p (1 - p) / n. The error is that of a standard
# deviation of k practices, of those made and of those published: a variance has a squared relative error of
# 2 / (k - 1) + kurtosis / k, and a few practices (for care homes, for students) are unlike all others.
_SPREAD = """
with of_age as (
    select code, practice, count(*) as n from person, register where at_end and age_at_end >= least group by all
), on_it as (
    select code, practice, count(*) as x from on_register join register using (code) join person using (person_id)
    where at_end and age_at_end >= least group by all
), list as (
    select code, practice, coalesce(x, 0) / n as p, n from of_age left join on_it using (code, practice) where n >= 500
), made as (
    select code, avg(p) as mean, sqrt(greatest(0, var_samp(p) - avg(p * (1 - p) / n))) as spread,
           var_samp(p) as total, 2 / (count(*) - 1) + kurtosis_pop(p) / count(*) as v
    from list group by 1 having count(*) >= 10
), published as (
    select qof_code as code, avg(prevalence) as mean,
           sqrt(greatest(0, var_samp(prevalence) - avg(prevalence * (1 - prevalence) / list_size))) as spread,
           var_samp(prevalence) as total, 2 / (count(*) - 1) + kurtosis_pop(prevalence) / count(*) as v
    from reference('qof_practice') join reference('practices') using (practice)
    where practice in (select practice from list) group by 1
)
select code, made.spread / made.mean,
       sqrt((made.total / (made.spread * made.mean))^2 / 4 * made.v
            + (published.total / (published.spread * published.mean))^2 / 4 * published.v),
       published.spread / published.mean
from made join published using (code) where made.spread > 0 and published.spread > 0 order by code
"""


def _between_practices(made: Made) -> list[Verdict]:
    """Compare how much practices differ, beyond chance, in how many are on each register."""
    why = "the same practices, 2021-22; coefficient of variation beyond chance"
    found = []
    for code, value, se, target in made.rows(_SPREAD):
        numbers = float(str(value)), float(str(se)), float(str(target))
        found.append(
            against_published(
                "between_practices", str(code), *numbers, is_target=True, why=why, source="NHS England, QOF 2021-22"
            )
        )
    return found


# How much practices differ in attendances of the same age and deprivation, and hospitals in lengths of stay, beyond
# chance: the variance of means less the mean of their own squared errors.
_ATTENDANCES = """
with cell as (
    select practice, sum(attendances) as x, sum(attendances^2) as squares, sum(years * r) as expected from (
        select practice, attendances, years, sum(attendances) over (partition by floor(age / 10), decile)
               / sum(years) over (partition by floor(age / 10), decile) as r
        from person join use using (person_id) where years > 0)
    group by 1 having sum(years) >= 500
)
select sqrt(greatest(0, var_samp(x / expected) - avg(squares / expected^2))) / avg(x / expected), count(*) from cell
"""
_STAYS = """
with of_hospital as (
    select provider, avg(nights) as mean, var_samp(nights) / count(*) as chance
    from stay where is_emergency and nights > 0 and admitted_on >= $first group by 1 having count(*) >= 500
)
select sqrt(greatest(0, var_samp(mean) - avg(chance))) / avg(mean), count(*) from of_hospital
"""
SPREADS = {
    "attendance_by_practice": (
        "A&E attendances by practice, same ages and deprivation", _ATTENDANCES, 0.08, 0.35,
        "ours: practices of one system differ by a tenth to a third in the attendances of like people",
    ),
    "stay_by_provider": (
        "Mean emergency stay by hospital", _STAYS, 0.03, 0.25, "ours: hospitals of one system differ by about a tenth",
    ),
}  # fmt: skip


def _spreads(made: Made) -> list[Verdict]:
    found = []
    for name, (_, query, low, high, why) in SPREADS.items():
        ((spread, units),) = made.rows(query)
        if spread is not None and int(str(units)) >= 3:
            found.append(within(name, "all", float(str(spread)), 0.0, low, high, f"{why}; {units} compared"))
    return found


def title_of(name: str) -> str:
    """Return the title of a local comparison."""
    if name == "between_practices":
        return "How much practices differ in each register, beyond chance"
    return LOCAL[name].title if name in LOCAL else f"{SPREADS[name][0]}: coefficient of variation beyond chance"
