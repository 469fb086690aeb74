"""Registers: one pass over the coded entries, whatever the number of definitions.

Each set of code lists that a definition names is a concept with one bit. A code carries the bits of its concepts; per
person the bits are or-ed, and the earliest and latest day are taken only for concepts whose rule asks for a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.errors import ConfigurationError
from doorstep.planning.definitions import Criterion, Register

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

MAX_CONCEPTS = 63  # the bits of a mask that stay positive in every engine
UNDATED = date(1, 1, 1)

# A birthday counts as reached on the day; 29 February is reached on 1 March in common years.
AGE_MACRO = """
create or replace temp macro age_on(born_on, asked_on) as
    year(asked_on) - year(born_on)
    - (month(asked_on) * 100 + day(asked_on) < month(born_on) * 100 + day(born_on))::int
"""

_CODES = """
create or replace temp table register_code as
select code, bit_or(bit) as mask
from read_parquet($codes) join register_list using (list_id)
where system = 'snomedct'
group by code
"""

_ENTRIES = """
    select person_id, mask, recorded_on, coalesce(recorded_on, date '0001-01-01') as day
    from coded join register_code using (code) cross join register_day
    where recorded_on is null or recorded_on <= register_day.asked_on
"""

_PEOPLE_NOW = """
    select person_id, birth_on, age_on(birth_on, register_day.asked_on) as age, register_day.asked_on
    from people cross join register_day
"""

Concept = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The concepts of a set of registers, in the order of their bits, and those whose days are needed."""

    concepts: tuple[Concept, ...]
    latest: frozenset[Concept]
    first: frozenset[Concept]

    def bit(self, concept: Concept) -> int:
        """Return the mask with this concept's bit alone."""
        return 1 << self.concepts.index(concept)

    def column(self, kind: str, concept: Concept) -> exp.Column:
        """Return the column `last_N` or `first_N` of a concept."""
        return exp.column(f"{kind}_{self.concepts.index(concept)}")

    def has(self, mask: str, concept: Concept) -> exp.Expr:
        """Return the condition that a mask holds this concept."""
        both = exp.BitwiseAnd(this=exp.column(mask), expression=exp.Literal.number(self.bit(concept)))
        return exp.NEQ(this=exp.Paren(this=both), expression=exp.Literal.number(0))


def make_plan(registers: Sequence[Register]) -> Plan:
    """Give every concept of these registers a bit.

    Raises ConfigurationError where they name more concepts than a mask has bits.
    """
    criteria = [c for r in registers for c in r.any_of]
    concepts = tuple(dict.fromkeys(x for c in criteria for x in _concepts(c)))
    if len(concepts) > MAX_CONCEPTS:
        raise ConfigurationError(f"{len(concepts)} sets of code lists", expected=f"at most {MAX_CONCEPTS}")
    latest = {x for c in criteria for x in _dated(c)}
    first = {c.lists for c in criteria if c.first_within_months or c.first_at_age_from is not None}
    return Plan(concepts, frozenset(latest), frozenset(first))


def create_registers(
    con: DuckDBPyConnection, registers: Sequence[Register], *, as_at: date, codes: Path | None = None
) -> None:
    """Make the temp table `register_flag(person_id, <one boolean a register>)`, never null, for everyone in `people`.

    `codes` is a Parquet table of code lists (list_id, code, system); default the shipped one. Entries dated after
    `as_at` are not read. Raises ConfigurationError where a list has no codes.
    """
    plan = make_plan(registers)
    con.execute(AGE_MACRO)
    con.execute("create or replace temp table register_day as select $day::date as asked_on", {"day": as_at})
    _load_codes(con, registers, plan, codes)
    con.execute("create or replace temp table register_entry as " + entry_query(plan).sql("duckdb"))
    con.execute("create or replace temp table register_flag as " + flag_query(registers, plan).sql("duckdb"))


def entry_query(plan: Plan) -> exp.Select:
    """Return the one pass: per person the bits, and the days that rules ask for."""
    days = [
        exp.alias_(exp.Filter(this=cls(this=exp.column(day)), expression=exp.Where(this=plan.has("mask", c))), name)
        for c, name, cls, day in _day_columns(plan)
    ]
    ever = exp.alias_(exp.func("bit_or", exp.column("mask")), "ever")
    return exp.select("person_id", ever, *days).from_(_subquery(_ENTRIES, "entry")).group_by("person_id")


def flag_query(registers: Sequence[Register], plan: Plan) -> exp.Select:
    """Return the query that turns bits and days into one boolean a register."""
    rules = {r.id: r for r in registers}

    def flag(register: Register) -> exp.Expr:
        on = exp.or_(*(criterion_condition(c, plan) for c in register.any_of))
        found: exp.Expr = exp.func("coalesce", on, exp.false())
        for other in register.unless:
            found = exp.and_(found, exp.not_(flag(rules[other])))
        return found

    flags = [exp.alias_(flag(r), r.id) for r in registers]
    query = exp.select("person_now.person_id", *flags).from_(_subquery(_PEOPLE_NOW, "person_now"))
    return query.join("register_entry", using="person_id", join_type="left")


def criterion_condition(c: Criterion, plan: Plan) -> exp.Expr:
    """Return the condition of one criterion over `register_entry` and `person_now`."""
    return exp.and_(*_conditions(c, plan))


def _conditions(c: Criterion, plan: Plan) -> Iterator[exp.Expr]:
    yield plan.has("ever", c.lists)
    if c.resolved_by:
        last, ended = plan.column("last", c.lists), plan.column("last", c.resolved_by)
        yield exp.or_(ended.is_(exp.null()), last > ended)
    if c.recorded_from:
        yield plan.column("last", c.lists) >= _day(c.recorded_from)
    if c.and_lists:
        yield plan.has("ever", c.and_lists)
    if c.and_recorded_from:
        yield plan.column("last", c.and_lists) >= _day(c.and_recorded_from)
    yield from _age_conditions(c, plan)


def _age_conditions(c: Criterion, plan: Plan) -> Iterator[exp.Expr]:
    if c.first_within_months:
        back = exp.Interval(this=exp.Literal.string(str(c.first_within_months)), unit=exp.var("month"))
        yield plan.column("first", c.lists) > exp.column("asked_on") - back
    if c.first_at_age_from is not None:
        first = plan.column("first", c.lists)
        yield first.is_(exp.null()).not_()
        yield _passes(exp.func("age_on", exp.column("birth_on"), first) >= c.first_at_age_from)
    if c.age_from is not None:
        yield _passes(exp.column("age") >= c.age_from)
    if c.age_to is not None:
        yield _passes(exp.column("age") <= c.age_to)


def _passes(condition: exp.Expr) -> exp.Expr:
    """An age not known passes: a missing birth date must not hide a diagnosis."""
    return exp.func("coalesce", condition, exp.true())


def _concepts(c: Criterion) -> Iterator[Concept]:
    yield from (lists for lists in (c.lists, c.resolved_by, c.and_lists) if lists)


def _dated(c: Criterion) -> Iterator[Concept]:
    if c.resolved_by:
        yield from (c.lists, c.resolved_by)
    if c.recorded_from:
        yield c.lists
    if c.and_recorded_from:
        yield c.and_lists


def _day_columns(plan: Plan) -> Iterator[tuple[Concept, str, Callable[..., exp.Expr], str]]:
    for i, concept in enumerate(plan.concepts):
        if concept in plan.latest:
            yield concept, f"last_{i}", exp.Max, "day"
        if concept in plan.first:
            yield concept, f"first_{i}", exp.Min, "recorded_on"


def _subquery(sql: str, name: str) -> exp.Subquery:
    parsed: exp.Expr = exp.maybe_parse(sql, dialect="duckdb")
    return exp.Subquery(this=parsed, alias=exp.TableAlias(this=exp.to_identifier(name)))


def _day(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


def _load_codes(con: DuckDBPyConnection, registers: Sequence[Register], plan: Plan, codes: Path | None) -> None:
    from doorstep import reference

    path = str(codes or reference.table("codes"))
    con.execute("create or replace temp table register_list(list_id varchar, bit ubigint)")
    rows = [[name, plan.bit(concept)] for concept in plan.concepts for name in concept]
    con.executemany("insert into register_list values (?, ?)", rows)
    con.execute(_CODES, {"codes": path})
    known = {r[0] for r in con.execute("select distinct list_id from read_parquet($p)", {"p": path}).fetchall()}
    for register in registers:
        absent = [name for name in register.lists if name not in known]
        if absent:
            raise ConfigurationError(
                f"no codes for {', '.join(absent)}",
                expected="a list of `doorstep reference sources`",
                where=f"register {register.id}",
            )
