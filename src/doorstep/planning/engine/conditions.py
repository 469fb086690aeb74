"""Which rows of a lake table an activity counts: one condition a row, never null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from doorstep.planning.definitions import DATED, Activity, Diagnosed
from doorstep.planning.engine.concepts import Codes, Concepts
from doorstep.planning.engine.days import age
from doorstep.planning.engine.lookups import plain
from doorstep.planning.engine.steps import condition, true_where
from doorstep.planning.rules import read_rule

# The words of a stay's diagnoses by position: `d0` of any, `first_d0` and `other_d0`.
POSITIONS = {"any": "", "primary": "first_", "secondary": "other_"}


def row_condition(activity: Activity, concepts: Concepts) -> exp.Expr:
    """Return the condition that a row counts, over the columns of the table and the bits joined to it."""
    return exp.and_(*(true_where(part) for part in _parts(activity, concepts))) or exp.true()


def table_columns(table: str) -> Mapping[str, str]:
    """Return the columns of a lake table that a rule may ask for, with their types."""
    from doorstep.records.contracts import ARRIVAL, TABLES

    return {c.name: c.type for c in (*TABLES[table].columns, *ARRIVAL) if not c.type.endswith("[]")}


def columns_asked(activity: Activity) -> tuple[str, ...]:
    """Return the columns of its table that an activity's rule reads."""
    if not activity.where:
        return ()
    return read_rule(activity.where, table_columns(activity.table), where=f"{activity.id}: where").columns


def _parts(activity: Activity, concepts: Concepts) -> Iterator[exp.Expr]:
    if activity.where:
        rule = read_rule(activity.where, table_columns(activity.table), where=f"{activity.id}: where")
        yield condition(rule.sql)
    if activity.lists:
        space = concepts.issues if activity.table == "medicine" else concepts.entries
        yield space.has(Codes(activity.lists))
    yield from (_diagnosed(d, concepts) for d in activity.diagnosed)
    yield from (exp.not_(true_where(_diagnosed(d, concepts))) for d in activity.not_diagnosed)
    if activity.no_procedure_of:
        yield exp.not_(true_where(_operated(activity.no_procedure_of)))
    yield from _ages(activity)


def _diagnosed(diagnosed: Diagnosed, concepts: Concepts) -> exp.Expr:
    concept = Codes(diagnosed.lists)
    return concepts.diagnoses.has(concept, POSITIONS[diagnosed.position] + concepts.diagnoses.column(concept))


def _operated(prefixes: tuple[str, ...]) -> exp.Expr:
    """Some procedure begins with one of these: looked for in the codes written one after another."""
    codes = condition("upper(replace(concat(' ', array_to_string(procedures, ' ')), '.', ''))")
    return exp.or_(*(exp.Like(this=codes.copy(), expression=exp.Literal.string(f"% {plain(p)}%")) for p in prefixes))


def _ages(activity: Activity) -> Iterator[exp.Expr]:
    on = age(exp.column("birth_on"), exp.column(DATED[activity.table]))
    unknown = exp.column("birth_on").is_(exp.null())
    if activity.age_from is not None:
        yield exp.or_(unknown, on >= activity.age_from)
    if activity.age_to is not None:
        yield exp.or_(unknown.copy(), on.copy() <= activity.age_to)
