"""Runs the checks on what was made."""

from __future__ import annotations

from collections.abc import Iterable

from doorstep import reference
from doorstep.errors import DataError
from doorstep.synthetic.calibration import measures
from doorstep.synthetic.calibration.checks import Check, Published
from doorstep.synthetic.calibration.judging import Verdict, against_published, within
from doorstep.synthetic.calibration.opening import Made

Group = tuple[float, str]


def run(made: Made, checks: Iterable[Check]) -> list[Verdict]:
    """Measure and judge each check, group by group. DataError where nothing was measured for a published group."""
    return [verdict for check in checks for verdict in _judge(made, check)]


def measured(made: Made, check: Check) -> dict[str, tuple[float, float]]:
    """Return value and standard error by group."""
    return {str(g): (float(str(v)), float(str(e or 0))) for g, v, e in made.rows(check.query) if v is not None}


def _judge(made: Made, check: Check) -> list[Verdict]:
    found = measured(made, check)
    if check.bounds is not None:
        return [within(check.name, group, *found[group], *check.bounds, check.why) for group in sorted(found)]
    if check.bounds_of:
        return [within(check.name, g, *found[g], *bounds, check.why) for g, bounds in check.bounds_of.items()]
    targets = _season(made) if check.name == "season" else published(made, check.published)
    missing = sorted(set(targets) - set(found))
    if missing or not targets:
        raise DataError(
            f"{check.name} was not measured for {', '.join(missing) or 'any published group'}",
            expected=f"the groups {', '.join(sorted(targets))}", where="the made system",
        )  # fmt: skip
    return [
        against_published(
            check.name, group, *found[group], value, is_target=check.is_target, why=check.why, source=source
        )
        for group, (value, source) in sorted(targets.items())
    ]


def _season(made: Made) -> dict[str, Group]:
    return {str(g): (float(str(v)), "NHS England, monthly A&E") for g, v in made.rows(measures.PUBLISHED_SEASON)}


def published(made: Made, rows: Published | None) -> dict[str, Group]:
    """Return the published value and its source by group."""
    if rows is None:
        return {}
    if rows.topic == "qof_by_decile":
        return {str(g): (float(str(v)), str(s)) for g, v, s in made.rows(_REGISTERS)}
    measure = "true" if not rows.measure else f"measure = '{rows.measure}'"
    query = f"""select coalesce({rows.group}, 'all'), value, source from reference('published_margins')
        where topic = '{rows.topic}' and {measure} and ({rows.where}) and confidence not like 'recalled%'"""
    return {str(g): (float(str(v)), str(s)) for g, v, s in made.rows(query)}


# Prevalence by decile is known for 2019/20 only: it is brought to the newest verified level of each register, which is
# that of 2024/25 where known, else of 2021/22 by practice, weighted by the lists.
_REGISTERS = """
with decile as (
    select measure as code, "group" as decile, value from reference('published_margins') where topic = 'qof_by_decile'
), then_ as (
    select measure as code, value from reference('published_margins')
    where topic = 'qof' and population = 'England 2019/20'
), practice as (
    select qof_code as code, sum(prevalence * n) / sum(n) as value
    from reference('qof_practice') join (
        select practice, sum(patients) as n from reference('registrations') group by 1) using (practice)
    group by 1
), newest as (
    select measure as code, value from reference('published_margins')
    where topic = 'qof' and population = 'England 2024/25' and confidence like 'verified%'
)
select code || '|' || decile, decile.value / then_.value * coalesce(newest.value, practice.value, then_.value),
       'QOF 2019/20 by decile (House of Commons Library), brought to ' || case when newest.value is not null then '2024/25'
       when practice.value is not null then '2021/22' else '2019/20' end
from decile join then_ using (code) left join practice using (code) left join newest using (code)
where code not in ('CVDPP', 'OB')
"""
