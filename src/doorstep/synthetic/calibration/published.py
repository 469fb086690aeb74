"""The published figures: rows of the reference table `published_margins`, and figures derived from tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from doorstep import reference
from doorstep.synthetic.calibration.opening import Made
from doorstep.synthetic.calibration.register import RECALLED, Against, Check, checks, unmeasured

CHECKED = "confidence not like 'recalled%'"
_SOURCE = "source || coalesce(', ' || population, '')"


class Figure(NamedTuple):
    """One published figure: the measured group it is compared with, its value, and who published it of whom."""

    group: str
    value: float
    source: str


class Row(NamedTuple):
    """One row of `published_margins` and where it is used: `use` is target, context or not measured."""

    row: int
    what: str
    value: float
    use: str
    check: str
    why: str


def figures(made: Made, against: Against) -> list[Figure]:
    """Return the figures of an entry, in order of group."""
    query = DERIVED[against.derived] if against.derived else _selected(against)
    return sorted(Figure(str(g), float(str(v)), str(s)) for g, v, s in made.rows(query))


def _selected(against: Against) -> str:
    where = f"from reference('published_margins') where ({against.rows}) and {CHECKED}"
    if not against.value:
        return f"select {against.group}, value, {_SOURCE} {where}"
    return f"select {against.group}, {against.value}, any_value({_SOURCE}) {where} group by 1"


def accounted() -> list[Row]:
    """Return every published row as often as it is used: once each, where nothing is forgotten or used twice."""
    import duckdb

    con = duckdb.connect(":memory:")
    table = f"read_parquet('{reference.table('published_margins')}', file_row_number = true)"
    found = []
    for use, check, why, where in _uses():
        query = f"""select file_row_number, concat_ws(', ', topic, measure, population, "group", source), value
            from {table} where {where} order by 1"""
        found += [Row(row, what, value, use, check, why) for row, what, value in con.execute(query).fetchall()]
    con.close()
    return sorted(found)


def _uses() -> Iterator[tuple[str, str, str, str]]:
    for check in checks():
        for entry in (entry for entry in check.against if entry.rows):
            yield _use(entry), check.name, entry.why, f"({entry.rows}) and {CHECKED}"
    for one in unmeasured():
        yield "not measured", "", one.why, f"({one.rows}) and {CHECKED}"
    yield "not measured", "", RECALLED, f"not ({CHECKED})"


def _use(entry: Against) -> str:
    return "target" if entry.target else "context"


def published_by(check: Check) -> tuple[Against, ...]:
    """Return the entries of a check, targets first."""
    return tuple(sorted(check.against, key=lambda entry: not entry.target))


# QOF prevalence of 2021/22 by practice, weighted by the practices' lists.
_BY_PRACTICE = """
select qof_code as code, sum(prevalence * n) / sum(n) as value
from reference('qof_practice') join (
    select practice, sum(patients) as n from reference('registrations') group by 1) using (practice)
where prevalence is not null group by 1
"""
# Registers whose newest level that was checked is not that of 2021/22.
_NEWER = f"""
select measure as code, value from reference('published_margins')
where topic = 'qof' and population = 'England 2024/25' and {CHECKED}
"""
DERIVED = {
    "registers_by_practice": f"""
with practice as ({_BY_PRACTICE}), newer as ({_NEWER})
select code, value, 'NHS England, QOF 2021/22 by practice' from practice
where code not in (select code from newer) and code in (select distinct code from on_register)
""",
    # Prevalence by decile is known for 2019/20 only: it is brought to the newest verified level of each register.
    "registers_by_decile": f"""
with decile as (
    select measure as code, "group" as decile, value from reference('published_margins') where topic = 'qof_by_decile'
), then_ as (
    select measure as code, value from reference('published_margins')
    where topic = 'qof' and population = 'England 2019/20'
), practice as ({_BY_PRACTICE}), newer as ({_NEWER})
select code || '|' || decile, decile.value / then_.value * coalesce(newer.value, practice.value, then_.value),
       'House of Commons Library, QOF 2019/20, brought to ' || case when newer.value is not null then '2024/25'
       when practice.value is not null then '2021/22' else '2019/20' end
from decile join then_ using (code) left join practice using (code) left join newer using (code) where code <> 'CVDPP'
""",
    "ae_season": """
with month as (
    select month::varchar as month, attendances / extract(day from last_day((month || '-01')::date)) as a_day
    from reference('ae_monthly') where month between '2022-08' and '2025-07'
), year as (
    select right(month, 2)::int as m, avg(a_day) as a_day from month group by 1
)
select m::varchar, a_day / avg(a_day) over (), 'NHS England, A&E by month' from year
""",
    "yorkshire_ages": f"""
select "group", value / sum(value) over (), {_SOURCE} from reference('published_margins')
where measure = 'ae_attendances' and population like 'Yorkshire%' and "group" not like 'IMD%'
""",
    "yorkshire_fifths": f"""
select right("group", 1), value / sum(value) over (), {_SOURCE} from reference('published_margins')
where measure = 'ae_attendances' and population like 'Yorkshire%' and "group" like 'IMD%'
""",
}
