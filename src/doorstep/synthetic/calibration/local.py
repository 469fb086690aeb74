"""Comparisons of one Place or system with its own published tables: who lives where, and is registered with whom."""

from __future__ import annotations

from doorstep import reference
from doorstep.synthetic.calibration.judging import Verdict, against_published, within
from doorstep.synthetic.calibration.opening import Made

# Half the sum of differences between two sets of shares: the part of people who would have to be elsewhere.
_APART = """
with made as ({made}), published as ({published}),
paired as (
    select coalesce(m.n, 0) / (select sum(n) from made) as a, coalesce(p.n, 0) / (select sum(n) from published) as b
    from made m full join published p using ({key})
)
select 0.5 * sum(abs(a - b)), corr(a, b), count(*), (select sum(n) from made) from paired
"""

_FLOWS = """
    select practice, lsoa21, sum(patients * share_of_lsoa11) as n
    from read_parquet('{registrations}') join read_parquet('{lookup}') using (lsoa11)
    where practice in (select distinct practice from person) and lsoa21 in (select lsoa21 from read_parquet('{lsoa21}'))
    group by all
"""
_ETHNIC_GROUP = (
    "case when ethnicity in ('A', 'B', 'C') then 'white' when ethnicity in ('D', 'E', 'F', 'G') then 'mixed' "
    "when ethnicity in ('H', 'J', 'K', 'L', 'R') then 'asian' when ethnicity in ('M', 'N', 'P') then 'black' else 'other' end"
)
# Ethnic groups and ages of each area in the published shares, for as many people as were made there.
_ETHNICITY = """
    select lsoa21, ethnic, made.n * share as n from (select lsoa21, count(*) as n from person where at_start group by 1) made
    join (unpivot (select lsoa21, white / total as white, black / total as black, asian / total as asian,
                          mixed / total as mixed, other / total as other
                   from (select *, white + black + asian + mixed + other as total from read_parquet('{ethnicity_lsoa21}')))
          on white, black, asian, mixed, other into name ethnic value share) using (lsoa21)
"""
_AGES = """
    select lsoa21, band, made.n * share as n from (select lsoa21, count(*) as n from person where at_start group by 1) made
    join (select lsoa21, age // 10 as band, sum(persons) / any_value(total) as share
          from read_parquet('{age_lsoa21}')
          join (select lsoa21, sum(persons) as total from read_parquet('{age_lsoa21}') group by 1) using (lsoa21)
          group by all) using (lsoa21)
"""
_NAMES = ("registrations", "lsoa21", "ethnicity_lsoa21", "age_lsoa21")

# The made people are whole persons, so that small cells can never be met exactly; these bounds allow for rounding.
COMPARISONS = {
    "flows": ("practice, lsoa21", "select practice, lsoa21, count(*) as n from person where at_start group by all", _FLOWS, 0.02),
    "practices": (
        "practice", "select practice, count(*) as n from person where at_start group by all",
        "select practice, sum(n) as n from (" + _FLOWS + ") group by 1", 0.01,
    ),
    "ethnicity": (
        "lsoa21, ethnic", f"select lsoa21, {_ETHNIC_GROUP} as ethnic, count(*) as n from person where at_start group by all", _ETHNICITY, 0.03,
    ),
    "ages": (
        "lsoa21, band",
        "select lsoa21, least(greatest(floor(age_in_middle), 0), 90)::int // 10 as band, count(*) as n from person where at_start group by all",
        _AGES, 0.06,
    ),
}  # fmt: skip
TITLES = {
    "flows": "People by practice and area: the part who would have to be in another cell",
    "practices": "People by practice: the part who would have to be on another list",
    "ethnicity": "People by area and ethnic group: the part who would have to be in another cell",
    "ages": "People by area and ten years of age: the part who would have to be in another cell",
    "stay_by_provider": "Mean emergency stay by hospital: coefficient of variation beyond chance",
}


def flows(made: Made) -> list[Verdict]:
    """Compare where people live, their ages and ethnic groups, and their practices with the published tables."""
    paths = {name: str(reference.table(name)) for name in _NAMES} | {"lookup": str(reference.table("lsoa11_lsoa21"))}
    found = []
    for name, (key, mine, theirs, most) in COMPARISONS.items():
        query = _APART.format(made=mine, published=theirs.format(**paths), key=key)
        ((apart, correlation, cells, _),) = made.con.execute(query).fetchall()
        why = f"rounding to whole people over {cells:,} cells; correlation with the published table {correlation:.4f}"
        found.append(within(name, "all", float(apart), 0.0, 0.0, most, why))
    return found


_SPREAD = """
with register as (select unnest({registers}) as name, unnest({codes}) as code, unnest({ages}) as least),
list as (
    select code, practice, avg(list_contains(registers, name)::int) as p, count(*) as n
    from person, register where at_end and age_at_end >= least group by all having count(*) >= 300
), made as (
    select code, avg(p) as mean, sqrt(greatest(0, var_samp(p) - avg(p * (1 - p) / n))) as spread, count(*) as k
    from list group by 1
), published as (
    select qof_code as code, avg(prevalence) as mean,
           sqrt(greatest(0, var_samp(prevalence) - avg(prevalence * (1 - prevalence) / list_size))) as spread
    from read_parquet('{qof}') q join read_parquet('{practices}') l using (practice)
    where practice in (select practice from list) group by 1
)
select code, made.spread / made.mean, made.spread / made.mean / sqrt(2.0 * (k - 1)), published.spread / published.mean
from made join published using (code) order by code
"""


def between_practices(made: Made, registers: dict[str, tuple[str, int]]) -> list[Verdict]:
    """Compare how much practices differ, beyond chance, in how many are on each register."""
    query = _SPREAD.format(
        registers=[name for name, _ in registers.values()], codes=list(registers),
        ages=[age for _, age in registers.values()],
        qof=reference.table("qof_practice"), practices=reference.table("practices"),
    )  # fmt: skip
    why = "practices of the same system, 2021-22; coefficient of variation beyond chance"
    return [
        against_published(
            "between_practices", str(code), value, se, target, is_target=True, why=why, source="QOF 2021-22"
        )
        for code, value, se, target in made.con.execute(query).fetchall()
    ]


_STAYS = """
with provider as (
    select provider, avg(nights) as mean, var_samp(nights) / count(*) as chance, count(*) as n
    from stay where is_emergency and nights > 0 and admitted_on >= $first group by 1 having count(*) >= 200
)
select sqrt(greatest(0, var_samp(mean) - avg(chance))) / avg(mean), count(*), avg(n) from provider
"""


def between_providers(made: Made) -> list[Verdict]:
    """Compare how much hospitals differ, beyond chance, in how long emergency patients stay with stated bounds."""
    ((spread, providers, stays),) = made.rows(_STAYS)
    why = f"ours: hospitals of one system differ by about a tenth; {providers} hospitals, {float(str(stays)):,.0f} stays each"
    return [within("stay_by_provider", "all", float(str(spread)), 0.0, 0.03, 0.25, why)]
