"""Columns made of other columns: counts, sums, flags, the national group, cohorts and segments.

Each is an expression over columns of the person table; `layers` puts them in an order in which each finds what it asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlglot import exp

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions import Band, DeficitCount, Group, Scheme, Shelf, WeightedSum
from doorstep.planning.engine.columns import rule_columns
from doorstep.planning.engine.masks import holds
from doorstep.planning.engine.said import said
from doorstep.planning.engine.steps import case, condition, number, true_where

# `n_conditions` and `enough` are put in for the national group's own.
_WHY = """
case
    when not is_alive then 'has died'
    when not is_registered then 'not registered with a practice of the Place'
    when not coalesce(age >= :adult, true) then 'under age'
    when in_national_group and :n >= :enough then cast(:n as varchar) || ' long-term conditions'
    when in_national_group and :n > 0
        then cast(:n as varchar) || ' long-term condition and ' || risk_band || ' risk'
    when in_national_group then risk_band || ' risk (no coded entries are held)'
    when :n = 0 then 'no long-term condition found'
    when risk_band is null then cast(:n as varchar) || ' long-term condition, risk not known'
    else cast(:n as varchar) || ' long-term condition, ' || risk_band || ' risk'
end
"""


def derived_columns(shelf: Shelf, *, has_codes: bool) -> dict[str, exp.Expr]:
    """Return every column made of other columns, by name; rules are already checked against the table's columns."""
    found: dict[str, exp.Expr] = {}
    for count in shelf.deficits:
        found |= _deficit_columns(count)
    for tally in shelf.tallies:
        found[tally.id] = exp.cast(_sum(exp.cast(exp.column(name), "int") for name in tally.registers), "int")
    rules = Rules(shelf)
    found |= {weighted.id: _weighted(weighted, rules) for weighted in shelf.weighted}
    found |= {flag.id: rules.holds(flag.rule, flag.id) for flag in shelf.flags}
    found |= dict(_group_columns(shelf, has_codes))
    for cohort in (c for c in shelf.cohorts if c.is_on):
        here = (exp.column("is_alive"), exp.column("is_registered"), rules.holds(cohort.rule, cohort.id))
        found[f"in_{cohort.id}"] = exp.and_(*here)
    return found | {scheme.id: _segment(scheme, rules) for scheme in shelf.schemes}


def layers(columns: Mapping[str, exp.Expr], known: Collection[str]) -> Iterator[dict[str, exp.Expr]]:
    """Yield the columns in layers: each asks only for columns that are known, or are of a layer before it.

    Raises ConfigurationError where columns are made of each other.
    """
    have, left = set(known), dict(columns)
    while left:
        ready = {n: e for n, e in left.items() if {c.name for c in e.find_all(exp.Column)} <= have}
        if not ready:
            raise ConfigurationError(f"{', '.join(sorted(left))} are made of each other", expected="no circle of rules")
        yield ready
        have |= set(ready)
        left = {n: e for n, e in left.items() if n not in ready}


class Rules:
    """The rules of a shelf as conditions over the columns of the person table."""

    def __init__(self, shelf: Shelf) -> None:
        self._columns = rule_columns(shelf)
        self._deficits = {
            f"{c.id}_has_{d.id}": (f"{c.id}_deficits", 1 << place)
            for c in shelf.deficits
            for place, d in enumerate(c.deficit)
        }

    def holds(self, text: str, where: str) -> exp.Expr:
        """Return a rule as a condition that is never null. Raises ConfigurationError where the rule is wrong."""
        tree = condition(said(text, self._columns, where=where).sql)
        return tree.transform(self._deficit)

    def column(self, name: str) -> exp.Expr:
        """Return a column that a rule may ask for."""
        return self._deficit(exp.column(name))

    def _deficit(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in self._deficits:
            return exp.Paren(this=holds(*self._deficits[node.name]))
        return node


def held_column(count: DeficitCount, months_ago: int) -> str:
    """Return the column of the coded deficits a person had so many months before the day, as bits."""
    return f"{count.id}_at_{months_ago}"


def banded(steps: exp.Expr, bands: tuple[Band, ...], *, decimals: int = 0, above: tuple[str, ...] = ()) -> exp.Expr:
    """Return the name of the last band whose start a whole number of 10^-decimals reaches; null below the first."""
    ways = []
    for band in reversed(bands):
        start = Decimal(str(band.starts_at)).scaleb(decimals)
        if band.name in above:
            first = int(start.to_integral_value(ROUND_FLOOR)) + 1
        else:
            first = int(start.to_integral_value(ROUND_CEILING))
        ways.append((steps.copy() >= number(first), exp.Literal.string(band.name)))
    return case(*ways)


def divided(steps: exp.Expr, by: int) -> exp.Expr:
    """Return a whole number divided by another, at double precision."""
    return exp.Div(this=exp.cast(steps, "double"), expression=exp.cast(number(by), "double"))


def _deficit_columns(count: DeficitCount) -> dict[str, exp.Expr]:
    held: exp.Expr = exp.func("coalesce", exp.column(held_column(count, 0)), number(0))
    for place, deficit in enumerate(count.deficit):
        if deficit.column:
            reached = exp.column(deficit.column) >= deficit.at_least
            held = exp.Add(this=held, expression=case((reached, number(1 << place)), otherwise=number(0)))
    n = exp.column(f"{count.id}_count")
    old_enough = exp.column("age") >= count.bands_from_age
    found = {
        f"{count.id}_deficits": exp.cast(held, "bigint"),
        f"{count.id}_count": bit_count(exp.column(f"{count.id}_deficits")),
        count.id: divided(n, len(count.deficit)),
        f"{count.id}_band": case((old_enough, banded(n, count.bands))),
    }
    for months in count.months_ago:
        past = exp.func("coalesce", exp.column(held_column(count, months)), number(0))
        found[f"{count.id}_count_{months}m_ago"] = bit_count(past)
    return found


def bit_count(word: exp.Expr) -> exp.Expr:
    """Return how many bits of a word are set, as a whole number."""
    return exp.cast(exp.func("bit_count", word), "int")


def _weighted(weighted: WeightedSum, rules: Rules) -> exp.Expr:
    parts = (case((rules.column(t.column), number(weighted.steps(t))), otherwise=number(0)) for t in weighted.term)
    return divided(exp.Paren(this=_sum(parts)), 10**weighted.decimals)


def _sum(parts: Iterator[exp.Expr]) -> exp.Expr:
    total: exp.Expr = number(0)
    for part in parts:
        total = exp.Add(this=total, expression=part)
    return total


def _segment(scheme: Scheme, rules: Rules) -> exp.Expr:
    *ruled, last = scheme.segment
    ways = ((rules.holds(s.rule, f"{scheme.id}: {s.id}"), exp.Literal.string(s.id)) for s in ruled)
    return case(*ways, otherwise=exp.Literal.string(last.id))


def _group_columns(shelf: Shelf, has_codes: bool) -> Iterator[tuple[str, exp.Expr]]:
    """The national group; without a definition of it nobody is in it, and there is no reason to give."""
    if not shelf.groups:
        yield "in_national_group", exp.false()
        yield "why", exp.cast(exp.null(), "varchar")
        return
    group = shelf.group
    yield "in_national_group", _in_group(group, group.count, has_codes)
    yield from ((group_column(count), _in_group(group, count, has_codes)) for count in group.other_counts)
    values = {"adult": number(group.age_from), "n": exp.column(group.count), "enough": number(group.conditions_enough)}
    yield "why", exp.replace_placeholders(condition(_WHY), **values)


def group_column(count: str) -> str:
    """Return the column that says who would be in the group under another count."""
    return f"in_national_group_by_{count}"


def _in_group(group: Group, count: str, has_codes: bool) -> exp.Expr:
    adult = exp.func("coalesce", exp.column("age") >= group.age_from, exp.true())
    eligible = exp.and_(exp.column("is_alive"), exp.column("is_registered"), adult)
    risky = true_where(exp.column("risk_band").isin(*group.risk_bands))
    if not has_codes:
        return exp.and_(eligible, risky)
    with_risk = exp.and_(exp.column(count) >= group.conditions_with_risk, risky)
    return exp.and_(eligible, exp.or_(exp.column(count) >= group.conditions_enough, with_risk))
