"""Which rows of a lake table an activity counts: one condition a row, never null."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlglot import exp

from doorstep.planning.definitions import DATED, Activity, Diagnosed, Stay, where_columns
from doorstep.planning.engine.concepts import Codes, Concepts, kinds_of
from doorstep.planning.engine.days import age
from doorstep.planning.engine.lookups import plain
from doorstep.planning.engine.said import said
from doorstep.planning.engine.steps import condition, true_where

# The words of a stay's diagnoses by position: `d0` of any, `first_d0` and `other_d0`.
OPERATIONS = "operations"  # the procedures of a stay in one text, a blank before each
POSITIONS = {"any": "", "primary": "first_", "secondary": "other_"}


def row_condition(activity: Activity, concepts: Concepts) -> exp.Expr:
    """Return the condition that a row counts, over the columns of the table and the bits joined to it."""
    return _all(_parts(activity, concepts))


def columns_asked(activity: Activity) -> tuple[str, ...]:
    """Return the columns of its table that an activity's rule reads."""
    if not activity.where:
        return ()
    return said(activity.where, where_columns(activity.table), where=f"{activity.id}: where").columns


def _parts(activity: Activity, concepts: Concepts) -> Iterator[exp.Expr]:
    if activity.where:
        rule = said(activity.where, where_columns(activity.table), where=f"{activity.id}: where")
        yield condition(rule.sql)
    if activity.lists:
        space = concepts.issues if activity.table == "medicine" else concepts.entries
        yield space.has(Codes(activity.lists))
    on = exp.column(DATED[activity.table])
    yield from _kind(activity, concepts, on)
    if activity.any_of:
        yield exp.or_(*(_all(_kind(kind, concepts, on)) for kind in activity.any_of))


def _kind(kind: Activity | Stay, concepts: Concepts, on: exp.Expr) -> Iterator[exp.Expr]:
    """What an activity and one of its kinds of stay may both ask."""
    yield from (_diagnosed(d, concepts) for d in kind.diagnosed)
    yield from (exp.not_(true_where(_diagnosed(d, concepts))) for d in kind.not_diagnosed)
    if kind.no_procedure_of:
        yield exp.not_(true_where(_operated(kind.no_procedure_of)))
    years, unknown = age(exp.column("birth_on"), on), exp.column("birth_on").is_(exp.null())
    if kind.age_from is not None:
        yield exp.or_(unknown, years >= kind.age_from)
    if kind.age_to is not None:
        yield exp.or_(unknown.copy(), years.copy() <= kind.age_to)


def _all(parts: Iterable[exp.Expr]) -> exp.Expr:
    """All parts hold; a part that is not known does not. True where there is none."""
    known = [true_where(part) for part in parts]
    return exp.and_(*known) if known else exp.true()


def asks_age(activity: Activity) -> bool:
    """Return whether an activity asks how old the person was on the day of the row."""
    return any(kind.age_from is not None or kind.age_to is not None for kind in kinds_of(activity))


def asks_procedures(activity: Activity) -> bool:
    """Return whether an activity asks for the procedures of a stay."""
    return any(kind.no_procedure_of for kind in kinds_of(activity))


def _diagnosed(diagnosed: Diagnosed, concepts: Concepts) -> exp.Expr:
    concept = Codes(diagnosed.lists)
    return concepts.diagnoses.has(concept, POSITIONS[diagnosed.position] + concepts.diagnoses.column(concept))


def _operated(prefixes: tuple[str, ...]) -> exp.Expr:
    """Some procedure begins with one of these: looked for in the codes of the stay, written one after another."""
    some = exp.Literal.string(f" ({'|'.join(re.escape(plain(p)) for p in prefixes)})")
    return exp.RegexpLike(this=exp.column(OPERATIONS), expression=some)
